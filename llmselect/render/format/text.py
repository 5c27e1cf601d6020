"""Blocks as text in the requested format; rich is imported only for terminals."""

from collections.abc import Iterable

from llmselect.render.format.blocks import Block
from llmselect.render.format.layout import plain


def text(blocks: Iterable[Block], form: str, width: int, terminal: bool = False, language: str = "en") -> str:
    """The blocks as text; `form` is table, markdown or html, `terminal` allows colours, `language` is HTML's."""
    if form == "markdown":
        from llmselect.render.format.markdown import markdown

        return markdown(blocks)
    if form == "html":
        from llmselect.render.format.html import html

        return html(blocks, language)
    if not terminal:
        return plain(blocks, width)
    from llmselect.render.format.terminal import draw

    return draw(blocks, width)
