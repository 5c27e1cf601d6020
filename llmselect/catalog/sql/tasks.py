"""Tables of tasks, of the source document's questions, and of terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llmselect.catalog.sql.table import Row, as_json, listed

if TYPE_CHECKING:
    from llmselect.catalog.schema import Document, GlossaryFile, TasksFile


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow(Row):
    """A task: a request of usual size, the expected scores that are insufficient and ample, the usual patience."""

    table: ClassVar[str] = "tasks"

    task: str
    name: str
    summary: str
    document_task: str | None
    modalities_in: str
    modalities_out: str
    instruct: bool
    prompt_tokens: int
    output_tokens: int
    thinking_share: float
    insufficient_percent: float
    ample_percent: float
    max_ttft_ms: float
    min_tok_s: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSkillRow(Row):
    """How much of a task's quality a skill is."""

    table: ClassVar[str] = "task_skills"

    task: str
    skill: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWeightRow(Row):
    """How much a criterion counts at a task."""

    table: ClassVar[str] = "task_weights"

    task: str
    criterion: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleRow(Row):
    """A value function: utility 0 at `worst`, 1 at `best`, between them linear or (`log`) linear in the logarithm."""

    table: ClassVar[str] = "scales"

    scale: str
    worst: float
    best: float
    log: bool
    unit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRuleRow(Row):
    """A rule of the source document: where all of `conditions` hold (JSON), it answers `answer`, which is `model`."""

    table: ClassVar[str] = "document_rules"

    rule_no: int | None = None
    conditions: str
    answer: str
    model: str | None
    strategy: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentExpansionRow(Row):
    """What an answer to one of the document's questions changes in requirements and weights (JSON)."""

    table: ClassVar[str] = "document_expansions"

    question: str
    value: str
    sets: str
    weights: str
    strategy: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GlossaryRow(Row):
    """A term, in English and in Traditional Chinese: what it means, and how it changes a choice."""

    table: ClassVar[str] = "glossary"

    term: str
    name_en: str
    name_zh_tw: str
    what_en: str
    what_zh_tw: str
    matters_en: str
    matters_zh_tw: str
    source: str


def task_rows(file: TasksFile) -> Iterator[Row]:
    """Every task, the shares of its skills, the weights of its criteria, and the scales."""
    for name, row in file.tasks.items():
        yield TaskRow(
            task=name,
            name=row.name,
            summary=row.summary,
            document_task=row.document_task,
            modalities_in=listed(row.modalities_in) or "",
            modalities_out=listed(row.modalities_out) or "",
            instruct=row.instruct,
            prompt_tokens=row.workload.prompt_tokens,
            output_tokens=row.workload.output_tokens,
            thinking_share=row.thinking_share,
            insufficient_percent=row.anchors.insufficient,
            ample_percent=row.anchors.ample,
            max_ttft_ms=row.latency.max_ttft_ms,
            min_tok_s=row.latency.min_tok_s,
            source=as_json(row.source),
        )
        yield from (TaskSkillRow(task=name, skill=skill, share=share) for skill, share in row.skills.items())
        yield from (TaskWeightRow(task=name, criterion=one, weight=weight) for one, weight in row.weights.items())
    for key, scale in file.scales.items():
        yield ScaleRow(
            scale=key, worst=scale.worst, best=scale.best, log=scale.log, unit=scale.unit, source=as_json(scale.source)
        )


def document_rows(document: Document) -> Iterator[Row]:
    """The document's rules in their order, then what its questions change."""
    for rule in document.rules:
        yield DocumentRuleRow(
            conditions=as_json(rule.when), answer=rule.answer, model=rule.model, strategy=rule.strategy
        )
    for row in document.expansions:
        yield DocumentExpansionRow(
            question=row.question,
            value=row.value,
            sets=as_json(row.sets),
            weights=as_json(row.weights),
            strategy=row.strategy,
            why=row.why,
        )


def glossary_rows(file: GlossaryFile) -> Iterator[Row]:
    """Every term."""
    for name, row in file.terms.items():
        yield GlossaryRow(
            term=name,
            name_en=row.name.en,
            name_zh_tw=row.name.zh_tw,
            what_en=row.what.en,
            what_zh_tw=row.what.zh_tw,
            matters_en=row.matters.en,
            matters_zh_tw=row.matters.zh_tw,
            source=as_json(row.source),
        )
