"""Columns: arrays with one value a row, held together by a dataclass for each kind of thing."""

from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]


def take(columns: T, rows: NDArray[Any] | int) -> T:
    """The same columns of some rows, by their numbers or a mask; of one row as plain numbers.

    Rows are the last axis of each array.
    """
    values = {field.name: getattr(columns, field.name) for field in fields(columns)}  # type: ignore[arg-type]
    return type(columns)(**{name: _taken(value, rows) for name, value in values.items()})


def known(number: float) -> float | None:
    """A number of a column as records hold it: None where it is unknown (NaN)."""
    return None if np.isnan(number) else float(number)


def _taken(value: Any, rows: NDArray[Any] | int) -> Any:
    """Some rows of one field: of an array, or of columns within columns; anything else is shared by all rows."""
    if isinstance(value, np.ndarray):
        found = value[..., rows]
        return found if found.ndim else found.item()
    return take(value, rows) if is_dataclass(value) else value
