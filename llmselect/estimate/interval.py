"""A 90 % interval around one estimate, as records hold it; `intervals.py` has arrays of them."""

from typing import NamedTuple


class Interval(NamedTuple):
    """A value with the bounds between which it lies in 90 cases of 100."""

    low: float
    value: float
    high: float

    @classmethod
    def exact(cls, value: float) -> "Interval":
        """A number without uncertainty."""
        return cls(value, value, value)
