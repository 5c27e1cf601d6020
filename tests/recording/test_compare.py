"""The comparison sees what is wrong: answers changed by hand, and an engine broken on purpose."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from llmselect.engine import scored, simulate
from llmselect.engine.constraints import CONSTRAINTS
from llmselect.engine.constraints.judge import judge
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.criteria import Values
from llmselect.engine.score import normalized
from tests.recording.answers import answer_of
from tests.recording.compare import differences, win_share_gaps
from tests.recording.record import read
from tests.recording.requests import Request

Data = dict[str, Any]
ANSWER: Data = {
    "ranking": [["a", "a@x", 0.8], ["b", "b@x", 0.7], ["c", "c@x", 0.7], ["d", "d@self:q4", 0.5]],
    "ties": {"d": ["d@self:q5"]},
    "criteria": {"a": {"cost": [0.5, 1.0, 2.0, 3.0]}, "b": {"cost": [0.25, None, None, None]}},
    "win_share": {"a": 0.6, "b": 0.25, "c": 0.15, "d": 0.0},
    "score_bounds": {"a": [0.7, 0.9]},
    "pareto": ["a", "b"],
    "flip": ["cost", 0.2, 0.31, "b"],
    "relaxations": [{"fields": {"budget": [1.0, 2.5]}, "admits": ["a"]}],
    "admitting_flag": None,
    "excluded": {"e": ["context memory", "license?"]},
    "unrated": ["u"],
    "provisional": {"p": ["p@x", 0.6, 50.0, 60.0, 70.0]},
    "unverified": {"language": 2},
    "assumed": ["--task"],
    "document": ["GPT-4", "openai/gpt-4", None, "a"],
}
Change = Callable[[Data], None]


def _put(value: Any, *path: Any) -> Change:
    def change(answer: Data) -> None:
        for key in path[:-1]:
            answer = answer[key]
        answer[path[-1]] = value

    return change


def _move(source: int, target: int) -> Change:
    return lambda answer: answer["ranking"].insert(target, answer["ranking"].pop(source))


def _drop(*path: Any) -> Change:
    def change(answer: Data) -> None:
        for key in path[:-1]:
            answer = answer[key]
        del answer[path[-1]]

    return change


WRONG: list[tuple[Change, str]] = [
    (_drop("ranking", 3), "ranked models: missing: d"),
    (lambda answer: answer["ranking"].append(["n", "n@x", 0.1]), "ranked models: new: n"),
    (_move(0, 1), "order: b now stands above a"),
    (_put(0.800002, "ranking", 0, 2), "score: a has 0.800002000, not 0.800000000"),
    (_put("a@y", "ranking", 0, 1), "option: a is at a@y, not a@x"),
    (_put(0.500003, "criteria", "a", "cost", 0), "criterion: a: criterion.cost[0] is 0.500003, not 0.5"),
    (_put(1.0, "criteria", "b", "cost", 2), "criterion: b: criterion.cost[2] is 1.0, not None"),
    (_put(0.681, "win_share", "a"), "win share: a wins 68.1%, not 60.0%"),
    (_put(0.66, "score_bounds", "a", 0), "score bounds: a has [0.66, 0.9], not [0.7, 0.9]"),
    (_put(["a"], "pareto"), "pareto: missing: b"),
    (_put(None, "flip"), "flip: None, not ['cost', 0.2, 0.31, 'b']"),
    (_put("c", "flip", 3), "flip: ['cost', 0.2, 0.31, 'c'], not ['cost', 0.2, 0.31, 'b']"),
    (_put([], "relaxations"), "relaxations: missing: budget"),
    (_put([1.0, 3.0], "relaxations", 0, "fields", "budget"),
     "relaxation steps: budget.fields.budget[1] is 3.0, not 2.5"),
    (_put("--allow-unknown", "admitting_flag"), "admitting_flag: admitting_flag is '--allow-unknown', not None"),
    (_drop("excluded", "e"), "excluded: missing: e"),
    (_put(["context memory", "license"], "excluded", "e"), "rules: e: missing: license?"),
    (_put([], "unrated"), "unrated: missing: u"),
    (_put(0.61, "provisional", "p", 1), "provisional: provisional.p[1] is 0.61, not 0.6"),
    (_put(3, "unverified", "language"), "unverified: unverified.language is 3, not 2"),
    (_put(["--task", "--gpu"], "assumed"), "assumed: new: --gpu"),
    (_put("b", "document", 3), "document: document[3] is 'b', not 'a'"),
]  # fmt: skip
RIGHT: list[Change] = [
    lambda answer: None,
    _move(1, 2),  # b and c have the same score
    _put(0.8000005, "ranking", 0, 2),
    _put("d@self:q5", "ranking", 3, 1),
    _put(0.675, "win_share", "a"),
    _put(0.71, "score_bounds", "a", 0),
]


@pytest.mark.parametrize(("change", "told"), WRONG, ids=[told for _, told in WRONG])
def test_what_changed_is_told(change: Change, told: str) -> None:
    new = deepcopy(ANSWER)
    change(new)
    assert told in [str(found) for found in differences(ANSWER, new)]


@pytest.mark.parametrize("change", RIGHT)
def test_what_may_differ_is_no_difference(change: Change) -> None:
    new = deepcopy(ANSWER)
    change(new)
    assert differences(ANSWER, new) == []


def test_an_answer_and_a_refusal_differ() -> None:
    assert differences(ANSWER, {"error": "bad-value"})
    assert differences({"error": "bad-value"}, {"error": "unknown-host"})
    assert not differences({"error": "bad-value"}, {"error": "bad-value"})


@pytest.mark.parametrize(
    ("recorded", "new", "differ"),
    [
        ({"usd": [1.0, None]}, {"usd": [1.0000001, None]}, False),
        ({"usd": [1.0, None]}, {"usd": [1.00001, None]}, True),
        ({"usd": [1.0, None]}, {"usd": [1.0]}, True),
        ({"usd": 0.0}, {"usd": 0}, False),
        ({"fits": True}, {"fits": 1}, True),
        ({"rows": [{"win_share": 0.5}]}, {"rows": [{"win_share": 0.57}]}, False),
        ({"rows": [{"win_share": 0.5}]}, {"rows": [{"win_share": 0.59}]}, True),
        ({"ends": None}, {}, True),
    ],
)
def test_figures_of_other_commands(recorded: Data, new: Data, differ: bool) -> None:
    assert bool(differences(recorded, new)) is differ


def test_win_shares_are_compared_where_both_have_them() -> None:
    other = {**ANSWER, "win_share": {"a": 0.55, "b": 0.25, "n": 0.2}}
    assert win_share_gaps(ANSWER, other) == pytest.approx([0.05, 0.0])
    assert win_share_gaps({"error": "x"}, ANSWER) == []


def _heavier_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The weight of cost is a hundredth higher than asked."""
    monkeypatch.setattr(scored, "normalized", lambda weights: normalized({**weights, "cost": weights["cost"] * 1.01}))


def _no_context_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    without = tuple(one for one in CONSTRAINTS if one.name != "context")
    monkeypatch.setattr(scored, "judge", lambda judged: judge(judged, without))


def _quality_is_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quality above nine tenths of its scale counts no more."""
    quality, *others = scored.CRITERIA

    def capped(judged: Judged) -> Values:
        right = quality.values(judged)
        return replace(right, utility=np.minimum(right.utility, 0.9))

    monkeypatch.setattr(scored, "CRITERIA", (replace(quality, values=capped), *others))


def _certain_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws vary nothing but weights."""
    monkeypatch.setattr(simulate, "_drawn", lambda utility, *_: np.full(simulate.DRAWS, utility[1]))


BREAKS: list[tuple[Callable[[pytest.MonkeyPatch], None], str, set[str]]] = [
    (_heavier_cost, "drawn-058", {"score"}),
    (_no_context_rule, "case-context-one-token-too-many", {"ranked models", "excluded"}),
    (_quality_is_capped, "drawn-058", {"score", "criterion"}),
    (_certain_values, "drawn-042", {"win share", "score bounds"}),
]


@pytest.mark.parametrize(("broken", "name", "kinds"), BREAKS, ids=[broken.__name__ for broken, *_ in BREAKS])
def test_a_broken_engine_is_noticed(
    broken: Callable[[pytest.MonkeyPatch], None], name: str, kinds: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = read()["answers"][name]
    request = Request(name, row["fields"])
    assert differences(row["answer"], answer_of(request)) == []
    broken(monkeypatch)
    assert {found.kind for found in differences(row["answer"], answer_of(request))} >= kinds
