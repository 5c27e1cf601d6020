"""What a price file would change in the catalogue, and what is too suspicious to be taken."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from llmselect.catalog.refresh.pricefile import PriceFile, PriceRow
from llmselect.catalog.schema import Catalog, Host, Offering, Price

SUSPICIOUS_FACTOR = 3.0
PRICE_FIELDS = ("input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok", "cache_write_usd_per_mtok")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: at which offering, what it was, what it becomes."""

    host: str
    model: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Held:
    """A change that was not taken, and why."""

    host: str
    model: str
    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The offerings as they will stand (by host, as plain data), what changed in them, and what was held back."""

    offerings: dict[str, list[dict[str, Any]]]
    changes: tuple[Change, ...]
    held: tuple[Held, ...]
    checked: int


def plan(catalog: Catalog, file: PriceFile, seen: date, source: str) -> Plan:
    """Compare every offering that the price file names with its row; `seen` is the day of the file.

    An unchanged price is marked as checked. A changed one ends the day before and the new one begins;
    a price that moves by a factor of three or more, falls to zero, or loses its row is held back.
    """
    offerings: dict[str, list[dict[str, Any]]] = {}
    changes: list[Change] = []
    held: list[Held] = []
    checked = 0
    for host, offering, key in _named(catalog, seen):
        row = file.rows.get(key)
        if row is None:
            held.append(Held(host, offering.model, key, "its row has vanished from the price file"))
            continue
        if (why := _suspicion(offering, row, seen)) is not None:
            held.append(Held(host, offering.model, key, why))
            continue
        if (why := _other_end(catalog.hosts[host], offering, row)) is not None:
            held.append(Held(host, offering.model, key, why))
            row = replace(row, ends=None)
        data = offering.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        data["model"] = offering.model
        changes += _refresh_prices(host, offering, data, row, seen, source)
        changes += _refresh_life(host, offering, data, row, seen, source)
        offerings.setdefault(host, []).append(data)
        checked += 1
    return Plan(offerings, tuple(changes), tuple(held), checked)


def _named(catalog: Catalog, seen: date) -> Iterator[tuple[str, Offering, str]]:
    """The offerings that the price file names and that have not ended; it keeps rows of those that have."""
    for host in catalog.hosts.values():
        for offering in host.offerings:
            end = offering.lifecycle.shutdown
            ended = end is not None and end.value is not None and end.value <= seen
            if offering.litellm_key is not None and not ended:
                yield host.id, offering, offering.litellm_key


def _current(offering: Offering, seen: date, above: int | None, batch: bool) -> Price | None:
    """The price of a tier that is valid on a day."""
    for price in offering.prices:
        same = price.above_input_tokens == above and price.batch == batch and not price.peak_hours
        if same and price.from_ <= seen and (price.to is None or price.to >= seen):
            return price
    return None


def _tiers(row: PriceRow) -> Iterator[tuple[int | None, bool, dict[str, float]]]:
    yield None, False, row.standard
    for above, prices in row.tiers.items():
        yield above, False, prices
    if row.batch:
        yield None, True, row.batch


def _suspicion(offering: Offering, row: PriceRow, seen: date) -> str | None:
    """Why a row should not be believed, or None."""
    for above, batch, prices in _tiers(row):
        old = _current(offering, seen, above, batch)
        if old is None:
            continue
        for name in PRICE_FIELDS[:2]:
            before, after = getattr(old, name), prices.get(name)
            if before is None or after is None or before == 0:
                continue
            if after == 0:
                return f"{name} fell from {before:g} to zero"
            if not 1 / SUSPICIOUS_FACTOR < after / before < SUSPICIOUS_FACTOR:
                return f"{name} moved from {before:g} to {after:g}, by a factor of three or more"
    return None


def _other_end(host: Host, offering: Offering, row: PriceRow) -> str | None:
    """A host's own word on the end outweighs the price file's; the difference is told."""
    fact = offering.lifecycle.shutdown
    if fact is None or fact.value is None or row.ends is None or row.ends == fact.value:
        return None
    if all(host.sources[key].kind == "third-party" for key in fact.source):
        return None
    return f"the price file ends it on {row.ends}, {', '.join(fact.source)} on {fact.value}; the latter stands"


def _refresh_prices(
    host: str, offering: Offering, data: dict[str, Any], row: PriceRow, seen: date, source: str
) -> Iterator[Change]:
    for above, batch, prices in _tiers(row):
        if not prices.get("input_usd_per_mtok") and not prices.get("output_usd_per_mtok"):
            continue
        old = _current(offering, seen, above, batch)
        if old is not None and old.checked >= seen:
            continue
        rows = data.setdefault("prices", [])
        if old is not None and all(getattr(old, name) in (prices.get(name), None) for name in PRICE_FIELDS):
            _row_of(rows, old)["checked"] = seen.isoformat()
            continue
        if old is not None:
            _end(rows, old, seen)
        rows.append(_new_price(above, batch, prices, seen, source))
        before = f"{old.input_usd_per_mtok:g} / {old.output_usd_per_mtok:g}" if old else "none"
        after = f"{prices.get('input_usd_per_mtok', 0):g} / {prices.get('output_usd_per_mtok', 0):g}"
        yield Change(host, offering.model, _tier_name(above, batch), before, after)


def _row_of(rows: list[dict[str, Any]], price: Price) -> dict[str, Any]:
    wanted = (price.from_.isoformat(), price.above_input_tokens, price.batch, price.peak_hours)
    return next(
        row
        for row in rows
        if (row["from"], row.get("above_input_tokens"), row.get("batch", False), row.get("peak_hours", False)) == wanted
    )


def _end(rows: list[dict[str, Any]], price: Price, seen: date) -> None:
    """Close a price the day before its successor; one that began the same day gives way."""
    row = _row_of(rows, price)
    if price.from_ >= seen:
        rows.remove(row)
    else:
        row["to"] = (seen - timedelta(days=1)).isoformat()


def _new_price(above: int | None, batch: bool, prices: dict[str, float], seen: date, source: str) -> dict[str, Any]:
    row: dict[str, Any] = {"from": seen.isoformat(), "checked": seen.isoformat(), "source": source, **prices}
    if above is not None:
        row["above_input_tokens"] = above
    if batch:
        row["batch"] = True
    return row


def _tier_name(above: int | None, batch: bool) -> str:
    if batch:
        return "batch price, USD per million tokens in / out"
    over = f" above {above:,} tokens" if above else ""
    return f"price{over}, USD per million tokens in / out"


def _refresh_life(
    host: str, offering: Offering, data: dict[str, Any], row: PriceRow, seen: date, source: str
) -> Iterator[Change]:
    """The end date of the row; a missing one erases none that is known, and a row that ended is not seen alive."""
    life = data.setdefault("lifecycle", {})
    known = offering.lifecycle.shutdown.value if offering.lifecycle.shutdown else None
    if row.ends is not None and row.ends != known:
        life["shutdown"] = {"value": row.ends.isoformat(), "source": source}
        yield Change(host, offering.model, "shutdown", str(known or "none"), row.ends.isoformat())
    last = offering.lifecycle.last_seen.value if offering.lifecycle.last_seen else None
    alive = (row.ends or known) is None or (row.ends or known or seen) > seen
    if alive and (last is None or last < seen):
        life["last_seen"] = {"value": seen.isoformat(), "source": source}
    if not life:
        del data["lifecycle"]
