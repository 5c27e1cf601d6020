"""Efforts as options of their own, what they cost in tokens, and best bets beside the ranking."""

import pytest

from llmselect.catalog.schema import Catalog
from tests.factories import abilities, ask, catalog, exam, fact, host, model, offering, price, ranked


def thinker() -> Catalog:
    scores = [exam(60, effort="low"), exam(70, effort="high")]
    tokens = {"high": fact({"knowledge": 20_000}), "low": fact({"knowledge": 2_000})}
    record = model("thinker", None, scores=scores, effort_tokens=tokens)
    return catalog(
        [record, model("plain", 50.0)], [host("alpha", offering("thinker", price()), offering("plain", price()))]
    )


def test_each_scored_effort_is_an_option_with_its_own_tokens() -> None:
    answer = ask(thinker(), weight={"quality": 1})
    first = answer.recommendations[0]
    assert (first.option, first.effort) == ("acme/thinker@alpha:high", "high")
    others = {row.option: row.cost for row in first.also_at}
    cost = first.criteria["cost"].value
    assert cost is not None
    low = others["acme/thinker@alpha:low"]
    assert low is not None
    assert cost > low
    plain = next(row for row in answer.recommendations if row.model == "acme/plain")
    assert plain.option == "acme/plain@alpha"
    assert plain.effort is None


@pytest.mark.parametrize(("default", "dearer"), [(66, True), (52, False)])
def test_the_default_of_a_reasoning_model_thinks_where_its_scores_say_so(default: float, dearer: bool) -> None:
    scores = [exam(50, effort="none"), exam(70, effort="high"), exam(default)]
    tokens = {"default": fact({"knowledge": 8_000})}
    able = {"capabilities": fact(["reasoning"])}
    record = model("hybrid", None, scores=scores, **able)
    measured = model("measured", 40.0, effort_tokens=tokens, **able)
    world = catalog([record, measured], [host("alpha", offering("hybrid", price()), offering("measured", price()))])
    answer = ask(world)
    rows = [row for row in answer.recommendations if row.model == "acme/hybrid"]
    costs = {rows[0].option: rows[0].criteria["cost"].value, **{row.option: row.cost for row in rows[0].also_at}}
    plain, default_cost = costs["acme/hybrid@alpha:none"], costs["acme/hybrid@alpha"]
    assert plain is not None
    assert default_cost is not None
    assert (default_cost > plain) is dearer


def test_effort_restricts_and_leaves_models_without_levels() -> None:
    answer = ask(thinker(), effort="low")
    assert {row.option for row in answer.recommendations} == {"acme/thinker@alpha:low", "acme/plain@alpha"}
    none = ask(thinker(), effort="max")
    assert ranked(none) == ["plain"]


def test_at_least_compares_abilities() -> None:
    answer = ask(thinker(), at_least="thinker", effort="low")
    assert ranked(answer) == ["thinker"]


def test_a_new_model_of_a_measured_line_ranks_by_what_its_line_makes_one_expect() -> None:
    names = [f"v{i}" for i in range(8)]
    records = [
        model(name, None if i == 7 else 30.0 + 5 * i, **({"predecessor": fact(f"acme/v{i - 1}")} if i else {}))
        for i, name in enumerate(names)
    ]
    scale = abilities(records)
    scale["gaps"] = {"acme/v0": {"mean": [0.3], "spread": [0.1], "successions": 6}}
    world = catalog(records, [host("alpha", *(offering(name, price()) for name in names))], abilities=scale)
    answer = ask(world)
    assert ranked(answer)[0] == "v7", "its line gains so surely that even the unfavourable quartile leads"
    new, old = answer.recommendations[0], answer.recommendations[1]
    quality = new.criteria["quality"]
    assert quality.evidence == "prior"
    assert old.criteria["quality"].evidence == "estimated"
    assert 60 < quality.interval[0] < quality.interval[1] < quality.interval[2]
    assert any("no test has scored it yet: its quality is expected from" in text for text in new.warnings)
    assert not answer.unrated


def test_what_a_line_is_not_sure_to_gain_puts_no_new_model_first() -> None:
    names = [f"v{i}" for i in range(8)]
    records = [
        model(name, None if i == 7 else 30.0 + 5 * i, **({"predecessor": fact(f"acme/v{i - 1}")} if i else {}))
        for i, name in enumerate(names)
    ]
    scale = abilities(records)
    scale["gaps"] = {"any": {"mean": [0.3], "spread": [0.9], "successions": 6}}
    world = catalog(records, [host("alpha", *(offering(name, price()) for name in names))], abilities=scale)
    answer = ask(world)
    assert ranked(answer)[0] == "v6"
    assert "v7" in ranked(answer)
