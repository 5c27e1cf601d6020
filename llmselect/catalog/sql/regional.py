"""What a host serves: each offering, and of those that it also keeps in a region one more for each region."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmselect.catalog.models import Offering, Price, Regional
    from llmselect.catalog.schema import Host

RATES = ("input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok", "cache_write_usd_per_mtok")


def offerings_of(host: "Host") -> Iterator[tuple[int, str | None, "Offering"]]:
    """A host's offerings in their order, each followed by its regional ones: its place, its region, the offering."""
    for number, offering in enumerate(host.offerings):
        yield number, None, offering
        yield from ((number, one.region, _in_region(offering, one)) for one in offering.regional)


def _in_region(offering: "Offering", regional: "Regional") -> "Offering":
    """The offering as one whose requests stay in a region, at prices of its own; no free tier promises a region."""
    from llmselect.catalog.facts import Fact

    place = Fact[tuple[str, ...]](value=(regional.region,), source=regional.source, note=regional.note)
    prices = tuple(_price(price, regional) for price in offering.prices if not price.free)
    return offering.model_copy(update={"regions": place, "regional": (), "prices": prices})


def _price(price: "Price", regional: "Regional") -> "Price":
    rates = {name: getattr(price, name) for name in RATES}
    regional_rates = {name: round(rate * regional.price_factor, 6) for name, rate in rates.items() if rate is not None}
    sources = tuple(dict.fromkeys((*price.source, *regional.source)))
    return price.model_copy(update={**regional_rates, "source": sources, "conflicts": ()})
