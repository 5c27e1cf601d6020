"""Intervals of a fitted scale: errors of subjects, and the shares that it predicts for readings."""

from collections.abc import Sequence

import numpy as np

from llmselect.catalog.abilities.curves import Z_90
from llmselect.catalog.abilities.fit_layout import Array, FittedScale, measured_level
from llmselect.catalog.abilities.readings import Reading

PRIOR_SCORES = 4.0  # weight, in scores, of the prior that a subject's scores scatter as expected


def error_factors(fit: FittedScale) -> Array:
    """The factor, at least 1, on each subject's standard error with which a normal quantile covers 90 %.

    It is the scatter of the subject's scores relative to what the fit expects, with a prior worth PRIOR_SCORES scores,
    times the heavier tails of Student's t for subjects with few scores.
    """
    data = fit.layout
    level, variance = measured_level(fit, data.subject, data.test)
    slope = fit.slope[data.test]
    expected = fit.scatter[data.test] + data.share_variance + slope**2 * variance
    surprise = (data.odds - slope * level - fit.offset[data.test]) ** 2 / expected
    size = len(data.subjects)
    total = np.bincount(data.subject, surprise, size)
    number = np.bincount(data.subject, minlength=size)
    return np.asarray(
        np.sqrt(np.maximum(1.0, (PRIOR_SCORES + total) / (PRIOR_SCORES + number)))
        * t_ratio(PRIOR_SCORES + number.astype(float))
    )


def central_ratio(fit: FittedScale) -> float:
    """The half-width that covers 90 % of the fit's own residuals, relative to the normal law's; at most 1.

    Scores have a narrow centre and heavy tails, so a normal interval of the same variance is too wide at 90 %. A
    residual's variance is the noise's, less the part that the subject's posterior has absorbed.
    """
    data = fit.layout
    level, variance = measured_level(fit, data.subject, data.test)
    slope, noise = fit.slope[data.test], fit.scatter[data.test] + data.share_variance
    left = np.maximum(noise - slope**2 * variance, noise / 4)
    away = np.abs(data.odds - slope * level - fit.offset[data.test]) / np.sqrt(left)
    return min(1.0, float(np.quantile(away, 0.9)) / Z_90)


def t_ratio(freedom: Array | float) -> Array:
    """Ratio of Student's t to the normal quantile for 90 % intervals (Abramowitz & Stegun 1964, 26.7.5)."""
    z = Z_90
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return np.asarray(1 + (first / freedom + second / np.square(freedom)) / z)


def predict(fit: FittedScale, rows: Sequence[Reading]) -> tuple[Array, Array, Array]:
    """The expected share of each reading as low, middle and high of a 90 % interval.

    Every reading's subject and test must be in the fit. The interval covers the subject's error, the scatter of scores
    and the uncertainty of the test's curve.
    """
    data = fit.layout
    where = {subject: i for i, subject in enumerate(data.subjects)}
    number = {test: j for j, test in enumerate(data.tests)}
    i = np.array([where[row.model, row.effort] for row in rows], dtype=np.intp)
    j = np.array([number[row.test] for row in rows], dtype=np.intp)
    level, variance = measured_level(fit, i, j)
    odds = fit.slope[j] * level + fit.offset[j]
    middle = 1 / (1 + np.exp(-odds))
    points = np.array([row.points for row in rows])
    share_variance = (points / np.maximum(middle * (1 - middle), 0.02)) ** 2
    curve = 1 / np.maximum(fit.weight[j], 0.04) + (level - fit.centre[j]) ** 2 / (fit.level_squares[j] + 10)
    wide = error_factors(fit)[i] ** 2
    noise = (fit.scatter[j] + share_variance) * central_ratio(fit) ** 2
    reach = Z_90 * np.sqrt(fit.slope[j] ** 2 * variance * wide + noise + curve)
    return 1 / (1 + np.exp(reach - odds)), middle, 1 / (1 + np.exp(-odds - reach))
