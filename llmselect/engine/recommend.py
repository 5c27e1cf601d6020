"""The walk of one call: request, options, constraints, criteria, score, order, and the records of the shown rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from llmselect.catalog.sql.read import Integers
from llmselect.catalog.words import CriterionName
from llmselect.engine.beside import beside
from llmselect.engine.columns import PRIOR
from llmselect.engine.constraints.terms import host_of
from llmselect.engine.document import document_answer, rule_of_request
from llmselect.engine.doubts import doubts
from llmselect.engine.excluded import exclusions
from llmselect.engine.explain import assumptions, quality_name
from llmselect.engine.facts import Facts
from llmselect.engine.machine.machines import Detected
from llmselect.engine.named import request_of
from llmselect.engine.relax import admitting_flag, relaxations
from llmselect.engine.rows import Standing, recommended_model
from llmselect.engine.score import best_of_models
from llmselect.engine.scored import Scored, score_options
from llmselect.engine.sensitivity import WeightChange, weight_changes
from llmselect.engine.simulate import ROWS, SEED, Robustness
from llmselect.engine.standing import leads_in, pareto, simulated
from llmselect.engine.to_ask import to_ask
from llmselect.engine.values import Values
from llmselect.engine.ways import ways
from llmselect.errors import LlmselectError
from llmselect.estimate.interval import Interval
from llmselect.estimate.rows import known
from llmselect.requirements import Requirements, flag
from llmselect.results.recommendation import (
    CatalogSummary,
    Difference,
    Flip,
    Recommendation,
    RecommendedModel,
    Unrated,
    Unverified,
)

UNRATED = "no scores that say enough of this task"


def recommend(
    needs: Requirements,
    facts: Facts,
    detected: Detected | None = None,
    top: int | None = None,
    without: str | None = None,
    *,
    excluded: bool = True,
) -> Recommendation:
    """The ranked, explained answer to a request; `top` cuts the ranking, never the reasons.

    `without` is the id of a model that does not compete, such as one that is to be replaced. Why models are excluded
    takes longer to tell than to find: `excluded` says whether anybody reads it.
    Raises LlmselectError for names that the catalogue does not know and for weights that are all zero.
    """
    request = replace(request_of(needs, facts, detected), without=without)
    _check_answers(request.needs)
    return answer_of(score_options(request, facts), top, excluded=excluded)


def answer_of(found: Scored, top: int | None = None, *, excluded: bool = True) -> Recommendation:
    """The answer that options make once they are judged and scored; `top` and `excluded` as above."""
    request, facts = found.judged.table.request, found.judged.table.facts
    needs = request.needs
    best = best_of_models(found.order, found.judged.table.options.model_no)
    document = facts.record("document", "document")
    document_model = (rule_of_request(document, needs) or {}).get("model")
    shown = _shown(found, best, top, document_model)
    ranking, unrated = _ranking(found, best, shown), _unranked(found)
    asked = None if excluded else [document_model] if document_model in facts.model_no else []
    left_out = exclusions(found, asked)
    return Recommendation(
        requirements=needs.model_dump(mode="json"),
        as_of=needs.as_of.isoformat(),
        seed=SEED,
        catalog=_summary(found),
        requests_per_month=request.monthly_requests,
        assumed=assumptions(request),
        doubts=doubts(found, best[shown]),
        recommendations=tuple(row for row in ranking if top is None or row.rank <= top),
        excluded=left_out if excluded else (),
        unrated=unrated,
        unverified=_unverified(found, best[shown]),
        to_ask=to_ask(found),
        beside=beside(found, best, best[[place for place in shown if top is None or place < top]]),
        flips=_flips(found) if len(best) > 1 else (),
        relaxations=() if ranking else relaxations(found.judged, found.judgement),
        admitting_flag=None if ranking else admitting_flag(found.judged, found.judgement),
        document=document_answer(document, needs, ranking, left_out, unrated),
        strategy=tuple(row["strategy"] for row in request.expansions if row.get("strategy")),
        ways=ways(found, best),
        yardstick=quality_name(facts, request.task),
    )


def _shown(found: Scored, best: Integers, top: int | None, document_model: str | None) -> list[int]:
    """The places in the ranking, from 0, that become records: the first `top`, and that of the document's model."""
    return [
        place
        for place, row in enumerate(best.tolist())
        if top is None or place < top or found.model(row) == document_model
    ]


def _summary(found: Scored) -> CatalogSummary:
    """How much was judged."""
    table = found.judged.table
    return CatalogSummary(table.facts.meta["date"], len(table.facts.models.model), len(table.options))


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


def _ranking(found: Scored, best: Integers, shown: Sequence[int]) -> list[RecommendedModel]:
    """The records of the places that are shown; all models compete."""
    if not shown:
        return []
    drawn = best[: max(ROWS, max(shown) + 2)]  # each beside the next
    sure, unbeaten = simulated(found, drawn), pareto(found, best, best[shown])
    return [_row(found, best, place, bool(one), sure) for place, one in zip(shown, unbeaten, strict=True)]


def _row(found: Scored, best: Integers, place: int, unbeaten: bool, sure: Robustness) -> RecommendedModel:
    row, score = int(best[place]), found.score
    standing = Standing(
        rank=place + 1,
        score=Interval(float(sure.score_low[place]), float(score[row]), float(sure.score_high[place])),
        gap_to_next=max(0.0, float(score[row] - score[best[place + 1]])) if place + 1 < len(best) else None,
        win_share=float(sure.win_share[place]),
        pareto=unbeaten,
        tied_with_next=bool(sure.level_with_next[place]),
        leads_in=leads_in(found, best, place),
    )
    return recommended_model(found, row, standing)


def _unverified(found: Scored, rows: Integers) -> tuple[Unverified, ...]:
    """How many of these options each constraint could not judge."""
    counts = Counter(name for row in rows.tolist() for name, _ in found.judgement.unverified(found.judged, row))
    return tuple(Unverified(name, count) for name, count in sorted(counts.items()))


def _unranked(found: Scored) -> tuple[Unrated, ...]:
    """Models that pass and cannot be ranked, since nothing can be said of their quality."""
    models = found.judged.table.options.model_no
    admitted = np.flatnonzero(found.judgement.passes & ~np.isin(models, models[found.order]))
    _, first = np.unique(models[admitted], return_index=True)
    return tuple(_unrated(found, int(admitted[at])) for at in first)


def _unrated(found: Scored, row: int) -> Unrated:
    name = found.judged.table.facts.models.name[found.judged.table.options.model_no[row]]
    return Unrated(found.model(row), name, found.id(row), UNRATED)


def _flips(found: Scored) -> tuple[Flip, ...]:
    """The nearest changes of one weight that put another model first."""
    table, values = found.judged.table, found.values
    utilities = {name: each.utility[1] for name, each in values.items()}
    weights = table.request.weights
    changes = weight_changes(utilities, weights, found.order, found.tie_place, table.options.model_no)
    return tuple(_flip(found, change) for change in changes)


def _flip(found: Scored, change: WeightChange) -> Flip:
    """A change with the figures in which its winner differs from the first row: the criterion, quality and cost."""
    table, first, winner = found.judged.table, int(found.order[0]), change.winner
    before = table.request.weights[change.criterion]
    stated = {name: (_stated(each, first), _stated(each, winner)) for name, each in found.values.items()}
    names = [change.criterion, *(name for name in ("quality", "cost") if stated[name][0] != stated[name][1])]
    differences = tuple(Difference(name, found.values[name].unit, *stated[name]) for name in dict.fromkeys(names))
    name: CriterionName = change.criterion  # type: ignore[assignment]
    return Flip(
        criterion=name,
        factor=change.factor,
        from_=before,
        to=before * change.factor,
        winner=found.model(winner),
        name=table.facts.models.name[table.options.model_no[winner]],
        option=found.id(winner),
        host=host_of(table, winner),
        differences=differences,
    )


def _stated(values: Values, row: int) -> float | None:
    """A criterion's value of one option; None where there is none but what is usual."""
    return None if values.evidence[row] == PRIOR else known(values.interval[1, row])
