"""The walk of one call: options, rules, criteria, scores, simulation, explanation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from llmselect.catalog.words import CriterionName
from llmselect.engine.bets import expectations
from llmselect.engine.contest import Contest
from llmselect.engine.costs import cost_of
from llmselect.engine.criteria import Value
from llmselect.engine.entrants import entrants
from llmselect.engine.explain import assumptions, document_answer, documents_model, exclusions, warnings
from llmselect.engine.machine import Detected
from llmselect.engine.named import named
from llmselect.engine.options import Option
from llmselect.engine.quality import measure_name
from llmselect.engine.relax import admitting_flag, relaxations
from llmselect.engine.robustness import ROWS, SEED, Robustness, simulate
from llmselect.engine.rules import judge
from llmselect.engine.score import Scored, Weights, normalized, pareto
from llmselect.engine.situation import Situation, situate
from llmselect.engine.speeds import answer_s, seconds_to_answer, speed_of
from llmselect.engine.start import start_of
from llmselect.engine.tokens import thinking_tokens
from llmselect.errors import LlmselectError
from llmselect.estimate.interval import Interval
from llmselect.requirements import Requirements, flag
from llmselect.results.figures import AnswerTokens, Cost, CriterionValue, Memory, Speed
from llmselect.results.recommendation import AlsoAt, CatalogSummary, Recommendation, RecommendedModel, Unverified

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog

MS_PER_S = 1000


def recommend(
    needs: Requirements, catalog: Catalog, detected: Detected | None = None, top: int | None = None
) -> Recommendation:
    """The ranked, explained answer to a request; `top` cuts the ranking, never the reasons.

    Raises LlmselectError for names that the catalogue does not know and for weights that are all zero.
    """
    needs = named(needs, catalog)
    _check_answers(needs)
    situation = situate(needs, catalog, detected)
    weights = normalized(situation.weights)
    field = entrants(situation)
    admitted = [entrant for entrant in field if entrant.home is not None]
    expected, unrated = expectations([entrant for entrant in admitted if not entrant.ranked], situation, weights)
    contest = Contest.of_models(admitted, situation, weights)
    document_model = documents_model(situation)
    most, whole = (None, None) if top is None else (max(top + 1, ROWS), 0)
    groups = contest.leaders(most, whole, document_model)
    shown = [
        rank for rank, group in enumerate(groups, 1) if top is None or rank <= top or _model(group) == document_model
    ]
    ranking = _ranking(contest, groups, shown, situation, weights)
    excluded = exclusions([row for entrant in field if entrant.home is None for row in entrant.against])
    judged = [] if ranking else [row for entrant in field for row in entrant.judged]
    return Recommendation(
        requirements=needs.model_dump(mode="json"),
        as_of=needs.as_of.isoformat(),
        seed=SEED,
        catalog=CatalogSummary(catalog.date.isoformat(), len(catalog.models), sum(entrant.size for entrant in field)),
        assumed=assumptions(situation),
        recommendations=tuple(row for row in ranking if top is None or row.rank <= top),
        excluded=excluded,
        unrated=unrated,
        unverified=_unverified([groups[rank - 1][0].option for rank in shown], situation),
        provisional=expected,
        flip=contest.flip() if len(groups) > 1 else None,
        relaxations=relaxations(judged, situation) if not ranking else (),
        admitting_flag=admitting_flag(judged, situation) if not ranking else None,
        document=document_answer(situation, ranking, excluded, unrated),
        strategy=tuple(row.strategy for row in situation.expansions if row.strategy),
        yardstick=measure_name(situation.task, catalog),
    )


def _check_answers(needs: Requirements) -> None:
    """The source document's own answer needs its four questions answered."""
    if needs.policy == "document":
        missing = [flag(name) for name in ("compute", "response_time", "domain") if getattr(needs, name) is None]
        if missing:
            raise LlmselectError(
                "missing-flag",
                f"--policy document needs the document's four answers; missing: {', '.join(missing)}",
                "Add them, or leave --policy out.",
            )


def _unverified(options: Iterable[Option], situation: Situation) -> tuple[Unverified, ...]:
    """How many of these options each rule could not judge."""
    counts = Counter(name for option in options for name, _ in judge(option, situation).unverified)
    return tuple(Unverified(rule, count) for rule, count in sorted(counts.items()))


def _model(group: list[Scored]) -> str:
    return group[0].option.model.id


def _ranking(
    contest: Contest,
    groups: list[list[Scored]],
    shown: Sequence[int],
    situation: Situation,
    weights: Weights,
) -> list[RecommendedModel]:
    """The rows of the ranks that are shown; all models compete."""
    best = [group[0] for group in groups]
    most = max(shown, default=0)
    sure = simulate(best[: max(ROWS, most)], weights, most)
    undominated = pareto(best, weights, [best[rank - 1] for rank in shown])
    rows = []
    for rank in shown:
        following = groups[rank][0].score if rank < len(groups) else None
        rows.append(_row(rank, contest, best[rank - 1], following, sure, undominated, situation, weights))
    return rows


def _row(
    rank: int,
    contest: Contest,
    best: Scored,
    next_score: float | None,
    sure: Robustness,
    undominated: set[str],
    situation: Situation,
    weights: Weights,
) -> RecommendedModel:
    option = best.option
    machine = situation.machine
    return RecommendedModel(
        rank=rank,
        model=option.model.id,
        name=option.model.name,
        proven=True,
        option=option.id,
        host=option.host,
        deployment=option.deployment,
        effort=None if option.effort == "default" else option.effort,
        runtime=option.runtime,
        placement=option.plan.placement if option.plan else None,
        quantization=option.quantization,
        hardware=f"{machine.count} x {machine.name}" if option.plan else None,
        score=best.score,
        score_interval=_score_interval(best, sure),
        gap_to_next=best.score - next_score if next_score is not None else None,
        win_share=sure.win_share.get(option.id, 0.0),
        pareto=option.id in undominated,
        criteria={name: _criterion(name, value, weights) for name, value in best.values.items()},
        memory=_memory(option),
        speed=_speed(option, situation),
        answer_tokens=_tokens(option, situation),
        cost=_cost(option, situation),
        start=start_of(option, situation),
        warnings=warnings(option, best.values["quality"], situation),
        unverified=tuple(f"{name}: {verdict.missing}" for name, verdict in judge(option, situation).unverified),
        also_at=tuple(_also(row, situation) for row in contest.all_of(option.model.id)[1:]),
    )


def _criterion(name: CriterionName, value: Value, weights: Weights) -> CriterionValue:
    weight = weights.get(name, 0.0)
    return CriterionValue(
        interval=value.interval,
        unit=value.unit,
        utility=value.utility,
        weight=weight,
        contribution=weight * value.utility,
        evidence=value.evidence,
        sources=value.ref.citations(),
    )


def _memory(option: Option) -> Memory | None:
    plan = option.plan
    if plan is None:
        return None
    evidence = "estimated" if plan.estimated else "derived"
    return Memory(
        plan.placement, plan.needed_gib, plan.available_gib, plan.weights_gib, plan.kv_gib, plan.overhead_gib, evidence
    )


def _speed(option: Option, situation: Situation) -> Speed | None:
    figures = speed_of(option, situation)
    if figures is None:
        return None
    first, told, whole = figures.ttft_s, None, None
    if first is not None:
        told = seconds_to_answer(option, situation, figures.tpot_s, first).scaled(MS_PER_S)
        whole = answer_s(option, situation)
    return Speed(figures.tpot_s.inverse(), first.scaled(MS_PER_S) if first else None, told, whole, figures.evidence)


def _tokens(option: Option, situation: Situation) -> AnswerTokens:
    shown = Interval.exact(float(situation.workload.output_tokens))
    return AnswerTokens(shown, thinking_tokens(option, situation))


def _score_interval(best: Scored, sure: Robustness) -> Interval:
    """Nine of ten draws of a score; the score itself where none was drawn."""
    low, high = (ends.get(best.option.id, best.score) for ends in (sure.score_low, sure.score_high))
    return Interval(low, best.score, high)


def _cost(option: Option, situation: Situation) -> Cost | None:
    figures = cost_of(option, situation)
    if figures is None:
        return None
    month, each = figures.usd_per_month, figures.usd_per_1k_requests
    return Cost(
        usd_per_month=month,
        usd_per_1k_requests=each,
        evidence=figures.evidence,
        price_as_of=figures.price_day.isoformat() if figures.price_day else None,
        machines=round(figures.machines.value) if figures.machines else None,
        utilization=figures.utilization,
    )


def _also(row: Scored, situation: Situation) -> AlsoAt:
    option = row.option
    cost = cost_of(option, situation)
    monthly: Any = situation.needs.monthly_requests
    interval = (cost.usd_per_month if monthly else cost.usd_per_1k_requests) if cost else None
    unit = "USD/month" if monthly else "USD/1k requests"
    value = interval.value if interval else None
    return AlsoAt(option.id, option.host, option.deployment, option.quantization, row.score, value, unit)
