"""The weighted sum, who dominates whom, and the smallest change of a weight that changes the winner."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from llmselect.catalog.words import CriterionName
from llmselect.engine.criteria import Value
from llmselect.engine.options import Option
from llmselect.engine.result import Flip
from llmselect.errors import LlmselectError

EPSILON = 1e-9
Weights = Mapping[CriterionName, float]


class Scored(NamedTuple):
    """An option with its criteria and its score, the weighted sum of utilities (0 to 1)."""

    option: Option
    values: dict[CriterionName, Value]
    score: float


def normalized(weights: Weights) -> dict[CriterionName, float]:
    """Weights that sum to 1; raises LlmselectError when all are zero."""
    total = sum(weights.values())
    if total <= 0:
        raise LlmselectError("bad-value", "--weight: all weights are zero", "Give at least one criterion a weight.")
    return {name: weight / total for name, weight in weights.items()}


def score(option: Option, values: dict[CriterionName, Value], weights: Weights) -> Scored:
    """An option's weighted sum under normalised weights."""
    return Scored(option, values, sum(weights[name] * values[name].utility for name in weights))


def ranked(rows: Sequence[Scored]) -> list[Scored]:
    """Best first; equal scores by option id, so that the catalogue's order changes nothing."""
    return sorted(rows, key=lambda row: (-round(row.score, 12), row.option.id))


def best_per_model(rows: Sequence[Scored]) -> list[list[Scored]]:
    """Options grouped by model, the models in the order of their best option."""
    groups: dict[str, list[Scored]] = {}
    for row in ranked(rows):
        groups.setdefault(row.option.model.id, []).append(row)
    return list(groups.values())


def pareto(rows: Sequence[Scored], weights: Weights, of: Sequence[Scored] | None = None) -> set[str]:
    """Ids of the options (`of` these, or of all) that no other beats or equals in every weighted criterion
    and beats in one.
    """
    names = [name for name, weight in weights.items() if weight > 0]
    points = [tuple(row.values[name].utility for name in names) for row in rows]
    asked = {row.option.id: tuple(row.values[name].utility for name in names) for row in (rows if of is None else of)}
    return {key for key, point in asked.items() if not any(_dominates(other, point) for other in points)}


def _dominates(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a != b and all(x >= y for x, y in zip(a, b, strict=True))


def smallest_flip(rows: Sequence[Scored], weights: Weights) -> Flip | None:
    """The smallest change of one weight (as given, before normalising) that puts another model first.

    `rows` are all options, best first. A weight of zero for quality stays: it decides which models are rated.
    """
    whole = sum(weights.values())
    totals = [row.score * whole for row in rows]
    best: tuple[float, CriterionName, float, str] | None = None
    for name, weight in weights.items():
        if name == "quality" and weight == 0:
            continue
        pairs = zip(totals, rows, strict=True)
        lines = [(total, row.values[name].utility, row.option.model.id) for total, row in pairs]
        for sign in (1, -1):
            most = min(math.inf if sign > 0 else weight, best[0] * (1 + 3 * EPSILON) if best else math.inf)
            near = [line for line in lines if lines[0][0] - line[0] <= most]  # utilities differ by 1 at most
            crossing = _first_crossing(near, sign, most)
            if crossing is not None and (best is None or (crossing[0], name) < best[:2]):
                best = crossing[0], name, weight + sign * crossing[0], crossing[1]
    if best is None:
        return None
    _, criterion, to, winner = best
    return Flip(criterion, weights[criterion], to, winner)


def _first_crossing(lines: Sequence[tuple[float, float, str]], sign: int, most: float) -> tuple[float, str] | None:
    """How far a weight moves, less than `most`, until a line of another model than the first one's leads.

    Lines are (height, slope, model), the highest first; this walks along their upper envelope.
    """
    height, slope, first = lines[0]
    reached = 0.0
    while True:
        ahead = [
            (max(reached, (height - other) / (sign * (steeper - slope))), -sign * steeper, model, other)
            for other, steeper, model in lines
            if sign * (steeper - slope) > EPSILON
        ]
        if not ahead:
            return None
        reached, falling, model, height = min(ahead)
        if reached >= most * (1 - EPSILON):
            return None
        if model != first:
            return reached, model
        slope = -sign * falling
