"""The most that an option can score, from what is known of it without its speed and its whole bill."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

from llmselect.engine.costs import least_usd
from llmselect.engine.criteria import (
    SHARED,
    UNKNOWN_UTILITY,
    cost_scale,
    option_quality,
    quality_scale,
    utility,
    value_of,
)
from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.engine.speeds import may_be_known

if TYPE_CHECKING:
    from llmselect.catalog.words import CriterionName
    from llmselect.engine.score import Weights

Key = Callable[[Option], Hashable]
Most = Callable[[Option, Situation], float]


def most_utilities(
    options: Sequence[Option], situation: Situation, weights: Weights
) -> dict[CriterionName, list[float]]:
    """By criterion the most that the utility of each option can be; plainly one, where it has no weight."""
    ones = [1.0] * len(options)
    return {name: _column(options, *_found(name), situation) if weight else ones for name, weight in weights.items()}


def most_utility(name: CriterionName, option: Option, situation: Situation) -> float:
    """The most that an option's utility by one criterion can be."""
    return _found(name)[1](option, situation)


def _column(options: Sequence[Option], key_of: Key, most: Most, situation: Situation) -> list[float]:
    """The most of each option, found once for those of one key."""
    found: dict[Hashable, float] = {}
    column = []
    for option in options:
        key = key_of(option)
        if key not in found:
            found[key] = most(option, situation)
        column.append(found[key])
    return column


def _found(name: CriterionName) -> tuple[Key, Most]:
    """What options have a criterion's most in common, and how it is found: as it is, where that costs little."""
    if name in SHARED:
        return SHARED[name], lambda option, situation: value_of(name, option, situation).utility
    return _MOST[name]


def _most_quality(option: Option, situation: Situation) -> float:
    """That of the weights as released: quantisation gives nothing."""
    found = option_quality(option, situation)
    return UNKNOWN_UTILITY if found is None else utility(quality_scale(situation), found.score.value)


def _most_latency(option: Option, situation: Situation) -> float:
    """One, where anything is known of the speed."""
    return 1.0 if may_be_known(option, situation) else UNKNOWN_UTILITY


def _most_cost(option: Option, situation: Situation) -> float:
    """That of the least bill."""
    usd = least_usd(option, situation)
    return UNKNOWN_UTILITY if usd is None else utility(cost_scale(situation), usd)


_MOST: dict[CriterionName, tuple[Key, Most]] = {
    "quality": (lambda option: (option.model.id, option.effort), _most_quality),
    "latency": (lambda option: option.place, _most_latency),
    "cost": (lambda option: option.place, _most_cost),
}
