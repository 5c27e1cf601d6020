"""Rules for hosts: their offerings, prices and lifecycles."""

import itertools
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Protocol

from llmselect.catalog.checks.files import Fault, Files
from llmselect.catalog.checks.models import license_row, unknown
from llmselect.catalog.reader import NodePath
from llmselect.catalog.schema import Fact, Host, Offering, Price

AMOUNTS = (
    "input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok", "cache_write_usd_per_mtok",
    "usd_per_image", "usd_per_audio_minute", "usd_per_month",
)  # fmt: skip

_IN_ORDER = ("released", "announced", "deprecated", "shutdown")


class Dated(Protocol):
    """Something that holds from a day until another, or with an open end."""

    @property
    def from_(self) -> date:
        """The first day."""

    @property
    def to(self) -> date | None:
        """The last day, where it is known."""

    @property
    def checked(self) -> date:
        """The last day on which the source showed it."""


def offerings(files: Files) -> Iterator[Fault]:
    """Offerings are of known models under known terms, and a request's id means one of them."""
    known = files.model_ids()
    for file, host in files.of(Host):
        if host.terms and host.terms.value:
            yield from license_row(files, (file, ("terms", "value")), host.terms.value, "terms")
        for index, offering in enumerate(host.offerings):
            at: NodePath = ("offerings", index)
            yield from unknown(files, (file, (*at, "model")), "model", offering.model, known)
            if offering.terms and offering.terms.value:
                yield from license_row(files, (file, (*at, "terms", "value")), offering.terms.value, "terms")
        yield from _api_ids(files, file, host)
        yield from _moving_ids(files, file, host, known)


def _moving_ids(files: Files, file: str, host: Host, known: set[str]) -> Iterator[Fault]:
    """A moving id means one known model at a time, in order of days."""
    for name, rows in host.moving_ids.items():
        for number, row in enumerate(rows):
            at: NodePath = ("moving_ids", name, number)
            yield from unknown(files, (file, (*at, "model")), "model", row.model, known)
            before = rows[number - 1] if number else None
            if before is not None and (before.to is None or before.to >= row.from_):
                message = f"{name} still means {before.model} on {row.from_}"
                yield files.fault(file, (*at, "from"), "overlapping-days", message, "end the row before it with `to`")


def _api_ids(files: Files, file: str, host: Host) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for index, offering in enumerate(host.offerings):
        named: list[tuple[NodePath, str]] = [(("aliases", n), alias) for n, alias in enumerate(offering.aliases)]
        if offering.api_id and offering.api_id.value:
            named.insert(0, (("api_id", "value"), offering.api_id.value))
        for path, api_id in named:
            if api_id in seen:
                message = f"the API id {api_id!r} stands at this host for {seen[api_id]} already"
                yield files.fault(file, ("offerings", index, *path), "duplicate-api-id", message)
            seen.setdefault(api_id, offering.model)


def prices(files: Files) -> Iterator[Fault]:
    """Prices are positive or free, complete, and do not overlap in time."""
    for file, host in files.of(Host):
        for index, offering in enumerate(host.offerings):
            at: NodePath = ("offerings", index, "prices")
            for number, price in enumerate(offering.prices):
                yield from _amounts(files, file, (*at, number), price)
                yield from dates(files, file, (*at, number), price)
            rows = [(price, _variant(price)) for price in offering.prices]
            yield from overlaps(files, file, at, "overlapping-prices", rows)


def _amounts(files: Files, file: str, at: NodePath, price: Price) -> Iterator[Fault]:
    given = {name: getattr(price, name) for name in AMOUNTS if getattr(price, name) is not None}
    if not given and not price.free:
        hint = "give an amount, or `free: true`"
        yield files.fault(file, at, "missing-price", "the price names no amount", hint)
    for name, amount in given.items():
        if (amount == 0) != price.free:
            message = "something that is free has an amount" if price.free else "a price of 0 must say that it is free"
            yield files.fault(file, (*at, name), "price-zero", message, "set `free: true`, or give the amount")
    for name, other in (AMOUNTS[:2], AMOUNTS[1::-1]):
        if name in given and other not in given:
            yield files.fault(file, at, "missing-price", f"`{name}` is given without `{other}`", "give both")


def _variant(price: Price) -> tuple[object, ...]:
    """What distinguishes prices that may hold at the same time: tier, batch, peak hours, kind of request, plan."""
    kinds = tuple(name for name in ("input_usd_per_mtok", *AMOUNTS[4:]) if getattr(price, name) is not None)
    plan = price.note if kinds != ("input_usd_per_mtok",) else None
    return (price.above_input_tokens, price.batch, price.peak_hours, kinds, plan)


def dates(files: Files, file: str, at: NodePath, row: Dated) -> Iterator[Fault]:
    """A period ends after it starts, and was checked after it started and not in the future."""
    if row.to is not None and row.to < row.from_:
        yield files.fault(file, (*at, "to"), "date-order", f"ends on {row.to}, before it starts on {row.from_}")
    if row.checked < row.from_:
        message = f"was checked on {row.checked}, before it starts on {row.from_}"
        yield files.fault(file, (*at, "checked"), "date-order", message)
    if row.checked > files.today + timedelta(days=1):
        message = f"was checked on {row.checked}, a day that is still to come"
        yield files.fault(file, (*at, "checked"), "future-date", message)


def overlaps(
    files: Files, file: str, at: NodePath, code: str, rows: Iterable[tuple[Dated, tuple[object, ...]]]
) -> Iterator[Fault]:
    """No two rows of the same variant hold on the same day; `to` is the last day of a period."""
    by_variant: dict[tuple[object, ...], list[tuple[date, date, int]]] = {}
    for index, (row, variant) in enumerate(rows):
        by_variant.setdefault(variant, []).append((row.from_, row.to or date.max, index))
    for periods in by_variant.values():
        periods.sort()
        for (_, end, _), (start, _, index) in itertools.pairwise(periods):
            if start <= end:
                hint = "end the earlier one the day before"
                message = f"starts on {start} while an earlier one of its kind still holds"
                yield files.fault(file, (*at, index, "from"), code, message, hint)


def lifecycles(files: Files) -> Iterator[Fault]:
    """Offerings are released, then announced to end, then deprecated, then shut down, and have no price after that."""
    for file, host in files.of(Host):
        for index, offering in enumerate(host.offerings):
            at: NodePath = ("offerings", index)
            yield from _order(files, file, at, offering)
            shutdown = _day(offering.lifecycle.shutdown)
            for number, price in enumerate(offering.prices if shutdown else ()):
                for name, day in (("from", price.from_), ("to", price.to)):
                    if day and shutdown and day > shutdown:
                        message = f"a price on {day}, after the shutdown on {shutdown}"
                        yield files.fault(file, (*at, "prices", number, name), "price-after-shutdown", message)


def _order(files: Files, file: str, at: NodePath, offering: Offering) -> Iterator[Fault]:
    named = [(name, _day(getattr(offering.lifecycle, name))) for name in _IN_ORDER]
    known = [(name, day) for name, day in named if day]
    for (before, earlier), (name, day) in itertools.pairwise(known):
        if day < earlier:
            message = f"{name} on {day}, before it was {before} on {earlier}"
            yield files.fault(file, (*at, "lifecycle", name, "value"), "lifecycle-order", message)
    life = offering.lifecycle
    if life.announced and not life.shutdown:
        message, hint = "the announcement of an end that is not given", "add `shutdown`, the day that was announced"
        yield files.fault(file, (*at, "lifecycle", "announced"), "missing-shutdown", message, hint)
    elif life.announced and life.announced.value and life.announced.value > files.today + timedelta(days=1):
        message = f"announced on {life.announced.value}, a day that is still to come"
        yield files.fault(file, (*at, "lifecycle", "announced", "value"), "future-date", message)


def _day(fact: Fact[date] | None) -> date | None:
    return fact.value if fact else None


RULES = (offerings, prices, lifecycles)
