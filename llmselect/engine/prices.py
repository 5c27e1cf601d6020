"""What a host charges on a day: the rows of an offering that are valid, by kind and tier."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.estimate.cost import Rates, Tariff, Tier

if TYPE_CHECKING:
    from llmselect.catalog.schema import Price

T = TypeVar("T")
FREE = Rates(0.0, 0.0)
_KINDS: dict[str, Callable[[Price], bool]] = {
    "standard": lambda price: not price.batch and not price.peak_hours,
    "batch": lambda price: price.batch and not price.peak_hours,
    "peak": lambda price: price.peak_hours and not price.batch,
}


def tariff_of(option: Option, situation: Situation) -> Tariff | None:
    """An offering's prices per token on the day; None where none is known."""
    return _once("tariff", _tariff, option, situation)


def _once(name: str, find: Callable[[Option, Situation], T], option: Option, situation: Situation) -> T:
    """What `find` finds, once an offering: it is the same at every effort."""
    key = (name, id(option.offering))
    if key not in situation.memo:
        situation.memo[key] = find(option, situation)
    found: T = situation.memo[key]
    return found


def _tariff(option: Option, situation: Situation) -> Tariff | None:
    rows = {
        kind: _newest(price for price in _valid(option, situation) if wanted(price)) for kind, wanted in _KINDS.items()
    }
    tiers = {
        kind: tuple(Tier(above, _rates(price)) for above, price in sorted(found.items()))
        for kind, found in rows.items()
    }
    if not (tiers["standard"] and tiers["standard"][0].above == 0):
        return Tariff(tiers["batch"]) if situation.traffic.batch_share == 1 and tiers["batch"] else None
    lowest = {kind: found if found and found[0].above == 0 else () for kind, found in tiers.items()}
    return Tariff(**lowest)


def price_of(option: Option, situation: Situation) -> Price | None:
    """The row that most of the bill rests on: the mean prompt's tier, of batch where all requests are deferred."""
    return _once("price", _price, option, situation)


def _price(option: Option, situation: Situation) -> Price | None:
    deferred = batch_price_of(option, situation) if situation.traffic.batch_share == 1 else None
    return deferred or _reached(option, situation, "standard")


def batch_price_of(option: Option, situation: Situation) -> Price | None:
    """The same of deferred requests; None where the host has no price of its own for them."""
    return _reached(option, situation, "batch")


def _reached(option: Option, situation: Situation, kind: str) -> Price | None:
    total = situation.total_tokens
    mean = total.prompt / total.requests
    rows = [row for row in _valid(option, situation) if _KINDS[kind](row) and mean > (row.above_input_tokens or 0)]
    found = _newest(rows)
    return found[max(found)] if found else None


def _valid(option: Option, situation: Situation) -> list[Price]:
    day = situation.needs.as_of
    return [
        price
        for price in (option.offering.prices if option.offering else ())
        if (price.free or (price.input_usd_per_mtok is not None and price.output_usd_per_mtok is not None))
        and price.from_ <= day
        and (price.to is None or day <= price.to)
    ]


def _newest(prices: Iterable[Price]) -> dict[int, Price]:
    """Of each tier the row that began last."""
    found: dict[int, Price] = {}
    for price in sorted(prices, key=lambda price: price.from_):
        found[price.above_input_tokens or 0] = price
    return found


def _rates(price: Price) -> Rates:
    if price.free:
        return FREE
    return Rates(
        price.input_usd_per_mtok or 0.0,
        price.output_usd_per_mtok or 0.0,
        price.cached_input_usd_per_mtok,
        price.cache_write_usd_per_mtok,
    )
