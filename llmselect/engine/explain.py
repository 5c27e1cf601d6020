"""Why: exclusions grouped, warnings, what was assumed, and how the document's answer fares today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from llmselect.engine.costs import cost_of
from llmselect.engine.criteria import Value
from llmselect.engine.document import Question, matching_rule
from llmselect.engine.options import Option, offerings_of
from llmselect.engine.rules import Against
from llmselect.engine.situation import Situation
from llmselect.engine.verdict import Fail, Unknown
from llmselect.requirements import flag
from llmselect.results.recommendation import DocumentAnswer, Exclusion, Reason, RecommendedModel, Unrated

if TYPE_CHECKING:
    from llmselect.catalog.schema import DocumentRule

WARN_SHUTDOWN_DAYS = 90
STALE_LISTING_DAYS = 30
FIGURE_RULES = ("memory", "speed", "latency", "throughput", "budget")  # their figures differ within a group


def exclusions(rows: Iterable[Against]) -> tuple[Exclusion, ...]:
    """Excluded options grouped by model and by what speaks against them.

    Options of one group may differ in figures (sizes at each quantisation): the one that comes nearest,
    the last that was tried, speaks for the group.
    """
    groups: dict[tuple[Any, ...], list[Against]] = {}
    for row in rows:
        model, _, _, judgement = row
        alike = [(name, "" if name in FIGURE_RULES else verdict[1]) for name, verdict in judgement.against]
        groups.setdefault((model.id, *alike), []).append(row)
    known: dict[int, Reason] = {}  # options share what is said of them
    return tuple([_exclusion(group, known) for group in groups.values()])


def _exclusion(rows: Sequence[Against], known: dict[int, Reason]) -> Exclusion:
    model, option_id, _, judgement = rows[-1]
    for name, verdict in judgement.against:
        if id(verdict) not in known:
            known[id(verdict)] = reason(name, verdict)
    reasons = tuple([known[id(verdict)] for _, verdict in judgement.against])
    return Exclusion(model.id, model.name, option_id, sum([options for _, _, options, _ in rows]), reasons)


def reason(rule: str, verdict: Fail | Unknown) -> Reason:
    """A rule's word as a reader meets it."""
    sources = verdict.ref.citations()
    if isinstance(verdict, Unknown):
        return Reason(rule, verdict.needed, f"unknown: {verdict.missing}", sources, True)
    return Reason(rule, verdict.needed, verdict.had, sources, False)


def warnings(option: Option, quality: Value, situation: Situation) -> tuple[str, ...]:
    """What a person should know before acting on an option."""
    found = [*_lifecycle_warnings(option, situation), *_price_warnings(option, situation)]
    if quality.interval is not None and quality.utility == 0:
        least = situation.task.anchors.insufficient
        task, value = situation.needs.task, quality.interval.value
        found.append(f"its quality of {value:.3g} % is insufficient for {task} (below {least:g} %)")
    if option.deployment == "self-host":
        found += _retired_elsewhere(option, situation)
        if option.plan is not None and option.plan.estimated:
            found.append("memory is estimated from the parameter count: no architecture is published")
        if option.plan is not None and option.plan.placement in ("split", "experts-in-ram"):
            share = option.plan.device_weight_share
            found.append(
                f"{1 - share:.0%} of the weights read per token lie in RAM: slower, and unverified by measurements"
            )
    return tuple(found)


def _lifecycle_warnings(option: Option, situation: Situation) -> list[str]:
    if option.offering is None:
        return []
    dates, as_of = option.offering.lifecycle, situation.needs.as_of
    end = dates.shutdown.value if dates.shutdown else None
    if end is not None and end - as_of <= timedelta(days=WARN_SHUTDOWN_DAYS):
        successor = dates.replacement.value if dates.replacement else None
        then = f"; {option.host} names {successor} as its replacement" if successor else ""
        return [f"{option.host} shuts it down on {end}{then}"]
    promise = dates.not_before.value if dates.not_before else None
    if end is None and promise is not None and promise - as_of <= timedelta(days=WARN_SHUTDOWN_DAYS):
        since = "since" if promise <= as_of else "from"
        return [f"{option.host} may end it {since} {promise}; no end is announced"]
    seen = dates.last_seen.value if dates.last_seen else None
    if end is None and seen is not None and as_of - seen > timedelta(days=STALE_LISTING_DAYS):
        return [f"last seen at {option.host} on {seen}"]
    return []


def _price_warnings(option: Option, situation: Situation) -> list[str]:
    cost = cost_of(option, situation)
    if cost is None:
        return []
    if cost.free_tier:
        return ["free of charge within the host's rate limits"]
    if not cost.stale_days:
        return []
    return [f"its price was last checked {cost.stale_days} days ago; the cost interval is widened"]


def _retired_elsewhere(option: Option, situation: Situation) -> list[str]:
    """Open weights whose own hosts have ended are legacy: they still run, nobody serves them any more."""
    as_of = situation.needs.as_of
    ends = {
        host: offering.lifecycle.shutdown.value
        for host, offering in offerings_of(option.model.id, situation)
        if offering.lifecycle.shutdown and offering.lifecycle.shutdown.value
        and offering.lifecycle.shutdown.value <= as_of
    }  # fmt: skip
    if not ends:
        return []
    return ["legacy: retired at " + ", ".join(f"{host} ({end})" for host, end in sorted(ends.items()))]


def assumptions(situation: Situation) -> dict[str, str]:
    """What was not said, or stood in a file that nobody named, and the answer rests on, by the flag that changes it."""
    needs, load, machine = situation.needs, situation.workload, situation.machine
    given = needs.model_fields_set
    rented = f", rented at ${machine.rental.usd_per_gpu_hour:.2f} per GPU-hour" if machine.rental else ""
    texts = {
        "task": needs.task,
        "deployment": "API, managed and self-hosted compete",
        "prompt_tokens": f"{load.prompt_tokens:,}",
        "output_tokens": f"{load.output_tokens:,}",
        "concurrency": str(load.concurrency),
        "quantization": f"down to {needs.coarsest}",
    }
    found = needs.from_file() | {flag(name): text for name, text in texts.items() if name not in given}
    if not given & {"hardware", "gpu", "vram"}:
        tier = needs.compute or "medium"
        found["--compute" if needs.compute is None else "--gpu"] = f"{tier}: {machine.count} x {machine.name}{rented}"
    elif machine.owned and machine.usd_per_gpu_hour is None and "kwh_usd" not in given:
        found["--kwh-usd"] = f"owned hardware, ${needs.kwh_usd:.2f} per kWh"
    if needs.monthly_requests is not None and "peak_to_mean" not in given:
        found["--peak-to-mean"] = f"machines hold {needs.peak_to_mean:g} times the mean rate"
    if needs.monthly_requests is None:
        found["--requests-per-month"] = "not given: cost per 1,000 requests"
    return found


def documents_model(situation: Situation) -> str | None:
    """The model that the document's tree would name; None unless all four questions are answered."""
    rule = _documents_rule(situation)
    return rule.model if rule is not None else None


def _documents_rule(situation: Situation) -> DocumentRule | None:
    needs = situation.needs
    if needs.compute is None or needs.response_time is None or needs.domain is None:
        return None
    question = Question(needs.task, needs.compute, needs.response_time, needs.domain)
    return matching_rule(situation.catalog.document, question)


def document_answer(
    situation: Situation,
    ranked: Sequence[RecommendedModel],
    excluded: Sequence[Exclusion],
    unrated: Sequence[Unrated],
) -> DocumentAnswer | None:
    """What the document would say, and why the answer today differs; None unless all four questions are answered."""
    needs, document = situation.needs, situation.catalog.document
    if needs.compute is None or needs.response_time is None or needs.domain is None:
        return None
    rule = _documents_rule(situation)
    today = ranked[0].model if ranked else None
    if rule is None:
        return DocumentAnswer(document.more_information, document.more_information_gloss, None, None, today, ())
    why = () if rule.model == today and not rule.strategy else _why(rule.model or "", ranked, excluded, unrated)
    remark = (rule.remark,) if rule.remark else ()
    return DocumentAnswer(rule.answer, rule.gloss, rule.model, rule.strategy, today, (*why, *remark))


def _why(
    model: str, ranked: Sequence[RecommendedModel], excluded: Sequence[Exclusion], unrated: Sequence[Unrated]
) -> tuple[str, ...]:
    """Why a model is not first: the criteria in which the winner leads, or the rules that exclude it."""
    for row in ranked:
        if row.model == model:
            return (f"{row.name} comes {_ordinal(row.rank)}: {_leads(ranked[0], row)}",)
    for missing in unrated:
        if missing.model == model:
            return (f"{missing.name} is unrated: {missing.missing}",)
    ways = [row for row in excluded if row.model == model]
    if not ways:
        return ()
    nearest = min(ways, key=lambda row: (len(row.reasons), "@self" not in row.option))
    return tuple(
        f"{r.rule}: {r.had}" if r.unknown else f"{r.rule}: needs {r.needed}, has {r.had}" for r in nearest.reasons
    )


def _ordinal(rank: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(rank, f"{rank}th")


def _leads(first: RecommendedModel, row: RecommendedModel) -> str:
    gaps = {name: value.contribution - row.criteria[name].contribution for name, value in first.criteria.items()}
    return lead_text(first.name, gaps)


def lead_text(name: str, gaps: Mapping[str, float], most: int = 2) -> str:
    """The criteria in which an option leads, largest gap in points first."""
    leads = sorted(((gap, criterion) for criterion, gap in gaps.items() if gap > 0.0005), reverse=True)[:most]
    parts = [f"{criterion} (+{gap:.2f})" for gap, criterion in leads]
    return f"{name} leads in {' and '.join(parts)}" if parts else f"{name} is level with it"
