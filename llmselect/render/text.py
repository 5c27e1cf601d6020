"""Blocks as text of the format that was asked for; rich is loaded only to draw on a terminal."""

from collections.abc import Iterable

from llmselect.render.blocks import Block
from llmselect.render.layout import plain


def text(blocks: Iterable[Block], form: str, width: int, terminal: bool = False, language: str = "en") -> str:
    """`form` is table, markdown or html; `terminal` says that stdout is one, so that colours may be used.

    `language` is that of the labels, which an HTML page names.
    """
    if form == "markdown":
        from llmselect.render.markdown import markdown

        return markdown(blocks)
    if form == "html":
        from llmselect.render.html import html

        return html(blocks, language)
    if not terminal:
        return plain(blocks, width)
    from llmselect.render.terminal import draw

    return draw(blocks, width)
