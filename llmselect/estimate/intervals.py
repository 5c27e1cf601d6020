"""90 % intervals as arrays of shape (3, n): low, value and high of each row."""

from math import erf, sqrt

import numpy as np

from llmselect.estimate.interval import Interval
from llmselect.estimate.rows import Floats

Z_90 = 1.6448536269514722  # 95th percentile of the standard normal distribution
Z_75 = 0.6744897501960817  # 75th percentile
LOW, VALUE, HIGH = 0, 1, 2


def around(value: Floats, spread: Floats) -> Floats:
    """(3, n): intervals from value / spread to value x spread."""
    return np.stack((value / spread, value, value * spread))


def exact(value: Floats) -> Floats:
    """(3, n): intervals of numbers without uncertainty."""
    return np.stack((value, value, value))


def upper_quartile(interval: Floats) -> Floats:
    """(n,): the 75th percentile of log-normal quantities, from their medians and 95th percentiles."""
    found: Floats = interval[VALUE] * (interval[HIGH] / interval[VALUE]) ** (Z_75 / Z_90)
    return found


def lower_quartile(interval: Floats) -> Floats:
    """(n,): the 25th percentile of quantities that are normal below their median."""
    found: Floats = interval[VALUE] - (interval[VALUE] - interval[LOW]) * (Z_75 / Z_90)
    return found


def inverse(interval: Floats) -> Floats:
    """(3, n): the intervals of 1 / quantity."""
    return 1 / interval[::-1]


def interval_at(intervals: Floats, row: int) -> Interval | None:
    """The interval of one row of (3, n), as a record; None where it is unknown."""
    found = Interval(*intervals[:, row].tolist())
    return None if np.isnan(found.value) else found


def probability_below(interval: Floats, limit: Floats | float) -> Floats:
    """(n,): P(quantity <= limit) of log-normal quantities with their medians, each side with its own spread.

    NaN where the interval is unknown; a limit of nothing or less is never met.
    """
    low, value, high = interval
    bound = np.where(limit > value, high, low)
    sigma = np.abs(np.log(bound / value)) / Z_90
    certain = (low == high) | (bound == value)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (np.log(np.maximum(limit, np.finfo(float).tiny)) - np.log(value)) / sigma
    odds = np.where(certain, (value <= limit).astype(float), normal_cdf(z))
    odds = np.where(limit > 0, odds, 0.0) if np.ndim(limit) else (odds if limit > 0 else np.zeros_like(odds))
    return np.where(np.isnan(value), np.nan, odds)


def normal_cdf(z: Floats) -> Floats:
    """(n,): the standard normal distribution function; numpy has no `erf` of its own."""
    return np.array([0.5 * (1 + erf(one)) for one in (z / sqrt(2)).tolist()])
