"""Prices by date, tier and batch; staleness; rent and electricity; ends by host and day."""

from typing import Any

import pytest

from llmselect.estimate.cost import HOURS_PER_MONTH
from llmselect.results.figures import CriterionValue
from llmselect.results.recommendation import RecommendedModel
from tests.factories import (
    TODAY,
    Record,
    ask,
    catalog,
    fact,
    host,
    model,
    offering,
    price,
    ranked,
    reasons,
    rental,
    weights,
)


def first(record: Record, hosts: list[Record], fields: Record, **tables: Any) -> RecommendedModel:
    return ask(catalog([record], hosts, **tables), **fields).recommendations[0]


def cost(fields: Record, *prices: Record) -> CriterionValue:
    return first(model("m"), [host("cloud", offering("m", *prices))], fields).criteria["cost"]


REQUEST = {"prompt_tokens": 1000, "output_tokens": 500}
TIERS = (price(1, 2), price(2, 4, above_input_tokens=1000), price(3, 6, above_input_tokens=4000))
DATED = (
    price(9, 9, to="2023-06-30"),
    {**price(5, 5, to="2024-06-01"), "from": "2023-07-01"},
    {**price(1, 1), "from": "2024-06-02"},
)


@pytest.mark.parametrize(("prompt", "usd_in"), [(1, 1), (1000, 1), (1001, 2), (4000, 2), (4001, 3), (7000, 3)])
def test_the_prompts_length_chooses_the_tier(prompt: int, usd_in: int) -> None:
    found = cost({"prompt_tokens": prompt, "output_tokens": 500}, *TIERS)
    assert found.value == pytest.approx((prompt * usd_in + 500 * usd_in * 2) / 1000)
    assert found.evidence == "derived"


@pytest.mark.parametrize(
    ("day", "usd"), [("2023-06-30", 9), ("2023-07-01", 5), ("2024-06-01", 5), ("2024-06-02", 1), ("2024-06-20", 1)]
)
def test_the_day_chooses_the_price(day: str, usd: int) -> None:
    assert cost({**REQUEST, "as_of": day}, *DATED).value == pytest.approx(1.5 * usd)


def test_the_first_known_price_holds_before_it_was_seen_and_is_less_sure() -> None:
    later = {**price(4, 8), "from": "2024-09-02"}
    found = cost(REQUEST, {**price(1, 2, to="2024-09-01"), "from": "2024-08-02"}, later)
    assert (found.low, found.value, found.high) == pytest.approx((2 / 1.25, 2, 2 * 1.25))
    assert found.evidence == "estimated"
    assert cost(REQUEST, {**price(1, 2), "from": "2024-06-02"}).evidence == "derived", "a day later is no doubt"


def test_only_what_was_paid_first_is_carried_back() -> None:
    """A discount or a tier that came later did not hold before, and nobody promised a free tier."""
    later = [{**one, "from": "2024-09-02"} for one in (price(1, 1, batch=True), price(0, 0, free=True))]
    first_known = {**price(2, 4), "from": "2024-08-02"}
    assert cost({**REQUEST, "response_time": "batch"}, first_known, *later).value == pytest.approx(4)
    hosts = [host("cloud", offering("m", {**price(None, None, free=True), "from": "2024-09-02"}))]
    assert ranked(ask(catalog([model("m")], hosts), budget=0)) == []


def test_batch_prices_are_for_those_who_wait() -> None:
    prices = (price(2, 4), price(1, 2, batch=True))
    assert cost(REQUEST, *prices).value == pytest.approx(4)
    assert cost({**REQUEST, "response_time": "real-time"}, *prices).value == pytest.approx(4)
    assert cost({**REQUEST, "response_time": "batch"}, *prices).value == pytest.approx(2)
    assert cost({**REQUEST, "response_time": "batch"}, price(2, 4)).value == pytest.approx(4)


def test_dear_hours_are_not_assumed() -> None:
    assert cost(REQUEST, price(9, 9, peak_hours=True), price(2, 4)).value == pytest.approx(4)


def test_free_is_a_price_of_zero_and_missing_is_not() -> None:
    assert cost({"budget": 0}, price(None, None, free=True)).value == 0
    assert cost({"allow_unknown": True}, price(1, None)).value is None
    assert cost({"allow_unknown": True}, price(None, None, usd_per_image=0.04)).value is None


@pytest.mark.parametrize(
    ("day", "widened"), [(TODAY, False), ("2024-07-01", False), ("2024-07-02", True), ("2027-01-01", True)]
)
def test_a_stale_price_widens_and_never_refuses(day: str, widened: bool) -> None:
    seen = {"lifecycle": {"shutdown": fact("2099-01-01")}}
    hosts = [host("cloud", offering("m", price(1, 2), **seen))]
    row = first(model("m"), hosts, {**REQUEST, "as_of": day, "requests_per_month": 1000, "budget": 2})
    found = row.criteria["cost"]
    spread = 1.25 if widened else 1
    assert (found.low, found.value, found.high) == pytest.approx((2 / spread, 2, 2 * spread))
    assert found.evidence == ("estimated" if widened else "derived")
    assert any("last checked" in text for text in row.warnings) is widened


def test_a_price_with_an_end_does_not_age() -> None:
    found = cost({**REQUEST, "as_of": "2024-11-01"}, price(1, 2, to="2024-12-31"))
    assert found.low == found.value == found.high == pytest.approx(2)


def test_a_day_before_the_check_is_not_stale() -> None:
    assert cost({**REQUEST, "as_of": "2023-02-01"}, price(1, 2)).evidence == "derived"


def test_volume_makes_it_a_monthly_bill() -> None:
    found = cost({**REQUEST, "requests_per_month": 30_000}, price(1, 2))
    assert found.value == pytest.approx(60)
    assert found.unit == "USD/month"


# Machines

DC = {"gpu": "dc-48gb"}


@pytest.mark.parametrize(("day", "usd"), [("2023-12-31", 1.0), ("2024-01-01", 1.0), (TODAY, 1.0), ("2024-06-02", 0.5)])
def test_the_first_known_rent_stands_in_for_the_time_before_it(day: str, usd: float) -> None:
    rentals = [rental("dc-48gb", 1.0), rental("dc-48gb", 0.5, **{"from": "2024-06-02"}), rental("dc-80gb", 0.1)]
    row = first(weights("m"), [], {"as_of": day, "requests_per_month": 1000}, rentals=rentals)
    found = row.criteria["cost"]
    assert found.value == pytest.approx(usd * HOURS_PER_MONTH)


def test_rent_ends_with_its_last_day() -> None:
    rentals = [rental("dc-48gb", 0.5, to=TODAY), rental("dc-48gb", 1.0)]

    def paid(day: str) -> float | None:
        return first(weights("m"), [], {"as_of": day, "requests_per_month": 1}, rentals=rentals).criteria["cost"].value

    assert paid(TODAY) == pytest.approx(365)
    assert paid("2024-06-02") == pytest.approx(730)


def test_a_rent_that_nobody_knows_is_ranked_only_where_the_unknown_is_allowed() -> None:
    found, fields = catalog([weights("m")], []), {"requests_per_month": 1000, "budget": 10}
    assert ranked(ask(found, **fields)) == []
    assert "budget: its price" in ask(found, **fields, allow_unknown=True).recommendations[0].unverified


def test_nobody_is_told_to_rent_unasked() -> None:
    found = catalog([weights("m")], [], rentals=[rental("dc-48gb", 1.0)])
    assert ranked(ask(found)) == []
    assert "a rented" in reasons(ask(found), "m")["hosting"][1]
    for asked in ({"requests_per_month": 1000}, {"compute": "medium"}, {"deployment": "self-host"}, {"offline": True}):
        assert ranked(ask(found, **asked)) == ["m"], asked


def test_a_batch_pays_the_hours_of_work() -> None:
    rentals, fields = [rental("dc-48gb", 1.0)], {"requests_per_month": 1000, "response_time": "batch"}
    batch = first(weights("m"), [], fields, rentals=rentals).criteria["cost"].value
    assert batch is not None
    assert batch == round(batch), "whole hours of a dollar each"
    assert 1 <= batch < HOURS_PER_MONTH / 10


def test_an_owned_machine_costs_electricity() -> None:
    fields = {"gpu": "home-24gb", "requests_per_month": 10_000, "quantization": "none"}
    one, double = (first(weights("m"), [], {**fields, "kwh_usd": usd}).criteria["cost"] for usd in (0.2, 0.4))
    assert one.value is not None
    assert double.value == pytest.approx(2 * one.value)
    assert one.low is not None
    assert one.low < one.value
    assert 0.05 < one.value < 100
    assert first(weights("m"), [], {**fields, "kwh_usd": 0}).criteria["cost"].value == 0


def test_own_rates_are_paid_around_the_clock() -> None:
    row = first(weights("m"), [], {"gpu": "home-24gb", "gpus": 2, "gpu_hour_usd": 0.5, "requests_per_month": 1})
    assert row.criteria["cost"].value == pytest.approx(730)


def test_a_device_of_unknown_power_draws_what_its_kind_does() -> None:
    dull, home = (first(weights("m"), [], {"gpu": name}).criteria["cost"].value for name in ("dull-24gb", "home-24gb"))
    assert dull is not None
    assert home is not None
    assert dull > 0


def test_a_data_centre_machine_costs_its_idle_power_and_a_pc_what_is_added() -> None:
    def usd(**fields: Any) -> float:
        value = first(weights("m"), [], {"requests_per_month": 10, **fields}).criteria["cost"].value
        assert value is not None
        return value

    assert usd(gpu="dc-48gb") > 100 * usd(gpu="home-24gb")
    assert usd(gpu="home-24gb", hours_per_day=8) == pytest.approx(usd(gpu="home-24gb", hours_per_day=16) / 2, rel=0.02)


# Lifecycles

LIVES = {
    "ends": {"last_seen": fact(TODAY), "shutdown": fact("2024-08-30"), "replacement": fact("m-2")},
    "stays": {"last_seen": fact(TODAY)},
}


def served_twice() -> list[Record]:
    return [host(name, offering("m", price(), lifecycle=life)) for name, life in LIVES.items()]


@pytest.mark.parametrize(("day", "hosts"), [("2024-08-29", {"ends", "stays"}), ("2024-08-30", {"stays"})])
def test_a_shutdown_is_its_hosts_alone(day: str, hosts: set[str]) -> None:
    answer = ask(catalog([model("m")], served_twice()), as_of=day, horizon_months=0)
    row = answer.recommendations[0]
    assert {row.host, *(other.host for other in row.also_at)} == hosts


@pytest.mark.parametrize(("day", "warned"), [("2024-06-01", True), ("2024-02-28", False), ("2024-08-29", True)])
def test_an_end_within_half_a_year_warns_and_names_the_replacement(day: str, warned: bool) -> None:
    asked = {"as_of": day, "host": "ends", "horizon_months": 0}
    row = ask(catalog([model("m")], served_twice()), **asked).recommendations[0]
    assert any("2024-08-30" in text and "m-2" in text for text in row.warnings) is warned


def test_what_ended_everywhere_is_named_with_each_reason() -> None:
    hosts = [host(name, offering("m", price(), lifecycle=LIVES["ends"])) for name in ("one", "two")]
    answer = ask(catalog([model("m")], hosts), as_of="2024-09-01", horizon_months=0)
    assert ranked(answer) == []
    assert sorted(reason.needed for row in answer.excluded for reason in row.reasons) == [
        "served by one on 2024-09-01",
        "served by two on 2024-09-01",
    ]
    assert "shut down on 2024-08-30" in reasons(answer, "m")["lifecycle"][1]


def test_weights_outlive_their_hosts_as_legacy() -> None:
    hosts = [host("cloud", offering("m", price(), lifecycle=LIVES["ends"]))]
    answer = ask(catalog([weights("m")], hosts), as_of="2025-01-01", gpu="home-24gb")
    assert answer.recommendations[0].host == "self"
    assert "legacy: retired at cloud (2024-08-30)" in answer.recommendations[0].warnings
