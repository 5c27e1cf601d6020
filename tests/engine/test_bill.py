"""A log billed as it is: whose price counts, by hand."""

from datetime import date
from typing import Any

import pytest

from llmselect.engine.cost.bill import LoggedModel, logged_bill
from llmselect.estimate.cost import NO_TOKENS, Band, Tokens, Traffic
from llmselect.results.cost import LoggedBill, Spread, UsageReport
from tests.factories import catalog, facts_of, host, model, offering, price

DAY = date(2026, 11, 1)
SPREAD = Spread(0, 0, 0, 0)
LIVE = Tokens(requests=10, prompt=1e6, cached=4e5, cache_write=0, output=5e5)


def _bill(hosts: list[Any], traffic: Traffic, *named: str, name: str = "m", only: tuple[str, ...] = ()) -> LoggedBill:
    report = UsageReport("log", "JSON lines", 10, (), {name: 10}, SPREAD, SPREAD, SPREAD, SPREAD, 0, None, None)
    found = catalog([model("m")], hosts)
    model_id = next(iter(found.models))
    return logged_bill(
        {name: traffic}, lambda _: LoggedModel(model_id, named), report, 1000, facts_of(found), DAY, only
    )


def _live(tokens: Tokens = LIVE) -> Traffic:
    return Traffic((Band(0, tokens, NO_TOKENS),))


def test_tokens_are_paid_at_the_prices_of_the_day() -> None:
    found = _bill([host("cloud", offering("m", price(2.0, 10.0)))], _live())
    (row,) = found.models
    assert row.usd == pytest.approx(1.0 * 2 + 0.5 * 10)  # no price of cached input: as other input
    assert (row.usd_per_month, row.usd_per_1k_requests) == (pytest.approx(700), pytest.approx(700))
    assert row.warnings[-1] == "no price of cached input is known: billed as other input"
    assert (found.usd, found.requests_per_month, found.assumed) == (row.usd, 1000, {})


def test_the_cheapest_counts_where_the_log_names_no_host() -> None:
    hosts = [host("dear", offering("m", price(2.0, 10.0))), host("cheap", offering("m", price(1.0, 5.0)))]
    found = _bill(hosts, _live())
    assert found.models[0].host == "cheap"
    assert "--host" in found.assumed
    assert _bill(hosts, _live(), "dear").models[0].host == "dear"
    assert _bill(hosts, _live(), only=("dear",)).models[0].host == "dear"
    assert _bill(hosts, _live(), "dear", only=("cheap",)).models[0].host == "dear"  # the log knows


def test_a_developer_before_the_name_is_no_host() -> None:
    hosts = [host("cloud", offering("m", price(2.0, 10.0))), host("acme")]
    assert _bill(hosts, _live(), "acme", name="acme/m").models[0].host == "cloud"
    assert _bill(hosts, _live(), "acme", name="m").unpriced[0].reason == "not offered at acme"


def test_deferred_requests_pay_the_price_of_batch() -> None:
    rows = [host("cloud", offering("m", price(2.0, 10.0), price(1.0, 5.0, batch=True)))]
    found = _bill(rows, Traffic((Band(0, NO_TOKENS, LIVE),)))
    assert found.models[0].usd == pytest.approx(1.0 + 0.5 * 5)


@pytest.mark.parametrize(
    ("hosts", "named", "reason"),
    [
        ([], (), "not offered at any host"),
        ([host("cloud", offering("m", price(2.0, 10.0)))], ("other",), "not offered at other"),
        ([host("cloud", offering("m"))], (), "no price at any host on 2026-11-01 is known"),
        ([host("cloud", offering("m", price(2.0, 10.0, to="2026-10-01")))], ("cloud",), "no price at cloud on 2026-11"),
    ],
)
def test_what_has_no_price_says_why(hosts: list[Any], named: tuple[str, ...], reason: str) -> None:
    found = _bill(hosts, _live(), *named)
    assert (found.models, found.usd) == ((), 0)
    assert found.unpriced[0].reason.startswith(reason)
    assert found.unpriced[0].requests == 10
