"""Models that nobody has scored yet: their predecessor's ability plus what past successions have brought."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from llmselect.catalog.gaps import best_effort, line_of, predecessors
from llmselect.engine.cite import ref
from llmselect.engine.quality import Quality, promised
from llmselect.engine.situation import Situation

if TYPE_CHECKING:
    from llmselect.catalog.scale import Ability
    from llmselect.catalog.schema import Catalog, Model

MOST_STEPS = 2  # further from a scored ancestor nothing is expected


class Raised(NamedTuple):
    """Levels and errors per skill, as an `Ability` has them."""

    level: tuple[float, ...]
    error: tuple[float, ...]


class Expected(NamedTuple):
    """What a line's past makes one expect of a model: its quality and effort, and what that rests on."""

    quality: Quality
    effort: str
    predecessor: str
    successions: int


def expected_of(model: Model, situation: Situation) -> Expected | None:
    """The expectation for a model without a score; None without a scored ancestor or a measured line."""
    scale = situation.catalog.abilities
    before = _before(situation)
    ancestor, steps = before.get(model.id), 1
    while ancestor is not None and ancestor not in scale.models and steps < MOST_STEPS:
        ancestor, steps = before.get(ancestor), steps + 1
    gap = scale.gaps.get(line_of(model.id, before))
    if ancestor is None or ancestor not in scale.models or gap is None or not situation.aims:
        return None
    efforts = scale.models[ancestor]
    wanted = situation.needs.effort
    effort = wanted if wanted in efforts else best_effort(efforts)
    ability = _raised(efforts[effort], gap.mean, gap.spread, steps)
    named = ref(model, model.predecessor)
    return Expected(Quality(promised(ability, situation.aims), named, 0, 0), effort, ancestor, gap.successions)


def _raised(base: Ability, mean: tuple[float, ...], spread: tuple[float, ...], steps: int) -> Raised:
    """An ability after so many successions, their spreads and the ancestor's own error adding as variances."""
    level = tuple(own + steps * rise for own, rise in zip(base.level, mean, strict=True))
    error = tuple(math.sqrt(own**2 + steps * wide**2) for own, wide in zip(base.error, spread, strict=True))
    return Raised(level, error)


def _before(situation: Situation) -> dict[str, str]:
    known = situation.known.of_catalog
    if "predecessors" not in known:
        known["predecessors"] = predecessors(_models(situation.catalog))
    found: dict[str, str] = known["predecessors"]
    return found


def _models(catalog: Catalog) -> list[Model]:
    return list(catalog.models.values())
