"""Tokens that are paid for, and what machines cost by the month: rent, electricity, purchase; in USD."""

from typing import NamedTuple

HOURS_PER_MONTH = 365 * 24 / 12
SECONDS_PER_HOUR = 3600.0
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600
STALE_PRICE_DAYS = 30  # a price without an end that was checked longer ago may have changed
STALE_PRICE_SPREAD = 1.25  # the factor by which the interval of such a price is widened


class Tokens(NamedTuple):
    """Tokens of some requests together.

    `prompt` counts those read from a cache (`cached`) and those written into one (`cache_write`) too, `output`
    counts the `thinking` too.
    """

    requests: float
    prompt: float
    cached: float
    cache_write: float
    output: float
    thinking: float = 0.0

    def scaled(self, factor: float) -> "Tokens":
        """The tokens of `factor` times as many requests."""
        return Tokens(*(count * factor for count in self))

    def plus(self, other: "Tokens") -> "Tokens":
        """The tokens of both."""
        return Tokens(*(one + two for one, two in zip(self, other, strict=True)))


NO_TOKENS = Tokens(0, 0, 0, 0, 0)


class Band(NamedTuple):
    """Requests whose prompts are longer than `above` tokens and cross no further tier: at once, and deferred."""

    above: int
    live: Tokens
    batch: Tokens


class Traffic(NamedTuple):
    """Requests by the length of their prompts; `peak_share` of those at once fall into a host's dear hours.

    `model` is the model that gave the logged answers, where there was one.
    """

    bands: tuple[Band, ...]
    peak_share: float = 0.0
    model: str | None = None

    @property
    def total(self) -> Tokens:
        """All of it together."""
        total = NO_TOKENS
        for band in self.bands:
            total = total.plus(band.live).plus(band.batch)
        return total

    @property
    def batch_share(self) -> float:
        """The share of requests that are deferred."""
        deferred = sum(band.batch.requests for band in self.bands)
        return deferred / self.total.requests if deferred else 0.0


def rented_month_usd(usd_per_gpu_hour: float, gpus: int) -> float:
    """GPUs rented around the clock for a month of 730 hours."""
    return usd_per_gpu_hour * gpus * HOURS_PER_MONTH


def electricity_usd(power_w: float, busy_s: float, usd_per_kwh: float) -> float:
    """Electricity of devices at their rated power for the seconds in which they work."""
    return power_w / 1000 * busy_s / 3600 * usd_per_kwh


def purchase_month_usd(purchase_usd: float, years: float) -> float:
    """A machine's price spread evenly over the months of its life."""
    return purchase_usd / (years * 12)
