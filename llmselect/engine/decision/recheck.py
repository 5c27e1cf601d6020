"""A decision looked at again: the same request on another day or catalogue, and what has moved since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from llmselect.engine.decision.record import decision, offering_of, terms
from llmselect.engine.facts import Facts
from llmselect.engine.life import SOON_DAYS
from llmselect.engine.named import request_of
from llmselect.engine.recommend import recommend
from llmselect.engine.request import Request
from llmselect.requirements import Requirements, parse
from llmselect.results.decision import Decision, Moved, Recheck, Terms
from llmselect.results.recommendation import Recommendation, RecommendedModel

SAME = 0.005  # relative change below which a computed figure counts as the same
_PRICES = ("input_usd_per_mtok", "output_usd_per_mtok", "gpu_hour_usd")
Old = Mapping[str, Any]


def recheck(old: Old, facts: Facts, as_of: date, digest: str) -> Recheck:
    """What has moved since a decision, on a day; `old` is the decision as data, `digest` that of the catalogue.

    What matters is what concerns the chosen option (price, end, licence, that it no longer qualifies) and a new
    winner; everything else is told beside it. Raises LlmselectError for a request that is not understood.
    """
    needs = parse({**old["request"], "as_of": as_of})
    answer, request = recommend(needs, facts), request_of(needs, facts)
    decided = date.fromisoformat(old["as_of"])
    shortlisted = [move for row in old["choices"] for move in _moves(row, answer, facts, request, decided)]
    moved = (*_winner(old, answer), *shortlisted, *_newcomers(old, answer))
    return Recheck(
        matters=any(move.matters for move in moved),
        decided_as_of=old["as_of"],
        as_of=as_of.isoformat(),
        catalog_changed=digest != old["catalog_digest"],
        chosen=old["choices"][0]["name"] if old["choices"] else None,
        moved=moved,
        now=_now(answer, needs, facts, int(old["top"]), digest),
    )


def _now(answer: Recommendation, needs: Requirements, facts: Facts, top: int, digest: str) -> Decision:
    return decision(replace(answer, recommendations=answer.recommendations[:top]), needs, facts, top, digest)


def _row(answer: Recommendation, model: str) -> RecommendedModel | None:
    return next((row for row in answer.recommendations if row.model == model), None)


def _winner(old: Old, answer: Recommendation) -> Iterator[Moved]:
    """Another model at the top, and by how many points of the score it leads the chosen one now."""
    before = old["choices"][0] if old["choices"] else None
    after = answer.recommendations[0] if answer.recommendations else None
    if (before["model"] if before else None) == (after.model if after else None):
        return
    chosen = _row(answer, before["model"]) if before else None
    lead = after.score - chosen.score if after and chosen else None
    model, name = (after.model, after.name) if after else ("", "")
    yield Moved("winner", True, model, name, before["name"] if before else None, after.name if after else None, lead)


def _moves(old: Old, answer: Recommendation, facts: Facts, request: Request, decided: date) -> Iterator[Moved]:
    """What has moved of one shortlisted option."""
    chosen, model, name = old["rank"] == 1, old["model"], old["name"]
    if model not in facts.model_no:
        yield Moved("gone", chosen, model, name, old["option"], None)
        return
    now = _row(answer, model)
    if now is None:
        yield Moved("excluded", chosen, model, name, old["option"], _why(model, answer))
    elif now.option != old["option"]:
        yield Moved("option", False, model, name, old["option"], now.option)
    if "@self" in old["option"] or offering_of(model, old["option"], facts) is not None:
        yield from _terms(old, terms(model, old["option"], facts, request), request.needs.as_of, decided)
    else:
        yield Moved("gone", chosen, model, name, old["option"], None)
    if now is not None:
        yield from _figures(old, now)


def _why(model: str, answer: Recommendation) -> str:
    groups = [row for row in answer.excluded if row.model == model]
    if not groups:
        return "unrated"
    nearest = min(groups, key=lambda row: len(row.reasons))
    return "; ".join(f"{reason.rule}: {reason.had}" for reason in nearest.reasons)


def _terms(old: Old, now: Terms, as_of: date, decided: date) -> Iterator[Moved]:
    """Prices, licence and end of the option itself, wherever it ranks now."""
    chosen, model, name, before = old["rank"] == 1, old["model"], old["name"], old["terms"]
    for field in _PRICES:
        was, value = before.get(field), getattr(now, field)
        if was != value:
            yield Moved(field, chosen, model, name, was, value, value / was - 1 if was and value is not None else None)
    if before.get("license") != now.license:
        yield Moved("license", chosen, model, name, before.get("license"), now.license)
    if before.get("ends") != now.ends:
        yield Moved("ends", chosen, model, name, before.get("ends"), now.ends)
    elif now.ends is not None and _soon(now.ends, as_of) and not _soon(now.ends, decided):
        yield Moved("ends_soon", chosen, model, name, None, now.ends)


def _soon(end: str, day: date) -> bool:
    return date.fromisoformat(end) - day <= timedelta(days=SOON_DAYS)


def _figures(old: Old, now: RecommendedModel) -> Iterator[Moved]:
    """Rank and computed figures: told, but not what reopens a decision."""
    model, name = old["model"], old["name"]
    if now.rank != old["rank"]:
        yield Moved("rank", False, model, name, old["rank"], now.rank)
    pairs = {"cost": (old["cost"], now.criteria["cost"]), "quality": (old["quality"], now.criteria["quality"])}
    for what, (was, found) in pairs.items():
        value = found.value
        if (was is None) != (value is None) or (was and value is not None and abs(value / was - 1) > SAME):
            yield Moved(what, False, model, name, was, value, value / was - 1 if was and value is not None else None)


def _newcomers(old: Old, answer: Recommendation) -> Iterator[Moved]:
    """Models of the shortlist of today that the old one did not hold."""
    known = {row["model"] for row in old["choices"]}
    for row in answer.recommendations[: int(old["top"])]:
        if row.model not in known:
            yield Moved("newcomer", False, row.model, row.name, None, row.rank)
