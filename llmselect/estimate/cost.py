"""What requests cost: an API's bill, rented hours, electricity, purchase. All amounts in USD."""

from typing import NamedTuple

HOURS_PER_MONTH = 365 * 24 / 12
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600


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
        """The tokens of so many times the requests."""
        return Tokens(*(count * factor for count in self))

    def plus(self, other: "Tokens") -> "Tokens":
        """The tokens of both."""
        return Tokens(*(one + two for one, two in zip(self, other, strict=True)))


NO_TOKENS = Tokens(0, 0, 0, 0, 0)


class Rates(NamedTuple):
    """Prices in USD per million tokens. Without a price of their own, cached and written tokens cost what others do."""

    input: float
    output: float
    cached_input: float | None = None
    cache_write: float | None = None


class Tier(NamedTuple):
    """The prices of requests whose prompt is longer than `above` tokens."""

    above: int
    rates: Rates


class Tariff(NamedTuple):
    """A host's prices on a day, each kind by rising tiers; no rows where it has none of a kind."""

    standard: tuple[Tier, ...]
    batch: tuple[Tier, ...] = ()
    peak: tuple[Tier, ...] = ()


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


def tokens_usd(tokens: Tokens, rates: Rates) -> float:
    """The bill of tokens at one tier's prices."""
    cached = rates.input if rates.cached_input is None else rates.cached_input
    written = rates.input if rates.cache_write is None else rates.cache_write
    plain = tokens.prompt - tokens.cached - tokens.cache_write
    parts = (plain * rates.input, tokens.cached * cached, tokens.cache_write * written, tokens.output * rates.output)
    return sum(parts) / 1e6


def tier_for(tiers: tuple[Tier, ...], above: int) -> Tier:
    """The highest tier that prompts longer than `above` tokens reach."""
    if len(tiers) == 1 and tiers[0].above <= above:
        return tiers[0]
    return max((tier for tier in tiers if tier.above <= above), key=lambda tier: tier.above)


def traffic_usd(traffic: Traffic, tariff: Tariff, thinking_tokens: float | None) -> float:
    """The bill of all requests, each at the tier that its own prompt reaches.

    `thinking_tokens` per request stand in for those in the traffic; None leaves its output as it is. Deferred
    requests go by batch where that is cheaper. A tier that a host states for no batch has no discount.
    """
    live = batch = deferred = 0.0
    for band in traffic.bands:
        standard = tier_for(tariff.standard, band.above)
        now = _thought(band.live, thinking_tokens)
        live += (1 - traffic.peak_share) * tokens_usd(now, standard.rates)
        if traffic.peak_share:
            peak = tier_for(tariff.peak, band.above) if tariff.peak else standard
            live += traffic.peak_share * tokens_usd(now, peak.rates)
        if band.batch.requests:
            later = _thought(band.batch, thinking_tokens)
            reduced = tier_for(tariff.batch, band.above) if tariff.batch else standard
            reduced = reduced if reduced.above == standard.above else standard
            deferred += tokens_usd(later, standard.rates)
            batch += tokens_usd(later, reduced.rates)
    return live + min(batch, deferred)


def _thought(tokens: Tokens, per_request: float | None) -> Tokens:
    if per_request is None or per_request == tokens.thinking == 0:
        return tokens
    thinking = tokens.requests * per_request
    output = tokens.output - tokens.thinking + thinking
    return Tokens(tokens.requests, tokens.prompt, tokens.cached, tokens.cache_write, output, thinking)


def rented_month_usd(usd_per_gpu_hour: float, gpus: int) -> float:
    """GPUs rented around the clock for a month of 730 hours."""
    return usd_per_gpu_hour * gpus * HOURS_PER_MONTH


def electricity_usd(power_w: float, busy_s: float, usd_per_kwh: float) -> float:
    """Electricity of devices at their rated power for the seconds in which they work."""
    return power_w / 1000 * busy_s / 3600 * usd_per_kwh


def purchase_month_usd(purchase_usd: float, years: float) -> float:
    """A machine's price spread evenly over the months of its life."""
    return purchase_usd / (years * 12)
