"""The engine made wrong on purpose, one fault at a time: the named cases of the answer sheet must notice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from llmselect.catalog.schema import Catalog
from llmselect.engine import costs, criteria, machine, options, places, recommend, relax, rules, rules_fit, rules_terms
from llmselect.engine import situation as situations
from llmselect.engine.situation import Known, Situation
from llmselect.estimate.memory import Precision, WeightBytes, kv_bytes, place, weight_bytes, weight_bytes_by_count
from llmselect.estimate.parameters import ParameterParts
from tests.cases.sheet import failures, models_of, read_case, real_catalog

Patch = Callable[[pytest.MonkeyPatch], None]


def _set(module: Any, name: str, value: Any) -> Patch:
    return lambda monkeypatch: monkeypatch.setattr(module, name, value)


def _around(module: Any, name: str, change: Callable[..., Any]) -> Patch:
    """A function whose replacement gets the right one as its first argument."""
    right = getattr(module, name)
    return _set(module, name, lambda *arguments: change(right, *arguments))


def _rule(name: str, **changes: Any) -> Patch:
    changed = tuple(rule._replace(**changes) if rule.name == name else rule for rule in rules.RULES)
    return _set(rules, "RULES", changed)


def _without(name: str) -> Patch:
    return _set(rules, "RULES", tuple(rule for rule in rules.RULES if rule.name != name))


def _turned(name: str) -> Patch:
    right: dict[Any, Any] = dict(criteria.CRITERIA)
    function = right[name]

    def turned(*arguments: Any) -> criteria.Value:
        value: criteria.Value = function(*arguments)
        return value._replace(utility=1 - value.utility)

    return _set(criteria, "CRITERIA", {**right, name: turned})


def _needs(situation: Situation, **changes: Any) -> Situation:
    """The situation with some requirements changed, its memory of figures left out."""
    needs = situation.needs.model_copy(update=changes)
    return replace(situation, needs=needs, memo={}, known=Known({}, {}, {}))


def _tiers_sooner(right: Any, option: Any, situation: Situation) -> Any:
    found = right(option, situation)
    sooner = tuple(tier._replace(above=max(0, tier.above - 1)) for tier in found.standard) if found else ()
    return found and found._replace(standard=sooner)


def _only(tariff: Any, **rows: slice) -> Any:
    return tariff and tariff._replace(**{kind: getattr(tariff, kind)[part] for kind, part in rows.items()})


def _at_the_price_of_input(tariff: Any) -> Any:
    rows = (
        [tier._replace(rates=tier.rates._replace(output=tier.rates.input)) for tier in tariff.standard]
        if tariff
        else []
    )
    return tariff and tariff._replace(standard=tuple(rows))


def _newest_price(right: Any, option: Any, situation: Situation) -> Any:
    end = max(price.from_ for price in option.offering.prices) if option.offering.prices else situation.needs.as_of
    return right(option, _needs(situation, as_of=max(end, situation.needs.as_of)))


def _active_for_total(parts: ParameterParts, precision: Precision) -> WeightBytes:
    found = weight_bytes(parts, precision)
    return found._replace(total=found.active, experts=0)


def _total_for_active(parts: ParameterParts, precision: Precision) -> WeightBytes:
    found = weight_bytes(parts, precision)
    return found._replace(active=found.total)


def _active_count(total: int, active: int, bits: float) -> WeightBytes:
    return weight_bytes_by_count(active, active, bits)


def _all_heads(shape: Any, tokens: int) -> float:
    return kv_bytes(shape.model_copy(update={"kv_heads": shape.attention_heads}), tokens)


def _no_latent(shape: Any, tokens: int) -> float:
    return kv_bytes(shape.model_copy(update={"mla_kv_rank": None}), tokens)


def _all_experts(right: Any, *given: Any) -> Any:
    """A decoder that reads all of its experts for each token."""
    work = right(*given)
    times = work.experts / work.experts_per_token if work.experts else 1
    return work._replace(expert_bytes=work.expert_bytes * times)


def _less_by_one(right: Any, *arguments: Any) -> Any:
    record, found = right(*arguments)
    return record, found and found.model_copy(update={"value": found.value - 1})


def _window_alone(right: Any, option: Any, name: str) -> Any:
    return right(option, name) if name == "context_tokens" else (None, None)


def _weights_licence(option: Any, situation: Situation) -> Any:
    fact = option.model.license
    return situation.catalog.licenses.licenses.get(fact.value) if fact else None


def _host_terms(option: Any, situation: Situation) -> Any:
    hosts = [host for host, _ in options.offerings_of(option.model.id, situation)]
    terms = situation.catalog.hosts[hosts[0]].terms if hosts else option.model.license
    return situation.catalog.licenses.licenses.get(terms.value or "") if terms else None


def _one_user_more(right: Any, option: Any, situation: Situation) -> Any:
    users = situation.needs.monthly_active_users
    return right(option, _needs(situation, monthly_active_users=users + 1 if users else None))


def _a_day_late(right: Any, option: Any, situation: Situation) -> Any:
    return right(option, _needs(situation, as_of=situation.needs.as_of - timedelta(days=1)))


def _a_cent_less(right: Any, option: Any, situation: Situation) -> Any:
    most = situation.needs.budget
    return right(option, _needs(situation, budget=most - 0.01 if most is not None else None))


def _all_on_the_device(right: Any, *arguments: Any, **more: Any) -> Any:
    return right(*arguments, **more)._replace(placement="gpu", device_weight_share=1.0)


def _place_on_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "place", lambda *given, **more: _all_on_the_device(place, *given, **more))


def _never_coarse_enough(right: Any, situation: Situation) -> Any:
    return right(_needs(situation, quantization="q2"))


# One case at least for each rule left out.
DROPPED = {
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
    ("active for total parameters", _set(options, "weight_bytes", _active_for_total),
     ("moe-memory-counts-all-experts", "moe-deepseek-fp8-not-on-eight-h100")),
    ("active for total counts", _set(options, "weight_bytes_by_count", _active_count),
     ("moe-memory-by-count-alone",)),
    ("total for active parameters", _set(options, "weight_bytes", _total_for_active),
     ("moe-speed-counts-active-weights", "moe-on-a-processor")),
    ("all memory is usable", _set(machine, "USABLE_SHARE", {"gpu": 1.0, "soc": 1.0, "cpu": 1.0}),
     ("moe-deepseek-fp8-not-on-eight-h100",)),
    ("weights as released have 16 bits", _set(options, "_released_bits", lambda _: 16.0),
     ("moe-gpt-oss-120b-on-one-h100", "moe-deepseek-fp8-on-eight-h200")),
    ("no KV cache", _set(options, "kv_bytes", lambda *_: 0.0), ("cache-grouped-queries-decide",)),
    ("every head keeps keys", _set(options, "kv_bytes", _all_heads),
     ("cache-grouped-queries-decide", "cache-is-small-for-a-short-context")),
    ("latent attention unknown", _set(options, "kv_bytes", _no_latent), ("cache-latent-attention-is-small",)),
    ("the coarsest level is ignored", _around(options, "_levels", _never_coarse_enough),
     ("quantisation-llama-2-70b-at-8-bits-needs-more-than-48gb", "quantisation-weights-as-released-only")),
    ("nothing is quantised", _around(places, "worth_levels", lambda right, *given: right(*given)[:1]),
     ("quantisation-llama-2-70b-fits-48gb-at-4-bits",)),
    ("every expert is read", _around(options, "work_of", _all_experts), ("moe-speed-counts-active-weights",)),
    ("RAM as fast as the GPU", _place_on_the_device, ("split-70b-is-too-slow-for-people-who-wait",)),
    ("any chance is enough", _set(rules_fit, "EVEN_ODDS", 0.0), ("moe-on-a-processor",)),
    ("< for <= of a limit", _around(rules_fit, "limit_fact", _less_by_one), ("context-exactly-full",)),
    ("the window alone counts", _around(rules_fit, "limit_fact", _window_alone),
     ("context-input-limit-below-the-window",)),
    ("price tiers are ignored",
     _around(costs, "tariff_of", lambda right, *given: _only(right(*given), standard=slice(1))),
     ("price-long-context-tier", "price-order-turns-with-the-tier")),
    (">= for > of a tier", _around(costs, "tariff_of", _tiers_sooner), ("price-tier-at-its-threshold",)),
    ("the newest price at all times", _around(costs, "tariff_of", _newest_price),
     ("price-of-the-day-claude-2-in-autumn-2023",)),
    ("batch prices are ignored",
     _around(costs, "tariff_of", lambda right, *given: _only(right(*given), batch=slice(0))),
     ("price-in-batch",)),
    ("a month of 720 hours", _set(costs, "rented_month_usd", lambda hourly, gpus: hourly * gpus * 720),
     ("price-of-a-rented-card-by-the-month", "price-of-a-rented-tier")),
    ("output at the price of input",
     _around(costs, "tariff_of", lambda right, *given: _at_the_price_of_input(right(*given))),
     ("price-in-real-time",)),
    ("dear is good", _turned("cost"), ("price-order-before-the-tier", "price-order-turns-with-the-tier")),
    ("weak is good", _turned("quality"), ("quality-of-larger-siblings", "agents-hard-work-is-not-for-the-smallest",)),
    ("< for <= of the budget", _rule("budget", check=lambda *given: _a_cent_less(rules_fit.budget, *given)),
     ("price-budget-met-exactly",)),
    ("the weights' licence for every path", _set(rules_terms, "license_of", _weights_licence),
     ("licence-by-access-path-mistral-large", "licence-by-access-path-command-r-plus")),
    ("a host's terms for every path", _set(rules_terms, "license_of", _host_terms),
     ("licence-by-access-path-command-r-plus",)),
    (">= for > of the users", _rule("license", check=lambda *given: _one_user_more(rules_terms.license_fits, *given)),
     ("licence-at-exactly-700-million-users",)),
    ("the EU has no members", _set(rules_terms, "EU_MEMBERS", ()), ("licence-llama-4-in-the-eu",)),
    ("the EU has a member too many", _set(rules_terms, "EU_MEMBERS", (*rules_terms.EU_MEMBERS, "GB")),
     ("licence-llama-4-outside-the-eu",)),
    ("open until the end of its last day",
     _rule("lifecycle", check=lambda *given: _a_day_late(rules_terms.lifecycle, *given)),
     ("lifecycle-the-day-of-the-end",)),
    ("the horizon is ignored", _set(situations, "months_later", lambda day, _: day),
     ("lifecycle-horizon-of-one-month", "lifecycle-horizon-of-three-months")),
    ("unknown terms pass", _rule("license", unknown="keep"), ("licence-unknown-terms-exclude",)),
    ("unknown speed excludes", _rule("latency", unknown="exclude"), ("unknown-speed-of-an-api-is-kept-and-marked",)),
    ("strict is ignored", _set(rules, "_excludes", lambda rule, _: rule.unknown == "exclude"),
     ("unknown-speed-of-an-api-under-strict", "licence-unknown-terms-admitted-on-request")),
    ("an unknown price is nothing", _rule("budget", check=lambda *_: None), ("unknown-price-under-a-budget",)),
    ("a step too far", _around(relax, "_bisect", lambda right, most, *rest: min(most, right(most, *rest) + 1)),
     ("impossible-budget-and-what-would-lift-it",)),
    ("no way out is offered", _set(recommend, "relaxations", lambda *_: ()),
     ("impossible-memory-and-what-would-lift-it",)),
]  # fmt: skip


@cache
def _own_models(name: str) -> Catalog:
    """The catalogue with the models alone that a case names: others cannot change what it says of them."""
    models = models_of(read_case(name))
    whole = real_catalog()
    return whole.model_copy(update={"models": {key: row for key, row in whole.models.items() if key in models}})


def _noticed(name: str) -> bool:
    return bool(failures(read_case(name), _own_models(name)))


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
    assert set(DROPPED) == set(rules.BY_NAME)
