"""Blocks for a terminal: the same layout as plain text, with highlighted answer and headings, and charts."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from llmselect.render.format import escape
from llmselect.render.format.blocks import Bars, Block, Heading, Paragraph, Table, with_text
from llmselect.render.format.layout import lines_of, title_lines
from llmselect.render.format.wrap import size
from llmselect.render.words import decimal

MAX_BAR = 30
_GAP = 3


def draw(blocks: Iterable[Block], width: int) -> str:
    """The blocks with terminal escape codes; without colours if NO_COLOR is set."""
    console = Console(width=width, force_terminal=True, highlight=False, emoji=False)
    after_heading = True
    with console.capture() as captured:
        for block in (with_text(one, escape.terminal) for one in blocks):
            text = _bars(block, width) if isinstance(block, Bars) else _styled(block, lines_of(block, width), width)
            if not text:
                continue
            if not after_heading:
                console.print()
            console.print(text, soft_wrap=True)
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


def _bars(block: Bars, width: int) -> Text:
    """One line per label, with a bar and its value for each series, all on one scale."""
    if not block.rows:
        return Text()
    largest = max((value for _, values in block.rows for value in values), default=0.0) or 1.0
    label = max(size(name) for name, _ in block.rows)
    digits = len(decimal(0.0)) + 1
    longest = min(MAX_BAR, (width - label) // len(block.series) - _GAP - digits)
    text = Text(f"{block.title}\n", style="bold")
    names = block.series
    if max(map(size, names)) > longest + digits:
        names = tuple(name.partition(" ")[0] for name in names)
    heads = "".join(" " * _GAP + f"{name:<{longest + digits}}" for name in names)
    text.append(f"{' ' * label}{heads.rstrip()}", style="bold")
    for name, values in block.rows:
        text.append(f"\n{name}{' ' * (label - size(name))}", style="not bold")
        for index, value in enumerate(values):
            bar = "█" * round(value / largest * longest)
            last = index == len(values) - 1
            figure = f" {decimal(value)}" if last else f" {decimal(value)}{' ' * (longest - len(bar))}"
            text.append(" " * _GAP)
            text.append(bar, style="not bold green" if index == 0 else "not bold cyan")
            text.append(figure, style="not bold")
    return text
