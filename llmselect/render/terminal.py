"""Blocks on a terminal: the same text and widths, with the answer and the headings set off."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from llmselect.render.blocks import Block, Heading, Paragraph, Table
from llmselect.render.layout import lines_of, title_lines


def draw(blocks: Iterable[Block], width: int) -> str:
    """The blocks with a terminal's escapes; without colours where NO_COLOR is set."""
    console = Console(width=width, force_terminal=True, highlight=False, emoji=False)
    after_heading = True
    with console.capture() as captured:
        for block in blocks:
            lines = lines_of(block, width)
            if not lines:
                continue
            if not after_heading:
                console.print()
            console.print(_styled(block, lines, width), soft_wrap=True)
            after_heading = isinstance(block, Heading)
    return captured.get()


def _styled(block: Block, lines: list[str], width: int) -> Text:
    text = Text("\n".join(lines))
    if isinstance(block, Heading):
        text.stylize("bold")
    elif isinstance(block, Paragraph) and block.strong:
        text.stylize("bold green")
    elif isinstance(block, Paragraph) and block.label:
        text.stylize("bold", 0, len(block.label) + 1)
    elif isinstance(block, Table):
        text.stylize("bold", 0, sum(len(line) + 1 for line in lines[: title_lines(block, width)]))
    return text
