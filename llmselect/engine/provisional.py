"""Models that nobody has scored yet: what their predecessors make one expect of them at a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llmselect.catalog.expected import ancestor_of, raised
from llmselect.catalog.gaps import best_effort, predecessors
from llmselect.engine.cite import ref
from llmselect.engine.quality import Quality, promised
from llmselect.engine.situation import Situation

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model


class Expected(NamedTuple):
    """What a line's past makes one expect of a model: its quality and effort, and what that rests on."""

    quality: Quality
    effort: str
    predecessor: str
    successions: int


def expected_of(model: Model, situation: Situation) -> Expected | None:
    """The expectation for a model without a score; None without a scored ancestor or a measured line."""
    scale = situation.catalog.abilities
    ancestor = ancestor_of(model.id, scale, _before(situation))
    if ancestor is None or not situation.aims:
        return None
    efforts = scale.models[ancestor.model]
    wanted = situation.needs.effort
    effort = wanted if wanted in efforts else best_effort(efforts)
    quality = promised(raised(efforts[effort], ancestor), situation.aims)
    return Expected(Quality(quality, ref(model, model.predecessor), 0, 0), effort, ancestor.model, ancestor.successions)


def _before(situation: Situation) -> dict[str, str]:
    known = situation.known.of_catalog
    if "predecessors" not in known:
        known["predecessors"] = predecessors(situation.catalog.models.values())
    found: dict[str, str] = known["predecessors"]
    return found
