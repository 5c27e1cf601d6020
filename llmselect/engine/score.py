"""The weighted sum, and who dominates whom."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from llmselect.catalog.words import CriterionName
from llmselect.engine.criteria import Value
from llmselect.engine.options import Option
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
