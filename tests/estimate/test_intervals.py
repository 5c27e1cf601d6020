"""Intervals and the probability of staying below a limit, against the standard library's distribution."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.estimate.intervals import around, exact, inverse, normal_cdf, probability_below

Z = NormalDist().inv_cdf(0.95)


def below(low: float, value: float, high: float, limit: float) -> float:
    return float(probability_below(np.array([[low], [value], [high]]), limit)[0])


def two_sided(low: float, value: float, high: float, limit: float) -> float:
    """P(X <= limit): log-normal around `value`, with the spread of the side on which the limit lies."""
    bound = high if limit > value else low
    return NormalDist(math.log(value), abs(math.log(bound / value)) / Z).cdf(math.log(limit))


rows = st.lists(
    st.tuples(st.floats(0.001, 1000), st.floats(1.05, 5), st.floats(1.05, 5), st.floats(0.05, 20)), min_size=1
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(rows=rows)
def test_probability_below_is_the_log_normal_one(rows: list[tuple[float, float, float, float]]) -> None:
    value, down, up, at = (np.array(column) for column in zip(*rows, strict=True))
    interval, limit = np.stack((value / down, value, value * up)), value * at
    wanted = [two_sided(*ends, most) for ends, most in zip(interval.T, limit, strict=True)]
    assert probability_below(interval, limit) == pytest.approx(wanted, abs=1e-9)


def test_the_bounds_hold_ninety_percent() -> None:
    assert [below(0.5, 1.0, 3.0, limit) for limit in (0.5, 1.0, 3.0)] == pytest.approx([0.05, 0.5, 0.95])


@pytest.mark.parametrize(("limit", "probability"), [(1.99, 0.0), (2.0, 1.0), (3.0, 1.0), (0.0, 0.0), (-1.0, 0.0)])
def test_an_exact_number_is_below_or_not(limit: float, probability: float) -> None:
    assert probability_below(exact(np.array([2.0])), limit) == probability


def test_a_one_sided_interval_is_certain_on_its_exact_side() -> None:
    assert below(1.0, 2.0, 2.0, 2.5) == 1.0
    assert below(2.0, 2.0, 3.0, 1.5) == 0.0


def test_normal_cdf() -> None:
    z = np.array([-3.0, -1.0, 0.0, 0.5, 2.0])
    assert normal_cdf(z) == pytest.approx([NormalDist().cdf(one) for one in z], abs=1e-12)


def test_an_unknown_quantity_has_no_probability() -> None:
    for limit in (0.0, 1.0):
        assert math.isnan(below(math.nan, math.nan, math.nan, limit))


def test_intervals_of_a_factor_and_of_the_inverse() -> None:
    assert around(np.array([2.0, 3.0]), np.array([2.0, 1.0])).T.tolist() == [[1, 2, 4], [3, 3, 3]]
    assert inverse(np.array([1.0, 2.0, 4.0])).tolist() == [0.25, 0.5, 1]


def test_extreme_limits_do_not_underflow() -> None:
    assert below(1e200, 2e200, 4e200, 1e-200) == 0.0
    assert below(1e-200, 2e-200, 4e-200, 1e200) == 1.0
