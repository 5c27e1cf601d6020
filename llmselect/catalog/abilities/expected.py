"""Estimates for unscored models: the predecessor's ability plus the mean gain of past successions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from llmselect.catalog.abilities.gaps import ANY_LINE, line_of

if TYPE_CHECKING:
    from llmselect.catalog.abilities.scale import AbilitiesFile, Ability

MAX_STEPS = 2  # no estimate further than this from a scored ancestor


class Raised(NamedTuple):
    """Levels and errors per skill, as an `Ability` has them."""

    level: tuple[float, ...]
    error: tuple[float, ...]


class Ancestor(NamedTuple):
    """The scored ancestor of a model, and the past gains of its line, or of all lines."""

    model: str
    steps: int
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    successions: int


def ancestor_of(model: str, scale: AbilitiesFile, before: Mapping[str, str]) -> Ancestor | None:
    """The scored ancestor of an unscored model, None if there is none; a line without gains has the usual ones."""
    ancestor, steps = before.get(model), 1
    while ancestor is not None and ancestor not in scale.models and steps < MAX_STEPS:
        ancestor, steps = before.get(ancestor), steps + 1
    gap = scale.gaps.get(line_of(model, before)) or scale.gaps.get(ANY_LINE)
    if ancestor is None or ancestor not in scale.models or gap is None:
        return None
    return Ancestor(ancestor, steps, gap.mean, gap.spread, gap.successions)


def raised(base: Ability, ancestor: Ancestor) -> Raised:
    """The ability after the ancestor's number of successions; their variances add to that of the ancestor's error."""
    steps = ancestor.steps
    level = tuple(own + steps * rise for own, rise in zip(base.level, ancestor.mean, strict=True))
    error = tuple(math.sqrt(own**2 + steps * wide**2) for own, wide in zip(base.error, ancestor.spread, strict=True))
    return Raised(level, error)
