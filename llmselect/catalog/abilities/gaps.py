"""How much successors improved on their predecessors, from which unscored successors are estimated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import fsum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmselect.catalog.abilities.scale import AbilitiesFile, Ability, Gap
    from llmselect.catalog.schema import Model


MIN_SUCCESSIONS = 5
ANY_LINE = "any"
EFFORTS = ("max", "high", "medium", "low", "default", "none")


def line_of(model: str, before: Mapping[str, str]) -> str:
    """The id of a model's line: its oldest ancestor."""
    seen = {model}
    while (older := before.get(model)) is not None and older not in seen:
        seen.add(older)
        model = older
    return model


def predecessors(models: Iterable[Model]) -> dict[str, str]:
    """Each model's predecessor, if a fact names one."""
    return {
        model.id: model.predecessor.value
        for model in models
        if model.predecessor is not None and model.predecessor.value is not None
    }


def best_effort(efforts: Mapping[str, Ability], among: Iterable[str] | None = None) -> str:
    """The effort with the highest levels over all skills, among those allowed."""
    allowed = set(among) if among is not None else set(efforts)
    return max((name for name in efforts if name in allowed), key=lambda name: (fsum(efforts[name].level), name))


def like_efforts(older: Mapping[str, Ability], newer: Mapping[str, Ability]) -> tuple[str, str]:
    """The efforts at which two models are compared: the best one that both have, else each one's best."""
    both = older.keys() & newer.keys()
    if both:
        chosen = best_effort(newer, both)
        return chosen, chosen
    return best_effort(older), best_effort(newer)


def gaps(scale: AbilitiesFile, models: Iterable[Model]) -> dict[str, Gap]:
    """Mean and standard deviation of past gains per skill: of lines with at least `MIN_SUCCESSIONS` measured gains, and
    of all lines together.
    """
    from statistics import fmean, stdev  # here, because answers need none of it

    from llmselect.catalog.abilities.scale import Gap as Rise

    before = predecessors(models)
    rises: dict[str, list[list[float]]] = {}
    for newer, older in sorted(before.items()):
        if newer in scale.models and older in scale.models:
            old, new = scale.models[older], scale.models[newer]
            a, b = like_efforts(old, new)
            rise = [y - x for x, y in zip(old[a].level, new[b].level, strict=True)]
            for line in (line_of(newer, before), ANY_LINE):
                rises.setdefault(line, []).append(rise)
    return {
        line: Rise(
            mean=tuple(round(fmean(column), 3) for column in zip(*rows, strict=True)),
            spread=tuple(round(stdev(column), 3) for column in zip(*rows, strict=True)),
            successions=len(rows),
        )
        for line, rows in sorted(rises.items())
        if len(rows) >= MIN_SUCCESSIONS
    }
