"""The curve of quality, and the least quality that `--optimize` asks for."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from llmselect.engine.criteria import quality_utility
from llmselect.engine.request import task_of
from tests.engine.test_laws import lawful, scored
from tests.engine.worlds import World, requests, worlds
from tests.factories import TASK, Record, model, offering, price, ranked, reasons, weights

CURVE = task_of("qa", TASK)  # insufficient 20, ample 80, excellent 95
TASKS = yaml.safe_load((Path(__file__).parents[2] / "catalog" / "tasks.yaml").read_text(encoding="utf-8"))["tasks"]


@pytest.mark.parametrize(
    ("percent", "utility"),
    [(0, 0), (20, 0), (50, 0.425), (80, 0.85), (87.5, 0.925), (95, 1), (99, 1), (np.nan, np.nan)],
)
def test_the_curve_goes_through_its_anchors(percent: float, utility: float) -> None:
    assert quality_utility(CURVE, np.array([percent])) == pytest.approx([utility], nan_ok=True)


@pytest.mark.parametrize("name", TASKS)
def test_more_quality_is_worth_more_and_ever_less_so(name: str) -> None:
    task = task_of(name, TASKS[name])
    steps = np.diff(quality_utility(task, np.linspace(task.insufficient_percent, task.excellent_percent, 200)))
    assert np.all(steps > 0)
    assert np.all(np.diff(steps) < 1e-12)


def _world(**models: tuple[float | None, float]) -> World:
    """Models with their score and their price per million tokens, all at one host."""
    offered = tuple(offering(name, price(usd, usd)) for name, (_, usd) in models.items())
    return World(tuple(model(name, score) for name, (score, _) in models.items()), {"alpha": offered})


NEAR = _world(best=(90.0, 60.0), near=(88.0, 1.0), below=(87.0, 0.1), unknown=(None, 0.1))  # 97 % of 90 is 87.3


def test_optimising_quality_keeps_what_is_near_the_best() -> None:
    answer = NEAR.ask({"optimize": "quality", "deployment": ["api"]})
    assert ranked(answer) == ["near", "best"]  # in the order of the task's own weights
    assert reasons(answer, "below")["aim"] == ("a quality of 87.3 %: within 3 % of the best that passes", "87.0 %")
    assert [row.model for row in answer.unrated] == ["acme/unknown"]


def test_what_does_not_pass_sets_no_bar() -> None:
    fields = {"optimize": "quality", "deployment": ["api"], "requests_per_month": 10_000, "budget": 50}
    assert set(ranked(NEAR.ask(fields))) == {"near", "below"}  # the best costs 690 USD, and 97 % of 88 is 85.4


def test_optimising_cost_ranks_nothing_insufficient() -> None:
    world = _world(good=(70.0, 60.0), enough=(20.0, 10.0), poor=(19.0, 0.01))
    answer = world.ask({"optimize": "cost", "deployment": ["api"]})
    assert set(ranked(answer)) == {"good", "enough"}
    assert reasons(answer, "poor")["aim"][1] == "19.0 %"
    assert "poor" in ranked(world.ask({"deployment": ["api"]}))


def test_who_names_a_machine_sees_its_best_though_it_is_not_near_the_best_of_all() -> None:
    offered = (offering("best", price(60.0, 60.0)),)
    local = (weights("small", 40.0, "llama-2-7b"), weights("weak", 30.0, "llama-2-7b"))
    world = World((model("best", 90.0), *local), {"alpha": offered})
    answer = world.ask({"optimize": "quality", "gpu": "home-24gb"})
    assert ranked(answer) == ["best"]
    (own,) = answer.beside
    assert (own.row.model, own.row.rank, own.row.win_share) == ("acme/small", 2, 0.0)


def test_where_all_is_insufficient_optimising_cost_ranks_it_with_a_warning() -> None:
    answer = _world(poor=(19.0, 0.01)).ask({"optimize": "cost", "deployment": ["api"]})
    assert ranked(answer) == ["poor"]
    assert any("insufficient" in text for text in answer.recommendations[0].warnings)
    assert any("Nothing that qualifies is good enough: the best quality is 19.0 %" in text for text in answer.doubts)


@lawful
@given(worlds(), requests(without=("optimize",)))
def test_under_quality_the_first_is_near_the_best_admitted(world: World, fields: Record) -> None:
    best = [row.criteria["quality"].value or 0.0 for row in world.ask(fields).recommendations]
    first = world.ask({**fields, "optimize": "quality"}).recommendations
    assert bool(best) == bool(first)
    if first:
        assert (first[0].criteria["quality"].value or 0.0) >= 0.97 * max(best) - 1e-9


@lawful
@given(worlds(), requests(without=("optimize",)), st.sampled_from(("quality", "cost")))
def test_an_aim_leaves_out_and_never_brings_in(world: World, fields: Record, aim: str) -> None:
    plain, aiming = scored(world, fields), scored(world, {**fields, "optimize": aim})
    assert set(aiming.order.tolist()) <= set(plain.order.tolist())
    utilities: list[Any] = [one.values["quality"].utility[:, plain.order] for one in (plain, aiming)]
    assert np.array_equal(*utilities)  # the curve is the same under any aim
