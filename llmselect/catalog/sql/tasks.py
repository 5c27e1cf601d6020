"""Tables of tasks, of the source document's questions, and of terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llmselect.catalog.sql.table import Row, as_json, row_of

if TYPE_CHECKING:
    from llmselect.catalog.schema import Document, GlossaryFile, TasksFile


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow(Row):
    """A task: a request of usual size and how many a month has, the anchors of its quality, the usual patience."""

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
    cached_share: float
    reference_requests_per_month: int
    thinking_share: float
    insufficient_percent: float
    ample_percent: float
    excellent_percent: float
    max_ttft_ms: float
    min_tok_s: float
    patience_s: float
    streamed: bool
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
        yield row_of(
            TaskRow,
            row,
            task=name,
            prompt_tokens=row.workload.prompt_tokens,
            output_tokens=row.workload.output_tokens,
            cached_share=row.workload.cached_share,
            reference_requests_per_month=row.workload.reference_requests_per_month,
            insufficient_percent=row.anchors.insufficient,
            ample_percent=row.anchors.ample,
            excellent_percent=row.anchors.excellent,
            max_ttft_ms=row.latency.max_ttft_ms,
            min_tok_s=row.latency.min_tok_s,
            patience_s=row.latency.patience_s,
            streamed=row.latency.streamed,
        )
        yield from (TaskSkillRow(task=name, skill=skill, share=share) for skill, share in row.skills.items())
        yield from (TaskWeightRow(task=name, criterion=one, weight=weight) for one, weight in row.weights.items())
    yield from (row_of(ScaleRow, scale, scale=name) for name, scale in file.scales.items())


def document_rows(document: Document) -> Iterator[Row]:
    """The document's rules in their order, then what its questions change."""
    for rule in document.rules:
        yield row_of(DocumentRuleRow, rule, conditions=as_json(rule.when))
    for row in document.expansions:
        yield row_of(DocumentExpansionRow, row, sets=as_json(row.sets), weights=as_json(row.weights))


def glossary_rows(file: GlossaryFile) -> Iterator[Row]:
    """Every term."""
    for term, row in file.terms.items():
        texts = {
            f"{name}_{language}": getattr(getattr(row, name), language)
            for name in ("name", "what", "matters")
            for language in ("en", "zh_tw")
        }
        yield row_of(GlossaryRow, row, term=term, **texts)
