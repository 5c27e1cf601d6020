"""Abilities without fitting: from scores to levels, from levels to expected scores, and placing one model.

A test turns a level t into an expected share of points, s = 1 / (1 + exp(-a (t - b))), the item response curve of
two parameters (Birnbaum 1968, in Lord & Novick, Statistical Theories of Mental Test Scores). The share counts
points above what guessing reaches; ratings and marks become shares first. Everything here is plain arithmetic, so
that a user's own score or a new release is placed at load time from the tests that `abilities.yaml` holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from math import exp
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from llmselect.catalog.abilities.scale import AbilitiesFile, Ability, ScaleTest
    from llmselect.catalog.tables import Benchmark, Harness


Z_90 = 1.6448536269514722  # half the width of a 90 % interval in standard deviations
ELO_SCALE = 400.0
MIN_SHARE = 0.01  # shares are clipped to this distance from 0 and 1
VENDORS = "vendors"


class Placement(NamedTuple):
    """A score for placing a model: index of its skill, its test, the share's log-odds and their standard error."""

    skill: int
    test: ScaleTest
    log_odds: float
    error: float


def test_id(benchmark: str, harness_id: str, harness: Harness) -> str:
    """The test of a score: all vendors' runs of a benchmark are one test, each independent harness is its own."""
    return f"{benchmark}@{harness_id if harness.independent else VENDORS}"


def share(value: float, benchmark: Benchmark, harness: Harness) -> float:
    """A score as a share of points from 0 to 1, corrected for guessing (0 at or below chance).

    A rating becomes the expected share of wins against the harness's opponent, 1 / (1 + 10^((opponent - rating) / 400))
    (Elo 1978); MT-Bench's marks from 1 to 10 become (mark - 1) / 9.
    """
    if benchmark.unit == "elo":
        found = 1 / (1 + 10 ** (((harness.opponent_elo or 0.0) - value) / ELO_SCALE))
    elif benchmark.unit == "score-10":
        found = (value - 1) / 9
    else:
        found = value / 100 if benchmark.higher_is_better else 1 - value / 100
    chance = benchmark.chance / 100
    return min(1.0, max(0.0, (found - chance) / (1 - chance)))


def log_odds(part: float) -> float:
    """The log-odds of a share, clipped to `MIN_SHARE` from 0 and 1."""
    kept = min(1 - MIN_SHARE, max(MIN_SHARE, part))
    return math.log(kept / (1 - kept))


def reading_error(part: float, points: float) -> float:
    """The standard error of a share's log-odds if the share itself has the standard error `points` (0.02 is 2 %).

    By the delta method: points / (s (1 - s)), so a share near 0 or 1 says little.
    """
    kept = min(1 - MIN_SHARE, max(MIN_SHARE, part))
    return points / (kept * (1 - kept))


class Levels(Protocol):
    """Levels and standard errors, one of each per skill of the scale."""

    @property
    def level(self) -> tuple[float, ...]:
        """The levels."""

    @property
    def error(self) -> tuple[float, ...]:
        """Their standard errors."""


class Aim(NamedTuple):
    """One skill of a task's mix: its index on the scale, its share of the mix, the curve (a, b) of its reference test,
    and the variance of its levels among all models.
    """

    at: int
    share: float
    a: float
    b: float
    variance: float


def aims_of(scale: AbilitiesFile, mix: Mapping[str, float]) -> tuple[Aim, ...]:
    """The skills of a mix with weights normalised to 1; raises ValueError for a skill that the scale lacks."""
    total = sum(mix.values())
    places = {skill: scale.skills.index(skill) for skill in mix}
    tests = {skill: scale.tests[scale.reference[skill]] for skill in places}
    return tuple(
        Aim(at, mix[skill] / total, tests[skill].a, tests[skill].b, scale.spread[at][at])
        for skill, at in places.items()
    )


def expected_scores(ability: Levels, aims: Sequence[Aim]) -> tuple[float, float, float]:
    """The expected score in percent on the skills' reference tests: low, middle and high of a 90 % interval.

    The errors of the skills are taken as fully correlated, which makes the interval rather too wide.
    """
    levels, errors, low, middle, high = ability.level, ability.error, 0.0, 0.0, 0.0
    for at, share, a, b, _ in aims:
        odds, reach = exp(a * (b - levels[at])), exp(a * Z_90 * errors[at])
        low += share / (1 + odds * reach)
        middle += share / (1 + odds)
        high += share / (1 + odds / reach)
    return 100 * low, 100 * middle, 100 * high


def unexplained(ability: Levels, aims: Sequence[Aim]) -> float:
    """The share of prior variance that is left in an ability for a mix of skills: 0 is fully known, 1 unknown.

    The weighted mean over skills of the error's variance divided by the variance among all models, at most 1.
    """
    errors, total = ability.error, 0.0
    for at, share, _, _, variance in aims:
        part = errors[at] ** 2 / variance
        total += share * part if part < 1 else share
    return total


def place(scale: AbilitiesFile, scores: Sequence[Placement], independent: int) -> Ability:
    """The posterior ability from a few scores, with the tests' curves and the prior covariance S of the scale fixed.

    A Gaussian posterior with precision S^-1 + sum of a^2 / v per skill, where v is a score's variance about its curve.
    """
    from llmselect.catalog.abilities.scale import Ability

    size = len(scale.skills)
    covariance = [list(row) for row in scale.spread]
    level = [0.0] * size
    for row in scores:
        column = [covariance[i][row.skill] for i in range(size)]
        noise = (row.test.noise**2 + row.error**2) / row.test.a**2
        gain = [value / (column[row.skill] + noise) for value in column]
        seen = row.log_odds / row.test.a + row.test.b
        surprise = seen - level[row.skill]
        level = [value + part * surprise for value, part in zip(level, gain, strict=True)]
        covariance = [[covariance[i][j] - gain[i] * column[j] for j in range(size)] for i in range(size)]
    error = tuple(round(math.sqrt(max(covariance[i][i], 0.0)), 4) for i in range(size))
    return Ability(level=tuple(round(v, 4) for v in level), error=error, tests=len(scores), independent=independent)
