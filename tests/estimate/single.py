"""Columns of a single row, for figures worked by hand."""

from dataclasses import fields
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")


def single(kind: type[T], **numbers: float) -> T:
    """A dataclass of columns with one row."""
    return kind(**{field.name: np.array([float(numbers[field.name])]) for field in fields(kind)})  # type: ignore[arg-type]


def plain(columns: Any, row: int = 0) -> dict[str, float]:
    """A row as single numbers by name."""
    return {field.name: float(getattr(columns, field.name)[row]) for field in fields(columns)}
