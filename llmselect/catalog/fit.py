"""Fits the one scale of abilities to all scores at once. Needs numpy (the extra `fit`); nothing else imports it.

The model: the log-odds of subject i's share at test j is a_j (t_i,k(j) - b_j) + noise, with k(j) the test's skill. A
subject is a model at one effort; its levels t_i over all skills are drawn from one normal distribution whose
covariance S is learned and shrunk towards "one overall ability plus independent skills", and the efforts of one model
are alike with a fixed correlation. Slopes are drawn near 1. The noise of a score has two parts: a scatter about the
test's curve, learned per test and no less than the floor of its kind, and the error of the share itself, which grows
where a test is saturated (llmselect.catalog.abilities.reading_error). What a vendor reports of one model is wrong in
one direction at all its tests, by a bias of that model whose spread is learned, so many such scores are no surer than
their common bias; the mean bias is part of the vendors' tests' offsets. All of it is fitted by expectation
maximisation: given the tests, the subjects' posterior is exactly normal (factor analysis, Rubin & Thayer 1982,
doi 10.1007/BF02293851); given the subjects, each test is a weighted regression with a weak prior.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmselect.catalog.abilities import Z_90, log_odds, reading_error
from llmselect.catalog.readings import Reading

DOUBT = 4.0  # scores' worth of belief that a subject's scores scatter as expected
EFFORTS = ("default", "none", "low", "medium", "high", "max")
Array = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Priors:
    """What is believed before any score is seen; standard deviations in log-odds."""

    overall: float = 1.3  # spread of subjects' overall ability
    skill: float = 0.5  # spread of a skill about it
    apart: tuple[str, ...] = ("factuality",)  # skills that are not believed to go with overall ability
    apart_spread: float = 0.7
    covariance_weight: float = 40.0  # in subjects
    likeness: float = 0.8  # correlation of two efforts of one model
    slope: float = 0.3  # spread about 1 of a benchmark's mean slope
    release: float = 0.3  # spread of a test's slope about its benchmark's mean
    shift: float = 1.0  # spread of an effort's mean
    centre: float = 5.0  # spread of a test's offset
    scatter: float = 0.28  # of scores about their test's curve
    scatter_weight: float = 5.0  # in scores
    bias: float = 0.3  # spread of a model's bias in what its vendor reports
    bias_weight: float = 20.0  # in subjects
    rounds: int = 200


@dataclass(frozen=True)
class Layout:
    """Scores as arrays: of each its subject, test, log-odds, own variance; of each test its skill and floor."""

    subjects: list[tuple[str, str]]
    tests: list[str]
    skills: list[str]
    subject: Places
    test: Places
    odds: Array
    own: Array
    skill_of: Places
    told: NDArray[np.bool_]  # of each test, whether vendors ran it
    floor: Array
    benchmark: Places  # of each test, counted from 0
    effort: Places  # of each subject, as a place in EFFORTS
    families: list[Places]  # subjects of one model, stacked by their number: shape (models, efforts)


@dataclass
class Fitted:
    """The fit: curves of tests, posterior of subjects, and what the tests' uncertainty rests on."""

    layout: Layout
    priors: Priors
    slope: Array
    offset: Array
    scatter: Array  # variance
    spread: Array
    shift: Array  # mean of each effort
    level: Array
    variance: Array
    bias_spread: float  # variance
    bias: Array = field(default_factory=lambda: np.zeros(0))
    bias_variance: Array = field(default_factory=lambda: np.zeros(0))
    bias_with: Array = field(default_factory=lambda: np.zeros(0))  # covariance of the bias with each level
    cross: list[Array] = field(default_factory=list)
    weight: Array = field(default_factory=lambda: np.zeros(0))
    centre: Array = field(default_factory=lambda: np.zeros(0))
    about: Array = field(default_factory=lambda: np.zeros(0))


def layout(rows: Sequence[Reading], skills: Sequence[str], one_skill: bool = False) -> Layout:
    """The arrays of some readings; with `one_skill` all tests measure one ability."""
    subjects = sorted({(row.model, row.effort) for row in rows})
    tests = sorted({row.test for row in rows})
    skill = {row.test: 0 if one_skill else list(skills).index(row.skill) for row in rows}
    floor = {row.test: row.floor for row in rows}
    told = {row.test: not row.independent for row in rows}
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
        own=np.array([reading_error(row.share, row.points) ** 2 for row in rows]),
        skill_of=np.array([skill[test] for test in tests], dtype=np.intp),
        told=np.array([told[test] for test in tests], dtype=np.bool_),
        floor=np.array([floor[test] for test in tests]),
        benchmark=np.array([names.index(test.partition("@")[0]) for test in tests], dtype=np.intp),
        effort=np.array([EFFORTS.index(effort) for _, effort in subjects], dtype=np.intp),
        families=[np.array([g for g in efforts.values() if len(g) == n], dtype=np.intp) for n in sizes],
    )


def fit(data: Layout, priors: Priors | None = None) -> Fitted:
    """The scale that fits the scores; deterministic."""
    priors = priors or Priors()
    tests, skills = len(data.tests), len(data.skills)
    base = _believed(data.skills, priors)
    start = np.maximum(priors.scatter, data.floor) ** 2
    size = len(data.subjects)
    fitted = Fitted(
        layout=data,
        priors=priors,
        slope=np.ones(tests),
        offset=np.zeros(tests),
        scatter=start,
        spread=base,
        shift=np.zeros(len(EFFORTS)),
        level=np.zeros((size, skills)),
        variance=np.ones((size, skills)),
        bias_spread=priors.bias**2,
    )
    for _ in range(priors.rounds):
        _subjects(fitted)
        _tests(fitted)
        _spread(fitted, base)
        _bias_spread(fitted)
        _shifts(fitted)
    _subjects(fitted)
    return fitted


def _believed(skills: Sequence[str], priors: Priors) -> Array:
    """The covariance of skills before any score: one overall ability and what each skill has of its own."""
    together = np.array([float(skill not in priors.apart) for skill in skills])
    own = np.where(together > 0, priors.skill, priors.apart_spread)
    return priors.overall**2 * np.outer(together, together) + np.diag(own**2)


def _alike(likeness: float, number: int) -> Array:
    """The correlation of a model's efforts."""
    return (1 - likeness) * np.eye(number) + likeness * np.ones((number, number))


@dataclass(frozen=True)
class _Evidence:
    """What the scores say of each subject: precision and pull on its levels with the vendor's bias integrated out,
    and of that bias its precision with each level, its pull and its own variance.
    """

    precision: Array
    pull: Array
    shared: Array
    biased: Array
    left: Array


def _evidence(fit: Fitted) -> _Evidence:
    data = fit.layout
    size, skills = fit.level.shape
    slope, weight = fit.slope[data.test], 1 / (fit.scatter[data.test] + data.own)
    told, at = data.told[data.test], (data.subject, data.skill_of[data.test])
    known, drawn = slope**2 * weight, slope * weight * (data.odds - fit.offset[data.test])
    precision, pull, shared = np.zeros((size, skills)), np.zeros((size, skills)), np.zeros((size, skills))
    np.add.at(precision, at, known)
    np.add.at(pull, at, drawn)
    np.add.at(shared, at, known * told)
    biased = np.bincount(data.subject, drawn * told, size)
    left = 1 / (shared.sum(axis=1) + 1 / fit.bias_spread)
    open_bias = left[:, None, None] * shared[:, :, None] * shared[:, None, :]
    return _Evidence(
        precision[:, :, None] * np.eye(skills) - open_bias,
        pull - shared * (left * biased)[:, None],
        shared,
        biased,
        left,
    )


def _subjects(fit: Fitted) -> None:
    """The posterior of every subject, given the tests: normal, per model over its efforts and skills at once."""
    data, seen = fit.layout, _evidence(fit)
    size, skills = fit.level.shape
    inverse = np.linalg.inv(fit.spread)
    pull = seen.pull - seen.precision.sum(axis=2) * fit.shift[data.effort][:, None]  # about the prior's mean
    own = np.zeros((size, skills, skills))
    fit.cross = []
    for group in data.families:
        models, efforts = group.shape
        alike = np.linalg.inv(_alike(fit.priors.likeness, efforts))
        joint = np.repeat(np.kron(alike, inverse)[None], models, axis=0)
        for e in range(efforts):
            part = slice(e * skills, (e + 1) * skills)
            joint[:, part, part] += seen.precision[group[:, e]]
        covariance = np.linalg.inv(joint)
        mean = np.einsum("mij,mj->mi", covariance, pull[group].reshape(models, -1)).reshape(models, efforts, skills)
        fit.level[group] = mean + fit.shift[data.effort[group]][:, :, None]
        blocks = covariance.reshape(models, efforts, skills, efforts, skills)
        for e in range(efforts):
            own[group[:, e]] = blocks[:, e, :, e, :]
        fit.cross.append(
            np.einsum("ef,mek,mfl->kl", alike, mean, mean) / efforts
            + np.einsum("ef,mekfl->kl", alike, blocks) / efforts
        )
    fit.variance = np.einsum("ikk->ik", own).copy()
    reach = np.einsum("ikl,il->ik", own, seen.shared)
    fit.bias = seen.left * (seen.biased - (seen.shared * fit.level).sum(axis=1))
    fit.bias_variance = seen.left + seen.left**2 * (seen.shared * reach).sum(axis=1)
    fit.bias_with = -seen.left[:, None] * reach


def _bias_spread(fit: Fitted) -> None:
    """How far vendors' biases differ between models, over the subjects that vendors reported."""
    told = np.unique(fit.layout.subject[fit.layout.told[fit.layout.test]])
    weight = fit.priors.bias_weight
    seen = float((fit.bias[told] ** 2 + fit.bias_variance[told]).sum())
    fit.bias_spread = (weight * fit.priors.bias**2 + seen) / (weight + len(told))


def _seen(fit: Fitted, subject: Places, test: Places) -> tuple[Array, Array]:
    """The level that a test sees of a subject, with the bias where vendors ran it, and its variance."""
    skill, told = fit.layout.skill_of[test], fit.layout.told[test]
    level = fit.level[subject, skill] + told * fit.bias[subject]
    together = fit.bias_variance[subject] + 2 * fit.bias_with[subject, skill]
    return level, fit.variance[subject, skill] + told * together


def _tests(fit: Fitted) -> None:
    """Slope, offset and scatter of every test, given the subjects' posterior."""
    data, priors, number = fit.layout, fit.priors, len(fit.layout.tests)
    level, variance = _seen(fit, data.subject, data.test)
    total = fit.scatter[data.test] + data.own
    weight = 1 / total

    def added(values: Array) -> Array:
        return np.asarray(np.bincount(data.test, values, number), dtype=np.float64)

    n, x, xx = added(weight), added(weight * level), added(weight * (level**2 + variance))
    z, xz = added(weight * data.odds), added(weight * level * data.odds)
    usual = _usual_slopes(fit)
    left, right = xx + 1 / priors.release**2, n + 1 / priors.centre**2
    fit.slope = np.maximum(((xz + usual / priors.release**2) * right - x * z) / (left * right - x**2), 0.15)
    fit.offset = (z - x * fit.slope) / right
    slope = fit.slope[data.test]
    squared = (data.odds - slope * level - fit.offset[data.test]) ** 2 + slope**2 * variance
    part = fit.scatter[data.test] / total
    scattered = part**2 * squared + fit.scatter[data.test] * (1 - part)
    start = np.maximum(priors.scatter, data.floor) ** 2
    found = (priors.scatter_weight * start + added(scattered)) / (
        priors.scatter_weight + np.bincount(data.test, minlength=number)
    )
    fit.scatter = np.maximum(found, data.floor**2)
    fit.weight, fit.centre = n, x / np.maximum(n, 1e-9)
    fit.about = np.maximum(xx - x**2 / np.maximum(n, 1e-9), 0.0)


def _usual_slopes(fit: Fitted) -> Array:
    """Of each test its benchmark's mean slope, which is drawn near 1: releases of one benchmark resemble each other."""
    which, priors = fit.layout.benchmark, fit.priors
    weight, own = 1 / priors.slope**2, 1 / priors.release**2
    mean = (weight + own * np.bincount(which, fit.slope)) / (weight + own * np.bincount(which))
    return np.asarray(mean[which])


def _shifts(fit: Fitted) -> None:
    """Mean of each effort, from models with several: how far their efforts differ from the model's own mean."""
    data, number = fit.layout, len(EFFORTS)
    left, right = np.eye(number) / fit.priors.shift**2, np.zeros(number)
    inverse = np.linalg.inv(fit.spread)
    total = inverse.sum()
    for group in data.families:
        efforts = group.shape[1]
        contrast = (np.eye(efforts) - 1 / efforts) / (1 - fit.priors.likeness)
        means = fit.level[group] @ inverse.sum(axis=1)
        kinds = data.effort[group]
        for e in range(efforts):
            np.add.at(right, kinds[:, e], (means @ contrast)[:, e])
            for f in range(efforts):
                np.add.at(left, (kinds[:, e], kinds[:, f]), contrast[e, f] * total)
    fit.shift = np.asarray(np.linalg.solve(left, right), dtype=np.float64)


def _spread(fit: Fitted, base: Array) -> None:
    """The covariance of skills over models, shrunk towards the prior's."""
    models = sum(len(group) for group in fit.layout.families)
    seen: Any = sum(fit.cross)
    weight = fit.priors.covariance_weight
    fit.spread = (weight * base + seen) / (weight + models)


def disagreement(fit: Fitted) -> Array:
    """By what each subject's standard error is to be multiplied so that the normal law's quantile holds 90 %.

    At least 1. It is the scatter of the subject's scores over what the fit expects, begun from `DOUBT` scores that
    scatter as expected, with the longer tails of Student's t where it rests on few scores.
    """
    data = fit.layout
    level, variance = _seen(fit, data.subject, data.test)
    slope = fit.slope[data.test]
    expected = fit.scatter[data.test] + data.own + slope**2 * variance
    surprise = (data.odds - slope * level - fit.offset[data.test]) ** 2 / expected
    size = len(data.subjects)
    total = np.bincount(data.subject, surprise, size)
    number = np.bincount(data.subject, minlength=size)
    return np.asarray(np.sqrt(np.maximum(1.0, (DOUBT + total) / (DOUBT + number))) * longer_tails(DOUBT + number))


def narrower(fit: Fitted) -> float:
    """The reach that holds 90 % of the fit's own scores about their curves, over the normal law's; at most 1.

    Scores scatter with a narrow middle and long tails, so that a normal law of their variance is too wide for 90 %.
    A fitted score's residual has its noise's variance less what the subject's posterior took of it.
    """
    data = fit.layout
    level, variance = _seen(fit, data.subject, data.test)
    slope, noise = fit.slope[data.test], fit.scatter[data.test] + data.own
    left = np.maximum(noise - slope**2 * variance, noise / 4)
    away = np.abs(data.odds - slope * level - fit.offset[data.test]) / np.sqrt(left)
    return min(1.0, float(np.quantile(away, 0.9)) / Z_90)


def longer_tails(freedom: Array | float) -> Array:
    """Student's t over the normal law, at the quantile that bounds 90 % (Abramowitz & Stegun 1964, 26.7.5)."""
    z = Z_90
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return np.asarray(1 + (first / freedom + second / np.square(freedom)) / z)


def predict(fit: Fitted, rows: Sequence[Reading]) -> tuple[Array, Array, Array]:
    """The share expected for each reading (its subject and test must be in the fit): low, middle, high for 90 %.

    The interval holds the subject's error, the scatter of scores, and the uncertainty of the test's curve.
    """
    data = fit.layout
    where = {subject: i for i, subject in enumerate(data.subjects)}
    number = {test: j for j, test in enumerate(data.tests)}
    i = np.array([where[row.model, row.effort] for row in rows], dtype=np.intp)
    j = np.array([number[row.test] for row in rows], dtype=np.intp)
    level, variance = _seen(fit, i, j)
    odds = fit.slope[j] * level + fit.offset[j]
    middle = 1 / (1 + np.exp(-odds))
    points = np.array([row.points for row in rows])
    own = (points / np.maximum(middle * (1 - middle), 0.02)) ** 2
    curve = 1 / np.maximum(fit.weight[j], 0.04) + (level - fit.centre[j]) ** 2 / (fit.about[j] + 10)
    wide = disagreement(fit)[i] ** 2
    noise = (fit.scatter[j] + own) * narrower(fit) ** 2
    reach = Z_90 * np.sqrt(fit.slope[j] ** 2 * variance * wide + noise + curve)
    return 1 / (1 + np.exp(reach - odds)), middle, 1 / (1 + np.exp(-odds - reach))
