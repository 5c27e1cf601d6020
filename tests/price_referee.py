"""Bills beside those of pydantic's genai-prices: `python -m tests.price_referee` lists where unit prices differ."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

import genai_prices

from llmselect.catalog.load import load
from llmselect.catalog.refresh.second import PROVIDERS
from llmselect.catalog.schema import Catalog, Offering
from llmselect.engine.options import Option
from llmselect.engine.prices import tariff_of
from llmselect.engine.situation import Situation, situate
from llmselect.estimate.cost import Band, Rates, Tariff, Tokens, Traffic, tier_for, traffic_usd
from llmselect.requirements import parse

DAY = date(2026, 11, 10)
REQUESTS = 10_000  # of one kind in a bill: a cent of the bill is a ten-thousandth of one of a request
USAGES = {
    "short": Tokens(1, 900, 0, 0, 250),
    "cached": Tokens(1, 20_000, 15_000, 0, 1_500),
    "long": Tokens(1, 300_000, 100_000, 0, 4_000),
}


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


def compared(catalog: Catalog, hosts: Collection[str] = PROVIDERS) -> Iterator[Compared]:
    """Every offering of some hosts that both know, at every kind of request that its window holds."""
    for host in catalog.hosts.values():
        for offering in host.offerings if host.id in hosts else ():
            api_id = offering.api_id.value if offering.api_id else None
            window = offering.limits.context_tokens or offering.limits.input_tokens
            for name, tokens in USAGES.items() if api_id else ():
                if window is None or window.value is None or tokens.prompt <= window.value:
                    row = _compared(catalog, host.id, offering, api_id, name, tokens)
                    if row is not None:
                        yield row


def _compared(
    catalog: Catalog, host: str, offering: Offering, api_id: str, name: str, tokens: Tokens
) -> Compared | None:
    option = Option("option", catalog.models[offering.model], "api", host, offering)
    tariff = tariff_of(option, _situation())
    theirs = _theirs(host, api_id, tokens)
    if tariff is None or theirs is None:
        return None
    ours = tier_for(tariff.standard, int(tokens.prompt) - 1).rates
    ours = ours._replace(cached_input=ours.input if ours.cached_input is None else ours.cached_input)
    their_rates = _their_rates(host, api_id, tokens)
    bill = traffic_usd(
        Traffic((Band(int(tokens.prompt) - 1, tokens, tokens.scaled(0)),)), Tariff(tariff.standard), None
    )
    return Compared(host, api_id, name, bill, theirs, ours, their_rates)


@cache
def _situation() -> Situation:
    return situate(parse({"as_of": DAY.isoformat()}), load())


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
    rows = list(compared(load()))
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
