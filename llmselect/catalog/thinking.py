"""How much a model thinks at an effort for an answer of a task: tokens that are paid and waited for, and not shown.

LiveBench counts the tokens of its answers, by effort and skill; what they hold beyond the answer is thinking. Its
questions are made to be hard: a task takes a share of that (`thinking_share`), give or take `THINKING_SPREAD`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmselect.catalog.scale import Ability
    from llmselect.catalog.schema import Model, Task

EFFORTS = ("low", "medium", "high", "max")
THINKING_SPREAD = 3.0  # a request may take a third or three times the thinking that is expected of its task
Tokens = Mapping[str, Mapping[str, int]]  # by effort and skill


def usual_tokens(models: Iterable[Model]) -> dict[str, dict[str, int]]:
    """The median tokens by effort and skill over the models that were measured."""
    from statistics import median

    found: dict[str, dict[str, list[int]]] = {}
    for model in models:
        for effort, fact in model.effort_tokens.items():
            for skill, count in (fact.value or {}).items():
                found.setdefault(effort, {}).setdefault(skill, []).append(count)
    return {
        effort: {skill: round(median(counts)) for skill, counts in skills.items()} for effort, skills in found.items()
    }


def thinking_tokens(
    model: Model, effort: str, abilities: Mapping[str, Ability], task: Task, usual: Tokens
) -> tuple[float, float, float]:
    """Tokens of thinking for one answer: low, middle, high. `abilities` are the model's, by effort.

    An effort that was measured of nobody takes what is usual of others at it; one that was measured of no model lies
    between nothing and the next higher one's.
    """
    low, value, high = _hard(model, effort, abilities, task, usual)
    share = task.thinking_share
    return low * share, value * share, high * share


def thinking_is_known(model: Model, effort: str) -> bool:
    """Whether the tokens of an effort were measured, or there is no thinking to count."""
    capabilities = model.capabilities.value if model.capabilities else None
    plain = effort == "none" or (effort == "default" and "reasoning" not in (capabilities or ()))
    return plain or effort in model.effort_tokens


def _hard(
    model: Model, effort: str, abilities: Mapping[str, Ability], task: Task, usual: Tokens
) -> tuple[float, float, float]:
    """The same for one of the benchmark's questions."""
    fact = next((fact for name, fact in model.effort_tokens.items() if name == effort), None)
    if fact is not None:
        thought = _of_the_task(fact.value or {}, task)
    elif not _thinks(model, effort, abilities):
        return 0.0, 0.0, 0.0
    elif effort not in usual:
        most = _of_the_task(usual.get(_next_higher(effort, usual), {}), task)
        return 0.0, most / THINKING_SPREAD, most
    else:
        thought = _of_the_task(usual[effort], task)
    return thought / THINKING_SPREAD, thought, thought * THINKING_SPREAD


def _of_the_task(tokens: Mapping[str, int], task: Task) -> float:
    """The mean over the task's skills by their weights, as far as they were measured."""
    mix = {skill: weight for skill, weight in task.skills.items() if skill in tokens}
    return float(sum(tokens[skill] * weight for skill, weight in mix.items()) / sum(mix.values())) if mix else 0.0


def _next_higher(effort: str, usual: Tokens) -> str:
    above = EFFORTS[EFFORTS.index(effort) + 1 :] if effort in EFFORTS else ()
    return next((name for name in above if name in usual), "")


def _thinks(model: Model, effort: str, abilities: Mapping[str, Ability]) -> bool:
    """Whether an effort is taken to think: a named one; `default` of a reasoning model unless its scores say not."""
    if effort != "default":
        return effort != "none"
    capabilities = model.capabilities.value if model.capabilities else None
    reasoning = "reasoning" in (capabilities or ()) or not {"default", "none"}.issuperset(abilities)
    return reasoning and ("none" not in abilities or _above_none(abilities))


def _above_none(abilities: Mapping[str, Ability]) -> bool:
    """Whether `default` is abler than halfway from no thinking to the ablest other effort."""
    level = {name: sum(ability.level) / len(ability.level) for name, ability in abilities.items()}
    ablest = max(value for name, value in level.items() if name != "default")
    return level["default"] > (level["none"] + ablest) / 2
