"""One candidate as a record: its bill, the price behind it, and how its machines serve."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmselect.engine.candidates import Candidate
from llmselect.engine.criteria import quality
from llmselect.engine.explain import warnings
from llmselect.engine.fleet import fleet_of
from llmselect.engine.prices import batch_price_of, price_of
from llmselect.engine.rules_fit import limit
from llmselect.engine.tokens import answer_tokens
from llmselect.estimate.interval import Interval
from llmselect.results.cost import CostOption, PriceShown, Serving, VolumeCost
from llmselect.table.logged import Logged

if TYPE_CHECKING:
    from llmselect.catalog.schema import Price


def cost_option(row: Candidate, volumes: Sequence[int], logged: Logged | None) -> CostOption:
    """The record of a candidate at the asked volume and at others."""
    option, situation, figures = row[:3]
    assert figures.usd_per_month is not None
    assert figures.usd_per_1k_requests is not None
    machine = situation.machine
    return CostOption(
        id=row.id,
        model=option.model.id,
        name=option.model.name,
        option=option.id,
        host=option.host,
        provider=row.rental.provider if row.rental else None,
        deployment=row.deployment,
        effort=None if option.effort == "default" else option.effort,
        quantization=option.quantization,
        runtime=option.runtime,
        hardware=f"{machine.count} x {machine.name}" if option.plan else None,
        usd_per_month=figures.usd_per_month,
        usd_per_1k_requests=figures.usd_per_1k_requests,
        evidence=figures.evidence,
        output_tokens=_output_tokens(row),
        quality=_quality(row),
        price=_price(row),
        by_volume=tuple(VolumeCost(count, _at(row, count)) for count in volumes),
        serving=_serving(row),
        requests_over_context=_over_context(row, logged),
        warnings=_warnings(row),
    )


def _at(row: Candidate, requests: int) -> Interval | None:
    """The bill at a volume; None where the middle estimate says that the machine cannot serve it."""
    curves = row.figures.curves
    if not curves.value.serves(requests):
        return None
    low, value, high = curves.usd(requests)
    return Interval(low, value, high if curves.high.serves(requests) else value)


def _output_tokens(row: Candidate) -> Interval:
    """Output tokens of a request: as logged for the logged model, else what is shown and what the option thinks."""
    traffic = row.situation.traffic
    if traffic.model != row.option.model.id:
        return answer_tokens(row.option, row.situation)
    mean = traffic.total.output / traffic.total.requests
    return Interval.exact(mean)


def _quality(row: Candidate) -> Interval | None:
    return quality(row.option, row.situation).interval


def _price(row: Candidate) -> PriceShown:
    option, situation, figures = row[:3]
    if option.offering is not None:
        return _token_price(price_of(option, situation), batch_price_of(option, situation), row)
    needs, machine, rental = situation.needs, situation.machine, row.rental or situation.machine.rental
    if machine.usd_per_gpu_hour is not None:
        return PriceShown(usd_per_gpu_hour=machine.usd_per_gpu_hour)
    if rental is None:
        return PriceShown(purchase_usd=needs.purchase_usd, usd_per_kwh=needs.kwh_usd)
    return PriceShown(
        usd_per_gpu_hour=rental.usd_per_gpu_hour,
        gpus=rental.gpus,
        from_=rental.from_.isoformat(),
        to=rental.to.isoformat() if rental.to else None,
        as_of=rental.checked.isoformat(),
        source=figures.ref.citations(),
    )


def _token_price(price: Price | None, batch: Price | None, row: Candidate) -> PriceShown:
    assert price is not None
    return PriceShown(
        input_usd_per_mtok=0.0 if price.free else price.input_usd_per_mtok,
        cached_input_usd_per_mtok=price.cached_input_usd_per_mtok,
        output_usd_per_mtok=0.0 if price.free else price.output_usd_per_mtok,
        batch_input_usd_per_mtok=batch.input_usd_per_mtok if batch else None,
        batch_output_usd_per_mtok=batch.output_usd_per_mtok if batch else None,
        from_=price.from_.isoformat(),
        to=price.to.isoformat() if price.to else None,
        as_of=price.checked.isoformat(),
        source=row.figures.ref.citations(),
    )


def _serving(row: Candidate) -> Serving | None:
    fleet, figures = fleet_of(row.option, row.situation), row.figures
    if row.option.offering is not None or fleet is None or figures.machines is None:
        return None
    gpus = round(figures.machines.value) * row.situation.machine.count
    return Serving(figures.machines, gpus, fleet.batch, fleet.unit_requests, figures.utilization)


def _over_context(row: Candidate, logged: Logged | None) -> float | None:
    window = limit(row.option, "context_tokens", row.situation)
    if logged is None or window is None:
        return None
    return 1 - bisect_right(logged.lengths, window.tokens) / len(logged.lengths)


def _warnings(row: Candidate) -> tuple[str, ...]:
    """Those that `recommend` gives, and those that concern a bill alone."""
    option, situation, figures = row[:3]
    found = [*warnings(option, quality(option, situation), situation)]
    if row.rental is not None:
        found = [text for text in found if "last checked" not in text]
        if figures.stale_days:
            found.append(f"its rent was last checked {figures.stale_days} days ago; the cost interval is widened")
        if row.rental.note:
            found.append(row.rental.note)
    tariff_lacks = option.offering is not None and situation.total_tokens.cached
    price = price_of(option, situation) if tariff_lacks else None
    if price is not None and not price.free and price.cached_input_usd_per_mtok is None:
        found.append("no price of cached input is known: billed as other input")
    return tuple(found)
