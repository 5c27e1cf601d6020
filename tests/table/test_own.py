"""Weights on machines: the table says of every row what the arithmetic on single options says."""

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from llmselect.catalog.load import load
from llmselect.catalog.schema import Catalog
from llmselect.engine import machine as machine_of_today
from llmselect.engine.costs import cost_of
from llmselect.engine.fleet import fleet_at, fleet_of
from llmselect.engine.options import Option
from llmselect.engine.places import places_of
from llmselect.engine.situation import Situation, situate
from llmselect.engine.speeds import speed_of
from llmselect.engine.tokens import answer_tokens
from llmselect.estimate.columns.memory import PLACEMENTS
from llmselect.requirements import parse
from llmselect.table.artifacts import OwnFacts
from llmselect.table.bills import own_bills
from llmselect.table.fleets import fleets
from llmselect.table.machines import machine_of
from llmselect.table.own import Own, own_table
from tests.table import facts_of
from tests.table.test_fleets import AUTO, DENSE, LLAMA, QWEN

CLOSE = {"rel": 1e-9, "abs": 1e-12}
REQUESTS: dict[str, dict[str, Any]] = {
    "workstation": {"gpu": "rtx-4090", "ram": "64", "requests_per_month": 50_000},
    "no volume": {"gpu": "rtx-4090", "ram": "64"},
    "bought": {"gpu": "rtx-4090", "gpus": 2, "purchase_usd": 4000, "requests_per_month": 900_000, "spare_machines": 1},
    "server": {"gpu": "h100", "gpus": 8, "requests_per_month": 3_000_000, "min_tok_s": 20, "max_ttft_ms": 2000},
    "by the hour": {"gpu": "h100", "gpus": 2, "gpu_hour_usd": 2.5, "hours_per_day": 9, "max_latency_s": 20},
    "rented": {"compute": "high", "requests_per_month": 40_000_000, "concurrency": 12, "task": "reasoning"},
    "rented node": {"compute": "medium", "gpus": 1, "requests_per_month": 4_000_000, "spare_machines": 2},
    "deferred": {"compute": "high", "response_time": "batch", "batch_share": 1, "requests_per_month": 9_000_000},
    "processor": {"hardware": "cpu", "ram": "96", "bandwidth": "80GB/s", "concurrency": 3},
    "laptop": {"hardware": "m4-max", "ram": "64", "context_tokens": 60_000, "requests_per_month": 2000},
    "no bandwidth": {"vram": "48", "requests_per_month": 2000},
    "free power": {"vram": "48", "requests_per_month": 2000, "kwh_usd": 0, "purchase_usd": 800},
    "no power": {"vram": "48", "bandwidth": "900GB/s", "ram": "200"},
    "detected": {"hardware": "auto", "prompt_tokens": 500, "output_tokens": 200},
}


@cache
def catalog() -> Catalog:
    return load()


@cache
def facts() -> tuple[OwnFacts, Any]:
    return facts_of.own_facts(catalog()), facts_of.hardware(catalog())


@cache
def asked(name: str) -> tuple[Situation, Any]:
    """The request as today's engine has it, and as columns have it."""
    needs = parse({"task": "qa", "as_of": "2026-11-25", **REQUESTS[name]})
    found = machine_of_today.Detected(*AUTO)
    situation = situate(needs, catalog(), found)
    request = SimpleNamespace(
        needs=needs,
        workload=situation.workload,
        latency=situation.latency,
        traffic=situation.traffic,
        machine=machine_of(needs, facts()[1], AUTO),
        monthly_requests=needs.monthly_requests,
        as_of_day=needs.as_of.toordinal(),
        peak_factor=max(1.0, (1 - situation.batch_share) * needs.peak_to_mean),
    )
    return situation, request


@cache
def own(name: str) -> Own:
    return own_table(facts()[0], sorted(catalog().models), asked(name)[1])


@cache
def options(name: str) -> dict[int, list[Option]]:
    """Some options of today's engine at each effort, by their row in the table; all where there are few."""
    situation, models = asked(name)[0], catalog().models
    places = [
        place
        for key in sorted(models)
        for place in places_of(models[key], situation)
        if place.deployment == "self-host" and (models[key].parameters or models[key].architecture)
    ]
    rows = [efforts for place in places for efforts in place.options()]
    assert len(rows) == len(own(name))
    return {at: row for at, row in enumerate(rows) if at % 9 == 0 or row[0].model.id in (LLAMA, QWEN, DENSE)}


every_request = pytest.mark.parametrize("name", REQUESTS)


def _same(found: Any, wanted: Any) -> None:
    assert list(np.ravel(found)) == pytest.approx(list(wanted), nan_ok=True, **CLOSE)


def _ends(interval: Any) -> tuple[float, float, float]:
    return tuple(interval) if interval is not None else (np.nan, np.nan, np.nan)


@every_request
def test_machines_are_those_of_today(name: str) -> None:
    today, found = (one.machine for one in asked(name))
    for field in ("id", "name", "kind", "count", "memory_gib", "share", "bandwidth_gb_s", "tflops", "fp8_tflops"):
        assert getattr(found, field) == getattr(today, field), field
    for field in ("power_w", "datacenter", "ram_gib", "ram_bandwidth_gb_s", "owned", "usd_per_gpu_hour", "sources"):
        assert getattr(found, field) == getattr(today, field), field
    assert (found.device_gib, found.system_gib) == tuple(today.room)
    assert (found.rental and found.rental.provider) == (today.rental and today.rental.provider)
    assert found.own_speeds == today.own_speeds


@every_request
def test_memory_and_ids(name: str) -> None:
    table, machine = own(name), asked(name)[1].machine
    for row, (option, *_) in options(name).items():
        plan, weights = option.plan, option.weights
        assert plan is not None
        assert weights is not None
        assert option.id.split(":default")[0].split("@self:")[1].startswith(table.label(row, machine))
        assert (PLACEMENTS[table.placement[row]], table.fits[row]) == (plan.placement, plan.fits)
        assert table.assumed[row] == plan.estimated
        _same([table.weights_bytes[row], table.expert_bytes[row], table.active_bytes[row]], weights)
        numbers = ("weights_gib", "kv_gib", "overhead_gib", "needed_gib", "available_gib")
        _same([getattr(table, number)[row] for number in numbers], (getattr(plan, number) for number in numbers))
        _same([table.device_share[row]], [plan.device_weight_share])


@every_request
def test_speeds(name: str) -> None:
    situation, _ = asked(name)
    speeds = own(name).speeds
    for row, (option, *_) in options(name).items():
        today = speed_of(option, situation)
        for number in ("step_s", "tpot_s", "ttft_s", "least_ttft_s"):
            _same(getattr(speeds, number)[:, row], _ends(getattr(today, number, None)))
        assert bool(speeds.measured[row]) == (today is not None and today.evidence == "measured")
        assert bool(speeds.unverified[row]) == (today is not None and today.unverified)


@every_request
def test_fleets_and_bills(name: str) -> None:
    situation, request = asked(name)
    rows = [(row, option) for row, efforts in options(name).items() for option in efforts]
    tokens = np.array([answer_tokens(option, situation) for _, option in rows]).T
    found = fleets(own(name), np.array([row for row, _ in rows]), tokens, request)
    bills = own_bills(found, request)
    for at, (_, option) in enumerate(rows):
        fleet, cost = fleet_of(option, situation), cost_of(option, situation)
        alone = fleet_at(option, situation, situation.workload.concurrency)
        _same(found.busy_s[:, at], _ends(fleet and fleet.busy_s))
        _same(found.unit_requests[:, at], _ends(fleet and fleet.unit_requests))
        _same(found.unit_requests_as_asked[:, at], _ends(alone and alone.unit_requests))
        assert fleet is None or found.batch[at] == fleet.batch
        _same(bills.usd_per_month[:, at], _ends(cost and cost.usd_per_month))
        _same(bills.usd_per_1k_requests[:, at], _ends(cost and cost.usd_per_1k_requests))
        if cost is not None:
            assert bills.exact[at] == (cost.evidence == "derived")
            assert (bills.kind, bills.stale_days) == (cost.kind, cost.stale_days)
            _same(bills.machines[:, at], _ends(cost.machines))
            _same([bills.utilization[at]], [np.nan if cost.utilization is None else cost.utilization])
            for volume in (1, 7000, 10**8):
                curves = [curve._replace(most_units=None) for curve in cost.curves]
                _same(bills.by_volume.usd(volume)[:, at], (curve.usd(volume) for curve in curves))
            assert bills.most_units == cost.curves.value.most_units
