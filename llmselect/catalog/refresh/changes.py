"""Compares a price file with the catalogue: changes, and suspicious ones to hold back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from llmselect.catalog.refresh.history import PRICES, Seen, named_prices, refresh_tier, suspicion
from llmselect.catalog.refresh.pricefile import PriceFile, PriceRow
from llmselect.catalog.schema import Catalog, Host, Offering
from llmselect.catalog.writer import plain

Tier = tuple[int | None, bool]  # above how many prompt tokens (None: any), of deferred requests or not


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the offering, the field, and the values before and after."""

    host: str
    model: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Held:
    """A change that was held back, and why."""

    host: str
    model: str
    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The offerings as they will stand (by host, as plain data), what changed in them, and what was held back.

    An offering is given by its model, its API id and what a refresh maintains: prices and lifecycle.
    """

    offerings: dict[str, list[dict[str, Any]]]
    changes: tuple[Change, ...]
    held: tuple[Held, ...]
    checked: int


def plan(catalog: Catalog, file: PriceFile, seen: Seen) -> Plan:
    """Compare every offering that the price file names with its row.

    An unchanged price is marked as checked. A changed one ends the day before and the new one begins;
    a price that moves by a factor of three or more, falls to zero, or loses its row is held back.
    """
    offerings: dict[str, list[dict[str, Any]]] = {}
    changes: list[Change] = []
    held: list[Held] = []
    checked = 0
    for host, offering, key in _named(catalog, seen.day):
        row = file.rows.get(key)
        if row is None:
            fault = file.faulty.get(key)
            why = f"its row cannot be used: {fault}" if fault else "its row has vanished from the price file"
            held.append(Held(host.id, offering.model, key, why))
            continue
        data = _maintained(offering)
        if (doubt := _doubtful(data["prices"], row, seen)) is not None:
            held.append(Held(host.id, offering.model, key, doubt))
            continue
        stated = _stated_end(offering, row, file)
        if _is_earliest(host, offering):
            changes += _promised(host, offering, data, stated, seen)
            stated = None
        end, refusal = _end(host, offering, stated, seen)
        if refusal is not None:
            held.append(Held(host.id, offering.model, key, refusal))
        changes += _refreshed(host, offering, data, row, end, seen)
        offerings.setdefault(host.id, []).append({name: value for name, value in data.items() if value})
        checked += 1
    return Plan(offerings, tuple(changes), tuple(held), checked)


def _named(catalog: Catalog, day: date) -> Iterator[tuple[Host, Offering, str]]:
    """The offerings that the price file names and that have not ended; it keeps rows of those that have."""
    for host in catalog.hosts.values():
        for offering in host.offerings:
            end = _shutdown(offering)
            if offering.litellm_key is not None and (end is None or end > day):
                yield host, offering, offering.litellm_key


def _maintained(offering: Offering) -> dict[str, Any]:
    """What identifies an offering and what a refresh maintains of it, as plain data."""
    data = plain(offering)
    kept: dict[str, Any] = {name: data[name] for name in ("model", "api_id") if name in data}
    return {**kept, "prices": data.get("prices", []), "lifecycle": data.get("lifecycle", {})}


def _shutdown(offering: Offering) -> date | None:
    return offering.lifecycle.shutdown.value if offering.lifecycle.shutdown else None


def _tiers(row: PriceRow) -> Iterator[tuple[Tier, dict[str, float]]]:
    yield (None, False), row.standard
    for above, prices in row.tiers.items():
        yield (above, False), prices
    if row.batch:
        yield (None, True), row.batch


def _doubtful(rows: list[dict[str, Any]], row: PriceRow, seen: Seen) -> str | None:
    """Why a row's prices should not be believed, or None."""
    doubts = (suspicion(rows, tier, prices, seen.day) for tier, prices in _tiers(row))
    return next((doubt for doubt in doubts if doubt is not None), None)


def _stated_end(offering: Offering, row: PriceRow, file: PriceFile) -> date | None:
    """The end that the price file gives; an alias inherits that of the snapshot which it means."""
    snapshot = offering.api_id.value if offering.api_id else None
    if row.ends is not None or snapshot is None:
        return row.ends
    for alias in offering.aliases:
        prefix = row.key.removesuffix(alias)
        if prefix + alias == row.key and prefix + snapshot in file.rows:
            return file.rows[prefix + snapshot].ends
    return None


def _is_earliest(host: Host, offering: Offering) -> bool:
    """Whether an end that the price file gives is only the day before which the host promises not to end it."""
    developers = host.earliest_ends.value if host.earliest_ends else None
    life = offering.lifecycle
    announced = life.shutdown is not None or life.deprecated is not None
    return offering.model.partition("/")[0] in (developers or ()) and not announced


def _promised(
    host: Host, offering: Offering, data: dict[str, Any], stated: date | None, seen: Seen
) -> Iterator[Change]:
    """Bring the day before which an offering does not end up to date."""
    fact = offering.lifecycle.not_before
    known = fact.value if fact is not None else None
    if stated is not None and stated != known:
        data["lifecycle"]["not_before"] = {"value": stated, "source": seen.source}
        yield Change(host.id, offering.model, "not before", str(known or "none"), str(stated))


def _end(host: Host, offering: Offering, stated: date | None, seen: Seen) -> tuple[date | None, str | None]:
    """The end date that holds, and why the price file's is not taken; a missing date erases none that is known.

    A host's own word outweighs the price file's, and so does what was read later.
    """
    fact, known = offering.lifecycle.shutdown, _shutdown(offering)
    if stated is None or stated == known:
        return known, None
    if fact is not None and known is not None:
        sources = [host.sources[key] for key in fact.source]
        if any(source.kind != "third-party" for source in sources):
            return known, f"the price file ends it on {stated}, {', '.join(fact.source)} on {known}; the latter stands"
        if max(source.retrieved for source in sources) > seen.day:
            return known, None
    life = offering.lifecycle
    started = [fact.value for fact in (life.released, life.deprecated) if fact is not None and fact.value is not None]
    latest = max([*started, *(price.from_ for price in offering.prices)], default=date.min)
    if stated < latest:
        return known, f"the price file ends it on {stated}, before something that happened on {latest}"
    return stated, None


def _refreshed(
    host: Host, offering: Offering, data: dict[str, Any], row: PriceRow, end: date | None, seen: Seen
) -> Iterator[Change]:
    """Bring an offering's data up to date; what has ended gets no new prices and is not seen alive."""
    known = _shutdown(offering)
    if end != known and end is not None:
        data["lifecycle"]["shutdown"] = {"value": end, "source": seen.source}
        data["lifecycle"].pop("announced", None)  # that of another end
        yield Change(host.id, offering.model, "shutdown", str(known or "none"), str(end))
        for price in data["prices"]:
            if price.get("to", end) > end:
                price["to"] = end
    if end is not None and end <= seen.day:
        return
    for tier, prices in _tiers(row):
        changed = refresh_tier(data["prices"], tier, prices, seen)
        if changed is not None:
            yield Change(host.id, offering.model, _tier_name(tier), *map(named_prices, changed))
    last = offering.lifecycle.last_seen.value if offering.lifecycle.last_seen else None
    promise = data["lifecycle"].get("not_before")
    listed = promise is None or promise["value"] > seen.day  # the file keeps rows of what has ended
    if listed and (last is None or last < seen.day):
        data["lifecycle"]["last_seen"] = {"value": seen.day, "source": seen.source}


def _tier_name(tier: Tier) -> str:
    above, batch = tier
    kind = "batch price" if batch else f"price above {above:,} tokens" if above else "price"
    return f"{kind}, USD per million tokens {' / '.join(PRICES.values())}"
