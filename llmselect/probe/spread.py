"""Intervals from few measurements."""

from collections.abc import Iterable

import numpy as np

Interval = tuple[float, float, float]
TAIL = 0.05
NORMAL_95 = 1.645  # standard deviations to the 95th percentile of a normal distribution


def interval(values: Iterable[float]) -> Interval | None:
    """5th percentile, median and 95th percentile; None without values."""
    found = list(values)
    if not found:
        return None
    low, middle, high = np.quantile(found, (TAIL, 0.5, 1 - TAIL)).tolist()
    return low, middle, high


def normal_interval(middle: float, deviation: float) -> Interval:
    """The central 90 % of a normal distribution with this mean and standard deviation, cut off at zero."""
    return max(0.0, middle - NORMAL_95 * deviation), middle, middle + NORMAL_95 * deviation


def inverse(values: Interval | None, unit: float = 1.0) -> Interval | None:
    """`unit` / x of each bound, such as ms per token to tokens per second; None if a bound is not positive."""
    if values is None or min(values) <= 0:
        return None
    low, middle, high = values
    return unit / high, unit / middle, unit / low
