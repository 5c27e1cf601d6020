"""Quality: what a task's mix of skills promises of a model at an effort, as the expected score on reference tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llmselect.catalog.abilities import Aim, Levels, expected_scores
from llmselect.catalog.promises import Promise, known_mix, promise, task_aims
from llmselect.engine.cite import Cited, ScoresRef
from llmselect.estimate.interval import Interval

if TYPE_CHECKING:
    from llmselect.catalog.scale import AbilitiesFile
    from llmselect.catalog.schema import Catalog, Model, Task


class Quality(NamedTuple):
    """The expected score in percent with its 90 % interval, the scores behind it, and what kind they are."""

    score: Interval
    ref: Cited
    tests: int
    independent: int


def efforts_of(model: Model, scale: AbilitiesFile) -> tuple[str, ...]:
    """The efforts at which a model was scored; `default` alone where there is no score."""
    return tuple(scale.models.get(model.id, ())) or ("default",)


def quality_of(model: Model, effort: str, aims: tuple[Aim, ...], scale: AbilitiesFile) -> Quality | None:
    """A model's quality at a task, or None where its scores at this effort say too little of the task's skills."""
    ability = scale.models.get(model.id, {}).get(effort)
    found = promise(ability, aims) if ability is not None else None
    return None if found is None else quality_from(found, model, effort)


def quality_from(promised: Promise, model: Model, effort: str) -> Quality:
    """A model's quality from what its ability promises."""
    low, value, high, tests, independent = promised
    return Quality(Interval(low, value, high), ScoresRef(model, effort), tests, independent)


def promised(ability: Levels, aims: tuple[Aim, ...]) -> Interval:
    """An ability's expected score in percent."""
    return Interval(*expected_scores(ability, aims))


def best_quality(model: Model, task: Task, catalog: Catalog, effort: str | None = None) -> Quality | None:
    """A model's quality at the effort asked for, or at the one where it is best."""
    scale = catalog.abilities
    efforts, aims = scale.models.get(model.id, {}), task_aims(scale, task)
    chosen = [effort] if effort in efforts else list(efforts)
    found = [quality_of(model, name, aims, scale) for name in chosen]
    return max((one for one in found if one is not None), key=lambda one: one.score.value, default=None)


def measure_name(task: Task, catalog: Catalog) -> str:
    """What quality means at a task: the reference tests by their names, weightiest first, a board's together."""
    mix, scale, tables = known_mix(catalog.abilities, task), catalog.abilities, catalog.benchmarks.benchmarks
    boards: dict[str, list[str]] = {}
    for skill in sorted(mix, key=lambda skill: -mix[skill]):
        test = scale.reference[skill].partition("@")[0]
        board, comma, part = (tables[test].name if test in tables else test).partition(", ")
        boards.setdefault(board, []).extend([part] if comma else [])
    names = (f"{board} ({', '.join(parts)})" if parts else board for board, parts in boards.items())
    return f"expected score on {', '.join(names)}"
