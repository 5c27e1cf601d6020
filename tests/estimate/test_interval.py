"""Intervals and the probability of staying below a limit, against the standard library's distribution."""

import math
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.estimate.interval import Interval, normal_cdf

Z = NormalDist().inv_cdf(0.95)


def two_sided(low: float, value: float, high: float, limit: float) -> float:
    """P(X <= limit): log-normal around `value`, with the spread of the side on which the limit lies."""
    bound = high if limit > value else low
    return NormalDist(math.log(value), abs(math.log(bound / value)) / Z).cdf(math.log(limit))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(value=st.floats(0.001, 1000), down=st.floats(1.05, 5), up=st.floats(1.05, 5), at=st.floats(0.05, 20))
def test_probability_below_is_the_log_normal_one(value: float, down: float, up: float, at: float) -> None:
    interval, limit = Interval(value / down, value, value * up), value * at
    assert interval.probability_below(limit) == pytest.approx(
        two_sided(interval.low, value, interval.high, limit), abs=1e-9
    )


def test_the_bounds_hold_ninety_percent() -> None:
    interval = Interval(0.5, 1.0, 3.0)
    assert interval.probability_below(0.5) == pytest.approx(0.05)
    assert interval.probability_below(1.0) == pytest.approx(0.5)
    assert interval.probability_below(3.0) == pytest.approx(0.95)


@pytest.mark.parametrize(("limit", "probability"), [(1.99, 0.0), (2.0, 1.0), (3.0, 1.0), (0.0, 0.0), (-1.0, 0.0)])
def test_an_exact_number_is_below_or_not(limit: float, probability: float) -> None:
    assert Interval.exact(2.0).probability_below(limit) == probability


def test_a_one_sided_interval_is_certain_on_its_exact_side() -> None:
    assert Interval(1.0, 2.0, 2.0).probability_below(2.5) == 1.0
    assert Interval(2.0, 2.0, 3.0).probability_below(1.5) == 0.0


def test_normal_cdf() -> None:
    for z in (-3.0, -1.0, 0.0, 0.5, 2.0):
        assert normal_cdf(z) == pytest.approx(NormalDist().cdf(z), abs=1e-12)


def test_arithmetic() -> None:
    interval = Interval(1, 2, 4)
    assert interval.scaled(3) == Interval(3, 6, 12)
    assert interval.plus(Interval(1, 1, 1)) == Interval(2, 3, 5)
    assert interval.inverse() == Interval(0.25, 0.5, 1)


def test_extreme_limits_do_not_underflow() -> None:
    assert Interval(1e200, 2e200, 4e200).probability_below(1e-200) == 0.0
    assert Interval(1e-200, 2e-200, 4e-200).probability_below(1e200) == 1.0
