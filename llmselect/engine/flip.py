"""The smallest change of one weight that puts another model first.

While one weight moves, each option's weighted sum moves along a line whose slope is the criterion's utility. The first
model keeps its place as long as one of its options' lines is the highest.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from llmselect.catalog.words import CriterionName
from llmselect.engine.score import EPSILON, Scored, Weights
from llmselect.results.recommendation import Flip


class Line(NamedTuple):
    """A weighted sum under the weights as given, and what it gains for each unit that a weight moves."""

    height: float
    rise: float


class Move(NamedTuple):
    """One weight that grows (`sign` 1) or shrinks (-1), by `most` at most, and the first model's lines that lead."""

    criterion: CriterionName
    sign: int
    most: float
    lines: tuple[Line, ...]

    def reached(self, height: float, utility: float) -> float:
        """How far the weight moves until an option's line is as high as the first model's; infinite where never."""
        rise, start, end = self.sign * utility, 0.0, self.most
        for line in self.lines:
            gap, gain = line.height - height, rise - line.rise
            if gain > EPSILON:
                start = max(start, gap / gain)
            elif gap > -EPSILON:
                return math.inf
            elif gain < 0:
                end = min(end, gap / gain)
        return start if start < end * (1 - EPSILON) else math.inf

    def within(self, step: float, heights: Sequence[float], utilities: Sequence[float]) -> list[int]:
        """The places of options, in ascending order of height, that may be reached before the weight moved by `step`.

        No option may be higher than the first line: what is to pass it must be above it at the end of the step.
        """
        step, line = min(step, self.most), self.lines[0]
        if step == math.inf:
            return [place for place, utility in enumerate(utilities) if self.sign * utility > line.rise + EPSILON]
        end = line.height + step * line.rise - EPSILON
        lowest = bisect_left(heights, end - step * max(0, self.sign))
        slope, rows = step * self.sign, range(lowest, len(heights))
        return [place for place in rows if heights[place] + slope * utilities[place] >= end]


class Step(NamedTuple):
    """A weight's move that lets a model come first; the least one is the smallest."""

    size: float
    criterion: CriterionName
    falling: float
    winner: str
    sign: int


def moves_from(first: Sequence[Scored], weights: Weights) -> list[Move]:
    """Every way to move one weight away from those under which `first`, one model's options, lead.

    A weight of zero for quality stays: it decides which models are rated.
    """
    whole = sum(weights.values())
    found = []
    for name, weight in weights.items():
        if name == "quality" and weight == 0:
            continue
        for sign in (1, -1):
            lines = [Line(row.score * whole, sign * row.values[name].utility) for row in first]
            found.append(Move(name, sign, math.inf if sign > 0 else weight, _leading(lines)))
    return found


def _leading(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines that are the highest somewhere on the way, in the order in which they come to be."""
    found: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.rise, line.height)):
        while found and (line.height >= found[-1].height or (len(found) > 1 and _hidden(found[-2], found[-1], line))):
            found.pop()
        found.append(line)
    return tuple(found)


def _hidden(one: Line, two: Line, three: Line) -> bool:
    """Whether the middle one of three lines, each steeper and lower than the one before, is never the highest."""
    later = (two.height - three.height) * (two.rise - one.rise)
    return later <= (one.height - two.height) * (three.rise - two.rise)


def nearest(moves: Sequence[Move], rows: Iterable[Scored], whole: float, before: Step | None) -> Step | None:
    """The smallest step after which one of `rows`, options of other models, leads; `before` where none is smaller."""
    best = before
    for row in rows:
        height = row.score * whole
        for move in moves:
            name, sign, most, lines = move
            first, rise = lines[0]
            value = row.values[name].utility
            furthest = most if best is None or most < best.size else best.size
            if first - height > (sign * value - rise + EPSILON) * furthest:
                continue  # it does not even pass the line that leads at first, as most do not
            size = move.reached(height, value)
            if size < math.inf and (best is None or size <= best.size):
                step = Step(size, name, -sign * value, row.option.model.id, sign)
                best = step if best is None else min(best, step)
    return best


def flip_of(step: Step, weights: Weights) -> Flip:
    """The step as a weight before and after it."""
    weight = weights[step.criterion]
    return Flip(step.criterion, weight, weight + step.sign * step.size, step.winner)
