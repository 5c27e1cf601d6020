"""What an answer consists of before it has a format: headings, paragraphs, tables and lists."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple


class Heading(NamedTuple):
    """The title of what follows; `level` 1 is that of the whole."""

    text: str
    level: int = 2


class Paragraph(NamedTuple):
    """Text that is wrapped; `label` stands before it and names it. `strong` is for the one line that answers."""

    text: str
    label: str = ""
    strong: bool = False


class Column(NamedTuple):
    """A column's title and the side its cells lean to."""

    title: str
    align: Literal["left", "right"] = "left"


class Table(NamedTuple):
    """Rows of text. Where the width does not suffice each row becomes a record, its first `head` cells on a line.

    `under` is the column whose cell may stand on a line of its own below its row.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    head: int = 1
    under: int | None = None


class Items(NamedTuple):
    """A list, one line each, wrapped with an indent; `marks` replaces the dashes."""

    items: tuple[str, ...]
    marks: tuple[str, ...] = ()


class Code(NamedTuple):
    """What is typed, on a line of its own and never wrapped."""

    text: str


class Bars(NamedTuple):
    """A chart that only a terminal shows: for each label the values of several series, 0 and above."""

    title: str
    series: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


Block = Heading | Paragraph | Table | Items | Code | Bars


def with_text(block: Block, change: Callable[[str], str]) -> Block:
    """The block with all of its text changed."""

    def changed(part: Any) -> Any:
        if isinstance(part, tuple):
            parts = [changed(one) for one in part]
            return type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)
        return change(part) if isinstance(part, str) else part

    found: Block = changed(block)
    return found
