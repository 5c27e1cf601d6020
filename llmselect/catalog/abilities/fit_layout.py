"""Scores as arrays for the fit, the priors, and the state of the fit."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from llmselect.catalog.abilities.curves import log_odds, reading_error
from llmselect.catalog.abilities.readings import Reading

EFFORTS = ("default", "none", "low", "medium", "high", "max")
Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Priors:
    """Prior standard deviations, in log-odds, and the weights of priors."""

    overall: float = 1.3  # of subjects' overall ability
    skill: float = 0.5  # of a skill about the overall ability
    independent_skills: tuple[str, ...] = ("factuality",)  # skills uncorrelated with overall ability
    independent_skill_spread: float = 0.7
    covariance_weight: float = 40.0  # in subjects
    likeness: float = 0.8  # correlation of two efforts of one model
    slope: float = 0.3  # of a benchmark's mean slope about 1
    release: float = 0.3  # of a test's slope about its benchmark's mean
    effort_mean: float = 1.0  # of an effort's mean
    centre: float = 5.0  # of a test's offset
    scatter: float = 0.28  # of scores about their test's curve
    scatter_weight: float = 5.0  # in scores
    bias: float = 0.3  # of a model's bias in scores that its vendor reports
    bias_weight: float = 20.0  # in subjects
    rounds: int = 200


@dataclass(frozen=True)
class Layout:
    """Scores, tests and subjects as arrays.

    Per score: `subject`, `test`, `odds` (log-odds of the share), `share_variance` (of these log-odds, from the error of
    the share). Per test: `skill_of`, `vendor_run`, `floor` (least scatter), `benchmark`. Per subject: `effort`.
    """

    subjects: list[tuple[str, str]]
    tests: list[str]
    skills: list[str]
    subject: Indices
    test: Indices
    odds: Array
    share_variance: Array
    skill_of: Indices
    vendor_run: NDArray[np.bool_]
    floor: Array
    benchmark: Indices
    effort: Indices  # index into EFFORTS
    families: list[Indices]  # subjects of each model, grouped by their number: (models, efforts)


@dataclass
class FittedScale:
    """The state of the fit: curves of tests, posterior of subjects, and sums for the uncertainty of the curves."""

    layout: Layout
    priors: Priors
    slope: Array
    offset: Array
    scatter: Array  # variance
    spread: Array
    effort_mean: Array  # mean of each effort
    level: Array
    variance: Array
    bias_spread: float  # variance
    bias: Array = field(default_factory=lambda: np.zeros(0))
    bias_variance: Array = field(default_factory=lambda: np.zeros(0))
    bias_level_covariance: Array = field(default_factory=lambda: np.zeros(0))  # covariance of the bias with each level
    cross: list[Array] = field(default_factory=list)
    weight: Array = field(default_factory=lambda: np.zeros(0))
    centre: Array = field(default_factory=lambda: np.zeros(0))
    level_squares: Array = field(default_factory=lambda: np.zeros(0))


def make_layout(rows: Sequence[Reading], skills: Sequence[str], one_skill: bool = False) -> Layout:
    """The arrays for some readings; with `one_skill` all tests measure one ability."""
    subjects = sorted({(row.model, row.effort) for row in rows})
    tests = sorted({row.test for row in rows})
    skill = {row.test: 0 if one_skill else list(skills).index(row.skill) for row in rows}
    floor = {row.test: row.floor for row in rows}
    vendor_run = {row.test: not row.independent for row in rows}
    where = {subject: i for i, subject in enumerate(subjects)}
    number = {test: j for j, test in enumerate(tests)}
    efforts: dict[str, list[int]] = {}
    for i, (model, _) in enumerate(subjects):
        efforts.setdefault(model, []).append(i)
    names = sorted({test.partition("@")[0] for test in tests})
    sizes = sorted({len(group) for group in efforts.values()})
    return Layout(
        subjects=subjects,
        tests=tests,
        skills=["overall"] if one_skill else list(skills),
        subject=np.array([where[row.model, row.effort] for row in rows], dtype=np.intp),
        test=np.array([number[row.test] for row in rows], dtype=np.intp),
        odds=np.array([log_odds(row.share) for row in rows]),
        share_variance=np.array([reading_error(row.share, row.points) ** 2 for row in rows]),
        skill_of=np.array([skill[test] for test in tests], dtype=np.intp),
        vendor_run=np.array([vendor_run[test] for test in tests], dtype=np.bool_),
        floor=np.array([floor[test] for test in tests]),
        benchmark=np.array([names.index(test.partition("@")[0]) for test in tests], dtype=np.intp),
        effort=np.array([EFFORTS.index(effort) for _, effort in subjects], dtype=np.intp),
        families=[np.array([g for g in efforts.values() if len(g) == n], dtype=np.intp) for n in sizes],
    )


def measured_level(fit: FittedScale, subject: Indices, test: Indices) -> tuple[Array, Array]:
    """Mean and variance of a subject's level as a test measures it, including the bias in vendors' tests."""
    skill, vendor_run = fit.layout.skill_of[test], fit.layout.vendor_run[test]
    level = fit.level[subject, skill] + vendor_run * fit.bias[subject]
    together = fit.bias_variance[subject] + 2 * fit.bias_level_covariance[subject, skill]
    return level, fit.variance[subject, skill] + vendor_run * together
