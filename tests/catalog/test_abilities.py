"""The curve of a test, shares of points, placing by hand and by the fit, and the rises of a line."""

import math
from pathlib import Path

import pytest

from llmselect.catalog.abilities.curves import (
    Z_90,
    Placement,
    aims_of,
    expected_scores,
    log_odds,
    place,
    reading_error,
    share,
    unexplained,
)
from llmselect.catalog.abilities.gaps import line_of
from llmselect.catalog.abilities.readings import Reading
from llmselect.catalog.abilities.scale import AbilitiesFile, Ability, ScaleTest
from llmselect.catalog.tables import Benchmark, Harness

TEST = ScaleTest(a=1.0, b=0.0, noise=0.3, subjects=10)
SCALE = AbilitiesFile(
    skills=("reasoning", "coding"),
    reference={"reasoning": "r@x", "coding": "c@x"},
    likeness=0.9,
    spread=((2.0, 1.5), (1.5, 2.0)),
    tests={"r@x": TEST, "c@x": TEST},
)


def benchmark(**changes: object) -> Benchmark:
    record = {"name": "B", "skill": "reasoning", "unit": "percent", "source": "s", **changes}
    return Benchmark.model_validate(record)


HARNESS = Harness(name="H", independent=True, opponent="a/b", opponent_elo=1200.0, source=("s",))


@pytest.mark.parametrize(
    ("value", "changes", "expected"),
    [
        (60.0, {}, 0.6),
        (62.5, {"chance": 25.0}, 0.5),
        (20.0, {"chance": 25.0}, 0.0),
        (30.0, {"higher_is_better": False}, 0.7),
        (1200.0, {"unit": "elo"}, 0.5),
        (1600.0, {"unit": "elo"}, 10 / 11),
        (5.5, {"unit": "score-10"}, 0.5),
    ],
)
def test_a_score_becomes_a_share(value: float, changes: dict[str, object], expected: float) -> None:
    assert share(value, benchmark(**changes), HARNESS) == pytest.approx(expected)


def test_the_curve_is_logistic() -> None:
    for level, percent in ((0.0, 50.0), (log_odds(0.8), 80.0)):
        known = Ability(level=(level, 0.0), error=(0.0, 0.0), tests=1, independent=1)
        assert expected_scores(known, aims_of(SCALE, {"reasoning": 1.0})) == pytest.approx((percent,) * 3)


def test_an_error_of_the_level_widens_what_it_promises() -> None:
    unsure = Ability(level=(0.0, 0.0), error=(log_odds(0.8) / Z_90, 0.0), tests=1, independent=1)
    assert expected_scores(unsure, aims_of(SCALE, {"reasoning": 1.0})) == pytest.approx((20.0, 50.0, 80.0))


def test_saturated_scores_say_less() -> None:
    assert reading_error(0.98, 0.02) > 4 * reading_error(0.5, 0.02)


def test_one_score_moves_its_own_skill_most_and_informs_the_other() -> None:
    found = place(SCALE, [Placement(0, TEST, 2.0, 0.1)], 1)
    assert found.level[0] > found.level[1] > 0
    assert found.error[0] < found.error[1] < math.sqrt(2.0)
    assert (
        unexplained(found, aims_of(SCALE, {"reasoning": 1.0})) < unexplained(found, aims_of(SCALE, {"coding": 1.0})) < 1
    )


def test_placing_agrees_with_the_posterior_of_all_at_once() -> None:
    """Two scores of one skill: the precision-weighted mean under the prior, in closed form."""
    noise = 0.3**2 + 0.1**2
    found = place(SCALE, [Placement(0, TEST, 1.0, 0.1), Placement(0, TEST, 2.0, 0.1)], 2)
    precision = 1 / 2.0 + 2 / noise
    assert found.level[0] == pytest.approx((1.0 + 2.0) / noise / precision, abs=1e-3)
    assert found.error[0] == pytest.approx(math.sqrt(1 / precision), abs=1e-3)


def test_expected_scores_mix_the_skills() -> None:
    ability = Ability(level=(0.0, log_odds(0.9)), error=(0.5, 0.0), tests=2, independent=2)
    low, middle, high = expected_scores(ability, aims_of(SCALE, {"reasoning": 1.0, "coding": 1.0}))
    assert middle == pytest.approx(70.0)
    assert low < middle < high


def test_a_line_is_named_by_its_first_model() -> None:
    assert line_of("c", {"c": "b", "b": "a"}) == "a"
    assert line_of("a", {"a": "b", "b": "a"}) in ("a", "b")


def test_the_fit_recovers_the_order_and_its_own_predictions() -> None:
    pytest.importorskip("numpy")
    from llmselect.catalog.abilities.fit import fit
    from llmselect.catalog.abilities.fit_layout import make_layout
    from llmselect.catalog.abilities.fit_predict import predict

    rows = [
        Reading(f"m{i}", "default", f"t{j}@x", "reasoning", 1 / (1 + math.exp(-(i / 3 - 2 - j / 4))), 0.02, 0.1, True)
        for i in range(12)
        for j in range(4)
    ]
    fitted = fit(make_layout(rows, ["reasoning"]))
    levels = {model: fitted.level[i, 0] for i, (model, _) in enumerate(fitted.layout.subjects)}
    assert sorted(levels, key=levels.get) == sorted(levels, key=lambda name: int(name[1:]))  # type: ignore[arg-type]
    low, middle, high = predict(fitted, rows)
    assert all(abs(a - row.share) < 0.05 for a, row in zip(middle, rows, strict=True))
    assert all(a <= row.share <= b for a, b, row in zip(low, high, rows, strict=True))


def test_a_vendors_scores_are_no_surer_than_their_common_bias() -> None:
    np = pytest.importorskip("numpy")
    from llmselect.catalog.abilities.fit import fit
    from llmselect.catalog.abilities.fit_layout import make_layout

    def curve(level: float, test: int) -> float:
        return 1 / (1 + math.exp(-(level - 2 - test / 4)))

    anchors = [
        Reading(f"m{i}", "default", f"t{j}@{kind}", "reasoning", curve(i / 3, j), 0.03, 0.2, kind == "lab")
        for i in range(12)
        for j in range(8)
        for kind in ("lab", "vendors")
    ]
    strangers = [
        Reading(name, "default", f"t{j}@{kind}", "reasoning", curve(2.0, j), 0.03, 0.2, kind == "lab")
        for name, kind in (("tested", "lab"), ("told", "vendors"))
        for j in range(8)
    ]
    wide = fit(make_layout([*anchors, *strangers], ["reasoning"]))
    error = {model: float(np.sqrt(wide.variance[i, 0])) for i, (model, _) in enumerate(wide.layout.subjects)}
    assert error["told"] > 1.2 * error["tested"]
    few = fit(make_layout([*anchors, *(row for row in strangers if row.test < "t4")], ["reasoning"]))
    fewer = {model: float(np.sqrt(few.variance[i, 0])) for i, (model, _) in enumerate(few.layout.subjects)}
    assert fewer["tested"] / error["tested"] > fewer["told"] / error["told"]  # more of a vendor's scores add less


def test_few_scores_have_longer_tails() -> None:
    np = pytest.importorskip("numpy")
    from llmselect.catalog.abilities.fit_predict import t_ratio

    quantiles = {5.0: 2.015, 10.0: 1.812, 30.0: 1.697}  # of Student's t, 95 %, from printed tables
    for freedom, quantile in quantiles.items():
        assert 1.6449 * float(t_ratio(freedom)) == pytest.approx(quantile, abs=0.01)
    assert np.all(np.diff(t_ratio(np.array([4.0, 8.0, 100.0]))) < 0)


def test_the_small_catalogues_file_is_current(small_catalog: Path) -> None:
    pytest.importorskip("numpy")
    from llmselect.catalog.abilities.fit_catalog import FILE, fit_catalog, is_current

    assert is_current(small_catalog / FILE, fit_catalog(small_catalog))
    assert not is_current(small_catalog / "missing.yaml", "")
