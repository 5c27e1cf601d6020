"""Scores, their order, dominance, and the smallest change of a weight, on tables small enough to work by hand."""

import numpy as np
import pytest

from llmselect.engine.score import best_of_models, normalized, ranked, scores, tie_order, undominated
from llmselect.engine.sensitivity import weight_changes
from llmselect.errors import LlmselectError


def test_a_score_is_the_weighted_sum_of_utilities() -> None:
    utilities = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])
    assert scores(utilities, [0.75, 0.25]) == pytest.approx([0.75, 0.25, 0.5])


def test_weights_sum_to_one_and_may_not_all_be_zero() -> None:
    assert normalized({"quality": 3, "cost": 1}) == {"quality": 0.75, "cost": 0.25}
    with pytest.raises(LlmselectError, match="all weights are zero"):
        normalized({"quality": 0})


@pytest.mark.parametrize(
    ("quality", "cost", "at_developer", "model_no", "order"),
    [
        ([71, 83], [0.63, 0.48], [True, False], [0, 1], [1, 0]),  # the better one, though another is its developer's
        ([71, 71], [0.63, 0.48], [True, False], [0, 1], [1, 0]),  # the cheaper one
        ([71.4, 71.3], [0.63, 0.48], [True, False], [0, 1], [1, 0]),  # the cheaper one, of the same quality to anybody
        ([71.3, 71.4], [0.48, 0.48], [True, False], [0, 1], [1, 0]),  # the better one, at the same cost
        ([71, 71], [0.48, 0.48], [False, True], [0, 0], [1, 0]),  # the developer's own host
        ([71, 71], [0.48, 0.48], [False, False], [1, 0], [1, 0]),  # the first by name
        ([71, 71], [0.48, 0.48], [False, False], [1, 1], [0, 1]),  # the first in the table
        ([np.nan, 12], [0.1, 0.2], [True, False], [0, 1], [1, 0]),  # what is unknown comes last
    ],
)
def test_equal_scores_go_by_quality_cost_own_host_and_name(
    quality: list[float], cost: list[float], at_developer: list[bool], model_no: list[int], order: list[int]
) -> None:
    ending, at = np.zeros(len(quality), dtype=bool), np.array(at_developer)
    place = tie_order(ending, np.array(quality, dtype=float), np.array(cost), at, np.array(model_no))
    assert ranked(np.array([0.5004, 0.4996]), np.arange(2), place).tolist() == order
    assert ranked(np.array([0.52, 0.5]), np.arange(2), place).tolist() == [0, 1]


def test_the_best_option_stands_for_its_model() -> None:
    assert best_of_models(np.array([3, 1, 0, 2]), np.array([7, 5, 7, 5])).tolist() == [3, 0]


def test_what_another_equals_and_beats_once_is_dominated() -> None:
    utilities = np.array([[0.9, 0.5, 0.5, 0.9], [0.1, 0.8, 0.7, 0.1]])
    every = np.arange(4)
    assert undominated(utilities, every, every).tolist() == [True, True, False, True]


EQUAL_WEIGHTS = {"quality": 0.5, "cost": 0.5, "context": 0.0}


def _changes(quality: list[float], cost: list[float]) -> list[tuple[str, float, int]]:
    """The changes among options of one model each, of equal quality and cost in their units."""
    every = np.arange(len(quality))
    utilities = {"quality": np.array(quality), "cost": np.array(cost), "context": np.linspace(0, 1, len(every))}
    found = weight_changes(utilities, EQUAL_WEIGHTS, every, every, every)
    return [(one.criterion, round(one.factor, 2), one.winner) for one in found]


def test_the_nearest_change_of_each_winner_is_told() -> None:
    """The second leads once quality counts 2.33 times as much, which is more than cost at a half."""
    assert _changes([0.6, 0.9], [0.9, 0.2]) == [("quality", 3.0, 1)]
    assert _changes([0.6, 0.9, 0.5], [0.9, 0.5, 1.0 - 0.02]) == [("quality", 1.5, 1), ("cost", 1.5, 2)]


def test_what_no_weight_within_three_times_can_lift_is_not_told() -> None:
    assert _changes([0.9, 0.5], [0.9, 0.5]) == []  # worse in everything
    assert _changes([0.5, 0.6], [0.9, 0.5]) == []  # level only at four times the weight


def test_a_lead_that_rounding_alone_gives_is_not_told() -> None:
    """At 1.5 times the cost the scores are 0.6806 and 0.6808, a tie that goes to the first; a little on the second,
    then of 0.6815 to 0.6814, leads again. At twice the cost the first leads by 0.003."""
    assert _changes([0.4714, 0.502], [0.82, 0.8]) == [("quality", 0.5, 0)]


def test_values_that_are_the_same_to_anybody_turn_nothing() -> None:
    assert _changes([0.5, 0.515], [0.51, 0.49]) == [("cost", 0.67, 1)]
