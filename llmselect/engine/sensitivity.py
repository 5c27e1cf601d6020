"""The smallest change of one weight that puts another model first.

While one weight moves, each option's weighted sum moves along a line whose slope is the criterion's utility. The first
model keeps its place as long as one of its options' lines is the highest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from llmselect.catalog.sql.read import Integers, Numbers

EPSILON = 1e-9
Line = tuple[float, float]  # its height under the weights as given, and what it gains for each unit that one moves


@dataclass(frozen=True, slots=True)
class WeightChange:
    """A weight as given, before and after the smallest move that puts the model `winner` (a row) first."""

    criterion: str
    before: float
    after: float
    winner: int


def smallest_change(
    utilities: Mapping[str, Numbers], score: Numbers, ranked: Integers, model_no: Integers, weights: Mapping[str, float]
) -> WeightChange | None:
    """The smallest move of one weight after which an option of another model leads; None where there is none.

    `utilities` by criterion and `score` are (n,) over all options, `ranked` the rows that compete, best first;
    `weights` are as given. A weight of zero for quality stays: it decides which models are rated.
    """
    total = sum(weights.values())
    first = ranked[model_no[ranked] == model_no[ranked[0]]]
    rivals = ranked[model_no[ranked] != model_no[ranked[0]]]
    heights = score[rivals] * total
    found: list[tuple[float, str, float, int, int]] = []
    for name, weight in weights.items():
        if name == "quality" and weight == 0:
            continue
        for sign in (1, -1):
            rises = sign * utilities[name]
            lines = _leading(list(zip((score[first] * total).tolist(), rises[first].tolist(), strict=True)))
            sizes = _reached(lines, heights, rises[rivals], math.inf if sign > 0 else weight)
            least = sizes.min(initial=math.inf)
            if least < math.inf:
                nearest = rivals[sizes == least]
                found += [(float(least), name, -float(rises[row]), int(row), sign) for row in nearest]
    if not found:
        return None
    least = min(row[0] for row in found)
    _, name, _, row, sign = min((one for one in found if one[0] == least), key=lambda one: (one[1:3], model_no[one[3]]))
    return WeightChange(name, weights[name], weights[name] + sign * least, int(model_no[row]))


def _reached(lines: list[Line], heights: Numbers, rises: Numbers, most: float) -> Numbers:
    """How far the weight moves, by `most` at most, until rivals' lines are the highest; infinite where never.

    A line of the first model with the same slope as a rival's blocks it unless it is lower.
    """
    start, end, never = np.zeros(len(heights)), np.full(len(heights), most), np.zeros(len(heights), dtype=bool)
    for height, rise in lines:
        gap, gain = height - heights, rises - rise
        crossing = gap / np.where(gain == 0, np.nan, gain)
        start = np.where(gain > EPSILON, np.maximum(start, crossing), start)
        never |= (gain <= EPSILON) & (gap > -EPSILON)
        end = np.where((gain < 0) & (gain <= EPSILON), np.minimum(end, crossing), end)
    return np.where(~never & (start < end * (1 - EPSILON)), start, math.inf)


def _leading(lines: list[Line]) -> list[Line]:
    """The lines that are the highest somewhere on the way, in the order in which they come to be."""
    found: list[Line] = []
    for line in sorted(lines, key=lambda one: (one[1], one[0])):
        while found and (line[0] >= found[-1][0] or (len(found) > 1 and _hidden(found[-2], found[-1], line))):
            found.pop()
        found.append(line)
    return found


def _hidden(one: Line, two: Line, three: Line) -> bool:
    """Whether the middle one of three lines, each steeper and lower than the one before, is never the highest."""
    later = (two[0] - three[0]) * (two[1] - one[1])
    return later <= (one[0] - two[0]) * (three[1] - two[1])
