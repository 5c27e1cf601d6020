"""Thinking tokens of a model at an effort for one answer of a task: paid for and waited for, but not shown.

LiveBench counts the tokens of its answers by effort and skill; those beyond the answer are thinking. Its questions are
hard, so a task takes only a share of that (`thinking_share`), within a factor of `THINKING_SPREAD`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmselect.catalog.abilities.scale import Ability
    from llmselect.catalog.schema import Model, Task

EFFORTS = ("low", "medium", "high", "max")
THINKING_SPREAD = 3.0  # a request may take a third or three times its task's expected thinking
Tokens = Mapping[str, Mapping[str, int]]  # by effort and skill


def usual_tokens(models: Iterable[Model]) -> dict[str, dict[str, int]]:
    """The median tokens by effort and skill over all measured models."""
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
    """Thinking tokens of one answer: low, middle, high. `abilities` are the model's, by effort.

    Without a measurement of the model, an effort takes the median of other models. An effort that was measured for no
    model lies between 0 and the next higher effort.
    """
    low, value, high = _hard(model, effort, abilities, task, usual)
    share = task.thinking_share
    return low * share, value * share, high * share


def thinking_is_known(model: Model, effort: str) -> bool:
    """Whether an effort's tokens were measured, or the model does not think at it."""
    capabilities = model.capabilities.value if model.capabilities else None
    plain = effort == "none" or (effort == "default" and "reasoning" not in (capabilities or ()))
    return plain or effort in model.effort_tokens


def _hard(
    model: Model, effort: str, abilities: Mapping[str, Ability], task: Task, usual: Tokens
) -> tuple[float, float, float]:
    """Thinking tokens for one of LiveBench's questions: low, middle, high."""
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
    """The weighted mean over the task's skills that were measured."""
    mix = {skill: weight for skill, weight in task.skills.items() if skill in tokens}
    return float(sum(tokens[skill] * weight for skill, weight in mix.items()) / sum(mix.values())) if mix else 0.0


def _next_higher(effort: str, usual: Tokens) -> str:
    above = EFFORTS[EFFORTS.index(effort) + 1 :] if effort in EFFORTS else ()
    return next((name for name in above if name in usual), "")


def _thinks(model: Model, effort: str, abilities: Mapping[str, Ability]) -> bool:
    """Whether the model thinks at an effort: any named one but none; `default` if its capabilities or scores say so."""
    if effort != "default":
        return effort != "none"
    capabilities = model.capabilities.value if model.capabilities else None
    reasoning = "reasoning" in (capabilities or ()) or not {"default", "none"}.issuperset(abilities)
    return reasoning and ("none" not in abilities or _above_none(abilities))


def _above_none(abilities: Mapping[str, Ability]) -> bool:
    """Whether the level at `default` is above the middle between `none` and the best other effort."""
    level = {name: sum(ability.level) / len(ability.level) for name, ability in abilities.items()}
    ablest = max(value for name, value in level.items() if name != "default")
    return level["default"] > (level["none"] + ablest) / 2
