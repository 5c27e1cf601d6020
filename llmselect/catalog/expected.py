"""Models that nobody has scored yet: their predecessor's ability plus what past successions have brought."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from llmselect.catalog.gaps import line_of

if TYPE_CHECKING:
    from llmselect.catalog.scale import AbilitiesFile, Ability

MOST_STEPS = 2  # further from a scored ancestor nothing is expected


class Raised(NamedTuple):
    """Levels and errors per skill, as an `Ability` has them."""

    level: tuple[float, ...]
    error: tuple[float, ...]


class Ancestor(NamedTuple):
    """The scored model from which something is expected of a successor, and the past rises of its line."""

    model: str
    steps: int
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    successions: int


def ancestor_of(model: str, scale: AbilitiesFile, before: Mapping[str, str]) -> Ancestor | None:
    """The scored ancestor of a model without a score; None without one, or where its line was not measured."""
    ancestor, steps = before.get(model), 1
    while ancestor is not None and ancestor not in scale.models and steps < MOST_STEPS:
        ancestor, steps = before.get(ancestor), steps + 1
    gap = scale.gaps.get(line_of(model, before))
    if ancestor is None or ancestor not in scale.models or gap is None:
        return None
    return Ancestor(ancestor, steps, gap.mean, gap.spread, gap.successions)


def raised(base: Ability, ancestor: Ancestor) -> Raised:
    """An ability after so many successions, their spreads and the ancestor's own error adding as variances."""
    steps = ancestor.steps
    level = tuple(own + steps * rise for own, rise in zip(base.level, ancestor.mean, strict=True))
    error = tuple(math.sqrt(own**2 + steps * wide**2) for own, wide in zip(base.error, ancestor.spread, strict=True))
    return Raised(level, error)
