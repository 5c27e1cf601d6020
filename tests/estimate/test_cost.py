"""Bills worked by hand."""

import pytest

from llmselect.estimate.cost import (
    HOURS_PER_MONTH,
    SECONDS_PER_MONTH,
    Rates,
    Tokens,
    electricity_usd,
    rented_month_usd,
    tokens_usd,
)


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
    assert tokens_usd(Tokens(1, prompt, 0, 0, output), Rates(input_usd, output_usd)) == pytest.approx(usd, rel=1e-12)


def test_rent_runs_around_the_clock() -> None:
    assert rented_month_usd(2.0, 1) == 1460
    assert rented_month_usd(1.5, 4) == 4380


def test_electricity() -> None:
    """350 W for ten hours are 3.5 kWh."""
    assert electricity_usd(350, 36_000, 0.15) == pytest.approx(0.525)
    assert electricity_usd(350, 0, 0.15) == 0
