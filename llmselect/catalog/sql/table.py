"""A table is a frozen dataclass: its fields are the columns, its docstring says what a row is.

Columns have their unit in the name. A day stands twice: as text (`*_date`, 2024-02-06) for people, and as a number
(`*_day`, days since 0001-01-01, which is day 1) for arithmetic. NULL means that nobody has said. Every table of facts
has a last column `file`, the file of the catalogue that says it (`models/meta/llama-2-7b`, `hosts/openai`, `tasks`);
`source` holds keys of that file's sources as a JSON list. A first column that ends in `_no` numbers the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, get_args

from llmselect.catalog.facts import Fact
from llmselect.catalog.words import Capability, Modality

if TYPE_CHECKING:
    from sqlite3 import Connection

T = TypeVar("T")
SQL_TYPES = {"str": "TEXT", "int": "INTEGER", "float": "REAL", "bool": "INTEGER"}
MODALITIES: tuple[str, ...] = get_args(Modality)
CAPABILITIES: tuple[str, ...] = get_args(Capability)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. `table` is its name, `indexed` the columns by which it is looked up.

    What is not `derived` from all files together stands in one of them, which the column `file` names.
    """

    table: ClassVar[str]
    indexed: ClassVar[tuple[str, ...]] = ()
    derived: ClassVar[bool] = False

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The names of the columns, without `file`."""
        return tuple(column.name for column in fields(cls))


def create_sql(kind: type[Row]) -> Iterator[str]:
    """The statements that make an empty table and its index."""
    columns = [_column_sql(column.name, str(column.type)) for column in fields(kind)]
    if not kind.derived:
        columns.append("file TEXT NOT NULL")
    yield f"CREATE TABLE {kind.table} ({', '.join(columns)})"
    if kind.indexed:
        yield f"CREATE INDEX {kind.table}_by_{'_'.join(kind.indexed)} ON {kind.table} ({', '.join(kind.indexed)})"


def _column_sql(name: str, annotation: str) -> str:
    base, _, optional = annotation.partition(" | ")
    if name.endswith("_no") and optional:
        return f"{name} INTEGER PRIMARY KEY"
    return f"{name} {SQL_TYPES[base]}{'' if optional else ' NOT NULL'}"


def insert(connection: Connection, rows: Iterable[Row], file: str | None = None) -> None:
    """Write rows of any tables; `file` is where they stand, None for derived ones."""
    for kind, group in groupby(rows, _kind):
        names = kind.columns()
        columns, last = (names, ()) if kind.derived else ((*names, "file"), (file,))
        statement = f"INSERT INTO {kind.table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        connection.executemany(statement, ((*(getattr(row, name) for name in names), *last) for row in group))


def _kind(row: Row) -> type[Row]:
    return type(row)


R = TypeVar("R", bound=Row)


def row_of(kind: type[R], record: Any, /, **own: Any) -> R:
    """A row whose columns are the record's fields of the same names, a fact being what it says; `own` are the rest."""
    columns = dict(own)
    for name in kind.columns():
        if name not in own and hasattr(record, name):
            columns[name] = _plain(name, getattr(record, name))
    return kind(**columns)


def _plain(name: str, found: Any) -> Any:
    """What SQLite holds of a field: text, a number or nothing."""
    if isinstance(found, Fact):
        found = found.value
    if name == "source":
        return as_json(found)
    return listed(found) if isinstance(found, tuple) else found


def value(fact: Fact[T] | None) -> T | None:
    """What a fact says, None where there is none."""
    return None if fact is None else fact.value


def days(**named: date | None) -> dict[str, Any]:
    """Columns of days: of `from`, `from_date` as people write it, and `from_day`, its number."""
    texts = {f"{name}_date": day.isoformat() if day else None for name, day in named.items()}
    return texts | {f"{name}_day": day.toordinal() if day else None for name, day in named.items()}


def bits(words: Iterable[str] | None, vocabulary: tuple[str, ...]) -> int | None:
    """Words as bits: the first of the vocabulary is 1, the next 2, then 4 …"""
    return None if words is None else sum(1 << vocabulary.index(word) for word in words)


def listed(words: Iterable[str] | None) -> str | None:
    """Words as text with commas."""
    return None if words is None else ", ".join(words)


def as_json(data: Any) -> str:
    """Plain data, such as the keys of a fact's sources, as compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
