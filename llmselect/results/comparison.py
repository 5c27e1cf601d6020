"""What a comparison says, cell by cell."""

from dataclasses import dataclass
from typing import Any

from llmselect.results.base import Record, Result
from llmselect.results.citations import Citation


@dataclass(frozen=True, slots=True)
class Note(Record):
    """A footnote: words, sources, or both."""

    text: str
    sources: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell(Record):
    """One value: as text, as data (None where unknown), and the numbers of its footnotes, counted from 1."""

    text: str
    value: Any
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedColumn(Record):
    """What is compared; `numeric` columns lean to the right where models are rows."""

    name: str
    label: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Compared(Record):
    """A model, or several under one name, with a cell for each column by its name."""

    name: str
    models: tuple[str, ...]
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Comparison(Result):
    """The whole table. `assumed` says what computed columns rest on, by the flag that changes it."""

    title: str
    columns: tuple[ComparedColumn, ...]
    rows: tuple[Compared, ...]
    notes: tuple[Note, ...]
    assumed: dict[str, str]
    as_of: str
    catalog_date: str

    def __repr__(self) -> str:
        columns = ", ".join(column.name for column in self.columns)
        return f"<Comparison of {', '.join(row.name for row in self.rows)} by {columns}>"
