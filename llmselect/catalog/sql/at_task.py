"""What each model does at each task and effort: the score that is expected of it, and how much it thinks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from llmselect.catalog.abilities.curves import expected_scores
from llmselect.catalog.abilities.expected import Ancestor, ancestor_of, raised
from llmselect.catalog.abilities.gaps import best_effort, predecessors
from llmselect.catalog.abilities.promises import promise, task_aims
from llmselect.catalog.sql.table import Row
from llmselect.catalog.thinking.task import Thinkers, thinkers

if TYPE_CHECKING:
    from llmselect.catalog.abilities.curves import Aim
    from llmselect.catalog.schema import Catalog, Model, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTaskRow(Row):
    """A model at a task and an effort: the score that it is expected to reach on the task's reference tests (90 %
    interval), and the tokens that it thinks for one answer (90 % interval).

    `evidence` is `measured` where scores of the model say enough of the task's skills, `unknown` where they do not
    (quality is NULL), `expected` where a scored predecessor and the past of its line stand for them. `ablest` marks
    the effort at which the model, or that predecessor, is ablest over all skills. `thinking_evidence` is `measured`,
    `nothing` where the model does not think, or whose thinking stands for its own: that at an `other-effort`, of its
    `family`, of the `developer`'s models of its size, of its `class` of size.
    """

    table: ClassVar[str] = "at_task"
    indexed: ClassVar[tuple[str, ...]] = ("task", "model")
    derived: ClassVar[bool] = True

    task: str
    model: str
    effort: str
    evidence: str
    ablest: bool
    quality_low_percent: float | None
    quality_percent: float | None
    quality_high_percent: float | None
    tests: int
    independent_tests: int
    predecessor: str | None
    successions: int | None
    thinking_low_tokens: float
    thinking_tokens: float
    thinking_high_tokens: float
    thinking_measured: bool
    thinking_evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualThinkingRow(Row):
    """What LiveBench's questions usually take, in tokens of thinking, by effort and skill: over all measured models."""

    table: ClassVar[str] = "usual_thinking"
    derived: ClassVar[bool] = True

    effort: str
    skill: str
    tokens: int


def at_task_rows(catalog: Catalog) -> Iterator[Row]:
    """What is usual, then every model at every task: at each effort that was scored, else at those of its predecessor,
    else at `default`.
    """
    thinking = thinkers(catalog)
    for effort, skills in thinking.usual_tokens().items():
        yield from (UsualThinkingRow(effort=effort, skill=skill, tokens=count) for skill, count in skills.items())
    before = predecessors(catalog.models.values())
    for name, task in catalog.tasks.tasks.items():
        at = _At(catalog, name, task, task_aims(catalog.abilities, task), thinking)
        for model in catalog.models.values():
            unscored = at.aims and model.id not in catalog.abilities.models
            ancestor = ancestor_of(model.id, catalog.abilities, before) if unscored else None
            yield from _scored(model, at) if ancestor is None else _expected(model, ancestor, at)


@dataclass(frozen=True, slots=True)
class _At:
    """A task with what its rows are made from."""

    catalog: Catalog
    name: str
    task: Task
    aims: tuple[Aim, ...]
    thinking: Thinkers

    def row(self, model: Model, effort: str, quality: tuple[float, float, float] | None, **rest: Any) -> AtTaskRow:
        """A row of this task."""
        abilities = self.catalog.abilities.models.get(model.id, {})
        low, middle, high = quality or (None, None, None)
        thought = self.thinking.at(model, effort, abilities, self.task)
        return AtTaskRow(
            task=self.name,
            model=model.id,
            effort=effort,
            quality_low_percent=low,
            quality_percent=middle,
            quality_high_percent=high,
            thinking_low_tokens=thought.low,
            thinking_tokens=thought.middle,
            thinking_high_tokens=thought.high,
            thinking_measured=thought.evidence in ("measured", "nothing"),
            thinking_evidence=thought.evidence,
            **rest,
        )


def _scored(model: Model, at: _At) -> Iterator[Row]:
    efforts = at.catalog.abilities.models.get(model.id)
    ablest = best_effort(efforts) if efforts else "default"
    for effort, ability in efforts.items() if efforts else (("default", None),):
        found = promise(ability, at.aims) if ability is not None else None
        yield at.row(
            model,
            effort,
            found[:3] if found is not None else None,
            evidence="unknown" if found is None else "measured",
            ablest=effort == ablest,
            tests=ability.tests if ability is not None else 0,
            independent_tests=ability.independent if ability is not None else 0,
            predecessor=None,
            successions=None,
        )


def _expected(model: Model, ancestor: Ancestor, at: _At) -> Iterator[Row]:
    """What a scored ancestor makes one expect, at each of its efforts."""
    efforts: Mapping[str, Any] = at.catalog.abilities.models[ancestor.model]
    ablest = best_effort(efforts)
    for effort, ability in efforts.items():
        yield at.row(
            model,
            effort,
            expected_scores(raised(ability, ancestor), at.aims),
            evidence="expected",
            ablest=effort == ablest,
            tests=0,
            independent_tests=0,
            predecessor=ancestor.model,
            successions=ancestor.successions,
        )
