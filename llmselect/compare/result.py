"""What a comparison says, as frozen records; renderers know these types and no others."""

from dataclasses import dataclass
from typing import Any

from llmselect.engine.citations import Citation


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: words, sources, or both."""

    text: str
    sources: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: as text, as data (None where unknown), and the numbers of its footnotes, counted from 1."""

    text: str
    value: Any
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedColumn:
    """What is compared; `numeric` columns lean to the right where models are rows."""

    name: str
    label: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """A model, or several under one name, with a cell for each column."""

    name: str
    models: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole table. `assumed` says what computed columns rest on, by the flag that changes it."""

    title: str
    columns: tuple[ComparedColumn, ...]
    rows: tuple[Compared, ...]
    notes: tuple[Note, ...]
    assumed: dict[str, str]
    as_of: str
    catalog_date: str
