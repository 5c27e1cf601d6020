"""A model's expected score at a task, from its abilities and the reference tests of the task's skills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmselect.catalog.abilities.curves import Aim, aims_of, expected_scores, unexplained

if TYPE_CHECKING:
    from llmselect.catalog.abilities.scale import AbilitiesFile, Ability
    from llmselect.catalog.schema import Task

MAX_UNEXPLAINED = 0.5  # above this share a model is unrated, because its estimate is mostly prior

# The expected score in percent (low, middle, high), the number of tests behind it, and of independent ones.
Promise = tuple[float, float, float, int, int]
ByModel = Mapping[str, Mapping[str, Promise | None]]


def known_mix(scale: AbilitiesFile, task: Task) -> dict[str, float]:
    """The weights of those of the task's skills that the scale has."""
    return {skill: weight for skill, weight in task.skills.items() if skill in scale.skills and weight > 0}


def task_aims(scale: AbilitiesFile, task: Task) -> tuple[Aim, ...]:
    """The task's skills on the scale; empty if the scale has none of them."""
    return aims_of(scale, known_mix(scale, task))


def promise(ability: Ability, aims: tuple[Aim, ...]) -> Promise | None:
    """The expected score of an ability, or None if it says too little about these skills."""
    if not aims or unexplained(ability, aims) > MAX_UNEXPLAINED:
        return None
    return *expected_scores(ability, aims), ability.tests, ability.independent


def promises(scale: AbilitiesFile, task: Task) -> ByModel:
    """The expected scores of every model at each of its efforts."""
    aims = task_aims(scale, task)
    return {
        model: {effort: promise(ability, aims) for effort, ability in efforts.items()}
        for model, efforts in scale.models.items()
    }
