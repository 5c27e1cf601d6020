"""A second opinion on prices: pydantic's genai-prices, where it is installed (extra `live`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import metadata
from typing import Any

from llmselect.catalog.refresh.history import PAIR, current, set_conflict
from llmselect.catalog.schema import Catalog
from llmselect.catalog.writer import plain
from llmselect.errors import Exit, LlmselectError

PROVIDERS = {
    "openai": "openai",
    "azure": "azure",
    "anthropic": "anthropic",
    "bedrock": "aws",
    "gemini-api": "google",
    "mistral": "mistral",
    "groq": "groq",
    "xai": "x-ai",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "moonshot": "moonshotai",
    "zai": "zai",
    "minimax": "minimax",
    "together": "together",
    "fireworks": "fireworks",
    "cerebras": "cerebras",
    "perplexity": "perplexity",
    "novita": "novita",
}
TOLERANCE = 0.005
PROBE_TOKENS = 1000  # short enough to stay below every long-context tier

Prices = tuple[float, float]  # input, output, USD per million tokens


@dataclass(frozen=True, slots=True)
class Second:
    """Another source of prices: its family and key, what stands for it in `sources`, and how it is asked.

    `price` takes a host's id and an API id and answers None where it does not know exactly this offering.
    """

    family: str
    key: str
    source: dict[str, Any]
    price: Callable[[str, str], Prices | None]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sources' prices of one offering on one day, USD per million tokens (input, output)."""

    host: str
    model: str
    ours: Prices
    theirs: Prices
    source: str


def genai_prices(day: date) -> Second:
    """What the installed genai-prices says of a day; raises LlmselectError (exit 5) when it is not installed."""
    try:
        version = metadata.version("genai-prices")
        import genai_prices as package
    except ImportError:
        hint = 'Install it: pip install "llmselect[live]".'
        raise LlmselectError("missing-package", "genai-prices is not installed", hint, Exit.MISSING) from None
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    usage = package.Usage(input_tokens=PROBE_TOKENS, output_tokens=PROBE_TOKENS)

    def price(host: str, api_id: str) -> Prices | None:
        if host not in PROVIDERS:
            return None
        try:
            found = package.calc_price(usage, api_id, provider_id=PROVIDERS[host], genai_request_timestamp=noon)
        except LookupError:
            return None
        if not _exactly(found.model, api_id) or not found.input_price or not found.output_price:
            return None
        scale = 1e6 / PROBE_TOKENS
        return round(float(found.input_price) * scale, 6), round(float(found.output_price) * scale, 6)

    source = {
        "url": f"pkg:pypi/genai-prices@{version}",
        "title": f"genai-prices {version}, prices of models by provider",
        "kind": "third-party",
        "retrieved": day,
    }
    return Second("genai-prices", f"genai-prices-{version}", source, price)


def _exactly(model: Any, api_id: str) -> bool:
    """Whether a row of genai-prices is of this id, not of a pattern that it happens to fit."""
    clauses = [model.match, *getattr(model.match, "or_", ())]
    names = {model.id, *(clause.equals for clause in clauses if hasattr(clause, "equals"))}
    return api_id.lower() in {name.lower() for name in names}


def record(offering: dict[str, Any], host: str, day: date, second: Second) -> Disagreement | None:
    """Ask the second source about an offering's price of a day and keep in `conflicts` what it says otherwise."""
    api_id = (offering.get("api_id") or {}).get("value")
    row = current(offering.get("prices", []), (None, False), day)
    theirs = second.price(host, api_id) if api_id is not None and row is not None else None
    if row is None or theirs is None or not all(row.get(name) for name in PAIR):
        return None
    ours = (row[PAIR[0]], row[PAIR[1]])
    if not any(_differ(a, b) for a, b in zip(ours, theirs, strict=True)):
        set_conflict(row, second.family, second.key, None)
        return None
    set_conflict(row, second.family, second.key, dict(zip(PAIR, theirs, strict=True)))
    return Disagreement(host, offering["model"], ours, theirs, second.key)


def disagreements(catalog: Catalog, day: date, second: Second) -> list[Disagreement]:
    """Offerings whose price differs from a second source's by more than half a percent."""
    rows = [(host.id, plain(offering)) for host in catalog.hosts.values() for offering in host.offerings]
    found = (record(offering, host, day, second) for host, offering in rows)
    return [one for one in found if one is not None]


def _differ(a: float, b: float) -> bool:
    return abs(a - b) > TOLERANCE * max(a, b)
