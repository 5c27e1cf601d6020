"""What an answer consists of before it has a format: headings, paragraphs, tables and lists."""

from typing import Literal, NamedTuple


class Heading(NamedTuple):
    """The title of what follows."""

    text: str


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
    """Rows of text. Where the width does not suffice each row becomes a record, its first `head` cells on a line."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    head: int = 1


class Items(NamedTuple):
    """A list, one line each, wrapped with an indent; `marks` replaces the dashes."""

    items: tuple[str, ...]
    marks: tuple[str, ...] = ()


Block = Heading | Paragraph | Table | Items
