"""The most that an option can score, from what is known of it without its speed and its whole bill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from llmselect.catalog.words import CriterionName
from llmselect.engine.costs import least_usd
from llmselect.engine.criteria import (
    OF_PLACE,
    UNKNOWN_UTILITY,
    cost_scale,
    of_place,
    option_quality,
    quality_scale,
    utility,
)
from llmselect.engine.options import Option
from llmselect.engine.speeds import may_be_known

if TYPE_CHECKING:
    from llmselect.engine.situation import Situation


def most_utilities(options: Sequence[Option], situation: Situation) -> dict[CriterionName, list[float]]:
    """By criterion the most that the utility of each option can be."""
    places = [of_place(option, situation) for option in options]
    own = {name: [most(option, situation) for option in options] for name, most in _MOST.items()}
    return own | {name: [place[name].utility for place in places] for name in OF_PLACE}


def _most_quality(option: Option, situation: Situation) -> float:
    """That of the weights as released: quantisation gives nothing."""
    key = ("most-quality", option.model.id, option.effort)
    most: float | None = situation.memo.get(key)
    if most is None:
        found = option_quality(option, situation)
        most = UNKNOWN_UTILITY if found is None else utility(quality_scale(situation), found.score.value)
        situation.memo[key] = most
    return most


def _most_latency(option: Option, situation: Situation) -> float:
    """One, where anything is known of the speed."""
    return 1.0 if may_be_known(option, situation) else UNKNOWN_UTILITY


def _most_cost(option: Option, situation: Situation) -> float:
    """That of answers without thinking at a host; one for machines, whose bill takes their speed."""
    if option.offering is None:
        return 1.0
    key = ("most-cost", id(option.offering))
    most: float | None = situation.memo.get(key)
    if most is None:
        usd = least_usd(option, situation)
        most = UNKNOWN_UTILITY if usd is None else utility(cost_scale(situation), usd)
        situation.memo[key] = most
    return most


_MOST: dict[CriterionName, Callable[[Option, Situation], float]] = {
    "quality": _most_quality,
    "latency": _most_latency,
    "cost": _most_cost,
}
