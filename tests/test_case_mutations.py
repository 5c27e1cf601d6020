"""The engine made wrong on purpose, one fault at a time: the named cases of the answer sheet must notice."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from llmselect.catalog.sql.read import Integers
from llmselect.engine import criteria, figures, life, money, recommend, relax, request, scored
from llmselect.engine.constraints import CONSTRAINTS, fit, terms
from llmselect.engine.constraints import judge as judging
from llmselect.engine.constraints.kinds import FAIL, PASS, Constraint, Judged, Words
from llmselect.engine.criteria import CRITERIA, Criterion
from llmselect.engine.machine import bills, machines, own
from llmselect.engine.values import Values
from llmselect.estimate.memory import GPU, WeightBytes
from llmselect.estimate.parameters import kv_bytes_per_token_layer
from tests.cases.sheet import failures, read_case, real_facts

Patch = Callable[[pytest.MonkeyPatch], None]


def _set(module: Any, name: str, value: Any) -> Patch:
    return lambda monkeypatch: monkeypatch.setattr(module, name, value)


def _around(module: Any, name: str, change: Callable[..., Any]) -> Patch:
    """A function whose replacement gets the right one as its first argument."""
    right = getattr(module, name)
    return _set(module, name, lambda *arguments: change(right, *arguments))


def _constraints(found: tuple[Constraint, ...]) -> Patch:
    return _set(judging.judge, "__defaults__", (found,))


def _constraint(name: str, **changes: Any) -> Patch:
    return _constraints(tuple(replace(one, **changes) if one.name == name else one for one in CONSTRAINTS))


def _seeing(name: str, change: Callable[[Judged], Judged]) -> Patch:
    """A constraint that looks at something else."""
    [right] = [one.verdicts for one in CONSTRAINTS if one.name == name]
    return _constraint(name, verdicts=lambda judged: right(change(judged)))


def _without(name: str) -> Patch:
    return _constraints(tuple(one for one in CONSTRAINTS if one.name != name))


def _turned(name: str) -> Patch:
    """A criterion whose best is its worst."""

    def turned(one: Criterion) -> Criterion:
        def values(judged: Judged) -> Values:
            found = one.values(judged)
            return replace(found, utility=1 - found.utility[::-1])

        return replace(one, values=values) if one.name == name else one

    return _set(scored, "CRITERIA", tuple(map(turned, CRITERIA)))


def _asking(judged: Judged, **changes: Any) -> Judged:
    """Options as another request finds them."""
    return replace(judged, table=replace(judged.table, request=replace(judged.table.request, **changes)))


def _needing(judged: Judged, **changes: Any) -> Judged:
    return _asking(judged, needs=judged.table.request.needs.model_copy(update=changes))


def _having(judged: Judged, **changes: Any) -> Judged:
    """Options with other columns."""
    return replace(judged, table=replace(judged.table, options=replace(judged.table.options, **changes)))


def _weights(change: Callable[[Any, WeightBytes], WeightBytes]) -> Patch:
    return _around(own, "weight_bytes", lambda right, shapes, bits: change(shapes, right(shapes, bits)))


def _active_for_total(_: Any, found: WeightBytes) -> WeightBytes:
    return WeightBytes(found.active, np.zeros_like(found.experts), found.active)


def _active_count(shapes: Any, found: WeightBytes) -> WeightBytes:
    return replace(found, total=np.where(shapes.assumed, found.active, found.total))


def _total_for_active(_: Any, found: WeightBytes) -> WeightBytes:
    return replace(found, active=found.total)


def _cache_of(**changes: Any) -> Patch:
    """The cache of architectures that are read with other fields."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        facts = real_facts()
        shapes = facts.on_machines.shapes
        column = shapes.kv_bytes_per_token_layer.copy()
        for row, model in enumerate(facts.models.model):
            fact = facts.catalog.models[model].architecture
            if fact is not None and fact.value is not None:
                made = {name: change(fact.value) for name, change in changes.items()}
                column[row] = kv_bytes_per_token_layer(fact.value.model_copy(update=made))
        monkeypatch.setattr(shapes, "kv_bytes_per_token_layer", column)

    return patch


def _all_experts(right: Any, *given: Any) -> Any:
    """A decoder that reads all of its experts for each token."""
    work = right(*given)
    chosen = np.where(work.experts > 0, work.experts_per_token, 1)
    return replace(work, expert_bytes=work.expert_bytes * np.where(work.experts > 0, work.experts, 1) / chosen)


def _as_released_alone(right: Any, facts: Any, asked: Any) -> Any:
    model_no, artifact_no = right(facts, asked)
    released = np.array([level == "none" for level in facts.artifacts.level])[artifact_no]
    return model_no[released], artifact_no[released]


def _never_coarse_enough(right: Any, facts: Any, asked: Any) -> Any:
    return right(facts, replace(asked, needs=asked.needs.model_copy(update={"quantization": "q2"})))


def _all_on_the_device(right: Any, *given: Any) -> Any:
    found = right(*given)
    return replace(found, placement=np.full_like(found.placement, GPU), device_share=np.ones_like(found.device_share))


def _one_token_less(judged: Judged) -> Judged:
    options = judged.table.options
    return _having(
        judged,
        context_tokens=options.context_tokens - 1,
        input_tokens=options.input_tokens - 1,
        output_tokens=options.output_tokens - 1,
    )


def _window_alone(judged: Judged) -> Judged:
    nothing = np.full(len(judged.table.options), np.nan)
    return _having(judged, input_tokens=nothing, output_tokens=nothing)


def _of_all_days(facts: Any, _: int, kind: str) -> Integers:
    prices = facts.prices
    known = prices.free | ~(np.isnan(prices.input_usd_per_mtok) | np.isnan(prices.output_usd_per_mtok))
    return np.flatnonzero(known & (np.array(prices.kind) == kind))


def _no_batch(right: Any, facts: Any, day: int, kind: str) -> Integers:
    found: Integers = right(facts, day, kind)
    return found[:0] if kind == "batch" else found


def _cache_at_the_price_of_input(right: Any, prices: Any, *given: Any) -> Any:
    return right(replace(prices, cached_input_usd_per_mtok=prices.input_usd_per_mtok), *given)


def _at_the_price_of_input(right: Any, prices: Any, *given: Any) -> Any:
    return right(replace(prices, output_usd_per_mtok=prices.input_usd_per_mtok), *given)


def _weights_licence(judged: Judged) -> Judged:
    table = judged.table
    return _having(judged, license_no=table.facts.license_of_model[table.options.model_no])


def _host_terms(judged: Judged) -> Judged:
    """Each model under the terms of the first host that serves it."""
    table = judged.table
    of_model = table.facts.license_of_model.copy()
    models, first = np.unique(table.facts.model_of_offering, return_index=True)
    of_model[models] = table.facts.license_of_offering[first]
    return _having(judged, license_no=of_model[table.options.model_no])


def _one_user_more(judged: Judged) -> Judged:
    users = judged.table.request.needs.monthly_active_users
    return _needing(judged, monthly_active_users=users + 1 if users else None)


def _a_day_late(judged: Judged) -> Judged:
    asked = judged.table.request
    return _asking(judged, as_of_day=asked.as_of_day - 1, horizon_day=asked.horizon_day - 1)


def _seen_on_another_day(days: int) -> Patch:
    def verdicts(judged: Judged) -> Any:
        return terms.exists(_asking(judged, as_of_day=judged.table.request.as_of_day + days))

    return _constraint("exists", verdicts=verdicts, words=lambda *_: Words("released", "on another day"))


def _promised_days_are_ends(judged: Judged) -> Any:
    day = judged.table.request.horizon_day
    return np.where(judged.table.facts.offerings.not_before_day <= day, FAIL, terms.lifecycle(judged))


def _always_on(right: Any, fleets: Any, asked: Any, *given: Any) -> Any:
    """Rent of machines around the clock, without any that stand by."""
    needs = asked.needs.model_copy(update={"hours_per_day": 24.0, "spare_machines": 0})
    return right(fleets, replace(asked, needs=needs), *given)


def _as_if_live(right: Any, fleets: Any, asked: Any, *given: Any) -> Any:
    """Rent of all hours for what may be deferred."""
    bands = tuple(band._replace(live=band.batch, batch=band.live) for band in asked.traffic.bands)
    return right(fleets, replace(asked, traffic=asked.traffic._replace(bands=bands)), *given)


def _a_cent_less(judged: Judged) -> Judged:
    most = judged.table.request.needs.budget
    return _needing(judged, budget=most - 0.01 if most is not None else None)


def _one_rung_further(right: Any, ladder: Any, admits: Any) -> Any:
    found = right(ladder, admits)
    return None if found is None else min(found + 1, len(ladder.rungs) - 1)


# One case at least for each rule left out.
DROPPED = {
    "price": "unknown-price-under-a-budget",
    "exists": "lifecycle-the-document-in-its-own-time",
    "lifecycle": "lifecycle-the-documents-apis-are-dead",
    "hosting": "hearsay-gemini-ultra-had-no-api",
    "license": "licence-osi-weights-of-2024",
    "privacy": "privacy-on-premises",
    "region": "region-eu-by-host",
    "instruct": "hearsay-base-models-for-reasoning",
    "modality": "modality-video",
    "capability": "capability-tools-of-early-reasoning-models",
    "language": "hearsay-falcon-and-arabic",
    "quality": "quality-floor-by-score",
    "context": "context-one-token-too-many",
    "memory": "moe-a-trillion-weights",
    "speed": "split-70b-is-too-slow-for-people-who-wait",
    "latency": "unknown-speed-of-an-api-is-kept-and-marked",
    "throughput": "speed-throughput-of-one-card",
    "budget": "price-budget-missed-by-a-cent",
    "effort": "effort-asked-for",
}

FAULTS: list[tuple[str, Patch, tuple[str, ...]]] = [
    ("active for total parameters", _weights(_active_for_total),
     ("moe-memory-counts-all-experts", "moe-deepseek-fp8-not-on-eight-h100")),
    ("active for total counts", _weights(_active_count), ("moe-memory-by-count-alone",)),
    ("total for active parameters", _weights(_total_for_active),
     ("moe-speed-counts-active-weights", "moe-on-a-processor")),
    ("all memory is usable", _set(machines, "USABLE_SHARE", {"gpu": 1.0, "soc": 1.0, "cpu": 1.0}),
     ("moe-deepseek-fp8-not-on-eight-h100",)),
    ("weights as released have 16 bits",
     _around(own, "_precision", lambda right, facts, rows, bits: right(facts, rows, np.full_like(bits, 16.0))),
     ("moe-gpt-oss-120b-on-one-h100", "moe-deepseek-fp8-on-eight-h200")),
    ("no KV cache", _around(own, "kv_bytes", lambda right, *given: 0 * right(*given)),
     ("cache-grouped-queries-decide",)),
    ("every head keeps keys", _cache_of(kv_heads=lambda shape: shape.attention_heads),
     ("cache-grouped-queries-decide", "cache-is-small-for-a-short-context")),
    ("latent attention unknown", _cache_of(mla_kv_rank=lambda _: None), ("cache-latent-attention-is-small",)),
    ("the coarsest level is ignored", _around(own, "worth_rows", _never_coarse_enough),
     ("quantisation-llama-2-70b-at-8-bits-needs-more-than-48gb", "quantisation-weights-as-released-only")),
    ("nothing is quantised", _around(own, "worth_rows", _as_released_alone),
     ("quantisation-llama-2-70b-fits-48gb-at-4-bits",)),
    ("every expert is read", _around(own, "work_of", _all_experts), ("moe-speed-counts-active-weights",)),
    ("RAM as fast as the GPU", _around(own, "place", _all_on_the_device),
     ("split-70b-is-too-slow-for-people-who-wait",)),
    ("any chance is enough", _set(fit, "EVEN_ODDS", 0.0), ("moe-on-a-processor",)),
    ("< for <= of a limit", _seeing("context", _one_token_less), ("context-exactly-full",)),
    ("the window alone counts", _seeing("context", _window_alone), ("context-input-limit-below-the-window",)),
    ("price tiers are ignored", _around(money, "_reached", lambda right, facts, rows, _: right(facts, rows, 0)),
     ("price-long-context-tier", "price-order-turns-with-the-tier")),
    (">= for > of a tier", _around(money, "_reached", lambda right, facts, rows, above: right(facts, rows, above + 1)),
     ("price-tier-at-its-threshold",)),
    ("prices of all times", _set(money, "_valid", _of_all_days), ("price-of-the-day-claude-2-in-autumn-2023",)),
    ("batch prices are ignored", _around(money, "_valid", _no_batch), ("price-in-batch",)),
    ("a month of 720 hours", _set(bills, "rented_month_usd", lambda hourly, gpus: hourly * gpus * 720),
     ("price-of-a-rented-card-by-the-month", "price-of-a-rented-tier")),
    ("rent is paid around the clock", _around(bills, "_by_the_hour", _always_on),
     ("money-rented-in-working-hours-alone", "money-a-spare-machine-is-paid-too")),
    ("a batch is billed like what is live", _around(bills, "_by_the_hour", _as_if_live),
     ("money-a-batch-bills-the-hours-that-it-works",)),
    ("machines are rented unasked", _set(request.Request, "machine_is_asked_for", True),
     ("money-no-machine-is-rented-unasked",)),
    ("machines are never rented",
     _set(request.Request, "machine_is_asked_for", property(lambda asked: asked.machine.owned)),
     ("money-a-word-that-asks-for-a-machine", "money-a-machine-is-rented-where-a-volume-is-given")),
    ("cached tokens at the price of input", _around(figures, "usd_per_request", _cache_at_the_price_of_input),
     ("price-of-a-cached-prompt",)),
    ("output at the price of input", _around(figures, "usd_per_request", _at_the_price_of_input),
     ("price-in-real-time",)),
    ("dear is good", _turned("cost"), ("price-order-before-the-tier", "price-order-turns-with-the-tier")),
    ("adaptable is bad", _turned("adaptability"), ("domain-specific-asks-for-weights-that-adapt",)),
    ("more than ample is worth nothing",
     _around(criteria, "quality_utility", lambda right, task, own: right(task, np.minimum(own, task.ample_percent))),
     ("quality-above-ample-still-counts",)),
    ("weak is good", _turned("quality"), ("quality-of-larger-siblings", "agents-hard-work-is-not-for-the-smallest",)),
    ("< for <= of the budget", _seeing("budget", _a_cent_less), ("price-budget-met-exactly",)),
    ("the weights' licence for every path", _seeing("license", _weights_licence),
     ("licence-by-access-path-mistral-large", "licence-by-access-path-command-r-plus")),
    ("a host's terms for every path", _seeing("license", _host_terms),
     ("licence-by-access-path-command-r-plus",)),
    (">= for > of the users", _seeing("license", _one_user_more), ("licence-at-exactly-700-million-users",)),
    ("the EU has no members", _set(terms, "EU_MEMBERS", ()), ("licence-llama-4-in-the-eu",)),
    ("the EU has a member too many", _set(terms, "EU_MEMBERS", (*terms.EU_MEMBERS, "GB")),
     ("licence-llama-4-outside-the-eu",)),
    ("open until the end of its last day", _seeing("lifecycle", _a_day_late), ("lifecycle-the-day-of-the-end",)),
    ("the horizon is ignored", _set(request, "_horizon_day", lambda needs: needs.as_of.toordinal()),
     ("lifecycle-horizon-of-one-month", "lifecycle-horizon-of-three-months")),
    ("the horizon is three months longer",
     _around(request, "months_later", lambda right, day, months: right(day, months + 3)),
     ("lifecycle-an-end-that-is-four-months-away",)),
    ("every end was always known",
     _set(life, "announcement_day", lambda lives: np.full_like(lives.shutdown_day, -np.inf)),
     ("lifecycle-the-eve-of-an-announcement", "lifecycle-an-end-that-nobody-had-announced")),
    ("a promised day is an end", _constraint("lifecycle", verdicts=_promised_days_are_ends),
     ("lifecycle-not-before-is-no-end",)),
    ("released a day late", _seen_on_another_day(-1), ("lifecycle-the-day-of-the-release",)),
    ("released a day early", _seen_on_another_day(1), ("lifecycle-the-day-before-the-release",)),
    ("unknown terms pass", _constraint("license", unknown="keeps"), ("licence-unknown-terms-exclude",)),
    ("unknown speed excludes", _constraint("latency", unknown="excludes"),
     ("unknown-speed-of-an-api-is-kept-and-marked",)),
    ("strict is ignored", _set(judging, "_excludes", lambda one, _: one.unknown == "excludes"),
     ("unknown-speed-of-an-api-under-strict", "licence-unknown-terms-admitted-on-request")),
    ("an unknown price is nothing",
     _constraint("price", verdicts=lambda judged: np.full(len(judged.table.options), PASS, dtype=np.int8)),
     ("unknown-price-under-a-budget", "unknown-price-is-not-free-at-a-given-volume")),
    ("a step too far", _around(relax, "_nearest", _one_rung_further),
     ("impossible-budget-and-what-would-lift-it", "impossible-memory-and-what-would-lift-it")),
    ("no way out is offered", _set(recommend, "relaxations", lambda *_: ()),
     ("impossible-memory-and-what-would-lift-it",)),
]  # fmt: skip


def _noticed(name: str) -> bool:
    return bool(failures(read_case(name), real_facts()))


@cache
def _right_at_first(name: str) -> bool:
    """Whether a case passes in the unbroken engine; asked before the break."""
    return not _noticed(name)


@pytest.mark.parametrize(("patch", "names"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_caught(patch: Patch, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(map(_right_at_first, names))
    patch(monkeypatch)
    for name in names:
        assert _noticed(name), f"{name} does not notice"


@pytest.mark.parametrize("rule", DROPPED)
def test_a_dropped_rule_is_caught(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = DROPPED[rule]
    assert _right_at_first(name)
    _without(rule)(monkeypatch)
    assert _noticed(name), f"{name} does not notice"


def test_every_rule_is_dropped_once() -> None:
    assert set(DROPPED) == {one.name for one in CONSTRAINTS}
