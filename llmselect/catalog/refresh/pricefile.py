"""LiteLLM's price file, read with suspicion: every row is checked, what is wrong is counted and left out.

https://github.com/BerriAI/litellm, `model_prices_and_context_window.json` (MIT).
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from llmselect.errors import LlmselectError
from llmselect.files import JsonFaultError, parse_json

MAX_BYTES = 64 * 2**20
MAX_ROWS = 50_000
MAX_USD_PER_MTOK = 100_000.0
EXAMPLE_KEY = "sample_spec"
YEARS = range(2015, 2101)  # an end in any other year is a mistake

# The file's names of prices per token, and ours per million tokens.
_PRICES = {
    "input_cost_per_token": "input_usd_per_mtok",
    "output_cost_per_token": "output_usd_per_mtok",
    "cache_read_input_token_cost": "cached_input_usd_per_mtok",
    "cache_creation_input_token_cost": "cache_write_usd_per_mtok",
}
_LONG_CONTEXT = re.compile(r"input_cost_per_token(_above_([1-9]\d{0,3})k_tokens)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


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
    """The usable rows by key, and the others' keys with what is wrong with them."""

    rows: dict[str, PriceRow]
    faulty: dict[str, str] = field(default_factory=dict)

    @property
    def left_out(self) -> Counter[str]:
        """Why rows were left out: reason to count."""
        return Counter(self.faulty.values())


class _Doubled(dict[str, Any]):
    """An object of the file in which keys stand more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.keys_doubled = {key for key, count in Counter(key for key, _ in pairs).items() if count > 1}


def parse(raw: bytes, origin: str) -> PriceFile:
    """The file's rows; raises LlmselectError where it is no such file at all.

    Rows that are not mappings or stand twice, prices that are not finite numbers of zero or more, and
    impossible dates are left out and counted.
    """
    data = _object(raw, origin)
    doubled = data.keys_doubled if isinstance(data, _Doubled) else set()
    rows: dict[str, PriceRow] = {}
    faulty: dict[str, str] = {}
    for key, row in data.items():
        if key == EXAMPLE_KEY:
            continue
        try:
            if key in doubled:
                raise ValueError("a row stands twice")
            rows[key] = _row(key, row)
        except ValueError as error:
            faulty[key] = str(error)
    if not rows:
        raise _bad(origin, "none of its rows can be used")
    return PriceFile(rows, faulty)


def _object(raw: bytes, origin: str) -> dict[str, Any]:
    if len(raw) > MAX_BYTES:
        raise _bad(origin, f"it has {len(raw):,} bytes, more than {MAX_BYTES:,}")
    try:
        data = parse_json(raw, finite=False, pairs=_mapping)
    except JsonFaultError as fault:
        place = f"line {fault.line}, column {fault.column}: " if fault.line else ""
        raise _bad(origin, f"it is not JSON ({place}{fault})") from None
    if not isinstance(data, dict) or not data:
        raise _bad(origin, "it holds no mapping of model names to prices")
    if len(data) > MAX_ROWS:
        raise _bad(origin, f"it has {len(data):,} rows, more than {MAX_ROWS:,}")
    return data


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Doubled(pairs)


def _bad(origin: str, why: str) -> LlmselectError:
    hint = "Check the file or the address; nothing was changed."
    return LlmselectError("bad-price-file", f"{origin} is no usable price file: {why}", hint)


def _row(key: str, row: Any) -> PriceRow:
    """One row; raises ValueError that says what is wrong with it."""
    if not isinstance(row, dict):
        raise ValueError("a row is not a mapping")
    if isinstance(row, _Doubled):
        raise ValueError("a key stands twice in a row")
    standard = _prices(row, "")
    tiers = {}
    for name in row:
        if found := _LONG_CONTEXT.fullmatch(name):
            tiers[int(found[2]) * 1000] = _whole(_prices(row, found[1]), standard)
    batch = _prices(row, "_batches")
    return PriceRow(
        key, standard, {tokens: prices for tokens, prices in sorted(tiers.items()) if prices},
        _whole(batch, standard) if batch else {}, _end(row),
    )  # fmt: skip


def _prices(row: Mapping[str, Any], suffix: str) -> dict[str, float]:
    """USD per million tokens by our names. A cached price of zero means that the file knows none."""
    found = {}
    for theirs, ours in _PRICES.items():
        value = row.get(theirs + suffix)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError("a price is not a number")
        amount = round(value * 1e6, 6)
        if value < 0 or amount > MAX_USD_PER_MTOK or (value > 0 and amount == 0):
            raise ValueError("a price is negative or beyond reason")
        if amount > 0 or not ours.startswith("cache"):
            found[ours] = amount
    return found


def _whole(prices: dict[str, float], standard: Mapping[str, float]) -> dict[str, float]:
    """A tier's prices; where it names only one of input and output, the other is the standard one."""
    pair = {name: standard[name] for name in ("input_usd_per_mtok", "output_usd_per_mtok") if name in standard}
    return {**pair, **prices}


def _end(row: Mapping[str, Any]) -> date | None:
    text = row.get("deprecation_date")
    if text is None:
        return None
    if not isinstance(text, str):
        raise ValueError("a date is not text")
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise ValueError("a date is impossible")
    return day
