"""The prices of one offering by date, as rows of plain data: which holds, what to doubt, how a new one joins."""

import math
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

SUSPICIOUS_FACTOR = 3.0
# The prices that a refresh maintains, and their short names.
PRICES = {
    "input_usd_per_mtok": "in",
    "output_usd_per_mtok": "out",
    "cached_input_usd_per_mtok": "cached",
    "cache_write_usd_per_mtok": "cache write",
}
PAIR = ("input_usd_per_mtok", "output_usd_per_mtok")
_TOLERANCE = 1e-6  # a price times a million is not exact

Rows = list[dict[str, Any]]
Tier = tuple[int | None, bool]


@dataclass(frozen=True, slots=True)
class Seen:
    """The day of a price file and the key of the source that stands for it."""

    day: date
    source: str


def current(rows: Rows, tier: Tier, day: date) -> dict[str, Any] | None:
    """The price per token of a tier that holds on a day."""
    return next((row for row in rows if _of(row, tier) and row["from"] <= day <= row.get("to", date.max)), None)


def suspicion(rows: Rows, tier: Tier, prices: dict[str, float], day: date) -> str | None:
    """Why new prices of a tier should not be believed beside the last ones, or None."""
    before = [row for row in rows if _of(row, tier) and row["from"] <= day]
    last = max(before, key=lambda row: row["from"], default=None)
    if last is None:
        return None
    for name in PRICES:
        why = doubt(name, last.get(name), prices.get(name), free=last.get("free", False))
        if why is not None:
            return why
    return None


def doubt(name: str, old: float | None, new: float | None, *, free: bool = False) -> str | None:
    """Why one number should not be believed beside the one before it, or None."""
    if free and new:
        return f"{name} was free and would be {new:g}"
    if not old or new is None:
        return None
    if new == 0:
        return f"{name} fell from {old:g} to zero"
    factor = max(new / old, old / new)
    if factor >= SUSPICIOUS_FACTOR * (1 - _TOLERANCE):
        return f"{name} moved from {old:g} to {new:g}, by a factor of three or more"
    return None


def refresh_tier(rows: Rows, tier: Tier, prices: dict[str, float], seen: Seen) -> tuple[Any, Any] | None:
    """Bring one tier's rows up to a day: mark the price as checked, or end it and begin the new one.

    Returns the prices before (None: there were none) and after where they differ. Two sources that differ on
    one and the same day do not end each other: the later one is kept among the row's conflicts.
    """
    old = current(rows, tier, seen.day)
    if any(_of(row, tier) and row["from"] > seen.day for row in rows):
        return None  # the file is older than what is known
    if not all(prices.get(name) for name in PAIR):
        if old is not None and old.get("free") and not any(prices.get(name) for name in PAIR):
            _mark_checked(old, seen)
        return None
    if old is not None and _same(old, prices):
        _mark_checked(old, seen)
        return None
    if old is not None and old["checked"] >= seen.day:
        if old["checked"] == seen.day:
            set_conflict(old, "litellm", seen.source, {name: prices[name] for name in PAIR})
        return None
    if old is not None:
        old["to"] = seen.day - timedelta(days=1)
        prices = {**_still_known(old, prices), **prices}
    rows.append(_new_row(tier, prices, seen))
    return old, prices


def set_conflict(row: dict[str, Any], family: str, source: str, prices: dict[str, float] | None) -> None:
    """Keep another source's price beside a row's own, in place of what sources of its family said before.

    `prices` of None says that the source agrees now.
    """
    others = [found for found in row.get("conflicts", ()) if not _of_family(found["source"], family)]
    if prices is not None:
        others.append({"source": source, **prices})
    row.pop("conflicts", None)
    if others:
        row["conflicts"] = others


def named_prices(row: dict[str, Any] | None) -> str:
    """A row's prices for people, in the order of PRICES."""
    if row is None:
        return "none"
    given = [f"{row[name]:g}" if name in row else "–" for name in PRICES]
    while given and given[-1] == "–":
        given.pop()
    return " / ".join(given) or "free"


def _of(row: dict[str, Any], tier: Tier) -> bool:
    """Whether a row is the price per token of a tier; plans, images and dear hours are other things."""
    per_token = "input_usd_per_mtok" in row or (row.get("free", False) and not tier[1])
    return per_token and not row.get("peak_hours") and (row.get("above_input_tokens"), row.get("batch", False)) == tier


def _same(row: dict[str, Any], prices: dict[str, float]) -> bool:
    """Whether a row says what the new prices say; what these leave out stays known."""
    return all(name in row and math.isclose(row[name], new, rel_tol=_TOLERANCE) for name, new in prices.items())


def _still_known(old: dict[str, Any], prices: dict[str, float]) -> dict[str, float]:
    """Prices of caching that the new row does not name, where the price itself is as it was."""
    if not _same(old, {name: prices[name] for name in PAIR}):
        return {}
    return {name: old[name] for name in PRICES if name in old and name not in prices}


def _mark_checked(row: dict[str, Any], seen: Seen) -> None:
    set_conflict(row, "litellm", seen.source, None)
    if row["checked"] < seen.day:
        row["checked"] = seen.day
        row["source"] = [*(key for key in _keys(row["source"]) if not _of_family(key, "litellm")), seen.source]


def _of_family(source: str | list[str], family: str) -> bool:
    """Whether a source's key is one that a refresh wrote for this family: its name and a day or version."""
    return any(re.fullmatch(rf"{re.escape(family)}-(\d{{4}}-\d\d-\d\d|\d+\.\d+\.\d+)", key) for key in _keys(source))


def _keys(source: str | list[str]) -> list[str]:
    return [source] if isinstance(source, str) else list(source)


def _new_row(tier: Tier, prices: dict[str, float], seen: Seen) -> dict[str, Any]:
    above, batch = tier
    row: dict[str, Any] = {"from": seen.day, "checked": seen.day, "source": seen.source}
    if above is not None:
        row["above_input_tokens"] = above
    if batch:
        row["batch"] = True
    return {**row, **{name: prices[name] for name in PRICES if name in prices}}
