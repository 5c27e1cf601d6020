from statistics import NormalDist

import pytest

from llmselect.engine.criteria import Value
from llmselect.engine.robustness import DRAWS, LEVELS, SEED, Drawn, _drawn, _levels, _quantiles, _varied_scores
from llmselect.estimate.interval import Interval


def value(low: float, middle: float, high: float) -> Value:
    return Value(Interval(low, middle, high), "%", low, middle, high, "estimated")


def test_quantiles_are_those_of_the_normal_distribution() -> None:
    negative, positive = _quantiles()
    expected = [NormalDist().inv_cdf((level + 0.5) / LEVELS) for level in range(LEVELS)]
    assert negative + positive == pytest.approx(expected, abs=1e-12)


def test_levels_rise_have_each_side_s_spread_and_stay_within_0_and_1() -> None:
    levels = _levels(value(0.5, 0.6, 0.9))
    assert levels == sorted(levels)
    assert levels[round(LEVELS * 0.05)] == pytest.approx(0.5, abs=0.01)
    assert levels[round(LEVELS * 0.95)] == pytest.approx(0.9, abs=0.01)
    clipped = _levels(value(0.0, 0.1, 1.0))
    assert clipped[0] == 0.0
    assert clipped[-1] == 1.0
    assert len(clipped) == LEVELS


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_a_varied_score_is_the_sum_of_weights_times_utilities_of_each_draw(count: int) -> None:
    weights = [[1.0 + place + draw / DRAWS for draw in range(DRAWS)] for place in range(4)]
    zero = Drawn((0.0,), bytes(DRAWS))
    drawn = [_drawn(value(0.2, 0.5, 0.7), SEED + place) for place in range(count)] + [zero] * (4 - count)
    expected = [
        sum(weights[place][draw] * each.levels[each.draws[draw]] for place, each in enumerate(drawn))
        for draw in range(DRAWS)
    ]
    assert _varied_scores(weights, drawn) == pytest.approx(expected)
