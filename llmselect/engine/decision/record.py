"""A decision to be kept: the request as it was resolved, what it was judged on, and the facts that it rests on."""

from __future__ import annotations

import numpy as np

from llmselect.engine.constraints.terms import day_text
from llmselect.engine.facts import Facts
from llmselect.engine.machine.machines import Machine
from llmselect.engine.money import NO_ROW, tariffs
from llmselect.engine.named import request_of
from llmselect.engine.request import Request
from llmselect.estimate.rows import known
from llmselect.requirements import Requirements, given_fields
from llmselect.results.decision import Choice, Decision, Terms
from llmselect.results.recommendation import Recommendation, RecommendedModel


def decision(answer: Recommendation, needs: Requirements, facts: Facts, top: int, digest: str) -> Decision:
    """The decision that a recommendation is; its hardware must be named, not to be detected.

    `digest` is that of the catalogue.
    """
    request = request_of(needs, facts)
    return Decision(
        request=given_fields(needs),
        top=top,
        as_of=answer.as_of,
        catalog_date=answer.catalog.date,
        catalog_digest=digest,
        hardware=_hardware(request.machine),
        choices=tuple(_choice(row, facts, request) for row in answer.recommendations),
    )


def _hardware(machine: Machine) -> str:
    parts = [f"{machine.count} x {machine.name}", f"{machine.memory_gib:g} GiB each, {machine.share:.0%} of it usable"]
    parts += [f"{machine.bandwidth_gb_s:g} GB/s"] if machine.bandwidth_gb_s else []
    parts += [f"{machine.ram_gib:g} GiB of RAM"] if machine.ram_gib else []
    parts += ["owned" if machine.owned else "rented"]
    return ", ".join(parts)


def _choice(row: RecommendedModel, facts: Facts, request: Request) -> Choice:
    cost, quality = row.criteria["cost"], row.criteria["quality"]
    return Choice(
        rank=row.rank,
        model=row.model,
        name=row.name,
        option=row.option,
        score=row.score,
        win_share=row.win_share,
        quality=quality.value,
        cost=cost.value,
        cost_unit=cost.unit,
        terms=terms(row.model, row.option, facts, request),
    )


def terms(model: str, option: str, facts: Facts, request: Request) -> Terms:
    """The terms of an option on the request's day; those of the request's machine if no host serves it."""
    at = offering_of(model, option, facts)
    if at is None:
        machine = request.machine
        rent = machine.rental.usd_per_gpu_hour if machine.rental else machine.usd_per_gpu_hour
        return Terms(None, None, rent, facts.models.license[facts.model_no[model]] or None, None)
    price, end = int(tariffs(facts, request.traffic, request.as_of_day).price_no[at]), facts.offerings.shutdown_day[at]
    read, written = facts.prices.input_usd_per_mtok, facts.prices.output_usd_per_mtok
    return Terms(
        input_usd_per_mtok=None if price == NO_ROW else known(read[price]),
        output_usd_per_mtok=None if price == NO_ROW else known(written[price]),
        gpu_hour_usd=None,
        license=facts.offerings.terms[at] or None,
        ends=None if np.isnan(end) else day_text(end),
    )


def offering_of(model: str, option: str, facts: Facts) -> int | None:
    """The row in `Offerings` that an option's id names; None for one's own machine, or one that is gone."""
    behind = option.removeprefix(f"{model}@")
    for at in np.flatnonzero(facts.model_of_offering == facts.model_no[model]).tolist():
        place = facts.places[at]
        if behind == place or behind.startswith(f"{place}:"):
            return at
    return None
