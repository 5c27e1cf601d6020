"""Price lists of a single host written by hand, and the bill of some traffic by them."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from llmselect.engine.columns import Prices
from llmselect.engine.facts import Facts
from llmselect.engine.money import tariffs, usd_per_request
from llmselect.estimate.cost import Traffic

DAY = 100


def row(
    input_usd: float,
    output_usd: float,
    cached_usd: float = np.nan,
    cache_write_usd: float = np.nan,
    *,
    kind: str = "standard",
    above: int = 0,
) -> tuple[float | str, ...]:
    """A row of a price list in USD per million tokens."""
    return kind, above, input_usd, output_usd, cached_usd, cache_write_usd


def traffic_usd(traffic: Traffic, *rows: tuple[Any, ...], thinking_tokens: float | None = None) -> float:
    """The bill of all requests; `thinking_tokens` per request stand in for those that were logged."""
    kinds, *numbers = zip(*rows, strict=True)
    above, *rates = (np.array(column, dtype=float) for column in numbers)
    n = len(rows)
    prices = Prices(
        np.arange(n), ["host#0"] * n, list(kinds), above, np.zeros(n), np.full(n, np.nan), np.zeros(n), *rates,
        np.zeros(n, dtype=bool),
    )  # fmt: skip
    offered = SimpleNamespace(offering=["host#0"])
    facts = cast(Facts, SimpleNamespace(prices=prices, offerings=offered, offering_of_price=np.zeros(n, dtype=int)))
    thinking, logged = np.array([[thinking_tokens or 0.0]]), np.array([thinking_tokens is None])
    found = usd_per_request(prices, tariffs(facts, traffic, DAY), np.zeros(1, dtype=int), traffic, thinking, logged)
    return float(found[0, 0]) * traffic.total.requests
