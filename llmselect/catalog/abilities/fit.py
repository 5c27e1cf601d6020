"""Fits one scale of abilities to all scores at once, by expectation maximisation.

The model: the log-odds of subject i's share at test j is a_j (t_i,k(j) - b_j) + noise, where k(j) is the test's skill.
A subject is a model at one effort. Its levels t_i over all skills have a normal prior whose covariance S is learned
and shrunk towards "one overall ability plus independent skills"; the efforts of one model have a fixed correlation.
Slopes have a prior near 1. The noise of a score has two parts: scatter about the test's curve, learned per test with a
floor by kind of test, and the error of the share itself, which grows where a test is saturated
(`curves.reading_error`). All scores that a vendor reports of one model share a bias, whose variance is learned; its
mean is part of the offsets of the vendors' tests. Given the tests, the subjects' posterior is exactly normal (factor
analysis, Rubin & Thayer 1982, doi 10.1007/BF02293851); given the subjects, each test is a weighted regression with a
weak prior.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from llmselect.catalog.abilities.fit_layout import EFFORTS, Array, FittedScale, Layout, Priors, measured_level


def fit(data: Layout, priors: Priors | None = None) -> FittedScale:
    """The scale that fits the scores; deterministic."""
    priors = priors or Priors()
    tests, skills = len(data.tests), len(data.skills)
    base = _prior_covariance(data.skills, priors)
    start = np.maximum(priors.scatter, data.floor) ** 2
    size = len(data.subjects)
    fitted = FittedScale(
        layout=data,
        priors=priors,
        slope=np.ones(tests),
        offset=np.zeros(tests),
        scatter=start,
        spread=base,
        effort_mean=np.zeros(len(EFFORTS)),
        level=np.zeros((size, skills)),
        variance=np.ones((size, skills)),
        bias_spread=priors.bias**2,
    )
    for _ in range(priors.rounds):
        _update_subjects(fitted)
        _update_tests(fitted)
        _update_covariance(fitted, base)
        _update_bias_variance(fitted)
        _update_effort_means(fitted)
    _update_subjects(fitted)
    return fitted


def _prior_covariance(skills: Sequence[str], priors: Priors) -> Array:
    """The prior covariance of skills: one overall ability plus an independent part per skill."""
    together = np.array([float(skill not in priors.independent_skills) for skill in skills])
    specific = np.where(together > 0, priors.skill, priors.independent_skill_spread)
    return priors.overall**2 * np.outer(together, together) + np.diag(specific**2)


def _effort_correlation(likeness: float, number: int) -> Array:
    """The correlation matrix of a model's efforts."""
    return (1 - likeness) * np.eye(number) + likeness * np.ones((number, number))


@dataclass(frozen=True)
class _Evidence:
    """The scores' information about each subject, with the vendor's bias integrated out.

    `precision` and `pull` (precision times mean) are of the levels. Of the bias: its precision shared with each level,
    its pull (`biased`), and its variance given the levels (`left`).
    """

    precision: Array
    pull: Array
    shared: Array
    biased: Array
    left: Array


def _evidence(fit: FittedScale) -> _Evidence:
    data = fit.layout
    size, skills = fit.level.shape
    slope, weight = fit.slope[data.test], 1 / (fit.scatter[data.test] + data.share_variance)
    vendor_run, at = data.vendor_run[data.test], (data.subject, data.skill_of[data.test])
    known, drawn = slope**2 * weight, slope * weight * (data.odds - fit.offset[data.test])
    precision, pull, shared = np.zeros((size, skills)), np.zeros((size, skills)), np.zeros((size, skills))
    np.add.at(precision, at, known)
    np.add.at(pull, at, drawn)
    np.add.at(shared, at, known * vendor_run)
    biased: Array = np.bincount(data.subject, drawn * vendor_run, size).astype(float)
    left = 1 / (shared.sum(axis=1) + 1 / fit.bias_spread)
    open_bias = left[:, None, None] * shared[:, :, None] * shared[:, None, :]
    return _Evidence(
        precision[:, :, None] * np.eye(skills) - open_bias,
        pull - shared * (left * biased)[:, None],
        shared,
        biased,
        left,
    )


def _update_subjects(fit: FittedScale) -> None:
    """Updates every subject's normal posterior given the tests, jointly over a model's efforts and skills."""
    data, seen = fit.layout, _evidence(fit)
    size, skills = fit.level.shape
    inverse = np.linalg.inv(fit.spread)
    pull = seen.pull - seen.precision.sum(axis=2) * fit.effort_mean[data.effort][:, None]  # about the prior's mean
    covariances = np.zeros((size, skills, skills))
    fit.cross = []
    for group in data.families:
        models, efforts = group.shape
        alike = np.linalg.inv(_effort_correlation(fit.priors.likeness, efforts))
        joint = np.repeat(np.kron(alike, inverse)[None], models, axis=0)
        for e in range(efforts):
            part = slice(e * skills, (e + 1) * skills)
            joint[:, part, part] += seen.precision[group[:, e]]
        covariance = np.linalg.inv(joint)
        mean = np.einsum("mij,mj->mi", covariance, pull[group].reshape(models, -1)).reshape(models, efforts, skills)
        fit.level[group] = mean + fit.effort_mean[data.effort[group]][:, :, None]
        blocks = covariance.reshape(models, efforts, skills, efforts, skills)
        for e in range(efforts):
            covariances[group[:, e]] = blocks[:, e, :, e, :]
        fit.cross.append(
            np.einsum("ef,mek,mfl->kl", alike, mean, mean) / efforts
            + np.einsum("ef,mekfl->kl", alike, blocks) / efforts
        )
    fit.variance = np.einsum("ikk->ik", covariances).copy()
    reach = np.einsum("ikl,il->ik", covariances, seen.shared)
    fit.bias = seen.left * (seen.biased - (seen.shared * fit.level).sum(axis=1))
    fit.bias_variance = seen.left + seen.left**2 * (seen.shared * reach).sum(axis=1)
    fit.bias_level_covariance = -seen.left[:, None] * reach


def _update_bias_variance(fit: FittedScale) -> None:
    """Updates the variance of vendors' biases between models, from subjects with vendor-reported scores."""
    reported = np.unique(fit.layout.subject[fit.layout.vendor_run[fit.layout.test]])
    weight = fit.priors.bias_weight
    seen = float((fit.bias[reported] ** 2 + fit.bias_variance[reported]).sum())
    fit.bias_spread = (weight * fit.priors.bias**2 + seen) / (weight + len(reported))


def _update_tests(fit: FittedScale) -> None:
    """Updates slope, offset and scatter of every test given the subjects' posterior."""
    data, priors, number = fit.layout, fit.priors, len(fit.layout.tests)
    level, variance = measured_level(fit, data.subject, data.test)
    total = fit.scatter[data.test] + data.share_variance
    weight = 1 / total

    def added(values: Array) -> Array:
        return np.asarray(np.bincount(data.test, values, number), dtype=np.float64)

    n, x, xx = added(weight), added(weight * level), added(weight * (level**2 + variance))
    z, xz = added(weight * data.odds), added(weight * level * data.odds)
    usual = _benchmark_slopes(fit)
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
    fit.level_squares = np.maximum(xx - x**2 / np.maximum(n, 1e-9), 0.0)


def _benchmark_slopes(fit: FittedScale) -> Array:
    """The mean slope of each test's benchmark, with a prior at 1: releases of one benchmark have similar slopes."""
    which, priors = fit.layout.benchmark, fit.priors
    weight, release_weight = 1 / priors.slope**2, 1 / priors.release**2
    mean = (weight + release_weight * np.bincount(which, fit.slope)) / (weight + release_weight * np.bincount(which))
    return np.asarray(mean[which])


def _update_effort_means(fit: FittedScale) -> None:
    """Updates the mean of each effort from models with several, by contrasts with the model's own mean."""
    data, number = fit.layout, len(EFFORTS)
    left, right = np.eye(number) / fit.priors.effort_mean**2, np.zeros(number)
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
    fit.effort_mean = np.asarray(np.linalg.solve(left, right), dtype=np.float64)


def _update_covariance(fit: FittedScale, base: Array) -> None:
    """Updates the covariance of skills over models, shrunk towards the prior."""
    models = sum(len(group) for group in fit.layout.families)
    seen: Any = sum(fit.cross)
    weight = fit.priors.covariance_weight
    fit.spread = (weight * base + seen) / (weight + models)
