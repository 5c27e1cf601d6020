"""Weights, the weighted sum, the order of options and models, and who dominates whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.errors import LlmselectError

DIGITS = 12  # decimals to which equal scores agree


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


def ranked(score: Numbers, rows: Integers, model_no: Integers) -> Integers:
    """Some rows, best first; those with equal scores by model, and those of one model by their order in the table."""
    return rows[np.lexsort((rows, model_no[rows], -np.round(score[rows], DIGITS)))]


def best_of_models(ordered: Integers, model_no: Integers) -> Integers:
    """The first option of each model among options in order, in that order."""
    _, first = np.unique(model_no[ordered], return_index=True)
    return ordered[np.sort(first)]


def undominated(utilities: Numbers, rows: Integers, shown: Integers) -> Flags:
    """Which of `shown` no other of `rows` equals or beats in every criterion of `utilities` and beats in one."""
    among = utilities[:, rows].T
    found = []
    for row in shown:
        own = utilities[:, row]
        found.append(not np.any(np.all(among >= own, axis=1) & np.any(among > own, axis=1)))
    return np.array(found, dtype=bool)
