"""The engine broken on purpose, one fault at a time: a check that passes must then fail."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from llmselect.engine import (
    contest,
    costs,
    criteria,
    machine,
    options,
    relax,
    rules,
    rules_fit,
    rules_terms,
    score,
)
from llmselect.engine.prices import tariff_of
from llmselect.estimate.memory import WeightBytes, weight_bytes
from tests.factories import Record, as_bytes, ask, catalog, fact, host, model, offering, price, ranked, reasons, weights

Patch = Callable[[pytest.MonkeyPatch], None]
Check = Callable[[], None]

HOME = {"gpu": "home-24gb", "deployment": "self-host"}
TIERED = offering("m", price(1, 2), price(5, 9, above_input_tokens=1000))


def one(record: Record, *offerings: Record) -> Any:
    return catalog([record], [host("cloud", *offerings)])


def check_cheaper_first() -> None:
    hosts = [host("cloud", offering("a", price(10, 10)), offering("b", price(1, 1)))]
    assert ranked(ask(catalog([model("a"), model("b")], hosts))) == ["b", "a"]


def check_context_at_its_limit() -> None:
    assert ranked(ask(one(model("m"), offering("m", price())), context_tokens=8192)) == ["m"]


def check_modalities() -> None:
    assert ranked(ask(one(model("m"), offering("m", price())), modality_in="image")) == []


def check_usable_memory() -> None:
    assert "22.1 GiB" in reasons(ask(catalog([weights("m", of="llama-2-70b")]), **HOME), "m")["memory"][1]


def check_experts_need_memory() -> None:
    assert "memory" in reasons(ask(catalog([weights("m", of="mixtral-8x7b")]), **HOME), "m")


def check_the_cache_needs_memory() -> None:
    answer = ask(catalog([weights("m")]), **HOME, context_tokens=4096, concurrency=64)
    assert "128.0 KV cache" in reasons(answer, "m").get("memory", ("", ""))[0]


def check_shutdown() -> None:
    served = offering("m", price(), lifecycle={"last_seen": fact("2024-06-01"), "shutdown": fact("2024-06-01")})
    assert ranked(ask(one(model("m"), served))) == []


def check_tiers() -> None:
    answer = ask(one(model("m"), TIERED), prompt_tokens=2000, output_tokens=1000)
    assert answer.recommendations[0].criteria["cost"].value == pytest.approx(19)


def check_terms_of_the_api() -> None:
    served = one(weights("m", license=fact("research")), offering("m", price()))
    assert ranked(ask(served, deployment="api", license="commercial")) == ["m"]


def check_same_bytes() -> None:
    facts = one(model("m"), offering("m"))
    assert as_bytes(ask(facts)) == as_bytes(ask(facts))


def check_unknown_is_no_pass() -> None:
    known, unknown = offering("a", price(0.1, 0.1)), offering("b")
    facts = catalog([model("a"), model("b")], [host("cloud", known, unknown)])
    assert ranked(ask(facts)) == ["a", "b"]


def check_finer_is_better() -> None:
    fields = {**HOME, "weight": {"cost": 0, "latency": 0}}
    assert ask(catalog([weights("m")]), **fields).recommendations[0].quantization == "none"


def check_the_smallest_step() -> None:
    answer = ask(one(model("m"), offering("m", price())), context_tokens=9000)
    assert answer.relaxations[0].changes[0].to == 8192


def check_names_break_ties() -> None:
    hosts = [host("cloud", offering("a", price()), offering("b", price()))]
    assert ranked(ask(catalog([model("b"), model("a")], hosts))) == ["a", "b"]


def check_all_reasons() -> None:
    answer = ask(one(model("m"), offering("m", price())), context_tokens=9000, license="osi")
    assert set(reasons(answer, "m")) == {"license", "context"}


def check_an_added_model_changes_no_score() -> None:
    few = catalog([model("a", 70), model("b", 50)], [host("cloud", offering("a", price()), offering("b", price()))])
    more = [model("a", 70), model("b", 50), model("z", 30)]
    many = catalog(more, [host("cloud", *(offering(name, price()) for name in "abz"))])
    assert [row.score for row in ask(few).recommendations] == [row.score for row in ask(many).recommendations[:2]]


def check_half_chances_exclude() -> None:
    assert ranked(ask(catalog([weights("m")]), **HOME, min_tok_s=2000)) == []


def _turned(name: str, change: Callable[[criteria.Value], criteria.Value]) -> Patch:
    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        right: dict[Any, Any] = {**criteria.CRITERIA}
        function = right[name]
        right[name] = lambda option, situation: change(function(option, situation))
        monkeypatch.setattr(criteria, "CRITERIA", right)

    return patch


def _without(rule: str) -> Patch:
    return lambda monkeypatch: monkeypatch.setattr(rules, "RULES", tuple(r for r in rules.RULES if r.name != rule))


def _set(module: Any, name: str, value: Any) -> Patch:
    return lambda monkeypatch: monkeypatch.setattr(module, name, value)


def _stricter_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    right = rules_fit.limit_fact

    def limit_fact(*arguments: Any) -> Any:
        record, found = right(*arguments)
        return record, found and found.model_copy(update={"value": found.value - 1})

    monkeypatch.setattr(rules_fit, "limit_fact", limit_fact)


def _active_for_total(monkeypatch: pytest.MonkeyPatch) -> None:
    right = weight_bytes

    def active_alone(*arguments: Any) -> WeightBytes:
        found = right(*arguments)
        return found._replace(total=found.active, experts=0)

    monkeypatch.setattr(options, "weight_bytes", active_alone)


def _pool_maximum(monkeypatch: pytest.MonkeyPatch) -> None:
    right = score.best_per_model

    def best_per_model(rows: Any) -> Any:
        least = min((row.score for row in rows), default=0.0)
        return right([row._replace(score=row.score - least) for row in rows])

    monkeypatch.setattr(contest, "best_per_model", best_per_model)


def _first_reason_only(monkeypatch: pytest.MonkeyPatch) -> None:
    right = rules._said

    def said(*arguments: Any) -> rules.Judgement:
        found = right(*arguments)
        return found._replace(against=found.against[:1])

    monkeypatch.setattr(rules, "_said", said)


def _one_step_too_far(monkeypatch: pytest.MonkeyPatch) -> None:
    right = relax._bisect
    monkeypatch.setattr(relax, "_bisect", lambda most, *rest: right(most, *rest) + 1)


class _Unseeded(random.Random):
    """A stream that does not care for its seed."""

    def __init__(self, seed: Any = None) -> None:
        super().__init__()


def _weights_licence(option: Any, situation: Any) -> Any:
    return situation.catalog.licenses.licenses.get(option.model.license.value) if option.model.license else None


FAULTS: list[tuple[str, Patch, Check]] = [
    ("dear is good", _turned("cost", lambda v: v._replace(utility=1 - v.utility)), check_cheaper_first),
    ("< for <=", _stricter_limits, check_context_at_its_limit),
    ("a rule ignored", _without("modality"), check_modalities),
    ("all memory usable", _set(machine, "USABLE_SHARE", {"gpu": 1.0, "soc": 1.0, "cpu": 1.0}), check_usable_memory),
    ("active for total parameters", _active_for_total, check_experts_need_memory),
    ("no KV cache", _set(options, "kv_bytes", lambda *_: 0.0), check_the_cache_needs_memory),
    ("shutdown ignored", _without("lifecycle"), check_shutdown),
    ("tiers ignored",
     _set(costs, "tariff_of", lambda *given: tariff_of(*given)._replace(standard=tariff_of(*given).standard[:1])),
     check_tiers),
    ("the weights' licence for the API", _set(rules_terms, "license_of", _weights_licence), check_terms_of_the_api),
    ("seed ignored", _set(random, "Random", _Unseeded), check_same_bytes),
    ("unknown is ample", _turned("cost", lambda v: v._replace(utility=1.0) if v.interval is None else v),
     check_unknown_is_no_pass),
    ("quantisation improves", _turned("quality", lambda v: v._replace(utility=1 - v.utility)), check_finer_is_better),
    ("a step too far", _one_step_too_far, check_the_smallest_step),
    ("ties by position",
     _set(score, "ranked", lambda rows: sorted(rows, key=lambda row: (-row.score, reversed_id(row)))),
     check_names_break_ties),
    ("the first reason alone", _first_reason_only, check_all_reasons),
    ("scores relative to the pool", _pool_maximum, check_an_added_model_changes_no_score),
    ("any chance is enough", _set(rules_fit, "EVEN_ODDS", 0.0), check_half_chances_exclude),
]  # fmt: skip


def reversed_id(row: Any) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in row.option.id)


@pytest.mark.parametrize(("name", "patch", "check"), FAULTS, ids=[name for name, _, _ in FAULTS])
def test_a_fault_is_caught(name: str, patch: Patch, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    check()
    patch(monkeypatch)
    with pytest.raises(AssertionError):
        check()
