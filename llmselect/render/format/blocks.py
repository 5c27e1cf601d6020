"""The parts of an answer, independent of the output format: headings, paragraphs, tables and lists."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple


class Heading(NamedTuple):
    """A heading; `level` 1 is the title of the whole answer."""

    text: str
    level: int = 2


class Paragraph(NamedTuple):
    """Wrapped text, after an optional `label`. `strong` marks the line with the answer."""

    text: str
    label: str = ""
    strong: bool = False


class Column(NamedTuple):
    """A column's title and alignment."""

    title: str
    align: Literal["left", "right"] = "left"


class Table(NamedTuple):
    """Rows of text. If the width is too small, each row becomes a record with its first `head` cells on one line.

    `under` is the column whose cells may move to a line of their own below the row.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    head: int = 1
    under: int | None = None


class Items(NamedTuple):
    """A list with wrapped and indented items; `marks` replaces the dashes."""

    items: tuple[str, ...]
    marks: tuple[str, ...] = ()


class Code(NamedTuple):
    """A command on a line of its own, never wrapped."""

    text: str


class Bars(NamedTuple):
    """A bar chart that only terminals show: for each label the non-negative values of several series."""

    title: str
    series: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


Block = Heading | Paragraph | Table | Items | Code | Bars


def with_text(block: Block, change: Callable[[str], str]) -> Block:
    """The block with `change` applied to all of its text."""

    def changed(part: Any) -> Any:
        if isinstance(part, tuple):
            parts = [changed(one) for one in part]
            return type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)
        return change(part) if isinstance(part, str) else part

    found: Block = changed(block)
    return found
