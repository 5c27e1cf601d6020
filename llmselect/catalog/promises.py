"""What a model's abilities promise at a task: the expected score on the tests of the task's skills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmselect.catalog.abilities import Aim, aims_of, expected_scores, unexplained

if TYPE_CHECKING:
    from llmselect.catalog.scale import AbilitiesFile, Ability
    from llmselect.catalog.schema import Task

MAX_UNEXPLAINED = 0.5  # a model whose scores leave more than this open is unrated: its estimate is mostly a guess

# The expected score in percent (low, middle, high), on how many tests it rests, how many of them are independent.
Promise = tuple[float, float, float, int, int]
ByModel = Mapping[str, Mapping[str, Promise | None]]


def known_mix(scale: AbilitiesFile, task: Task) -> dict[str, float]:
    """The task's skills as far as the scale holds them."""
    return {skill: weight for skill, weight in task.skills.items() if skill in scale.skills and weight > 0}


def task_aims(scale: AbilitiesFile, task: Task) -> tuple[Aim, ...]:
    """What the task asks of an ability; nothing where the scale holds none of its skills."""
    return aims_of(scale, known_mix(scale, task))


def promise(ability: Ability, aims: tuple[Aim, ...]) -> Promise | None:
    """What an ability promises, or None where it says too little of these skills."""
    if not aims or unexplained(ability, aims) > MAX_UNEXPLAINED:
        return None
    return *expected_scores(ability, aims), ability.tests, ability.independent


def promises(scale: AbilitiesFile, task: Task) -> ByModel:
    """The same of every model at each of its efforts."""
    aims = task_aims(scale, task)
    return {
        model: {effort: promise(ability, aims) for effort, ability in efforts.items()}
        for model, efforts in scale.models.items()
    }
