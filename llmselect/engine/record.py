"""A decision to be kept: the request as it was resolved, what it was judged on, and the facts that it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmselect.engine.machine import Machine
from llmselect.engine.options import Option, offerings_of
from llmselect.engine.prices import price_of
from llmselect.engine.situation import Situation, situate
from llmselect.requirements import Requirements, given_fields
from llmselect.results.decision import Choice, Decision, Terms
from llmselect.results.recommendation import Recommendation, RecommendedModel

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Offering


def decision(answer: Recommendation, needs: Requirements, catalog: Catalog, top: int, digest: str) -> Decision:
    """The decision that a recommendation is; its hardware must be named, not to be detected.

    `digest` is that of the catalogue.
    """
    situation = situate(needs, catalog)
    return Decision(
        request=given_fields(needs),
        top=top,
        as_of=answer.as_of,
        catalog_date=answer.catalog.date,
        catalog_digest=digest,
        hardware=_hardware(situation.machine),
        choices=tuple(_choice(row, situation) for row in answer.recommendations),
    )


def _hardware(machine: Machine) -> str:
    parts = [f"{machine.count} x {machine.name}", f"{machine.memory_gib:g} GiB each, {machine.share:.0%} of it usable"]
    parts += [f"{machine.bandwidth_gb_s:g} GB/s"] if machine.bandwidth_gb_s else []
    parts += [f"{machine.ram_gib:g} GiB of RAM"] if machine.ram_gib else []
    parts += ["owned" if machine.owned else "rented"]
    return ", ".join(parts)


def _choice(row: RecommendedModel, situation: Situation) -> Choice:
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
        terms=terms(row.model, row.option, situation),
    )


def terms(model_id: str, option_id: str, situation: Situation) -> Terms:
    """The terms of an option on the day; those of one's own machine where no host serves it."""
    model = situation.catalog.models[model_id]
    found = offering_of(model_id, option_id, situation)
    if found is None:
        rental = situation.machine.rental
        rented = rental.usd_per_gpu_hour if rental else situation.machine.usd_per_gpu_hour
        return Terms(None, None, rented, model.license.value if model.license else None, None)
    host_id, offering = found
    price = price_of(Option(option_id, model, offering.deployment, host_id, offering), situation)
    named = offering.terms or situation.catalog.hosts[host_id].terms
    end = offering.lifecycle.shutdown
    return Terms(
        input_usd_per_mtok=price.input_usd_per_mtok if price else None,
        output_usd_per_mtok=price.output_usd_per_mtok if price else None,
        gpu_hour_usd=None,
        license=named.value if named else None,
        ends=str(end.value) if end and end.value else None,
    )


def offering_of(model_id: str, option_id: str, situation: Situation) -> tuple[str, Offering] | None:
    """The host and offering that an option's id names; None for one's own machine, or where it is gone."""
    behind = option_id.removeprefix(f"{model_id}@")
    rows = offerings_of(model_id, situation)
    for host, offering in rows:
        api_id = offering.api_id.value if offering.api_id else ""
        alone = sum(other == host for other, _ in rows) == 1
        prefix = host if alone else f"{host}/{api_id}"
        if behind == prefix or behind.startswith(f"{prefix}:"):
            return host, offering
    return None
