"""Tables of hosts: what they say of themselves, what they offer, what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from llmselect.catalog.sql.regional import offerings_of
from llmselect.catalog.sql.table import CAPABILITIES, MODALITIES, Row, bits, days, listed, row_of, value

if TYPE_CHECKING:
    from llmselect.catalog.schema import DataHandling, Host, Offering, Price

DATA_FACTS = ("trains_on_requests", "zero_retention", "private_network")
LIFE_DAYS = ("released", "last_seen", "not_before", "announced", "deprecated", "shutdown")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRow(Row):
    """Who serves models, under which terms (a row of `licenses`), and what becomes of requests there."""

    table: ClassVar[str] = "hosts"
    indexed: ClassVar[tuple[str, ...]] = ("host",)

    host: str
    name: str
    terms: str | None
    regions: str | None
    trains_on_requests: bool | None
    zero_retention: bool | None
    private_network: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingRow(Row):
    """A model at a host; `api_id` is what a request must name. `offering` numbers the host's: `openai#12`.

    `terms`, `regions` and what becomes of requests are the offering's own word, else the host's: `*_said_by` says
    whose: `offering`, `host`, or `host, of some` where the host grants it for some of its models, places or customers
    alone. `region` is where an offering that differs by it keeps its requests. Limits, modalities and what it lacks
    are the host's own word; where they are NULL, the model's count.
    """

    table: ClassVar[str] = "offerings"
    indexed: ClassVar[tuple[str, ...]] = ("model", "host")

    offering: str
    model: str
    host: str
    api_id: str | None
    deployment: str
    terms: str | None
    context_tokens: int | None
    input_tokens: int | None
    output_tokens: int | None
    modalities_in: str | None
    modalities_in_bits: int | None
    capabilities: str | None
    capability_bits: int | None
    lacks: str | None
    lacks_bits: int | None
    region: str | None
    regions: str | None
    regions_said_by: str | None
    trains_on_requests: bool | None
    trains_on_requests_said_by: str | None
    zero_retention: bool | None
    zero_retention_said_by: str | None
    private_network: bool | None
    private_network_said_by: str | None
    released_date: str | None
    released_day: int | None
    last_seen_date: str | None
    last_seen_day: int | None
    not_before_date: str | None
    not_before_day: int | None
    announced_date: str | None
    announced_day: int | None
    deprecated_date: str | None
    deprecated_day: int | None
    shutdown_date: str | None
    shutdown_day: int | None
    replacement: str | None
    rate_limit: str | None
    free_tier: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow(Row):
    """What an offering costs from a day on, to a day (its last) where that is known, as the source showed last on
    `checked_date`.

    `kind` is `standard`, `batch` (deferred requests), `peak` (the host's dear hours) or `batch-peak`. It is the price
    of requests whose prompt is longer than `above_input_tokens`.
    """

    table: ClassVar[str] = "prices"
    indexed: ClassVar[tuple[str, ...]] = ("offering",)

    price_no: int | None = None
    offering: str
    kind: str
    above_input_tokens: int
    from_date: str
    from_day: int
    to_date: str | None
    to_day: int | None
    checked_date: str
    checked_day: int
    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None
    cached_input_usd_per_mtok: float | None
    cache_write_usd_per_mtok: float | None
    usd_per_image: float | None
    usd_per_audio_minute: float | None
    usd_per_month: float | None
    free: bool
    source: str


def host_rows(host: Host) -> Iterator[Row]:
    """What the tables say of a host, its offerings, and their prices."""
    handling = {name: value(getattr(host.data, name)) for name in DATA_FACTS}
    yield row_of(HostRow, host, host=host.id, **handling)
    for number, region, offering in offerings_of(host):
        named = {"offering": offering_key(host, number, region), "region": region}
        yield row_of(OfferingRow, offering, **named, **_own(offering, host))
    for number, region, offering in offerings_of(host):
        yield from (_price_row(offering_key(host, number, region), price) for price in offering.prices)


def offering_key(host: Host, number: int, region: str | None = None) -> str:
    """The key of a host's offering, from its place among the host's and its region: `openai#12`, `openai#12/EU`."""
    return f"{host.id}#{number}/{region}" if region else f"{host.id}#{number}"


def _own(offering: Offering, host: Host) -> dict[str, Any]:
    limits, life = offering.limits, offering.lifecycle
    found: dict[str, Any] = {
        "host": host.id,
        "terms": value(offering.terms or host.terms),
        "context_tokens": value(limits.context_tokens),
        "input_tokens": value(limits.input_tokens),
        "output_tokens": value(limits.output_tokens),
        "modalities_in_bits": bits(value(offering.modalities_in), MODALITIES),
        "capability_bits": bits(value(offering.capabilities), CAPABILITIES),
        "lacks_bits": bits(value(offering.lacks), CAPABILITIES),
        "regions": listed(value(offering.regions or host.regions)),
        "regions_said_by": _said_by(offering.regions, host.regions, "regions" in host.varies),
        "replacement": value(life.replacement),
        **days(**{name: value(getattr(life, name)) for name in LIFE_DAYS}),
    }
    for name in DATA_FACTS:
        found |= _data_fact(name, offering.data, host)
    return found


def _data_fact(name: str, own: DataHandling | None, host: Host) -> dict[str, Any]:
    """The offering's own word on what becomes of requests, or its host's."""
    word, general = getattr(own, name, None), getattr(host.data, name)
    return {name: value(word or general), f"{name}_said_by": _said_by(word, general, name in host.varies)}


def _said_by(own: object, general: object, varies: bool) -> str | None:
    if own or not general:
        return "offering" if own else None
    return "host, of some" if varies else "host"


def _price_row(offering: str, price: Price) -> PriceRow:
    kinds = [name for name, holds in (("batch", price.batch), ("peak", price.peak_hours)) if holds]
    dated = days(**{"from": price.from_, "to": price.to, "checked": price.checked})
    kind, above = "-".join(kinds) or "standard", price.above_input_tokens or 0
    return row_of(PriceRow, price, offering=offering, kind=kind, above_input_tokens=above, **dated)
