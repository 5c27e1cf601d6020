"""What one option costs in a situation, computed once and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from llmselect.engine.cite import NO_REF, Ref
from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.engine.speeds import busy_s
from llmselect.engine.tokens import answer_tokens
from llmselect.estimate.cost import api_request_usd, electricity_usd, rented_month_usd
from llmselect.estimate.interval import Interval

if TYPE_CHECKING:
    from llmselect.catalog.schema import Price

STALE_PRICE_DAYS = 30
STALE_PRICE_SPREAD = 1.25


class CostFigures(NamedTuple):
    """USD per month (with a volume) and per 1,000 requests; `kind` says whose bill it is."""

    usd_per_month: Interval | None
    usd_per_1k_requests: Interval | None
    evidence: str
    kind: Literal["api", "rented", "own-rate", "electricity"]
    ref: Ref
    stale_days: int = 0
    free_tier: bool = False


def cost_of(option: Option, situation: Situation) -> CostFigures | None:
    """What an option costs; None where a price is unknown."""
    key = ("cost", option.id)
    if key not in situation.memo:
        situation.memo[key] = _api_cost(option, situation) if option.offering else _own_cost(option, situation)
    figures: CostFigures | None = situation.memo[key]
    return figures


def price_of(option: Option, situation: Situation) -> Price | None:
    """The price per token that is valid on the day and for the prompt's length: the highest tier reached."""
    day, prompt = situation.needs.as_of, situation.workload.prompt_tokens
    if option.offering is None:
        return None
    valid = [
        price
        for price in option.offering.prices
        if (price.free or (price.input_usd_per_mtok is not None and price.output_usd_per_mtok is not None))
        and not price.peak_hours
        and price.from_ <= day
        and (price.to is None or day <= price.to)
        and prompt > (price.above_input_tokens or 0)
    ]
    wanted = [price for price in valid if price.batch] if situation.batch_prices else []
    rest = [price for price in valid if not price.batch]
    return max(wanted or rest, key=lambda price: (price.above_input_tokens or 0, price.from_), default=None)


def _api_cost(option: Option, situation: Situation) -> CostFigures | None:
    price = price_of(option, situation)
    if price is None:
        return None
    load = situation.workload
    rates = (price.input_usd_per_mtok or 0.0, price.output_usd_per_mtok or 0.0)
    tokens = answer_tokens(option, situation)
    usd = Interval(*(api_request_usd(load.prompt_tokens, count, *rates) for count in tokens))
    age_days = 0 if price.to else max(0, (situation.needs.as_of - price.checked).days)
    stale = age_days > STALE_PRICE_DAYS
    wide = STALE_PRICE_SPREAD if stale else 1.0
    request = Interval(usd.low / wide, usd.value, usd.high * wide)
    volume = situation.needs.monthly_requests
    return CostFigures(
        request.scaled(volume) if volume else None,
        request.scaled(1000),
        "estimated" if stale or tokens.low < tokens.high else "derived",
        "api",
        Ref(situation.catalog.hosts[option.host], price.source),
        age_days if stale else 0,
        price.free,
    )


def _own_cost(option: Option, situation: Situation) -> CostFigures | None:
    """Rented machines cost their hours, owned ones their electricity while they work."""
    machine, sources = situation.machine, situation.catalog.hardware
    if machine.usd_per_gpu_hour is not None:
        return _hourly_cost(option, situation, machine.usd_per_gpu_hour, "own-rate", NO_REF)
    if machine.rental is not None:
        origin = Ref(sources, machine.rental.source)
        return _hourly_cost(option, situation, machine.rental.usd_per_gpu_hour, "rented", origin)
    return _electricity_cost(option, situation, Ref(sources, machine.sources)) if machine.owned else None


def _hourly_cost(
    option: Option, situation: Situation, hourly: float, kind: Literal["rented", "own-rate"], origin: Ref
) -> CostFigures:
    """By the month around the clock; per 1,000 requests the month's share, or without a volume the busy time."""
    machine, volume = situation.machine, situation.needs.monthly_requests
    month = Interval.exact(rented_month_usd(hourly, machine.count))
    if volume:
        return CostFigures(month, month.scaled(1000 / volume), "derived", kind, origin)
    busy = busy_s(option, situation)
    per_1k = busy.scaled(1000 / 3600 * hourly * machine.count) if busy else None
    return CostFigures(month, per_1k, "estimated", kind, origin)


def _electricity_cost(option: Option, situation: Situation, origin: Ref) -> CostFigures | None:
    machine, needs = situation.machine, situation.needs
    volume, busy = needs.monthly_requests, busy_s(option, situation)
    if needs.kwh_usd == 0:
        free = Interval.exact(0.0)
        return CostFigures(free, free, "derived", "electricity", origin)
    if machine.power_w is None or busy is None:
        return None
    per_request = busy.scaled(electricity_usd(machine.power_w * machine.count, 1.0, needs.kwh_usd))
    month = per_request.scaled(volume) if volume else None
    return CostFigures(month, per_request.scaled(1000), "estimated", "electricity", origin)
