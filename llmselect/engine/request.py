"""A request made concrete: the task, the size of a request, the machine, the weights, the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from llmselect.engine.machine.machines import Machine
from llmselect.engine.needed_skills import Asked, Need, needed_skills
from llmselect.estimate.cost import Band, Tokens, Traffic
from llmselect.requirements import Requirements

OPTIMIZE_FACTOR = 3.0
ONE_PERSON_REQUESTS_PER_MONTH = 1500  # some 50 a day
LEAST_DAYS_PER_MONTH = 30
READING_TOK_S = 238 / 60 * 4 / 3  # 238 words a minute (Brysbaert 2019), 3 words to 4 tokens
Json = Mapping[str, Any]  # a record of the catalogue as it is written in the file


class Records(NamedTuple):
    """The records of the catalogue on which a request rests: its task, what may be asked for beside it by name, and
    the source document.
    """

    task: Json
    needs: Mapping[str, Json]
    document: Json


@dataclass(frozen=True, slots=True)
class Workload:
    """Tokens of one request, the context that it needs, and how many requests run at once."""

    prompt_tokens: int
    output_tokens: int
    context_tokens: int
    concurrency: int

    @property
    def input_tokens(self) -> int:
        """The prompt, with what stands before it where a larger context is asked for."""
        return max(self.prompt_tokens, self.context_tokens - self.output_tokens)


@dataclass(frozen=True, slots=True)
class LatencyTarget:
    """Limits of waiting and pace; `firm` ones came from the user and exclude."""

    max_ttft_ms: float | None
    min_tok_s: float | None
    max_latency_s: float | None
    firm: bool


@dataclass(frozen=True, slots=True)
class Task:
    """What a task needs: the mix of skills that its quality is judged by, and the anchors of its value functions.

    `insufficient_percent` has utility 0, `ample_percent` 0.85, `excellent_percent` 1. `skills` are in the catalogue's
    order; `asked` has the shares of those that are asked for beside the task. `cached_share` is the share of prompt
    tokens that is usually read from a cache.
    """

    name: str
    instruct: bool
    modalities_in: tuple[str, ...]
    modalities_out: tuple[str, ...]
    prompt_tokens: int
    output_tokens: int
    cached_share: float
    reference_requests_per_month: int
    skills: Mapping[str, float]
    insufficient_percent: float
    ample_percent: float
    excellent_percent: float
    max_ttft_ms: float
    min_tok_s: float
    patience_s: float
    streamed: bool
    weights: Mapping[str, float]
    asked: Mapping[str, float] = field(default_factory=dict)


def task_of(name: str, row: Json) -> Task:
    """A task from its record."""
    return Task(
        name=name,
        instruct=row.get("instruct", True),
        modalities_in=tuple(row.get("modalities_in", ("text",))),
        modalities_out=tuple(row.get("modalities_out", ("text",))),
        prompt_tokens=row["workload"]["prompt_tokens"],
        output_tokens=row["workload"]["output_tokens"],
        cached_share=row["workload"]["cached_share"],
        reference_requests_per_month=row["workload"]["reference_requests_per_month"],
        skills=row["skills"],
        insufficient_percent=row["anchors"]["insufficient"],
        ample_percent=row["anchors"]["ample"],
        excellent_percent=row["anchors"]["excellent"],
        max_ttft_ms=row["latency"]["max_ttft_ms"],
        min_tok_s=row["latency"]["min_tok_s"],
        patience_s=row["latency"]["patience_s"],
        streamed=row["latency"].get("streamed", True),
        weights=row["weights"],
    )


@dataclass(frozen=True, slots=True)
class Tier:
    """The limits within which something is near a model that it is to replace, see `tier`; None where there is none."""

    least_quality_percent: float | None = None
    most_usd_per_month: float | None = None
    most_answer_s: float | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """All that constraints and criteria may ask of a request.

    `as_of_day` and `horizon_day` are proleptic days (`date.toordinal`): the day of the answer, and the one until which
    what is chosen has to last. `monthly_requests` are the user's or assumed. `weights` are as given, not yet
    normalised. `expansions` are the rows of the document that the user's answers to its four questions bring in.
    `without` is the id of a model that does not compete, `tier` what the others have to be near.
    """

    needs: Requirements
    task: Task
    workload: Workload
    machine: Machine
    latency: LatencyTarget
    speed_gate: bool
    modalities_in: tuple[str, ...]
    modalities_out: tuple[str, ...]
    weights: Mapping[str, float]
    expansions: tuple[Json, ...]
    traffic: Traffic
    as_of_day: int
    horizon_day: int
    monthly_requests: int
    without: str | None = None
    tier: Tier | None = None

    @property
    def volume_is_given(self) -> bool:
        """Whether `monthly_requests` are the user's; else they are usual for the task, or for one person."""
        return self.needs.monthly_requests is not None

    @property
    def machine_is_asked_for(self) -> bool:
        """Whether machines may be ranked: the user has or wants one, or gives a volume to weigh its rent by."""
        needs = self.needs
        named = "self-host" in needs.deployment or needs.compute is not None or needs.offline
        named |= needs.license == "osi"  # no API is open source
        return self.machine.owned or self.volume_is_given or named or needs.privacy == "on-prem" or "self" in needs.host

    @property
    def patience_s(self) -> float | None:
        """The seconds after which nobody waits any longer; None where the user set a limit, or nobody waits."""
        deferred = self.needs.response_time == "batch" or self.traffic.batch_share == 1
        return None if self.latency.firm or deferred else self.task.patience_s

    @property
    def rates_quality(self) -> bool:
        """Whether options of unknown quality are listed apart, since the ranking rests on quality."""
        return self.needs.optimize == "quality" or self.weights.get("quality", 0.0) > 0

    @property
    def peak_factor(self) -> float:
        """How many times the mean load the machines must hold: deferred requests wait until the peak is over."""
        return max(1.0, (1 - self.traffic.batch_share) * self.needs.peak_to_mean)


def make_request(needs: Requirements, records: Records, machine: Machine, traffic: Traffic | None = None) -> Request:
    """The request of these requirements on a machine; `traffic` stands in for the workload's tokens."""
    known, rows = task_of(needs.task, records.task), records.document["expansions"]
    expansions = tuple(row for row in rows if getattr(needs, row["question"]) == row["value"])
    workload = _workload(needs, known)
    modalities_in = tuple(dict.fromkeys((*known.modalities_in, *needs.modality_in)))
    known = _with_needs(known, Asked(needs, modalities_in, workload.context_tokens), records.needs)
    batch_prices = any(row.get("sets", {}).get("batch_prices") is True for row in expansions)
    return Request(
        needs=needs,
        task=known,
        workload=workload,
        machine=machine,
        latency=_latency(needs, known),
        speed_gate=any(row.get("sets", {}).get("speed_gate") is True for row in expansions),
        modalities_in=modalities_in,
        modalities_out=tuple(dict.fromkeys((*known.modalities_out, *needs.modality_out))),
        weights=_weights(needs, known, expansions),
        expansions=expansions,
        traffic=traffic or _traffic(needs, workload, _cached_share(needs, known), batch_prices),
        as_of_day=needs.as_of.toordinal(),
        horizon_day=_horizon_day(needs),
        monthly_requests=needs.monthly_requests or _usual_requests(known, machine),
    )


def _with_needs(task: Task, asked: Asked, rows: Mapping[str, Json]) -> Task:
    """The task whose quality counts what is asked for beside it, anchors and mix of skills in the same shares."""
    found = needed_skills(asked, {name: _need_of(row) for name, row in rows.items()}, task.skills)
    kept, total = 1 - sum(share for _, share in found.values()), sum(task.skills.values())

    def anchor(name: str) -> float:
        own: float = getattr(task, name)
        return kept * own + sum(share * float(getattr(need, name)) for need, share in found.values())

    mix = {skill: kept * share / total for skill, share in task.skills.items()}
    for skill, (_, share) in found.items():
        mix[skill] = mix.get(skill, 0.0) + share
    return replace(
        task,
        skills=mix if found else task.skills,
        insufficient_percent=anchor("insufficient_percent"),
        ample_percent=anchor("ample_percent"),
        excellent_percent=anchor("excellent_percent"),
        asked={skill: share for skill, (_, share) in found.items()},
    )


def _need_of(row: Json) -> Need:
    return Need(
        skill=row["skill"],
        share=row["share"],
        insufficient_percent=row["anchors"]["insufficient"],
        ample_percent=row["anchors"]["ample"],
        excellent_percent=row["anchors"]["excellent"],
        from_context_tokens=row.get("from_context_tokens"),
    )


def _horizon_day(needs: Requirements) -> int:
    """The day until which a choice has to last: so many months on, none of them shorter than 30 days."""
    later = months_later(needs.as_of, needs.horizon_months).toordinal()
    return max(later, needs.as_of.toordinal() + LEAST_DAYS_PER_MONTH * needs.horizon_months)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    later = day.year * 12 + day.month - 1 + months
    first, following = (date(month // 12, month % 12 + 1, 1) for month in (later, later + 1))
    return first.replace(day=min(day.day, (following - timedelta(days=1)).day))


def _workload(needs: Requirements, task: Task) -> Workload:
    """The user's sizes over the task's reference; who gives a context and no prompt means prompts that fill it.

    Where only the window is meant, the reference prompt stays, shortened to fit.
    """
    output = needs.output_tokens or task.output_tokens
    prompt = needs.prompt_tokens or task.prompt_tokens
    if needs.context_tokens is not None:
        if needs.output_tokens is None:
            output = max(1, min(output, needs.context_tokens // 2))
        if needs.prompt_tokens is None:
            room = max(1, needs.context_tokens - output)
            prompt = min(prompt, room) if needs.window_only else room
    context = max(needs.context_tokens or 0, prompt + output)
    return Workload(prompt, output, context, needs.concurrency)


def _usual_requests(task: Task, machine: Machine) -> int:
    """Requests of a month where the user says nothing: one person's on a machine of one's own, else the task's."""
    return ONE_PERSON_REQUESTS_PER_MONTH if machine.owned else task.reference_requests_per_month


def _cached_share(needs: Requirements, task: Task) -> float:
    """The share of prompt tokens read from a cache: the user's; of the task's own reference workload, the usual one."""
    own = {"cached_share", "prompt_tokens", "context_tokens"} & needs.model_fields_set
    return needs.cached_share if own else task.cached_share


def _traffic(needs: Requirements, load: Workload, cached: float, batch_prices: bool) -> Traffic:
    """One request of the workload's size, in the shares that are deferred and that are not."""
    deferred = needs.batch_share if needs.batch_share is not None else float(batch_prices)
    request = Tokens(1, load.prompt_tokens, load.prompt_tokens * cached, 0, load.output_tokens)
    band = Band(load.prompt_tokens - 1, live=request.scaled(1 - deferred), batch=request.scaled(deferred))
    return Traffic((band,), needs.peak_share)


def _latency(needs: Requirements, task: Task) -> LatencyTarget:
    """The user's limits; the task's own where there are none, which exclude nothing."""
    limits = (needs.max_ttft_ms, needs.min_tok_s, needs.max_latency_s)
    if any(limit is not None for limit in limits):
        return LatencyTarget(*limits, firm=True)
    return LatencyTarget(task.max_ttft_ms, task.min_tok_s, None, firm=False)


def _weights(needs: Requirements, task: Task, expansions: tuple[Json, ...]) -> dict[str, float]:
    """The task's weights, then the document's expansions, then `--optimize cost` or `latency`, then `--weight`."""
    weights = dict(task.weights)
    for row in expansions:
        weights.update(row.get("weights", {}))
    if needs.optimize not in ("balanced", "quality"):  # quality is a floor: see `aim`
        weights[needs.optimize] = weights.get(needs.optimize, 0.0) * OPTIMIZE_FACTOR
    weights.update((name, value) for name, value in needs.weight.items())
    return weights
