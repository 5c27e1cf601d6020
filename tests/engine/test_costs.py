"""What options cost: workloads, machines for the peak, purchase, a budget of nothing, and what must not decrease."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.engine.cost.candidates import Candidate, Priced, at_hosts, on_machines, price
from llmselect.engine.machine.machines import machine_of
from llmselect.engine.machine.own import own_table
from llmselect.engine.options import make_table
from llmselect.engine.request import make_request
from llmselect.estimate.cost import SECONDS_PER_MONTH
from llmselect.requirements import parse
from tests import factories
from tests.factories import TODAY, Record, ask, catalog, host, model, offering, ranked, reasons, rental, weights

REQUEST: Record = {"prompt_tokens": 1000, "output_tokens": 500, "as_of": TODAY}
DC: Record = {"gpu": "dc-80gb"}
RENTED = [rental("dc-48gb", 1.0), rental("dc-80gb", 2.0)]


def api(*prices: Record, **fields: Any) -> Candidate:
    return bill([model("m")], [host("cloud", offering("m", *prices))], fields)


def own(fields: Record, rentals: list[Record] = RENTED, of: str = "llama-2-13b") -> Candidate:
    return bill([weights("m", of=of)], [], fields, rentals)


def bill(models: list[Record], hosts: list[Record], fields: Record, rentals: list[Record] = RENTED) -> Candidate:
    [figures] = bills(models, hosts, fields, rentals)
    return figures


def bills(models: list[Record], hosts: list[Record], fields: Record, rentals: list[Record] = RENTED) -> list[Candidate]:
    """The bill of the first option, none where it is not known."""
    found = priced(models, hosts, fields, rentals)
    return at_hosts(found, [0]) if hosts else on_machines(found, [0])


def priced(models: list[Record], hosts: list[Record], fields: Record, rentals: list[Record] = RENTED) -> Priced:
    facts, needs = factories.facts_of(catalog(models, hosts, rentals=rentals)), parse({**REQUEST, **fields})
    request = make_request(needs, facts.records_of(needs.task), machine_of(needs, facts.hardware))
    with np.errstate(invalid="ignore", divide="ignore"):
        return price(make_table(request, facts, own_table(facts.on_machines, facts.models.model, request)))


def test_cached_tokens_batches_and_dear_hours_together() -> None:
    rows = [
        factories.price(2, 8, cached_input_usd_per_mtok=0.2),
        factories.price(1, 4, batch=True, cached_input_usd_per_mtok=0.1),
        factories.price(4, 16, peak_hours=True, cached_input_usd_per_mtok=0.4),
    ]
    found = api(*rows, cached_share=0.5, batch_share=0.25, peak_share=0.4, requests_per_month=1000)
    standard = (500 * 2 + 500 * 0.2 + 500 * 8) / 1e6
    expected = 1000 * standard * (0.75 * (0.6 + 0.4 * 2) + 0.25 * 0.5)
    assert found.usd_per_month.value == pytest.approx(expected)
    assert found.evidence == "derived"


def test_shares_read_percent() -> None:
    assert parse({"cached_share": "30%", "batch_share": 0.2}).cached_share == pytest.approx(0.3)


@pytest.mark.parametrize("field", ["cached_share", "batch_share", "peak_share"])
@pytest.mark.parametrize("value", ["-0.1", "1.1", "120%", "half"])
def test_a_share_is_between_nothing_and_all(field: str, value: str) -> None:
    from llmselect.errors import LlmselectError

    with pytest.raises(LlmselectError, match="--" + field.replace("_", "-")):
        parse({field: value})


def test_machines_hold_the_peak() -> None:
    """One machine serves a month's seconds over the seconds of a request; at twice the mean rate half of that."""
    fleets = priced([weights("m", of="llama-2-13b")], [], {"peak_to_mean": 2}).fleets
    served, busy_s = fleets.unit_requests[1, 0], fleets.busy_s[1, 0]
    assert served == pytest.approx(SECONDS_PER_MONTH / busy_s / 2)
    volume = round(served * 2.5)
    found = own({"peak_to_mean": 2, "requests_per_month": volume})
    assert found.machines is not None
    assert found.machines.value == 3
    assert found.usd_per_month.value == pytest.approx(3 * 730)
    assert found.utilization == pytest.approx(2.5 / 3 / 2, rel=1e-4)


def test_deferred_requests_need_no_peak_and_hours_shorten_the_rent() -> None:
    fields = {"requests_per_month": 3_000_000, "peak_to_mean": 10}
    live, later = own(fields), own({**fields, "batch_share": 1})
    assert live.machines is not None
    assert later.machines is not None
    assert later.machines.value < live.machines.value
    short = own({"requests_per_month": 1000, "hours_per_day": 12})
    assert short.usd_per_month is not None
    assert short.usd_per_month.value == pytest.approx(365)


def test_spare_machines_are_paid_for() -> None:
    found = own({"requests_per_month": 1000, "spare_machines": 2})
    assert found.machines is not None
    assert (found.usd_per_month.value, found.machines.value) == pytest.approx((3 * 730, 3))


def test_a_node_is_rented_whole() -> None:
    found = own({"requests_per_month": 1000}, [rental("dc-48gb", 1.0, gpus=8)])
    assert found.usd_per_month.value == pytest.approx(8 * 730)


def test_rent_ages_as_other_prices_do() -> None:
    found = own({"requests_per_month": 1000, "as_of": "2024-08-01"})
    assert found.usd_per_month == pytest.approx((584, 730, 912.5))
    assert found.stale_days == 61


def test_what_is_bought_is_spread_over_its_years_and_bought_as_often_as_needed() -> None:
    fields = {**DC, "purchase_usd": 4800, "years": 4, "kwh_usd": 0}
    one = own({**fields, "requests_per_month": 1000})
    assert one.usd_per_month == pytest.approx((100, 100, 100))
    many = own({**fields, "requests_per_month": 30_000_000})
    assert many.machines is not None
    assert many.machines.value > 1
    assert many.usd_per_month.value == pytest.approx(100 * many.machines.value)


def test_power_of_ones_own_replaces_the_rated_one() -> None:
    fields = {"gpu": "dull-24gb", "requests_per_month": 1000, "quantization": "q4"}
    small, large = (own({**fields, "power_w": watts}, of="llama-2-7b").usd_per_month.value for watts in (100, 200))
    assert large == pytest.approx(2 * small)


def test_a_larger_batch_serves_more_until_latency_forbids() -> None:
    models = [weights("m", of="llama-2-13b")]
    limits: list[Record] = [{"response_time": "batch"}, {"min_tok_s": 40}, {"max_latency_s": 0.001}]
    free, firm, strict = (priced(models, [], {**DC, **fields}).fleets.batch[0] for fields in limits)
    assert free > firm > strict == 1


# A budget of nothing

FREE = host("gratis", offering("free", factories.price(None, None, free=True)))
PAID = host("cloud", offering("paid", factories.price(0.01, 0.01)), offering("silent"))


@pytest.mark.parametrize("volume", [{}, {"requests_per_month": 1}])
def test_a_budget_of_nothing_admits_free_tiers_and_free_electricity_alone(volume: Record) -> None:
    table = catalog([model("free"), model("paid"), model("silent"), weights("own")], [FREE, PAID], rentals=RENTED)
    rented = ask(table, budget=0, **volume)
    assert ranked(rented) == ["free"]
    assert {"paid", "silent", "own"} == {row.model.partition("/")[2] for row in rented.excluded}
    assert "budget" in reasons(rented, "silent")
    owned = {**DC, "kwh_usd": 0, **volume}
    assert set(ranked(ask(table, budget=0, **owned))) == {"free", "own"}
    for paid in ({"kwh_usd": 0.01}, {"purchase_usd": 1}, {"gpu_hour_usd": 0.01}):
        assert ranked(ask(table, budget=0, **{**owned, **paid})) == ["free"], paid


# Laws


@settings(max_examples=20, deadline=None)
@given(
    volume=st.integers(1, 10**8),
    more=st.integers(0, 10**8),
    peak=st.floats(1, 20),
    percent=st.integers(0, 100),
    hours=st.floats(1, 24),
)
@pytest.mark.parametrize("fields", [{}, {**DC, "purchase_usd": 9000}, {**DC, "gpu_hour_usd": 1.5}], ids=str)
def test_more_requests_never_cost_less(
    fields: Record, volume: int, more: int, peak: float, percent: int, hours: float
) -> None:
    load = {**fields, "peak_to_mean": peak, "batch_share": percent / 100, "hours_per_day": hours}
    one, two = (own({**load, "requests_per_month": count}).usd_per_month for count in (volume, volume + more))
    assert all(less <= least * (1 + 1e-12) for less, least in zip(one, two, strict=True))
    assert one.low <= one.value <= one.high


@settings(max_examples=20, deadline=None)
@given(usd=st.floats(0.01, 50), more=st.floats(0, 50), volume=st.integers(1, 10**8))
def test_dearer_rent_never_costs_less(usd: float, more: float, volume: int) -> None:
    one, two = (
        own({"requests_per_month": volume}, [rental("dc-48gb", rate)]).usd_per_month for rate in (usd, usd + more)
    )
    assert one.value <= two.value
