"""The rows that are shown, as records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from llmselect.engine.columns import DEPLOYMENTS, EVIDENCE
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.constraints.terms import day_text, host_of
from llmselect.engine.criteria import CRITERIA, Criterion
from llmselect.engine.explain import warnings
from llmselect.engine.life import known_end_day
from llmselect.engine.options import Table, option_id
from llmselect.engine.scored import Scored
from llmselect.engine.sources import citations
from llmselect.engine.start import start_of
from llmselect.estimate.interval import Interval
from llmselect.estimate.intervals import interval_at
from llmselect.estimate.memory import PLACEMENTS
from llmselect.estimate.rows import known
from llmselect.results.figures import AnswerTokens, Cost, CriterionValue, Memory, Speed
from llmselect.results.recommendation import AlsoAt, RecommendedModel


@dataclass(frozen=True, slots=True)
class Standing:
    """The place of a model's best option among those of all models; `score` is the 90 % interval of the draws."""

    rank: int
    score: Interval
    gap_to_next: float | None
    win_share: float
    pareto: bool
    tied_with_next: bool
    leads_in: tuple[str, ...]


def recommended_model(found: Scored, row: int, standing: Standing) -> RecommendedModel:
    """The record of an option that is the best of its model."""
    judged, table = found.judged, found.judged.table
    options, facts, machine, at = table.options, table.facts, table.request.machine, int(table.options.own_no[row])
    effort, quality = table.at_task.effort[options.at_task_no[row]], found.values["quality"]
    ends, ends_in_days, successor = _end(table, row)
    return RecommendedModel(
        rank=standing.rank,
        model=found.model(row),
        name=facts.models.name[options.model_no[row]],
        proven=bool(found.rankable[row]) and not table.expected[row],
        option=option_id(table, row),
        host=host_of(table, row),
        region=_region(table, row),
        deployment=DEPLOYMENTS[options.deployment[row]],
        effort=None if effort == "default" else effort,
        runtime=table.own.runtime[at] if at >= 0 else None,
        placement=PLACEMENTS[table.own.placement[at]] if at >= 0 else None,
        quantization=table.own.level[at] if at >= 0 else None,
        hardware=f"{machine.count} x {machine.name}" if at >= 0 else None,
        rented=at >= 0 and (not machine.owned or machine.usd_per_gpu_hour is not None),
        ends=ends,
        ends_in_days=ends_in_days,
        successor=successor,
        score=standing.score.value,
        score_interval=standing.score,
        gap_to_next=standing.gap_to_next,
        win_share=standing.win_share,
        pareto=standing.pareto,
        tied_with_next=standing.tied_with_next,
        leads_in=standing.leads_in,
        criteria={criterion.name: _criterion(found, criterion, row) for criterion in CRITERIA},
        memory=_memory(judged, row),
        speed=_speed(judged, row),
        answer_tokens=_answer_tokens(judged, row),
        cost=_cost(judged, row),
        start=start_of(table, row),
        warnings=warnings(judged, row, float(quality.utility[1, row]), float(quality.interval[1, row])),
        unverified=tuple(f"{name}: {words.had}" for name, words in found.judgement.unverified(judged, row)),
        also_at=tuple(_also_at(found, other) for other in found.others(row)),
    )


def _region(table: Table, row: int) -> str | None:
    """The region of an offering that differs by it."""
    at = int(table.options.offering_no[row])
    return (table.facts.offerings.region[at] or None) if at >= 0 else None


def _end(table: Table, row: int) -> tuple[str | None, int | None, str | None]:
    """An offering's end that is known on the day, the days until then, and what its host names in its place."""
    at, day = int(table.options.offering_no[row]), table.request.as_of_day
    end = known_end_day(table.facts.lives, day)[at] if at >= 0 else np.nan
    if np.isnan(end):
        return None, None, None
    return day_text(end), int(end - day), table.facts.offerings.replacement[at] or None


def _criterion(found: Scored, criterion: Criterion, row: int) -> CriterionValue:
    """One criterion of one option."""
    values, weight = found.values[criterion.name], found.weights.get(criterion.name, 0.0)
    utility, interval = float(values.utility[1, row]), interval_at(values.interval, row)
    origin = None if interval is None else criterion.origin(found.judged, row)
    return CriterionValue(
        interval=interval,
        unit=values.unit,
        utility=utility,
        weight=weight,
        contribution=weight * utility,
        evidence=EVIDENCE[values.evidence[row]],
        sources=citations(found.judged.table.facts, origin),
    )


def _memory(judged: Judged, row: int) -> Memory | None:
    own, at = judged.table.own, int(judged.table.options.own_no[row])
    if at < 0:
        return None
    return Memory(
        placement=PLACEMENTS[own.placement[at]],
        needed_gib=float(own.needed_gib[at]),
        available_gib=float(own.available_gib[at]),
        weights_gib=float(own.weights_gib[at]),
        kv_cache_gib=float(own.kv_gib[at]),
        overhead_gib=float(own.overhead_gib[at]),
        evidence="estimated" if own.assumed[at] else "derived",
    )


def _speed(judged: Judged, row: int) -> Speed | None:
    """The speed of an option."""
    speeds = judged.figures.speeds
    pace = interval_at(1 / speeds.tpot_s[::-1], row)
    if pace is None:
        return None
    return Speed(
        decode_tok_s=pace,
        ttft_ms=interval_at(speeds.ttft_s * 1000, row),
        first_answer_token_ms=interval_at(speeds.ttfat_s * 1000, row),
        answer_s=interval_at(speeds.answer_s, row),
        evidence=EVIDENCE[speeds.evidence[row]],
    )


def _answer_tokens(judged: Judged, row: int) -> AnswerTokens:
    shown = Interval.exact(float(judged.table.request.workload.output_tokens))
    return AnswerTokens(shown, Interval(*judged.figures.tokens.thinking[:, row].tolist()))


def _cost(judged: Judged, row: int) -> Cost | None:
    costs, table = judged.figures.costs, judged.table
    month, each = interval_at(costs.usd_per_month, row), interval_at(costs.usd_per_1k_requests, row)
    if month is None and each is None:
        return None
    price_no, rental = int(costs.price_no[row]), table.request.machine.rental
    checked = table.facts.prices.checked_day[price_no] if price_no >= 0 else None
    if checked is None and rental is not None and table.request.machine.usd_per_gpu_hour is None:
        checked = rental.checked_day
    return Cost(
        usd_per_month=month,
        usd_per_1k_requests=each,
        evidence=EVIDENCE[costs.evidence[row]],
        price_as_of=None if checked is None else day_text(checked),
        machines=None if np.isnan(costs.machines[row]) else round(costs.machines[row]),
        utilization=known(costs.utilization[row]),
    )


def _also_at(found: Scored, row: int) -> AlsoAt:
    """Another option of a recommended model."""
    table, costs = found.judged.table, found.judged.figures.costs
    at = int(table.options.own_no[row])
    cost = known(costs.usd_per_month[1, row])
    return AlsoAt(
        option=option_id(table, row),
        host=host_of(table, row),
        deployment=DEPLOYMENTS[table.options.deployment[row]],
        quantization=table.own.level[at] if at >= 0 else None,
        score=float(found.score[row]),
        cost=cost,
        cost_unit="USD/month",
    )
