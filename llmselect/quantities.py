"""Quantities as people write them: `24GiB`, `8k`, `1M`, `1008GB/s`.

Memory sizes read GB as the box of a memory module does (24 GB = 24 GiB); bandwidth reads GB/s as 10**9 bytes.
"""

import math
import re
from datetime import date
from typing import Any

# Of any quantity in its own unit; products of several stay far from what a float cannot hold.
LARGEST, SMALLEST = 1e15, 1e-9
_DIGITS = r"[0-9]+(?:_[0-9]+)*|[0-9]{1,3}(?:,[0-9]{3})+"
_NUMBER = rf"\s*(\$?)\s*((?:{_DIGITS})(?:\.[0-9]+)?|\.[0-9]+)\s*([A-Za-z/]*)\s*"
_DECIMAL = r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_COUNT_UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9}
_GIB_UNITS = {
    "": 1.0,
    "gib": 1.0,
    "gb": 1.0,
    "g": 1.0,
    "mib": 2**-10,
    "mb": 2**-10,
    "m": 2**-10,
    "tib": 1024.0,
    "tb": 1024.0,
    "t": 1024.0,
}
_GB_S_UNITS = {"": 1.0, "gb/s": 1.0, "gbs": 1.0, "gbps": 1.0, "gib/s": 1.073741824, "tb/s": 1000.0, "mb/s": 1e-3}
_PLAIN_UNITS = {"": 1.0, "usd": 1.0}


def _quantity(value: Any, units: dict[str, float], example: str, sign: str = "") -> float:
    """A number with one of the units, behind `sign` or nothing; raises ValueError that shows an example."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _bounded(value, value)
    match = re.fullmatch(_NUMBER, value) if isinstance(value, str) else None
    if match is None or match[1] not in ("", sign) or match[3].lower() not in units:
        raise ValueError(f"{shown(value)} is no quantity; write it like {example}")
    return _bounded(float(match[2].replace("_", "").replace(",", "")) * units[match[3].lower()], value)


def _bounded(number: float, value: Any) -> float:
    if number != number or math.inf in (number, -number):
        raise ValueError(f"{shown(value)} is not finite")
    if abs(number) > LARGEST:
        raise ValueError(f"{shown(value)} is too large")
    if 0 < abs(number) < SMALLEST:
        raise ValueError(f"{shown(value)} is too small")
    return float(number)


def shown(value: Any, most: int = 60) -> str:
    """A value as it was typed, in quotes, cut where it is very long."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST:
        return "the number"
    text = repr(value)
    return text if len(text) <= most else f"{text[: most - 2]}…{text[-1]}"


def count(value: Any) -> int:
    """A whole number such as `8000`, `8k` or `900M`."""
    number = _quantity(value, _COUNT_UNITS, "8000, 8k or 1M")
    whole = round(number)
    if abs(number - whole) > min(1e-3, 1e-12 * abs(number)):
        raise ValueError(f"{shown(value)} is no whole number")
    return whole


def gib(value: Any) -> float:
    """A memory size in GiB, such as `24GiB`, `24GB` or `512MiB`."""
    return _quantity(value, _GIB_UNITS, "24GiB")


def gb_per_s(value: Any) -> float:
    """A bandwidth in GB/s, such as `1008GB/s` or `3.35TB/s`."""
    return _quantity(value, _GB_S_UNITS, "1008GB/s")


def usd(value: Any) -> float:
    """An amount in US dollars, such as `500` or `$0.12`."""
    return _quantity(value, _PLAIN_UNITS, "500 or $0.12", sign="$")


def number(value: Any) -> float:
    """A finite number in the unit that its field names, such as `1500` or `0.5`."""
    if isinstance(value, str) and re.fullmatch(_DECIMAL, value):
        value = float(value)
    return _quantity(value, {}, "1500 or 0.5")


def share(value: Any) -> float:
    """A part of the whole, such as `0.3` or `30%`."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return number(value.strip()[:-1]) / 100
    return number(value)


def day(value: Any) -> date:
    """A date, or one written as `2024-04-30`."""
    if isinstance(value, str) and re.fullmatch(_DAY, value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(f"{shown(value)} is no day of the calendar") from None
    if type(value) is date:
        return value
    raise ValueError(f"{shown(value)} is no date; write it like 2024-04-30")
