"""What a host charges on a day: the rows of an offering that are valid, by kind and tier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.estimate.cost import Rates, Tariff, Tier

if TYPE_CHECKING:
    from llmselect.catalog.schema import Price

T = TypeVar("T")
FREE = Rates(0.0, 0.0)
Tiers = dict[int, "Price"]  # the row that counts above a length of prompts
_NO_TIERS: Tiers = {}


def tariff_of(option: Option, situation: Situation) -> Tariff | None:
    """An offering's prices per token on the day; None where none is known."""
    return once("tariff", _tariff, option, situation)


def once(name: str, find: Callable[[Option, Situation], T], option: Option, situation: Situation) -> T:
    """What `find` finds, once an offering: it is the same at every effort."""
    key = (name, id(option.offering))
    if key not in situation.memo:
        situation.memo[key] = find(option, situation)
    found: T = situation.memo[key]
    return found


def _tariff(option: Option, situation: Situation) -> Tariff | None:
    return _as_tariff(_rows(option, situation), only_batch=situation.batch_share == 1)


def tariff_on(prices: Sequence[Price], day: date, only_batch: bool) -> Tariff | None:
    """The prices per token on a day out of all rows of an offering; None where none is known.

    With `only_batch` all requests are deferred.
    """
    return _as_tariff(valid_rows(prices, day), only_batch)


def reached(prices: Sequence[Price], day: date, kind: str, prompt_tokens: float) -> Price | None:
    """The row of a kind that a prompt's length reaches on a day."""
    return _reached(valid_rows(prices, day).get(kind, _NO_TIERS), prompt_tokens)


def _as_tariff(rows: dict[str, Tiers], only_batch: bool) -> Tariff | None:
    kinds = {kind: _tiers(tiers) for kind, tiers in rows.items()}
    if "standard" not in kinds or kinds["standard"][0].above:
        return Tariff(kinds["batch"]) if only_batch and "batch" in kinds else None
    return Tariff(**{kind: tiers for kind, tiers in kinds.items() if not tiers[0].above})


def _tiers(rows: Tiers) -> tuple[Tier, ...]:
    if len(rows) == 1:  # as most
        [(above, row)] = rows.items()
        return (Tier(above, _rates(row)),)
    return tuple(Tier(above, _rates(rows[above])) for above in sorted(rows))


def price_of(option: Option, situation: Situation) -> Price | None:
    """The row that most of the bill rests on: the mean prompt's tier, of batch where all requests are deferred."""
    return once("price", _price, option, situation)


def _price(option: Option, situation: Situation) -> Price | None:
    deferred = batch_price_of(option, situation) if situation.batch_share == 1 else None
    return deferred or _reached_by(option, situation, "standard")


def batch_price_of(option: Option, situation: Situation) -> Price | None:
    """The same of deferred requests; None where the host has no price of its own for them."""
    return _reached_by(option, situation, "batch")


def _reached_by(option: Option, situation: Situation, kind: str) -> Price | None:
    total = situation.total_tokens
    return _reached(_rows(option, situation).get(kind, _NO_TIERS), total.prompt / total.requests)


def _reached(rows: Tiers, prompt_tokens: float) -> Price | None:
    lengths = [above for above in rows if prompt_tokens > above]
    return rows[max(lengths)] if lengths else None


def _rows(option: Option, situation: Situation) -> dict[str, Tiers]:
    """The rows that are valid on the day by kind, of each tier the one that began last."""
    key, known = ("prices", id(option.offering)), situation.known.of_day
    if key not in known:
        known[key] = valid_rows(option.offering.prices if option.offering else (), situation.needs.as_of)
    found: dict[str, Tiers] = known[key]
    return found


def valid_rows(prices: Sequence[Price], day: date) -> dict[str, Tiers]:
    """The rows that are valid on a day by kind, of each tier the one that began last."""
    found: dict[str, Tiers] = {}
    for price in sorted(prices, key=lambda price: price.from_) if len(prices) > 1 else prices:
        kind = _kind(price)
        if kind and _is_valid(price, day):
            found.setdefault(kind, {})[price.above_input_tokens or 0] = price
    return found


def _is_valid(price: Price, day: date) -> bool:
    known = price.free or (price.input_usd_per_mtok is not None and price.output_usd_per_mtok is not None)
    return known and price.from_ <= day and (price.to is None or day <= price.to)


def _kind(price: Price) -> str | None:
    """Of a tariff; none for what is both deferred and in dear hours."""
    if price.batch and price.peak_hours:
        return None
    return "batch" if price.batch else "peak" if price.peak_hours else "standard"


def _rates(price: Price) -> Rates:
    if price.free:
        return FREE
    return Rates(
        price.input_usd_per_mtok or 0.0,
        price.output_usd_per_mtok or 0.0,
        price.cached_input_usd_per_mtok,
        price.cache_write_usd_per_mtok,
    )
