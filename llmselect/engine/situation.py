"""One request made concrete: the task, the request's size, the machine and the weights it is judged with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from llmselect.catalog.promises import ByModel, promises, task_aims
from llmselect.catalog.words import CriterionName, Modality
from llmselect.engine.machine import Detected, Machine, resolve
from llmselect.estimate.cost import Band, Tokens, Traffic
from llmselect.requirements import Requirements

if TYPE_CHECKING:
    from llmselect.catalog.abilities import Aim
    from llmselect.catalog.schema import Catalog, Expansion, Task

OPTIMIZE_FACTOR = 3.0
READING_TOK_S = 238 / 60 * 4 / 3  # 238 words a minute (Brysbaert 2019), 3 words to 4 tokens


class Workload(NamedTuple):
    """Tokens of one request, the context it needs, and how many run at once."""

    prompt_tokens: int
    output_tokens: int
    context_tokens: int
    concurrency: int


class LatencyTarget(NamedTuple):
    """Limits for time to first token, speed and whole answer; `firm` ones came from the user and exclude."""

    max_ttft_ms: float | None
    min_tok_s: float | None
    max_latency_s: float | None
    firm: bool


class Known(NamedTuple):
    """Figures that requests share: of one catalogue, of one day too, and of one task."""

    of_catalog: dict[Any, Any]
    of_day: dict[Any, Any]
    of_task: dict[Any, Any]


@dataclass(frozen=True)
class Situation:
    """Everything that rules and criteria may ask of a request. `memo` keeps figures computed once."""

    needs: Requirements
    catalog: Catalog
    task: Task
    workload: Workload
    machine: Machine
    latency: LatencyTarget
    speed_gate: bool
    modalities_in: frozenset[Modality]
    modalities_out: frozenset[Modality]
    weights: dict[CriterionName, float]
    expansions: tuple[Expansion, ...]
    traffic: Traffic
    known: Known
    memo: dict[Any, Any] = field(default_factory=dict)

    @cached_property
    def aims(self) -> tuple[Aim, ...]:
        """The abilities that the task asks for."""
        return task_aims(self.catalog.abilities, self.task)

    @cached_property
    def promises(self) -> ByModel:
        """What each model promises at the task, by effort."""
        known = self.known.of_task
        if "promises" not in known:
            known["promises"] = promises(self.catalog.abilities, self.task)
        found: ByModel = known["promises"]
        return found

    @cached_property
    def tokens_needed(self) -> tuple[tuple[str, int, str], ...]:
        """The limits of a model that the request must keep, with the tokens that it takes and what they are."""
        load = self.workload
        return (
            ("context_tokens", load.context_tokens, "context"),
            ("input_tokens", max(load.prompt_tokens, load.context_tokens - load.output_tokens), "input"),
            ("output_tokens", load.output_tokens, "output"),
        )

    @cached_property
    def horizon(self) -> date:
        """The day until which what is chosen has to last."""
        return months_later(self.needs.as_of, self.needs.horizon_months)

    @cached_property
    def batch_share(self) -> float:
        """The share of requests that are deferred."""
        return self.traffic.batch_share

    @cached_property
    def total_tokens(self) -> Tokens:
        """The tokens of all traffic together."""
        return self.traffic.total


def situate(
    needs: Requirements,
    catalog: Catalog,
    detected: Detected | None = None,
    machine: Machine | None = None,
    traffic: Traffic | None = None,
    like: Situation | None = None,
) -> Situation:
    """The situation of a request; raises LlmselectError for hardware that is not known.

    `machine` stands in for the one that the requirements name, `traffic` for the workload's tokens. What `like`, of
    the same catalogue, has found need not be found again.
    """
    task = catalog.tasks.tasks[needs.task]
    expansions = tuple(row for row in catalog.document.expansions if _applies(row, needs))
    batch_prices = any(row.sets.get("batch_prices") is True for row in expansions)
    workload = _workload(needs, task)
    return Situation(
        needs=needs,
        catalog=catalog,
        task=task,
        workload=workload,
        machine=machine or resolve(needs, catalog, detected),
        latency=_latency(needs, task),
        speed_gate=any(row.sets.get("speed_gate") is True for row in expansions),
        modalities_in=frozenset((*task.modalities_in, *needs.modality_in)),
        modalities_out=frozenset((*task.modalities_out, *needs.modality_out)),
        weights=_weights(needs, task, expansions),
        expansions=expansions,
        traffic=traffic or _traffic(needs, workload, batch_prices),
        known=_known(needs, like),
    )


def _known(needs: Requirements, like: Situation | None) -> Known:
    if like is None:
        return Known({}, {}, {})
    same_day, same_task = like.needs.as_of == needs.as_of, like.needs.task == needs.task
    return Known(
        like.known.of_catalog,
        like.known.of_day if same_day else {},
        like.known.of_task if same_task else {},
    )


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    if not months:
        return day
    from calendar import monthrange

    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def _applies(row: Expansion, needs: Requirements) -> bool:
    return bool(getattr(needs, row.question) == row.value)


def _workload(needs: Requirements, task: Task) -> Workload:
    """The user's sizes over the task's reference; a smaller context shortens the reference prompt to fit."""
    output = needs.output_tokens or task.workload.output_tokens
    prompt = needs.prompt_tokens or task.workload.prompt_tokens
    if needs.context_tokens is not None:
        if needs.output_tokens is None:
            output = max(1, min(output, needs.context_tokens // 2))
        if needs.prompt_tokens is None:
            prompt = max(1, min(prompt, needs.context_tokens - output))
    context = max(needs.context_tokens or 0, prompt + output)
    return Workload(prompt, output, context, needs.concurrency)


def _traffic(needs: Requirements, load: Workload, batch_prices: bool) -> Traffic:
    """One request of the workload's size, in the shares that are deferred and that are not."""
    deferred = needs.batch_share if needs.batch_share is not None else float(batch_prices)
    one = Tokens(1, load.prompt_tokens, load.prompt_tokens * needs.cached_share, 0, load.output_tokens)
    return Traffic((Band(load.prompt_tokens - 1, one.scaled(1 - deferred), one.scaled(deferred)),), needs.peak_share)


def _latency(needs: Requirements, task: Task) -> LatencyTarget:
    limits = (needs.max_ttft_ms, needs.min_tok_s, needs.max_latency_s)
    if any(limit is not None for limit in limits):
        return LatencyTarget(*limits, firm=True)
    return LatencyTarget(task.latency.max_ttft_ms, task.latency.min_tok_s, None, firm=False)


def _weights(needs: Requirements, task: Task, expansions: tuple[Expansion, ...]) -> dict[CriterionName, float]:
    """Preset, then the document's expansions, then `--optimize`, then `--weight`; not yet normalised."""
    weights: dict[CriterionName, float] = dict(task.weights)
    for row in expansions:
        weights.update(row.weights)
    if needs.optimize != "balanced":
        weights[needs.optimize] = weights.get(needs.optimize, 0.0) * OPTIMIZE_FACTOR
    weights.update(needs.weight)
    return weights
