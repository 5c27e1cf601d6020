"""LiteLLM's price file, read with suspicion: every row is checked, what is wrong is counted and left out.

https://github.com/BerriAI/litellm, `model_prices_and_context_window.json` (MIT).
"""

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from llmselect.errors import LlmselectError

MAX_BYTES = 64 * 2**20
MAX_ROWS = 50_000
MAX_USD_PER_MTOK = 100_000.0
EXAMPLE_KEY = "sample_spec"

# The file's names of prices per token, and ours per million tokens.
_PRICES = {
    "input_cost_per_token": "input_usd_per_mtok",
    "output_cost_per_token": "output_usd_per_mtok",
    "cache_read_input_token_cost": "cached_input_usd_per_mtok",
    "cache_creation_input_token_cost": "cache_write_usd_per_mtok",
}
LONG_CONTEXT = {"_above_128k_tokens": 128_000, "_above_200k_tokens": 200_000, "_above_272k_tokens": 272_000}


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One row of the file: USD per million tokens by kind of price, and its end date.

    `tiers` holds the prices above a prompt length in tokens, `batch` those of deferred requests.
    """

    key: str
    standard: dict[str, float]
    tiers: dict[int, dict[str, float]]
    batch: dict[str, float]
    ends: date | None


@dataclass(frozen=True, slots=True)
class PriceFile:
    """The usable rows by key, and why others were left out (reason to count)."""

    rows: dict[str, PriceRow]
    left_out: Counter[str] = field(default_factory=Counter)


def parse(raw: bytes, origin: str) -> PriceFile:
    """The file's rows; raises LlmselectError where it is no such file at all.

    Rows that are not mappings, prices that are not finite numbers of zero or more, and impossible dates
    are left out and counted.
    """
    if len(raw) > MAX_BYTES:
        raise _bad(origin, f"it has {len(raw):,} bytes, more than {MAX_BYTES:,}")
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _bad(origin, f"it is not JSON ({error})") from None
    if not isinstance(data, dict) or not data:
        raise _bad(origin, "it holds no mapping of model names to prices")
    if len(data) > MAX_ROWS:
        raise _bad(origin, f"it has {len(data):,} rows, more than {MAX_ROWS:,}")
    left_out: Counter[str] = Counter()
    rows = {}
    for key, row in data.items():
        if key == EXAMPLE_KEY:
            continue
        parsed = _row(key, row, left_out)
        if parsed is not None:
            rows[key] = parsed
    if not rows:
        raise _bad(origin, "none of its rows can be used")
    return PriceFile(rows, left_out)


def _bad(origin: str, why: str) -> LlmselectError:
    hint = "Check the file or the address; nothing was changed."
    return LlmselectError("bad-price-file", f"{origin} is no usable price file: {why}", hint)


def _row(key: str, row: Any, left_out: Counter[str]) -> PriceRow | None:
    if not isinstance(row, dict):
        left_out["row is not a mapping"] += 1
        return None
    try:
        standard = _prices(row, "")
        tiers = {tokens: found for suffix, tokens in LONG_CONTEXT.items() if (found := _prices(row, suffix))}
        return PriceRow(key, standard, tiers, _prices(row, "_batches"), _end(row))
    except ValueError as error:
        left_out[str(error)] += 1
        return None


def _prices(row: Mapping[str, Any], suffix: str) -> dict[str, float]:
    found = {}
    for theirs, ours in _PRICES.items():
        value = row.get(theirs + suffix)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValueError("a price is not a number")
        if value < 0 or value * 1e6 > MAX_USD_PER_MTOK:
            raise ValueError("a price is negative or beyond reason")
        found[ours] = round(value * 1e6, 6)
    return found


def _end(row: Mapping[str, Any]) -> date | None:
    text = row.get("deprecation_date")
    if text is None:
        return None
    if not isinstance(text, str):
        raise ValueError("a date is not text")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("a date is impossible") from None
