"""The engine broken on purpose, one fault at a time: a check that passes must then fail."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from llmselect.engine import excluded, money, relax, scored, simulate
from llmselect.engine.constraints import CONSTRAINTS, fit
from llmselect.engine.constraints import judge as judging
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.criteria import CRITERIA, Criterion
from llmselect.engine.machine import machines, own
from llmselect.engine.values import Values
from llmselect.estimate.memory import WeightBytes
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
    facts = one(model("m"), offering("m", {**price(1, 2), "from": "2020-01-01", "checked": "2020-01-01"}))
    assert as_bytes(ask(facts)) == as_bytes(ask(facts))


def check_unknown_is_no_pass() -> None:
    known, unknown = offering("a", price(10, 10)), offering("b")
    facts = catalog([model("a"), model("b")], [host("cloud", known, unknown)])
    assert ranked(ask(facts, allow_unknown=True)) == ["a", "b"]


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


def _criterion(name: str, change: Callable[[Values], Values]) -> Patch:
    """A criterion whose values are changed."""

    def changed(one: Criterion) -> Criterion:
        return replace(one, values=lambda judged: change(one.values(judged))) if one.name == name else one

    return _set(scored, "CRITERIA", tuple(map(changed, CRITERIA)))


def _turned(values: Values) -> Values:
    return replace(values, utility=1 - values.utility[::-1])


def _ample_where_unknown(values: Values) -> Values:
    return replace(values, utility=np.where(np.isnan(values.interval[1]), 1.0, values.utility))


def _set(module: Any, name: str, value: Any) -> Patch:
    return lambda monkeypatch: monkeypatch.setattr(module, name, value)


def _around(module: Any, name: str, change: Callable[..., Any]) -> Patch:
    """A function whose replacement gets the right one as its first argument."""
    right = getattr(module, name)
    return _set(module, name, lambda *arguments: change(right, *arguments))


def _without(name: str) -> Patch:
    return _set(judging.judge, "__defaults__", (tuple(one for one in CONSTRAINTS if one.name != name),))


def _seeing(name: str, change: Callable[[Judged], Judged]) -> Patch:
    """A constraint that looks at something else."""
    [right] = [one.verdicts for one in CONSTRAINTS if one.name == name]
    found = [
        replace(one, verdicts=lambda judged: right(change(judged))) if one.name == name else one for one in CONSTRAINTS
    ]
    return _set(judging.judge, "__defaults__", (tuple(found),))


def _less_context(judged: Judged) -> Judged:
    options = judged.table.options
    less = replace(options, context_tokens=options.context_tokens - 1)
    return replace(judged, table=replace(judged.table, options=less))


def _weights_licence(judged: Judged) -> Judged:
    table = judged.table
    of_weights = replace(table.options, license_no=table.facts.license_of_model[table.options.model_no])
    return replace(judged, table=replace(table, options=of_weights))


def _active_for_total(right: Any, *given: Any) -> WeightBytes:
    found = right(*given)
    return WeightBytes(found.active, np.zeros_like(found.experts), found.active)


def _first_reason_only(right: Any, *given: Any) -> Any:
    return ((row, numbers[:1]) for row, numbers in right(*given))


def _one_rung_further(right: Any, ladder: Any, admits: Any) -> Any:
    found = right(ladder, admits)
    return None if found is None else min(found + 1, len(ladder.rungs) - 1)


def _relative_to_the_pool(right: Any, *given: Any) -> Any:
    found = right(*given)
    return found - found.min()


def _last_first(right: Any, score: Any, rows: Any, model_no: Any) -> Any:
    return right(score, rows, -model_no)


def _unseeded(right: Any, *given: Any) -> Any:
    """Draws that do not care for their seed."""
    return right(random.getrandbits(32), *given[1:])


FAULTS: list[tuple[str, Patch, Check]] = [
    ("dear is good", _criterion("cost", _turned), check_cheaper_first),
    ("< for <=", _seeing("context", _less_context), check_context_at_its_limit),
    ("a constraint ignored", _without("modality"), check_modalities),
    ("all memory usable", _set(machines, "USABLE_SHARE", {"gpu": 1.0, "soc": 1.0, "cpu": 1.0}), check_usable_memory),
    ("active for total parameters", _around(own, "weight_bytes", _active_for_total), check_experts_need_memory),
    ("no KV cache", _around(own, "kv_bytes", lambda right, *given: 0 * right(*given)), check_the_cache_needs_memory),
    ("shutdown ignored", _without("lifecycle"), check_shutdown),
    ("tiers ignored", _around(money, "_reached", lambda right, facts, rows, _: right(facts, rows, 0)), check_tiers),
    ("the weights' licence for the API", _seeing("license", _weights_licence), check_terms_of_the_api),
    ("seed ignored", _around(simulate, "_stream_seed", _unseeded), check_same_bytes),
    ("unknown is ample", _criterion("cost", _ample_where_unknown), check_unknown_is_no_pass),
    ("quantisation improves", _criterion("quality", _turned), check_finer_is_better),
    ("a rung too far", _around(relax, "_nearest", _one_rung_further), check_the_smallest_step),
    ("the last of equals first", _around(scored, "ranked", _last_first), check_names_break_ties),
    ("the first reason alone", _around(excluded, "_against", _first_reason_only), check_all_reasons),
    ("scores relative to the pool", _around(scored, "scores", _relative_to_the_pool),
     check_an_added_model_changes_no_score),
    ("any chance is enough", _set(fit, "EVEN_ODDS", 0.0), check_half_chances_exclude),
]  # fmt: skip


@pytest.mark.parametrize(("name", "patch", "check"), FAULTS, ids=[name for name, _, _ in FAULTS])
def test_a_fault_is_caught(name: str, patch: Patch, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    check()
    patch(monkeypatch)
    with pytest.raises(AssertionError):
        check()
