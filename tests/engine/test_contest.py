"""Scoring only what can matter gives the answer of scoring everything."""

from typing import Any

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.words import CriterionName
from llmselect.engine.bounds import Bounds
from llmselect.engine.contest import Contest
from llmselect.engine.criteria import can_be_ranked, values_of
from llmselect.engine.entrants import entrants
from llmselect.engine.options import Option
from llmselect.engine.places import expand
from llmselect.engine.rules import judge
from llmselect.engine.score import Scored, best_per_model, normalized, score
from llmselect.engine.situation import Situation, situate
from llmselect.requirements import parse
from llmselect.results.recommendation import Flip

REQUESTS: tuple[dict[str, Any], ...] = (
    {"task": "conversation", "gpu": "RTX 3090"},
    {"task": "conversation"},
    {"task": "coding", "requests_per_month": 100_000},
    {"task": "qa", "gpu": "A100 80GB", "optimize": "latency"},
    {"task": "classification", "optimize": "cost", "requests_per_month": 1000},
    {"task": "reasoning", "gpu": "GTX 1050 Ti", "max_ttft_ms": 500},
    {"task": "translation", "weight": {"quality": 0.0}},
    {"task": "coding", "deployment": ["self-host"], "gpu": "A100 80GB"},
    {"task": "conversation", "vram": 12.0, "bandwidth": 300.0, "ram": 64.0, "gpus": 2, "concurrency": 3},
)


def _situation(fields: dict[str, Any]) -> Situation:
    return situate(parse({"as_of": "2026-11-25", **fields}), load())


def _options(situation: Situation) -> list[Option]:
    """All options that pass every rule and can be ranked."""
    options = [option for model in situation.catalog.models.values() for option in expand(model, situation)]
    return [row for row in options if judge(row, situation).passes and can_be_ranked(row, situation)]


def _contest(situation: Situation) -> Contest:
    return Contest.of_models(entrants(situation), situation, normalized(situation.weights))


def _ids(groups: list[list[Scored]]) -> list[list[str]]:
    return [[row.option.id for row in group] for group in groups]


def _best(rows: list[Scored], weights: dict[CriterionName, float]) -> tuple[float, set[str]]:
    """The highest sum under some weights, and the models that reach it but for rounding."""
    sums = [(sum(weights[n] * row.values[n].utility for n in weights), row.option.model.id) for row in rows]
    most = max(sums)[0]
    return most, {model for total, model in sums if total > most - 1e-9}


@pytest.mark.parametrize("fields", REQUESTS, ids=lambda fields: " ".join(map(str, fields.values())))
def test_what_is_not_scored_changes_nothing(fields: dict[str, Any]) -> None:
    situation = _situation(fields)
    options, weights = _options(situation), normalized(situation.weights)
    everything = [score(option, values_of(option, situation), weights) for option in options]
    expected = _ids(best_per_model(everything))
    last = expected[len(expected) // 3][0].partition("@")[0]
    bounds = Bounds(weights, situation)
    for row in everything[::3]:
        most = zip(weights, bounds.of_option(row.option).most, strict=True)
        assert all(bound > row.values[name].utility - 1e-9 for name, bound in most if weights[name]), row.option.id
    flips = set()
    alone = Contest.of_options(options, situation, weights)
    assert _ids(alone.leaders(6, 6))[:6] == expected[:6]
    for most, whole, also in ((1, 1, None), (6, 3, None), (20, 5, None), (3, 3, last), (None, 4, None)):
        contest = _contest(_situation(fields))
        found = _ids(contest.leaders(most, whole, also))
        assert len(found) == len(expected) if most is None else len(found) >= most
        assert found[:whole] == expected[:whole]
        assert [group[0] for group in found] == [group[0] for group in expected[: len(found)]]
        assert also is None or expected[len(expected) // 3] in found
        flips.add(contest.flip())
    for flip in flips:
        _check_flip(flip, everything, situation)


def _check_flip(flip: Flip | None, everything: list[Scored], situation: Situation) -> None:
    """The flip's weight lets its winner lead, and no smaller move of any weight lets another model."""
    given = dict(situation.weights)
    _, leaders = _best(everything, given)
    size = abs(flip.to - flip.from_) if flip else max(given.values()) * 100
    if flip is not None:
        beyond = {**given, flip.criterion: flip.to + (flip.to - flip.from_) * 1e-6}
        assert flip.winner in _best(everything, beyond)[1]  # type: ignore[arg-type]
        assert flip.winner not in leaders
    for name, weight in given.items():
        for share in (0.2, 0.6, 0.999):
            for moved in (weight + share * size, weight - share * size):
                if moved >= 0 and not (name == "quality" and weight == 0):
                    assert _best(everything, {**given, name: moved})[1] & leaders, (name, moved)


def test_few_of_many_are_scored() -> None:
    situation = _situation({"task": "conversation"})
    field = entrants(situation)
    contest = Contest.of_models(field, situation, normalized(situation.weights))
    contest.leaders(20, 5)
    contest.flip()
    made = sum(len(efforts) for entrant in field for place in entrant._all for efforts in (place._made or {}).values())
    assert len(contest._rows) < len(_options(_situation({"task": "conversation"}))) / 4
    assert made < sum(entrant.size for entrant in field) / 2


def test_nothing_to_choose_from() -> None:
    situation = _situation({"task": "conversation"})
    contest = Contest.of_models([], situation, normalized(situation.weights))
    assert contest.leaders(5, 5, "openai/gpt-4") == []
    assert contest.flip() is None
