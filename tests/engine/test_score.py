"""Scores, their order, dominance, and the smallest change of a weight, on tables small enough to work by hand."""

import numpy as np
import pytest

from llmselect.engine.score import best_of_models, normalized, ranked, scores, undominated
from llmselect.engine.sensitivity import smallest_change
from llmselect.errors import LlmselectError


def test_a_score_is_the_weighted_sum_of_utilities() -> None:
    utilities = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])
    assert scores(utilities, [0.75, 0.25]) == pytest.approx([0.75, 0.25, 0.5])


def test_weights_sum_to_one_and_may_not_all_be_zero() -> None:
    assert normalized({"quality": 3, "cost": 1}) == {"quality": 0.75, "cost": 0.25}
    with pytest.raises(LlmselectError, match="all weights are zero"):
        normalized({"quality": 0})


def test_equal_scores_go_by_model_then_by_row_and_others_by_score() -> None:
    score = np.array([0.5, 0.5 + 1e-14, 0.9, 0.1, 0.5])
    order = ranked(score, np.array([0, 1, 2, 3, 4]), np.array([1, 0, 3, 2, 1]))
    assert order.tolist() == [2, 1, 0, 4, 3]


def test_the_best_option_stands_for_its_model() -> None:
    assert best_of_models(np.array([3, 1, 0, 2]), np.array([7, 5, 7, 5])).tolist() == [3, 0]


def test_what_another_equals_and_beats_once_is_dominated() -> None:
    utilities = np.array([[0.9, 0.5, 0.5, 0.9], [0.1, 0.8, 0.7, 0.1]])
    every = np.arange(4)
    assert undominated(utilities, every, every).tolist() == [True, True, False, True]


def _leader(utilities: dict[str, np.ndarray], weights: dict[str, float], models: np.ndarray) -> set[int]:
    total = sum(utilities[name] * weight for name, weight in weights.items())
    return set(models[total > total.max() - 1e-12].tolist())


@pytest.mark.parametrize("seed", range(12))
def test_the_smallest_change_of_a_weight_is_the_smallest_of_a_fine_search(seed: int) -> None:
    chance = np.random.default_rng(seed)
    weights = {"quality": 0.5, "cost": 0.3, "context": 0.2}
    utilities = {name: np.round(chance.random(9), 2) for name in weights}
    models = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4])
    score = sum(utilities[name] * weight for name, weight in weights.items())
    order = ranked(score, np.arange(9), models)
    first = int(models[order[0]])
    found = smallest_change(utilities, score, order, models, weights)
    steps = np.arange(1, 4001) / 1000
    tried = [
        (step, name, sign)
        for step in steps
        for name, weight in weights.items()
        for sign in (1, -1)
        if weight + sign * step >= 0
        and first not in _leader(utilities, {**weights, name: weight + sign * step}, models)
    ]
    if not tried:
        assert found is None or abs(found.after - found.before) > 3.99
        return
    assert found is not None
    assert abs(found.after - found.before) == pytest.approx(tried[0][0], abs=0.0011)
    beyond = {**weights, found.criterion: found.after + 1e-6 * np.sign(found.after - found.before)}
    assert found.winner in _leader(utilities, beyond, models) or found.after == 0


def test_no_weight_can_lift_what_is_no_better_in_anything() -> None:
    utilities = {"quality": np.array([0.9, 0.5]), "cost": np.array([0.9, 0.5])}
    models = np.array([0, 1])
    assert smallest_change(utilities, np.array([0.9, 0.5]), np.array([0, 1]), models, {"quality": 1, "cost": 1}) is None
