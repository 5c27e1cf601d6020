"""Quantities as people write them, good and bad."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.quantities import (
    LARGEST,
    count,
    daily,
    day,
    gb_per_s,
    gib,
    milliseconds,
    monthly,
    number,
    seconds,
    share,
    shown,
    tokens_per_s,
    usd,
    usd_per_month,
    watts,
    weights,
)

Reader = Callable[[Any], float]
READERS: tuple[Reader, ...] = (
    *(count, daily, gb_per_s, gib, milliseconds, monthly, number, seconds, share, tokens_per_s, usd, usd_per_month),
    *(watts, weights),
)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (gib, "24GiB", 24),
        (gib, "24GB", 24),
        (gib, "24 gb", 24),
        (gib, "512MiB", 0.5),
        (gib, "0.5TiB", 512),
        (gib, " 24 ", 24),
        (gib, 24, 24),
        (gib, 11.9, 11.9),
        (gib, ".5", 0.5),
        (count, "8k", 8000),
        (count, "8K", 8000),
        (count, "1M", 1_000_000),
        (count, "900M", 900_000_000),
        (count, "1.5k", 1500),
        (count, "4.35k", 4350),
        (count, "1,000,000", 1_000_000),
        (count, "1_000", 1000),
        (count, 8000, 8000),
        (count, 8000.0, 8000),
        (gb_per_s, "1008GB/s", 1008),
        (gb_per_s, "3.35TB/s", 3350),
        (gb_per_s, "1GiB/s", 1.073741824),
        (usd, "$0.12", 0.12),
        (usd, "500", 500),
        (usd, "500 USD", 500),
        (usd, "1,500.50", 1500.5),
        (usd, 0, 0),
        (number, "1e3", 1000),
        (number, "0.5", 0.5),
        (number, 2, 2),
    ],
)
def test_read(read: Reader, text: Any, value: float) -> None:
    assert read(text) == pytest.approx(value, rel=1e-12)


BAD: tuple[Any, ...] = (
    "banana", "", " ", "nan", "NaN", "inf", "-inf", "infinity", "GiB", "24XB", "24GiBGiB", "1e3k", "0x10", "1..5",
    "1,2", "5,00", "1,", ",5", "_5", "5_", "1__0", "٣", "１２", "२४GiB", "½", "24\u00a0banana", "24;", "$", "$$5",
    "--5",
    "9" * 400, "1" + "0" * 5000, float("nan"), float("inf"), float("-inf"), 10**400, 10**5000,
    1e16, 1e-10, "." + "0" * 50 + "1",
    True, False, None, [], {}, b"24", 1j, "24\x00",
)  # fmt: skip


@pytest.mark.parametrize("read", READERS, ids=lambda read: str(read.__name__))
@pytest.mark.parametrize("value", BAD, ids=lambda value: shown(value, 20))
def test_refused(read: Reader, value: Any) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read(value)
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize("value", ["0.5", "1.2345k", 2.5])
def test_no_half_tokens(value: Any) -> None:
    with pytest.raises(ValueError, match="no whole number"):
        count(value)


@pytest.mark.parametrize("read", [count, gib, gb_per_s])
def test_dollars_are_money_alone(read: Reader) -> None:
    with pytest.raises(ValueError, match="no quantity"):
        read("$5")


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.binary(max_size=5), st.booleans()))
def test_finite_or_value_error(value: Any) -> None:
    for read in READERS:
        try:
            found = read(value)
        except ValueError:
            continue
        assert abs(found) <= LARGEST


def test_today() -> None:
    assert day("today") in (date.today(), date.today() - timedelta(days=1))


@pytest.mark.parametrize("value", ["2024-04-30", " 2024-04-30 ", "2024/04/30", date(2024, 4, 30)])
def test_day(value: Any) -> None:
    assert str(day(value)) == "2024-04-30"


@pytest.mark.parametrize(
    "value", ["2024", "0", 0, 1714435200, "30.04.2024", "2024-4-30", "2024-04/30", "", None, "２024-04-30"]
)
def test_no_day(value: Any) -> None:
    with pytest.raises(ValueError, match="2024-04-30"):
        day(value)


@pytest.mark.parametrize("value", ["0001-01-01", "1969-12-31", "2200-01-01", "9999-12-31", date(9999, 12, 31)])
def test_days_far_from_any_model(value: Any) -> None:
    with pytest.raises(ValueError, match="between 1970 and 2199"):
        day(value)


def test_weights() -> None:
    assert [weights(text) for text in ("8B", "1.5b", "350M", "1T", "7_000_000")] == [
        8_000_000_000, 1_500_000_000, 350_000_000, 1_000_000_000_000, 7_000_000,
    ]  # fmt: skip


def test_shown_is_short() -> None:
    assert shown("abc") == "'abc'"
    assert len(shown("x" * 10_000)) == 60
    assert shown(10**5000) == "the number"
