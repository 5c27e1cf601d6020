"""Thinking tokens of one answer of a task, by model and effort.

LiveBench's questions are hard, so a task takes only a share of what they do (`thinking_share`), within a factor of
`TASK_SPREAD`. How a model's questions of a skill compare with its level is its own where LiveBench measured it, else
the usual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, hypot, log
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from llmselect.catalog.thinking.constants import EFFORTS, Evidence, ThinkingFile
from llmselect.catalog.thinking.levels import Level, Usual, levels_of, livebench_levels, measured_levels

if TYPE_CHECKING:
    from llmselect.catalog.abilities.scale import Ability
    from llmselect.catalog.schema import Catalog, Model, Task

TASK_SPREAD = 3.0  # a request may take a third or three times its task's expected thinking
NOTHING = Level(0.0, "nothing")


class Thinking(NamedTuple):
    """Thinking tokens of one answer: low, middle and high, and what they rest on."""

    low: float
    middle: float
    high: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Thinkers:
    """What a catalogue's models think: their levels by effort, and what is usual."""

    file: ThinkingFile
    usual: Usual
    levels: Mapping[str, Mapping[str, Level]]

    def at(self, model: Model, effort: str, abilities: Mapping[str, Ability], task: Task) -> Thinking:
        """Thinking tokens of one answer of a task. `abilities` are the model's, by effort."""
        level = self.level(model, effort, abilities)
        middle = level.tokens * _of_the_task(model, task, self.file.skills) * task.thinking_share
        spread = exp(hypot(log(TASK_SPREAD), log(self.file.spread.get(level.evidence, 1.0))))
        return Thinking(middle / spread, middle, middle * spread, level.evidence)

    def level(self, model: Model, effort: str, abilities: Mapping[str, Ability]) -> Level:
        """Tokens for a question of GPQA diamond; nothing where the model does not think."""
        levels = self.levels.get(model.id) or {}
        measured = effort in levels and levels[effort].evidence == "measured"
        if not measured and not _thinks(model, effort, abilities):
            return NOTHING
        return levels.get(effort, NOTHING)

    def usual_tokens(self) -> dict[str, dict[str, int]]:
        """The tokens that LiveBench's questions usually take, by effort and skill, over all that were measured."""
        every = self.usual.all
        high = every.tokens if every else 0.0
        return {
            effort: {
                skill: round(high * self.file.efforts.get(effort, 1.0) * of) for skill, of in self.file.skills.items()
            }
            for effort in EFFORTS
        }


def thinkers(catalog: Catalog) -> Thinkers:
    """The levels of all models of a catalogue."""
    file, models = catalog.thinking, catalog.models.values()
    measured = {model.id: measured_levels(model, file) for model in models}
    usual = Usual(((model, measured[model.id]) for model in models if measured[model.id]), file.efforts)
    levels = {model.id: levels_of(model, measured[model.id], usual, file.efforts) for model in models}
    return Thinkers(file, usual, levels)


def _of_the_task(model: Model, task: Task, usual: Mapping[str, float]) -> float:
    """What LiveBench's questions of a task's skills take over the level: of this model, else usually; 1 if unknown."""
    levels = livebench_levels(model, usual)
    own = [
        _mix({skill: count / level for skill, count in (model.effort_tokens[effort].value or {}).items()}, task)  # type: ignore[index]
        for effort, level in levels.items()
    ]
    known = [found for found in own if found is not None]
    return fmean(known) if known else _mix(usual, task) or 1.0


def _mix(tokens: Mapping[str, float], task: Task) -> float | None:
    """The weighted mean over the task's skills that were measured; None where none was."""
    shares = {skill: share for skill, share in task.skills.items() if skill in tokens}
    total = sum(shares.values())
    return sum(tokens[skill] * share for skill, share in shares.items()) / total if total else None


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
