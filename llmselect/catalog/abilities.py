"""Abilities without any fitting: what a score says of a level, what a level promises, and placing one model.

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
    from llmselect.catalog.scale import AbilitiesFile, Ability, ScaleTest
    from llmselect.catalog.tables import Benchmark, Harness


Z_90 = 1.6448536269514722  # half the width of a 90 % interval in standard deviations
ELO_SCALE = 400.0
MIN_SHARE = 0.01  # nearer to none or all of the points a score says no more than this
VENDORS = "vendors"


class Placement(NamedTuple):
    """A score as the placing of a model needs it: its skill, its test, and the share of points in log-odds."""

    skill: int
    test: ScaleTest
    log_odds: float
    error: float


def test_id(benchmark: str, harness_id: str, harness: Harness) -> str:
    """The test that a score belongs to: vendors' own runs of one benchmark are one test, each other harness its own."""
    return f"{benchmark}@{harness_id if harness.independent else VENDORS}"


def share(value: float, benchmark: Benchmark, harness: Harness) -> float:
    """A score as a share of points from 0 to 1, above what guessing reaches (below it: 0).

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
    """The log-odds of a share, which is kept away from 0 and 1 by `MIN_SHARE`."""
    kept = min(1 - MIN_SHARE, max(MIN_SHARE, part))
    return math.log(kept / (1 - kept))


def reading_error(part: float, points: float) -> float:
    """The standard error of a share's log-odds when the share itself is wrong by `points` (0.02 is two in a hundred).

    By the delta method: points / (s (1 - s)). Near none or all of the points a score says little.
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
    """One skill of a mix: its place on the scale, its share of the mix, the curve of its reference test, and the
    variance of its levels among all models.
    """

    at: int
    share: float
    a: float
    b: float
    variance: float


def aims_of(scale: AbilitiesFile, mix: Mapping[str, float]) -> tuple[Aim, ...]:
    """A mix of skills on a scale, its weights made to sum to 1; raises ValueError for a skill that the scale lacks."""
    total = sum(mix.values())
    places = {skill: scale.skills.index(skill) for skill in mix}
    tests = {skill: scale.tests[scale.reference[skill]] for skill in places}
    return tuple(
        Aim(at, mix[skill] / total, tests[skill].a, tests[skill].b, scale.spread[at][at])
        for skill, at in places.items()
    )


def expected_scores(ability: Levels, aims: Sequence[Aim]) -> tuple[float, float, float]:
    """An ability as the score in percent that it promises on the aims' reference tests: low, middle, high.

    Low and high bound 90 %. The errors of the skills are taken to go together, which errs on the side of width.
    """
    levels, errors, low, middle, high = ability.level, ability.error, 0.0, 0.0, 0.0
    for at, share, a, b, _ in aims:
        odds, reach = exp(a * (b - levels[at])), exp(a * Z_90 * errors[at])
        low += share / (1 + odds * reach)
        middle += share / (1 + odds)
        high += share / (1 + odds / reach)
    return 100 * low, 100 * middle, 100 * high


def unexplained(ability: Levels, aims: Sequence[Aim]) -> float:
    """How much of what a stranger's ability may be is still open for a mix of skills: 0 is known, 1 is a stranger.

    The weighted mean of each skill's error variance over its variance among all models.
    """
    errors, total = ability.error, 0.0
    for at, share, _, _, variance in aims:
        part = errors[at] ** 2 / variance
        total += share * part if part < 1 else share
    return total


def place(scale: AbilitiesFile, scores: Sequence[Placement], independent: int) -> Ability:
    """The ability that a few scores speak for, with the tests as they stand: the posterior under the scale's spread.

    A Gaussian posterior: precision S^-1 + sum of a^2 / v on each skill, v the variance of a score about its curve.
    """
    from llmselect.catalog.scale import Ability

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
