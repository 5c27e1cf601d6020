"""The simulation: what is sure does not vary, and an option's draws are its own."""

import numpy as np
import pytest

from llmselect.engine.columns import ESTIMATED, PRIOR, UNKNOWN
from llmselect.engine.simulate import quantiles, simulate

WEIGHTS = {"quality": 0.6, "cost": 0.4}
WIDE = {"quality": np.array([[0.4, 0.5], [0.6, 0.55], [0.8, 0.6]]), "cost": np.full((3, 2), 0.5)}
KNOWN = {name: np.full(2, ESTIMATED) for name in WEIGHTS}


def test_the_quantiles_are_those_of_a_normal_distribution() -> None:
    from statistics import NormalDist

    shares = (np.arange(256) + 0.5) / 256
    assert quantiles() == pytest.approx([NormalDist().inv_cdf(share) for share in shares], abs=1e-9)


def test_a_sure_leader_wins_every_draw_and_its_score_has_no_bounds() -> None:
    sure = {"quality": np.array([[0.9, 0.2]] * 3), "cost": np.array([[0.8, 0.1]] * 3)}
    found = simulate(["a", "b"], ["a", "b"], sure, KNOWN, WEIGHTS)
    assert found.win_share.tolist() == [1.0, 0.0]
    assert found.score_low == pytest.approx(found.score_high)


def test_another_option_changes_no_draw_of_the_first() -> None:
    both = simulate(["a", "b"], ["a", "b"], WIDE, KNOWN, WEIGHTS)
    alone = simulate(["a"], ["a"], {name: each[:, :1] for name, each in WIDE.items()}, KNOWN, WEIGHTS)
    assert both.score_low[0] == alone.score_low[0]
    assert both.score_high[0] == alone.score_high[0]


def test_bounds_hold_nine_draws_of_ten() -> None:
    found = simulate(["a", "b"], ["a", "b"], WIDE, KNOWN, WEIGHTS)
    assert found.score_low[0] == pytest.approx(0.6 * 0.4 + 0.4 * 0.5, abs=0.01)
    assert found.score_high[0] == pytest.approx(0.6 * 0.8 + 0.4 * 0.5, abs=0.01)


def test_an_unknown_value_is_anything() -> None:
    unknown = {"quality": np.array([[0.0], [0.5], [1.0]]), "cost": np.full((3, 1), 0.5)}
    evidence = {"quality": np.array([UNKNOWN]), "cost": np.array([ESTIMATED])}
    found = simulate(["a"], ["a"], unknown, evidence, WEIGHTS)
    assert found.score_low[0] == pytest.approx(0.6 * 0.05 + 0.2, abs=0.02)
    assert found.score_high[0] == pytest.approx(0.6 * 0.95 + 0.2, abs=0.02)


def test_a_prior_is_drawn_from_its_whole_range_and_not_around_what_it_scores() -> None:
    """Its three numbers are the 5th, 25th and 95th percentile: three of four draws lie above the second."""
    prior, sure = np.array([[0.2], [0.4], [0.9]]), np.full((3, 1), 0.4)
    alone = simulate(["a"], ["a"], {"quality": prior}, {"quality": np.array([PRIOR])}, {"quality": 1.0})
    assert (alone.score_low[0], alone.score_high[0]) == pytest.approx((0.2, 0.9), abs=0.02)
    both = {"quality": np.hstack([prior, sure])}
    found = simulate(["a", "b"], ["a", "b"], both, {"quality": np.array([PRIOR, ESTIMATED])}, {"quality": 1.0})
    assert found.win_share[0] == pytest.approx(0.75, abs=0.05)


def test_the_same_seed_draws_the_same_and_another_something_else() -> None:
    once, again, other = (simulate(["a", "b"], ["a", "b"], WIDE, KNOWN, WEIGHTS, seed) for seed in (1, 1, 2))
    assert (once.win_share.tolist(), once.score_low.tolist()) == (again.win_share.tolist(), again.score_low.tolist())
    assert once.score_low.tolist() != other.score_low.tolist()


def test_one_alone_wins_always_and_of_none_nothing_is_said() -> None:
    alone = {name: each[:, :1] for name, each in WIDE.items()}
    assert simulate(["a"], ["a"], alone, KNOWN, WEIGHTS).win_share.tolist() == [1.0]
    nothing = {name: each[:, :0] for name, each in WIDE.items()}
    assert simulate([], [], nothing, KNOWN, WEIGHTS).win_share.tolist() == []


def test_level_is_what_neither_wins_in_more_than_six_draws_of_ten() -> None:
    near = {"quality": np.array([[0.4, 0.4], [0.61, 0.6], [0.8, 0.8]]), "cost": np.full((3, 2), 0.5)}
    far = {"quality": np.array([[0.5, 0.4], [0.61, 0.5], [0.7, 0.6]]), "cost": np.full((3, 2), 0.5)}
    assert simulate(["a", "b"], ["a", "b"], near, KNOWN, WEIGHTS).level_with_next.tolist() == [True, False]
    assert simulate(["a", "b"], ["a", "b"], far, KNOWN, WEIGHTS).level_with_next.tolist() == [False, False]


def test_what_a_model_can_do_is_drawn_once_for_all_its_hosts() -> None:
    """The same uncertain quality, and a price that is a little lower: the cheaper host is ahead in every draw."""
    values = {"quality": np.array([[0.3, 0.3], [0.6, 0.6], [0.9, 0.9]]), "cost": np.array([[0.51, 0.5]] * 3)}
    assert simulate(["m@a", "m@b"], ["m", "m"], values, KNOWN, WEIGHTS).win_share.tolist() == [1.0, 0.0]
    assert not simulate(["m@a", "m@b"], ["m", "m"], values, KNOWN, WEIGHTS).level_with_next[0]
    assert simulate(["m@a", "n@b"], ["m", "n"], values, KNOWN, WEIGHTS).level_with_next[0]


def test_each_side_has_its_own_spread_and_nothing_leaves_the_scale() -> None:
    lopsided = {"quality": np.array([[0.5], [0.6], [0.9]])}
    known = {"quality": np.array([ESTIMATED])}
    found = simulate(["a"], ["a"], lopsided, known, {"quality": 1.0})
    assert (found.score_low[0], found.score_high[0]) == pytest.approx((0.5, 0.9), abs=0.02)
    clipped = simulate(["a"], ["a"], {"quality": np.array([[0.0], [0.1], [1.0]])}, known, {"quality": 1.0})
    assert (clipped.score_low[0], clipped.score_high[0]) == pytest.approx((0.0, 1.0), abs=0.02)
    assert 0.0 <= clipped.score_low[0] <= clipped.score_high[0] <= 1.0
