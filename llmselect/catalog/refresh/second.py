"""A second opinion on prices: pydantic's genai-prices, where it is installed (extra `live`)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from llmselect.catalog.schema import Catalog, Offering, Price
from llmselect.errors import Exit, LlmselectError

PROVIDERS = {
    "openai": "openai",
    "azure": "azure",
    "anthropic": "anthropic",
    "bedrock": "aws",
    "gemini-api": "google",
    "vertex": "google",
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


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sources' prices of one offering on one day, USD per million tokens (input, output)."""

    host: str
    model: str
    ours: tuple[float, float]
    theirs: tuple[float, float]


def disagreements(catalog: Catalog, day: date) -> list[Disagreement]:
    """Offerings whose price differs from genai-prices' by more than half a percent.

    Raises LlmselectError (exit 5) when the package is not installed.
    """
    found = []
    for host in catalog.hosts.values():
        provider = PROVIDERS.get(host.id)
        for offering in host.offerings if provider else ():
            ours, theirs = _ours(offering, day), _theirs(offering, provider or "", day)
            if ours and theirs and any(_differ(a, b) for a, b in zip(ours, theirs, strict=True)):
                found.append(Disagreement(host.id, offering.model, ours, theirs))
    return found


def _differ(a: float, b: float) -> bool:
    return abs(a - b) > TOLERANCE * max(a, b)


def _ours(offering: Offering, day: date) -> tuple[float, float] | None:
    def valid(price: Price) -> bool:
        plain = price.above_input_tokens is None and not price.batch and not price.peak_hours
        return plain and price.from_ <= day and (price.to is None or price.to >= day)

    for price in offering.prices:
        if valid(price) and price.input_usd_per_mtok is not None and price.output_usd_per_mtok is not None:
            return price.input_usd_per_mtok, price.output_usd_per_mtok
    return None


def _theirs(offering: Offering, provider: str, day: date) -> tuple[float, float] | None:
    try:
        from genai_prices import Usage, calc_price
    except ImportError:
        hint = 'Install it: pip install "llmselect[live]".'
        raise LlmselectError("missing-package", "genai-prices is not installed", hint, Exit.MISSING) from None
    if offering.api_id is None or offering.api_id.value is None:
        return None
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    usage = Usage(input_tokens=PROBE_TOKENS, output_tokens=PROBE_TOKENS)
    try:
        price = calc_price(usage, offering.api_id.value, provider_id=provider, genai_request_timestamp=noon)
    except LookupError:
        return None
    scale = 1e6 / PROBE_TOKENS
    return float(price.input_price) * scale, float(price.output_price) * scale
