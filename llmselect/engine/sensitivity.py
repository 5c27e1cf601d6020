"""What would turn the order: criteria that counted more or less, by factors that people can judge."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from llmselect.catalog.sql.read import Integers, Numbers
from llmselect.engine.score import compared, normalized, scores

FACTORS = (1.5, 2.0, 3.0)  # and their inverses; who errs by more does not know what they want
FURTHER = 1.01  # scores are compared in steps: a lead that a step gives is gone a little further on
NOISE = 0.02  # of a utility: values that differ by less are the same to anybody
MOST = 3


@dataclass(frozen=True, slots=True)
class WeightChange:
    """A criterion that counts `factor` times as much, and the row that then comes first."""

    criterion: str
    factor: float
    winner: int


def weight_changes(
    utilities: Mapping[str, Numbers],
    weights: Mapping[str, float],
    rows: Integers,
    tie_place: Integers,
    model_no: Integers,
) -> list[WeightChange]:
    """The changes of one weight that put another model first, nearest first, at most `MOST`, one for each such model.

    `utilities` by criterion, `tie_place` and `model_no` are (n,) over all options; `rows` compete. Only criteria that
    count are moved, and only as far as the nearest of `FACTORS` at which something leads that differs in them, and
    still leads a little further on.
    """

    first = leader(utilities, weights, rows, tie_place)
    found = []
    for name in (name for name, weight in weights.items() if weight > 0):
        for factors in (FACTORS, [1 / factor for factor in FACTORS]):
            for factor in factors:
                further = factor * FURTHER if factor > 1 else factor / FURTHER
                row, there = (
                    leader(utilities, {**weights, name: weights[name] * by}, rows, tie_place)
                    for by in (factor, further)
                )
                steady = model_no[there] == model_no[row] != model_no[first]
                if steady and abs(utilities[name][row] - utilities[name][first]) >= NOISE:
                    found.append(WeightChange(name, factor, row))
                    break
    nearest: dict[int, WeightChange] = {}
    for change in sorted(found, key=lambda one: abs(math.log(one.factor))):
        nearest.setdefault(int(model_no[change.winner]), change)
    return list(nearest.values())[:MOST]


def leader(utilities: Mapping[str, Numbers], weights: Mapping[str, float], rows: Integers, tie_place: Integers) -> int:
    """The row that comes first under these weights."""
    shares = normalized(weights)
    score = scores(np.array([utilities[name][rows] for name in shares]), list(shares.values()))
    first = rows[compared(score) == compared(score).max()]
    return int(first[np.argmin(tie_place[first])])
