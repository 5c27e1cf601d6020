"""Bills worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmselect.estimate.cost import (
    HOURS_PER_MONTH,
    NO_TOKENS,
    SECONDS_PER_MONTH,
    Band,
    Tokens,
    Traffic,
    electricity_usd,
    purchase_month_usd,
    rented_month_usd,
)
from tests.price_lists import row, traffic_usd


def test_a_month_is_a_twelfth_of_a_year() -> None:
    assert HOURS_PER_MONTH == 730
    assert SECONDS_PER_MONTH == 2_628_000


@pytest.mark.parametrize(
    ("prompt", "output", "input_usd", "output_usd", "usd"),
    [
        (900, 250, 10.0, 30.0, 0.0165),
        (1_000_000, 1_000_000, 0.25, 1.25, 1.5),
        (0, 1000, 10.0, 30.0, 0.03),
        (1000, 0, 10.0, 30.0, 0.01),
        (500, 500, 0.0, 0.0, 0.0),
    ],
)
def test_api_bill(prompt: int, output: int, input_usd: float, output_usd: float, usd: float) -> None:
    traffic = Traffic((Band(0, Tokens(1, prompt, 0, 0, output), NO_TOKENS),))
    assert traffic_usd(traffic, row(input_usd, output_usd)) == pytest.approx(usd, rel=1e-12)


def test_cached_and_written_tokens_have_prices_of_their_own() -> None:
    """1,000 of prompt: 600 read at 0.3, 100 written at 3.75, 300 plain at 3; 100 of output at 15."""
    traffic = Traffic((Band(0, Tokens(1, 1000, 600, 100, 100), NO_TOKENS),))
    assert traffic_usd(traffic, row(3, 15, 0.3, 3.75)) == pytest.approx((180 + 375 + 900 + 1500) / 1e6)
    assert traffic_usd(traffic, row(3, 15)) == pytest.approx((3000 + 1500) / 1e6)


TIERED = row(1, 2), row(2, 4, above=1000)
SHORT, LONG = Tokens(3, 3 * 500, 0, 0, 300), Tokens(1, 2000, 0, 0, 100)


def test_each_request_is_billed_at_its_own_tier_and_not_at_the_mean() -> None:
    traffic = Traffic((Band(0, SHORT, NO_TOKENS), Band(1000, LONG, NO_TOKENS)))
    assert traffic.total.prompt / traffic.total.requests < 1000
    assert traffic_usd(traffic, *TIERED) == pytest.approx((1500 + 600 + 4000 + 400) / 1e6)


def test_deferred_requests_go_by_batch_where_that_is_cheaper() -> None:
    half = row(1, 2, 0.1), row(0.5, 1, kind="batch")
    plain, cached = Tokens(1, 1000, 0, 0, 100), Tokens(1, 1000, 1000, 0, 0)
    assert traffic_usd(Traffic((Band(0, plain, plain),)), *half) == pytest.approx(1.5 * 1200 / 1e6)
    assert traffic_usd(Traffic((Band(0, NO_TOKENS, cached),)), *half) == pytest.approx(100 / 1e6)


def test_a_tier_without_a_batch_price_has_no_discount() -> None:
    traffic = Traffic((Band(1000, NO_TOKENS, LONG),))
    assert traffic_usd(traffic, *TIERED, row(0.5, 1, kind="batch")) == pytest.approx(4400 / 1e6)


def test_dear_hours_take_their_share_of_what_is_not_deferred() -> None:
    one = Tokens(1, 1000, 0, 0, 0)
    traffic = Traffic((Band(0, one, one),), peak_share=0.25)
    assert traffic_usd(traffic, row(1, 2), row(3, 6, kind="peak")) == pytest.approx(2500 / 1e6)


def test_thinking_stands_in_for_what_was_logged() -> None:
    traffic = Traffic((Band(0, Tokens(2, 0, 0, 0, 1000, 800), NO_TOKENS),))
    assert traffic_usd(traffic, row(1, 10)) == pytest.approx(0.01)
    assert traffic_usd(traffic, row(1, 10), thinking_tokens=0) == pytest.approx(0.002)
    assert traffic_usd(traffic, row(1, 10), thinking_tokens=50) == pytest.approx(0.003)


COUNT = st.integers(0, 10**6)
RATE = st.floats(0, 100)


@given(prompt=COUNT, output=COUNT, share=st.floats(0, 1), rate=RATE, more=RATE, batch=st.floats(0, 1))
def test_a_lower_price_never_costs_more(
    prompt: int, output: int, share: float, rate: float, more: float, batch: float
) -> None:
    tokens = Tokens(1, prompt, prompt * share, 0, output)
    traffic = Traffic((Band(prompt, tokens.scaled(1 - batch), tokens.scaled(batch)),))
    low = row(rate, rate, rate / 2), row(rate, rate, kind="batch")
    high = row(rate + more, rate + more, rate / 2 + more), row(rate + more, rate, kind="batch")
    assert traffic_usd(traffic, *low) <= traffic_usd(traffic, *high) * (1 + 1e-12) + 1e-15


def test_rent_runs_around_the_clock() -> None:
    assert rented_month_usd(2.0, 1) == 1460
    assert rented_month_usd(1.5, 4) == 4380


def test_electricity() -> None:
    """350 W for ten hours are 3.5 kWh."""
    assert electricity_usd(350, 36_000, 0.15) == pytest.approx(0.525)
    assert electricity_usd(350, 0, 0.15) == 0


def test_a_purchase_is_spread_over_its_years() -> None:
    assert purchase_month_usd(3600, 3) == 100
