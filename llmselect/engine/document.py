"""The source document's decision tree: rules as data, first match wins; and how its answer fares today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from llmselect.engine.request import Json
from llmselect.requirements import Requirements
from llmselect.results.recommendation import DocumentAnswer, Exclusion, RecommendedModel, Unrated

TASKS = ("conversation", "content-generation", "qa", "reasoning")
COMPUTE = ("high", "medium", "low")
RESPONSE_TIMES = ("real-time", "batch")
DOMAINS = ("general", "specific")


class Question(NamedTuple):
    """The document's four questions, answered."""

    task: str
    compute: str
    response_time: str
    domain: str


def all_questions() -> Iterator[Question]:
    """The 48 combinations in the document's order."""
    return (Question(*values) for values in product(TASKS, COMPUTE, RESPONSE_TIMES, DOMAINS))


def matching_rule(document: Json, question: Question) -> Json | None:
    """The first rule whose conditions all hold; None if the document asks for more information."""
    rules: Sequence[Json] = document["rules"]
    answers = question._asdict()
    return next((row for row in rules if all(answers[key] in values for key, values in row["when"].items())), None)


def answer(document: Json, question: Question) -> str:
    """The document's own answer, to the letter."""
    rule = matching_rule(document, question)
    found: str = rule["answer"] if rule else document["more_information"]
    return found


def rule_of_request(document: Json, needs: Requirements) -> Json | None:
    """The rule that a request matches; None if none does, or if a question is not answered."""
    if needs.compute is None or needs.response_time is None or needs.domain is None:
        return None
    return matching_rule(document, Question(needs.task, needs.compute, needs.response_time, needs.domain))


def document_answer(
    document: Json,
    needs: Requirements,
    ranked: Sequence[RecommendedModel],
    excluded: Sequence[Exclusion],
    unrated: Sequence[Unrated],
) -> DocumentAnswer | None:
    """What the document would say, and why the answer today differs; None unless all four questions are answered."""
    if None in (needs.compute, needs.response_time, needs.domain):
        return None
    rule, today = rule_of_request(document, needs), ranked[0].model if ranked else None
    if rule is None:
        return DocumentAnswer(document["more_information"], document["more_information_gloss"], None, None, today, ())
    model, strategy = rule.get("model"), rule.get("strategy")
    why = () if model == today and not strategy else _why(model or "", ranked, excluded, unrated)
    remark = (rule["remark"],) if rule.get("remark") else ()
    return DocumentAnswer(rule["answer"], rule.get("gloss"), model, strategy, today, (*why, *remark))


def _why(
    model: str, ranked: Sequence[RecommendedModel], excluded: Sequence[Exclusion], unrated: Sequence[Unrated]
) -> tuple[str, ...]:
    """Why a model is not first: the criteria in which the winner leads, or the constraints that exclude it."""
    for row in ranked:
        if row.model == model:
            return (f"{row.name} comes {_ordinal(row.rank)}: {_leads(ranked[0], row)}",)
    for missing in unrated:
        if missing.model == model:
            return (f"{missing.name} is unrated: {missing.missing}",)
    groups = [row for row in excluded if row.model == model]
    if not groups:
        return ()
    nearest = min(groups, key=lambda row: (len(row.reasons), "@self" not in row.option))
    return tuple(
        f"{r.rule}: {r.had}" if r.unknown else f"{r.rule}: needs {r.needed}, has {r.had}" for r in nearest.reasons
    )


def _ordinal(rank: int) -> str:
    """`first`, `second`, `third`, `4th`, `21st`, `112th`."""
    ending = "th" if rank // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return {1: "first", 2: "second", 3: "third"}.get(rank, f"{rank}{ending}")


def _leads(first: RecommendedModel, row: RecommendedModel) -> str:
    gaps = {name: value.contribution - row.criteria[name].contribution for name, value in first.criteria.items()}
    return lead_text(first.name, gaps)


def lead_text(name: str, gaps: Mapping[str, float], most: int = 2) -> str:
    """The criteria in which an option leads, largest gap in points first."""
    leads = sorted(((gap, criterion) for criterion, gap in gaps.items() if gap > 0.0005), reverse=True)[:most]
    parts = [f"{criterion} (+{gap:.2f})" for gap, criterion in leads]
    return f"{name} leads in {' and '.join(parts)}" if parts else f"{name} is level with it"
