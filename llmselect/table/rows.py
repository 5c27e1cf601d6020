"""Options as records: what is said of the rows that are shown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from llmselect.catalog.sql.read import Numbers
from llmselect.estimate.columns.memory import PLACEMENTS
from llmselect.estimate.interval import Interval
from llmselect.results.figures import AnswerTokens, Cost, CriterionValue, Memory, Speed
from llmselect.results.recommendation import AlsoAt, RecommendedModel
from llmselect.table.columns import DEPLOYMENTS, EVIDENCE
from llmselect.table.constraints.judge import Judgement
from llmselect.table.constraints.kinds import Judged
from llmselect.table.constraints.terms import day_text, host_of
from llmselect.table.criteria import CRITERIA, Criterion, Values
from llmselect.table.explain import warnings
from llmselect.table.options import option_id
from llmselect.table.sources import citations
from llmselect.table.start import start_of


def recommended_model(
    judged: Judged,
    judgement: Judgement,
    values: Mapping[str, Values],
    weights: Mapping[str, float],
    row: int,
    rank: int,
    score: Interval,
    gap_to_next: float | None,
    win_share: float,
    pareto: bool,
    also_at: tuple[AlsoAt, ...],
) -> RecommendedModel:
    """The record of an option that is the best of its model."""
    table = judged.table
    options, facts, machine = table.options, table.facts, table.request.machine
    at, model, effort = (
        int(options.own_no[row]),
        int(options.model_no[row]),
        table.at_task.effort[options.at_task_no[row]],
    )
    quality = values["quality"]
    return RecommendedModel(
        rank=rank,
        model=facts.models.model[model],
        name=facts.models.name[model],
        proven=True,
        option=option_id(table, row),
        host=host_of(table, row),
        deployment=DEPLOYMENTS[options.deployment[row]],
        effort=None if effort == "default" else effort,
        runtime=table.own.runtime[at] if at >= 0 else None,
        placement=PLACEMENTS[table.own.placement[at]] if at >= 0 else None,
        quantization=table.own.level[at] if at >= 0 else None,
        hardware=f"{machine.count} x {machine.name}" if at >= 0 else None,
        score=score.value,
        score_interval=score,
        gap_to_next=gap_to_next,
        win_share=win_share,
        pareto=pareto,
        criteria={one.name: criterion_value(judged, one, values[one.name], weights, row) for one in CRITERIA},
        memory=_memory(judged, row),
        speed=_speed(judged, row),
        answer_tokens=_answer_tokens(judged, row),
        cost=_cost(judged, row),
        start=start_of(table, row),
        warnings=warnings(judged, row, float(quality.utility[1, row]), float(quality.interval[1, row])),
        unverified=tuple(f"{name}: {words.had}" for name, words in judgement.unverified(judged, row)),
        also_at=also_at,
    )


def criterion_value(
    judged: Judged, criterion: Criterion, values: Values, weights: Mapping[str, float], row: int
) -> CriterionValue:
    """One criterion of one option."""
    weight, utility = weights.get(criterion.name, 0.0), float(values.utility[1, row])
    interval = _interval(values.interval, row)
    origin = None if interval is None else criterion.origin(judged, row)
    return CriterionValue(
        interval=interval,
        unit=values.unit,
        utility=utility,
        weight=weight,
        contribution=weight * utility,
        evidence=EVIDENCE[values.evidence[row]],
        sources=citations(judged.table.facts, origin),
    )


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def _interval(ends: Numbers, row: int) -> Interval | None:
    """One option's of intervals (3, n); None where it is unknown."""
    found = Interval(*ends[:, row].tolist())
    return None if np.isnan(found.value) else found


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
    """Seconds to the answer are unknown where those to the first token are; `answer_s` is at least so long there."""
    speeds, thinking = judged.figures.speeds, judged.figures.tokens.thinking
    first = _interval(speeds.ttft_s * 1000, row)
    pace = _interval(1 / speeds.tpot_s[::-1], row)
    if pace is None:
        return None
    return Speed(
        decode_tok_s=pace,
        ttft_ms=first,
        first_answer_token_ms=_interval((speeds.ttft_s + thinking * speeds.tpot_s) * 1000, row),
        answer_s=_interval(speeds.answer_s, row) if first else None,
        evidence="measured" if speeds.measured[row] else "estimated",
    )


def _answer_tokens(judged: Judged, row: int) -> AnswerTokens:
    shown = Interval.exact(float(judged.table.request.workload.output_tokens))
    return AnswerTokens(shown, Interval(*judged.figures.tokens.thinking[:, row].tolist()))


def _cost(judged: Judged, row: int) -> Cost | None:
    costs, table = judged.figures.costs, judged.table
    month, each = _interval(costs.usd_per_month, row), _interval(costs.usd_per_1k_requests, row)
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
        utilization=_or_none(costs.utilization[row]),
    )


def also_at(judged: Judged, row: int, score: float) -> AlsoAt:
    """Another option of a recommended model."""
    table, costs = judged.table, judged.figures.costs
    monthly, at = table.request.monthly_requests, int(table.options.own_no[row])
    cost = _or_none((costs.usd_per_month if monthly else costs.usd_per_1k_requests)[1, row])
    return AlsoAt(
        option=option_id(table, row),
        host=host_of(table, row),
        deployment=DEPLOYMENTS[table.options.deployment[row]],
        quantization=table.own.level[at] if at >= 0 else None,
        score=score,
        cost=cost,
        cost_unit="USD/month" if monthly else "USD/1k requests",
    )
