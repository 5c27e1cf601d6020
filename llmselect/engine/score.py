"""Weights, the weighted sum, the order of options and models, and who dominates whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.errors import LlmselectError

DIGITS = 3  # decimals to which scores are compared: nobody knows a thousandth of a utility
NOISE_DIGITS = 12  # decimals that arithmetic leaves alone


def normalized(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights that sum to 1; raises LlmselectError when all are zero."""
    total = sum(weights.values())
    if total <= 0:
        raise LlmselectError("bad-value", "--weight: all weights are zero", "Give at least one criterion a weight.")
    return {name: weight / total for name, weight in weights.items()}


def scores(utilities: Numbers, weights: Sequence[float]) -> Numbers:
    """The weighted sums (n,) of utilities (criteria, n) under weights that sum to 1.

    Criterion by criterion: a product of matrices rounds differently with the number of options.
    """
    found = np.zeros(utilities.shape[1])
    for weight, utility in zip(weights, utilities, strict=True):
        found = found + weight * utility
    return found


def tie_order(ending: Flags, quality: Numbers, cost: Numbers, at_developer: Flags, model_no: Integers) -> Integers:
    """The place of each option among options of equal score, (n,): what ends soon last, by quality in whole percents,
    by cost in USD, by what else of quality there is, at the developer's own host, by model, and by its row. What is
    unknown comes last.
    """
    place = np.empty(len(model_no), dtype=np.int64)
    place[np.lexsort((model_no, ~at_developer, -quality, cost, -np.round(quality), ending))] = np.arange(len(model_no))
    return place


def ranked(score: Numbers, rows: Integers, tie_place: Integers) -> Integers:
    """Some rows, best first; those whose scores agree to a thousandth by their `tie_place`, see `tie_order`."""
    return rows[np.lexsort((tie_place[rows], -compared(score[rows])))]


def compared(score: Numbers) -> Numbers:
    """Scores as they are compared: rounded, first to what arithmetic leaves alone."""
    rounded: Numbers = np.round(np.round(score, NOISE_DIGITS), DIGITS)
    return rounded


def best_of_models(ordered: Integers, model_no: Integers) -> Integers:
    """The first option of each model among options in order, in that order."""
    _, first = np.unique(model_no[ordered], return_index=True)
    return ordered[np.sort(first)]


def undominated(values: Numbers, rows: Integers, shown: Integers) -> Flags:
    """Which of `shown` no other of `rows` equals or beats in all their `values`, and beats in one.

    `values` are (m, n), more being better; one that is NaN is behind every other.
    """
    values = np.where(np.isnan(values), -np.inf, values)
    among = values[:, rows].T
    found = []
    for row in shown:
        own = values[:, row]
        found.append(not np.any(np.all(among >= own, axis=1) & np.any(among > own, axis=1)))
    return np.array(found, dtype=bool)
