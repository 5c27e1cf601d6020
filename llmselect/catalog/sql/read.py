"""Reading the catalogue's file: columns as arrays, or whole records."""

from __future__ import annotations

import dataclasses
import sqlite3
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from llmselect.catalog.compiled import connection_file, damaged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
Numbers = NDArray[np.float64]  # NaN where the file has NULL
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = list[str]  # "" where the file has NULL
_ARRAYS: dict[Any, Any] = {Numbers: np.float64, Integers: np.int64, Flags: np.bool_}


def read(connection: sqlite3.Connection, kind: type[T], table: str, /, *, order: str = "rowid", **where: str) -> T:
    """The columns of a table that `kind` has as fields, each `Numbers`, `Integers`, `Flags` or `Texts`.

    `where` are columns with the text that they must equal. Raises TypeError for NULL in a column of integers,
    LlmselectError for a damaged file.
    """
    hints = get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    condition = f" WHERE {' AND '.join(f'{name} = ?' for name in where)}" if where else ""
    statement = f"SELECT {', '.join(names)} FROM {table}{condition} ORDER BY {order}"
    try:
        rows = connection.execute(statement, tuple(where.values())).fetchall()
    except sqlite3.OperationalError:  # a mistake in what is asked
        raise
    except sqlite3.DatabaseError as error:
        raise damaged(connection_file(connection), error) from error
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return kind(*(_column(hints[name], values) for name, values in zip(names, columns, strict=True)))


def _column(hint: Any, values: Sequence[Any]) -> Any:
    if hint == Texts:
        return [value or "" for value in values]
    return np.array(values, dtype=_ARRAYS[hint])


def positions(keys: Sequence[str], wanted: Sequence[str]) -> Integers:
    """The index of each wanted key among others, -1 if it is missing."""
    place = {key: number for number, key in enumerate(keys)}
    return np.array([place.get(key, -1) for key in wanted], dtype=np.int64)
