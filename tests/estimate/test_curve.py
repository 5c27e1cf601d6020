"""Crossings and mixes against a count, volume by volume."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.estimate.curve import Curve, best_share, break_even, mixed_quality, mixed_usd

API = Curve(per_request=0.5)
NODE = Curve(per_unit=100, unit_requests=300)
LINEAR = st.sampled_from([0.1, 0.5, 1.0, 2.0]).map(lambda usd: Curve(per_request=usd))
STEPPED = st.builds(
    Curve,
    st.sampled_from([0.0, 10.0]),
    st.sampled_from([0.0, 0.1]),
    st.sampled_from([50.0, 100.0]),
    st.sampled_from([33.3, 100.0, 250.0]),
    st.sampled_from([None, None, 2]),
)
CURVES = st.one_of(LINEAR, STEPPED, st.sampled_from([20.0, 203.0]).map(Curve))
MOST = 1500


def test_a_unit_is_paid_whole() -> None:
    assert [NODE.usd(count) for count in (1, 300, 301, 900)] == [100, 100, 200, 300]
    assert NODE._replace(most_units=1).usd(301) == math.inf


@pytest.mark.parametrize(
    ("cheap", "dear", "found"),
    [
        (API, NODE, (200, 400)),  # 200 x 0.5 = 100; the second node makes it dearer again up to 400
        (API, NODE._replace(unit_requests=1000), (200, 200)),
        (API, NODE._replace(unit_requests=150), None),  # 100 / 150 of a dollar each when full
        (API, Curve(fixed=1000), (2000, 2000)),
        (API, Curve(per_request=1), None),
        (NODE, API, None),  # the API is the cheaper one at a single request
        (API, NODE._replace(most_units=1), (200, None)),
    ],
)
def test_break_even(cheap: Curve, dear: Curve, found: tuple[int, int | None] | None) -> None:
    assert break_even(cheap, dear) == found


@settings(max_examples=50, deadline=None)
@given(cheap=CURVES, dear=CURVES)
def test_break_even_is_where_a_count_finds_it(cheap: Curve, dear: Curve) -> None:
    gaps = [dear.usd(count) - cheap.usd(count) if dear.serves(count) else math.inf for count in range(1, MOST)]
    found = break_even(cheap, dear)
    if gaps[0] <= 0:
        assert found is None
        return
    first = next((count for count, gap in enumerate(gaps, 1) if gap <= 1e-9), None)
    if first is None:
        assert found is None or found.requests >= MOST
        return
    assert found is not None
    assert abs(found.requests - first) <= 1
    if found.for_good is not None and found.for_good < MOST - 1:
        assert all(gap <= 1e-9 for gap in gaps[found.for_good :])
        assert found.for_good - 1 in (0, found.requests - 1) or max(gaps[found.for_good - 3 : found.for_good]) > -1e-9


@given(curve=CURVES, one=st.integers(1, 10**6), more=st.integers(0, 10**6))
def test_more_requests_never_cost_less(curve: Curve, one: int, more: int) -> None:
    assert curve.usd(one) <= curve.usd(one + more)


@given(api=LINEAR, own=STEPPED, requests=st.integers(1, 5000))
def test_the_best_mix_is_never_worse_than_both_parts(api: Curve, own: Curve, requests: int) -> None:
    share = best_share(api, own, requests)
    best = mixed_usd(api, own, requests, share)
    assert 0 <= share <= 1
    assert best <= min(api.usd(requests), own.usd(requests)) + 1e-9
    assert all(best <= mixed_usd(api, own, requests, k / 50) + 1e-9 for k in range(51))


def test_a_router_adds_what_it_knows() -> None:
    """Of 100 requests the API answers 80 well and the machine 50: 30 need the API."""
    assert mixed_quality(0.8, 0.5, 0.3, 0) == pytest.approx(0.59)
    assert mixed_quality(0.8, 0.5, 0.3, 1) == pytest.approx(0.8)
    assert mixed_quality(0.8, 0.5, 0.1, 1) == pytest.approx(0.6)
    assert mixed_quality(0.8, 0.5, 0.3, 0.5) == pytest.approx(0.695)
    assert mixed_quality(0.5, 0.8, 0.3, 1) == pytest.approx(0.71)


@given(api=st.floats(0, 1), own=st.floats(0, 1), share=st.floats(0, 1), low=st.floats(0, 1), high=st.floats(0, 1))
def test_a_better_router_is_never_worse(api: float, own: float, share: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert mixed_quality(api, own, share, low) <= mixed_quality(api, own, share, high) + 1e-12
    assert min(api, own) - 1e-12 <= mixed_quality(api, own, share, high) <= max(api, own) + 1e-12
