"""The state of the catalogue: ages of its facts, offerings that end soon, conflicting sources, unrated models."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from llmselect.catalog.schema import Catalog, Offering, Price, Source, facts

HORIZON_DAYS = 90


@dataclass(frozen=True, slots=True)
class Age:
    """Ages in days of one kind of fact; None if there are no such facts. A date in the future counts as age 0."""

    kind: str
    count: int
    newest: int | None
    median: int | None
    oldest: int | None


@dataclass(frozen=True, slots=True)
class Ending:
    """An offering that is shut down soon, and the replacement that its host names."""

    host: str
    model: str
    api_id: str | None
    shutdown: date
    days: int
    replacement: str | None


@dataclass(frozen=True, slots=True)
class PriceDisagreement:
    """Sources that disagree on a price, in USD per million tokens (input, output)."""

    host: str
    model: str
    sources: tuple[str, ...]
    price: tuple[float | None, float | None]
    others: tuple[tuple[str, float | None, float | None], ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a catalogue on a day; `unrated` are models without any scores."""

    day: date
    ages: tuple[Age, ...]
    ending: tuple[Ending, ...]
    disagreements: tuple[PriceDisagreement, ...]
    unrated: tuple[str, ...]


def status(catalog: Catalog, day: date, horizon_days: int = HORIZON_DAYS) -> Status:
    """The state of a catalogue on a day, with the offerings that end within `horizon_days`."""
    kinds = {
        "prices": _prices_checked(catalog, day),
        "lifecycle": _lives_read(catalog, day),
        "rentals": (row.checked for row in catalog.hardware.rentals if _holds(row, day)),
        "scores": _scores_read(catalog),
        "licenses": _licenses_read(catalog),
    }
    ages = tuple(_age(kind, days, day) for kind, days in kinds.items())
    ending = sorted(_ending(catalog, day, horizon_days), key=lambda row: (row.shutdown, row.host, row.model))
    return Status(day, ages, tuple(ending), tuple(_disagreements(catalog, day)), tuple(_unrated(catalog)))


def _age(kind: str, read: Iterable[date], day: date) -> Age:
    days = sorted(max((day - one).days, 0) for one in read)
    if not days:
        return Age(kind, 0, None, None, None)
    return Age(kind, len(days), days[0], days[len(days) // 2], days[-1])


def _holds(row: Any, day: date) -> bool:
    return bool(row.from_ <= day and (row.to is None or row.to >= day))


def _shutdown(offering: Offering) -> date | None:
    return offering.lifecycle.shutdown.value if offering.lifecycle.shutdown else None


def _living(catalog: Catalog, day: date) -> Iterator[tuple[str, Offering]]:
    """The offerings that are not shut down on a day, each with its host's id."""
    for host in catalog.hosts.values():
        for offering in host.offerings:
            if (_shutdown(offering) or date.max) > day:
                yield host.id, offering


def _living_prices(catalog: Catalog, day: date) -> Iterator[tuple[str, Offering, Price]]:
    for host, offering in _living(catalog, day):
        yield from ((host, offering, price) for price in offering.prices if _holds(price, day))


def _prices_checked(catalog: Catalog, day: date) -> Iterator[date]:
    return (price.checked for _, _, price in _living_prices(catalog, day))


def _lives_read(catalog: Catalog, day: date) -> Iterator[date]:
    """The newest day per offering on which a source of its lifecycle was read."""
    for host, offering in _living(catalog, day):
        yield from _newest(catalog.hosts[host].sources, offering.lifecycle)


def _scores_read(catalog: Catalog) -> Iterator[date]:
    for model in catalog.models.values():
        for score in model.scores:
            yield from _newest(model.sources, score)


def _licenses_read(catalog: Catalog) -> Iterator[date]:
    for row in catalog.licenses.licenses.values():
        yield from _newest(catalog.licenses.sources, row)


def _newest(sources: dict[str, Source], record: Any) -> Iterator[date]:
    """The newest day on which a source of a record's facts was read, if it names any."""
    days = [sources[key].retrieved for _, keys in facts(record) for key in keys if key in sources]
    if days:
        yield max(days)


def _ending(catalog: Catalog, day: date, horizon_days: int) -> Iterator[Ending]:
    for host, offering in _living(catalog, day):
        end, life = _shutdown(offering), offering.lifecycle
        if end is not None and end <= day + timedelta(days=horizon_days):
            api_id = offering.api_id.value if offering.api_id else None
            replacement = life.replacement.value if life.replacement else None
            yield Ending(host, offering.model, api_id, end, (end - day).days, replacement)


def _disagreements(catalog: Catalog, day: date) -> Iterator[PriceDisagreement]:
    for host, offering, price in _living_prices(catalog, day):
        if price.conflicts:
            others = tuple(
                (", ".join(one.source), one.input_usd_per_mtok, one.output_usd_per_mtok) for one in price.conflicts
            )
            own = (price.input_usd_per_mtok, price.output_usd_per_mtok)
            yield PriceDisagreement(host, offering.model, price.source, own, others)


def _unrated(catalog: Catalog) -> Iterator[str]:
    """The models without abilities on the scale."""
    return (model for model in catalog.models if not catalog.abilities.models.get(model))
