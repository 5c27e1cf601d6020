"""Bills beside those of pydantic's genai-prices: `python -m tests.price_referee` lists where unit prices differ."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

import genai_prices
import numpy as np

from llmselect.catalog.load import open_catalog
from llmselect.catalog.refresh.second import PROVIDERS
from llmselect.catalog.sql.read import Integers, Numbers
from llmselect.engine.facts import Facts
from llmselect.engine.money import tariffs, usd_per_request
from llmselect.estimate.cost import NO_TOKENS, Band, Tokens, Traffic

DAY = date(2026, 11, 10)
REQUESTS = 10_000  # of one kind in a bill: a cent of the bill is a ten-thousandth of one of a request
USAGES = {
    "short": Tokens(1, 900, 0, 0, 250),
    "cached": Tokens(1, 20_000, 15_000, 0, 1_500),
    "long": Tokens(1, 300_000, 100_000, 0, 4_000),
}


class Rates(NamedTuple):
    """Prices in USD per million tokens."""

    input: float
    output: float
    cached_input: float


class Compared(NamedTuple):
    """An offering's bill for a kind of request, and the unit prices behind both (USD per million tokens)."""

    host: str
    api_id: str
    usage: str
    ours_usd: float
    theirs_usd: float
    our_rates: Rates
    their_rates: Rates

    @property
    def same_rates(self) -> bool:
        pairs = zip(self.our_rates[:3], self.their_rates[:3], strict=True)
        return all(abs((one or 0) - (two or 0)) <= 1e-9 * abs(one or 1) for one, two in pairs)

    @property
    def same_bill(self) -> bool:
        return round(self.ours_usd * REQUESTS, 2) == round(self.theirs_usd * REQUESTS, 2)


def compared(facts: Facts, hosts: Collection[str] = PROVIDERS) -> Iterator[Compared]:
    """Every offering of some hosts that both know, at every kind of request that its window holds.

    Those kept in a region are left out: the other package has the price of no region under the same id.
    """
    offered = facts.offerings
    rows = zip(offered.host, offered.api_id, offered.region, strict=True)
    known = [row for row, (host, api_id, region) in enumerate(rows) if host in hosts and api_id and not region]
    for name, tokens in USAGES.items():
        rows, usd = _bills(facts, tokens)
        for at in known:
            window = _window(facts, at)
            if rows[at] < 0 or (window is not None and tokens.prompt > window):
                continue
            theirs = _theirs(offered.host[at], offered.api_id[at], tokens)
            if theirs is not None:
                own, rates = _rates(facts, int(rows[at])), _their_rates(offered.host[at], offered.api_id[at], tokens)
                yield Compared(offered.host[at], offered.api_id[at], name, float(usd[at]), theirs, own, rates)


def _bills(facts: Facts, tokens: Tokens) -> tuple[Integers, Numbers]:
    """The row of prices that each offering's requests pay, -1 without one, and the bill of one."""
    traffic = Traffic((Band(int(tokens.prompt) - 1, tokens, NO_TOKENS),))
    tariff, every = tariffs(facts, traffic, DAY.toordinal()), np.arange(len(facts.offerings.offering))
    as_logged, nothing = np.ones(len(every), dtype=bool), np.zeros((1, len(every)))
    usd = usd_per_request(facts.prices, tariff, every, traffic, nothing, as_logged)
    return tariff.standard[0], usd[0]


def _window(facts: Facts, offering: int) -> float | None:
    offered = facts.offerings
    known = [column[offering] for column in (offered.context_tokens, offered.input_tokens)]
    return next((float(tokens) for tokens in known if not np.isnan(tokens)), None)


def _rates(facts: Facts, price: int) -> Rates:
    prices = facts.prices
    read, cached = float(prices.input_usd_per_mtok[price]), float(prices.cached_input_usd_per_mtok[price])
    if prices.free[price]:
        return Rates(0.0, 0.0, 0.0)
    return Rates(read, float(prices.output_usd_per_mtok[price]), read if np.isnan(cached) else cached)


def _theirs(host: str, api_id: str, tokens: Tokens) -> float | None:
    prices = _model_price(host, api_id)
    usage = genai_prices.Usage(
        input_tokens=int(tokens.prompt), cache_read_tokens=int(tokens.cached), output_tokens=int(tokens.output)
    )
    return float(prices.calc_price(usage)["total_price"]) if prices is not None else None


@cache
def _model_price(host: str, api_id: str) -> Any:
    """Their prices of exactly this model on the day; None where they do not know it."""
    moment = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    usage = genai_prices.Usage(input_tokens=1)
    try:
        found: Any = genai_prices.calc_price(usage, api_id, provider_id=PROVIDERS[host], genai_request_timestamp=moment)
    except LookupError:
        return None
    return found.model_price if api_id in (found.model.id, *_exact(found.model)) else None


def _exact(model: Any) -> set[str]:
    """The names that a record matches letter by letter: a prefix has been seen to match another model."""
    clauses = getattr(model.match, "or_", [model.match])
    return {clause.equals for clause in clauses if hasattr(clause, "equals")}


def _their_rates(host: str, api_id: str, tokens: Tokens) -> Rates:
    """Their prices at this length of prompt, from bills that differ in one count."""
    plain = _theirs(host, api_id, tokens._replace(cached=0, output=0)) or 0.0
    more = _theirs(host, api_id, tokens._replace(cached=0, output=1_000_000)) or 0.0
    cached = _theirs(host, api_id, tokens._replace(cached=tokens.prompt, output=0)) or 0.0
    return Rates(plain / tokens.prompt * 1e6, more - plain, cached / tokens.prompt * 1e6)


def main() -> None:
    rows = list(compared(Facts(open_catalog())))
    agreed = [row for row in rows if row.same_rates]
    print(
        f"{len(rows)} bills compared; unit prices agree in {len(agreed)}, bills in {sum(r.same_bill for r in agreed)}"
    )
    for row in rows:
        if not row.same_rates:
            ours, theirs = (
                ", ".join(f"{rate or 0:g}" for rate in rates[:3]) for rates in (row.our_rates, row.their_rates)
            )
            print(f"{row.host} {row.api_id} ({row.usage}): input, output, cached {ours}; theirs {theirs}")


if __name__ == "__main__":
    main()
