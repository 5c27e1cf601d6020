"""Quantities as people write them: `24GiB`, `8k`, `1 million`, `1008GB/s`, `500ms`, `$50/month`.

Memory sizes read GB as the box of a memory module does (24 GB = 24 GiB); bandwidth reads GB/s as 10**9 bytes.
"""

import math
import re
from datetime import date
from typing import Any

# Of any quantity in its own unit; products of several stay far from what a float cannot hold.
LARGEST, SMALLEST = 1e15, 1e-9
# Days of prices, ends and releases; sums of a day and months stay in the calendar.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
_DIGITS = r"[0-9]+(?:_[0-9]+)*|[0-9]{1,3}(?:,[0-9]{3})+"
_EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
_UNIT = r"[A-Za-z/\u4e00-\u9fff]*(?: [A-Za-z/]+)*"
_NUMBER = rf"\s*((?:US)?\$|)\s*((?:(?:{_DIGITS})(?:\.[0-9]+)?|\.[0-9]+){_EXPONENT})\s*({_UNIT})\s*"
_DECIMAL = r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*"
_DAY = r"[0-9]{4}([-/])[0-9]{2}\1[0-9]{2}"
_COUNT_UNITS = {
    **{"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "thousand": 1e3, "million": 1e6, "billion": 1e9},
    **{
        "mio": 1e6,
        "mn": 1e6,
        "bn": 1e9,
        "千": 1e3,
        "万": 1e4,
        "萬": 1e4,
        "百万": 1e6,
        "百萬": 1e6,
        "亿": 1e8,
        "億": 1e8,
    },
}
_WEIGHT_UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_COUNTED = ("tokens", "token", "tok", "requests", "request", "users", "user", "people", "次", "人")
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
_GB_S_UNITS = {
    **dict.fromkeys(("", "gb/s", "gbs", "gbps", "gb/sec", "gb per second"), 1.0),
    **{"gib/s": 1.073741824, "tb/s": 1000.0, "tb/sec": 1000.0, "tbps": 1000.0, "mb/s": 1e-3},
}
_USD_UNITS = {"": 1.0, "usd": 1.0, "dollar": 1.0, "dollars": 1.0, "cents": 0.01, "cent": 0.01, "k": 1e3, "m": 1e6}
_S_UNITS = {
    **{"s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3},
    **{"millisecond": 1e-3, "milliseconds": 1e-3, "min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0},
    **{"秒": 1.0, "毫秒": 1e-3, "分": 60.0, "分鐘": 60.0, "分钟": 60.0, "h": 3600.0, "hour": 3600.0, "hours": 3600.0},
}
_TOK_S_UNITS = dict.fromkeys(
    ("", "tok/s", "t/s", "tps", "tokens/s", "token/s", "tokens/sec", "tok/sec", "tokens per second", "tokens/second"),
    1.0,
)
_WATT_UNITS = {"": 1.0, "w": 1.0, "watt": 1.0, "watts": 1.0, "kw": 1e3}
_HOUR_UNITS = dict.fromkeys(("", "h", "hr", "hrs", "hour", "hours", "小時", "小时"), 1.0)
_YEAR_UNITS = dict.fromkeys(("", "y", "yr", "yrs", "year", "years", "年"), 1.0)
_MONTH_UNITS = {
    **dict.fromkeys(("", "m", "mo", "mos", "month", "months", "月", "個月", "个月"), 1.0),
    **{unit: 12 * years for unit, years in _YEAR_UNITS.items() if unit},
}
_PER_DAY = ("/day", "/d", "a day", "per day", "daily", "/日", "/天")
_PER_MONTH = ("/month", "/mo", "/m", "a month", "per month", "monthly", "/月")
_PER_YEAR = ("/year", "/yr", "/y", "a year", "per year", "yearly", "annually", "/年")
_IN_A_MONTH = {
    **dict.fromkeys(_PER_DAY, 365 / 12),
    **dict.fromkeys(_PER_MONTH, 1.0),
    **dict.fromkeys(_PER_YEAR, 1 / 12),
}
_PER_KWH = ("/kwh", "per kwh", "a kwh")
_PER_HOUR = ("/gpu-hour", "/gpu/hour", "/hour", "/hr", "/h", "per hour", "an hour", "hourly")
_TODAY = ("today", "now", "今天")
_FREE = ("free", "nothing", "免費", "免费")


def _quantity(value: Any, units: dict[str, float], example: str, sign: str = "") -> float:
    """A number with one of the units, behind `sign` or nothing; raises ValueError that shows an example."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _bounded(value, value)
    match = re.fullmatch(_NUMBER, value) if isinstance(value, str) else None
    unit = match[3].lower() if match else ""
    if match is None or (match[1] and not sign) or unit not in units or (unit and "e" in match[2].lower()):
        raise ValueError(f"{shown(value)} is no quantity; write it like {example}")
    return _bounded(float(match[2].replace("_", "").replace(",", "")) * units[unit], value)


def _without(value: Any, endings: tuple[str, ...]) -> Any:
    """A text without the first of some endings that it has; other types pass through."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    ending = next((ending for ending in endings if text.lower().endswith(ending)), "")
    return text[: len(text) - len(ending)].rstrip() or value


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
    """A whole number such as `8000`, `8k`, `1 million` or `128k tokens`."""
    number = _quantity(_without(value, _COUNTED), _COUNT_UNITS, "8000, 8k or 1 million")
    whole = round(number)
    if abs(number - whole) > min(1e-3, 1e-12 * abs(number)):
        raise ValueError(f"{shown(value)} is no whole number")
    return whole


def weights(value: Any) -> int:
    """A number of weights, such as `8B`, `1.5B` or `350M`."""
    return round(_quantity(value, _WEIGHT_UNITS, "8B, 1.5B or 350M"))


def monthly(value: Any) -> int:
    """A whole number of a month, such as `50k`, `1 million/month` or `1000/day`, which is 365/12 times as many."""
    rest, times = _in_a_month(value)
    return round(count(rest) * times)


def daily(value: Any) -> int:
    """A whole number of a day, such as `2000` or `2k/day`."""
    return count(_without(value, _PER_DAY))


def _in_a_month(value: Any) -> tuple[Any, float]:
    """A text without the period at its end, and how often the period comes in a month; once where none is named."""
    text = value.strip().lower() if isinstance(value, str) else ""
    ending = next((ending for ending in _IN_A_MONTH if text.endswith(ending)), "")
    return _without(value, (ending,)), _IN_A_MONTH.get(ending, 1.0)


def gpus(value: Any) -> int:
    """A number of GPUs, such as `2` or `2x`."""
    return count(_without(value, ("x", "gpus", "gpu")))


def gib(value: Any) -> float:
    """A memory size in GiB, such as `24GiB`, `24 GB` or `512MiB`."""
    return _quantity(value, _GIB_UNITS, "24GiB")


def gb_per_s(value: Any) -> float:
    """A bandwidth in GB/s, such as `1008GB/s` or `3.35 TB/s`."""
    return _quantity(value, _GB_S_UNITS, "1008GB/s")


def usd(value: Any) -> float:
    """An amount in US dollars, such as `500`, `$0.12` or `free`."""
    if isinstance(value, str) and value.strip().lower() in _FREE:
        return 0.0
    return _quantity(value, _USD_UNITS, "500 or $0.12", sign="$")


def usd_per_month(value: Any) -> float:
    """An amount in US dollars a month, such as `50/month`, `$600/year` or `free`."""
    rest, times = _in_a_month(value)
    return usd(rest) * times


def usd_per_kwh(value: Any) -> float:
    """A price of electricity, such as `0.15`, `$0.15/kWh` or `15 cents`."""
    return usd(_without(value, _PER_KWH))


def usd_per_hour(value: Any) -> float:
    """A price of an hour, such as `2` or `$1.99/hour`."""
    return usd(_without(value, _PER_HOUR))


def hours(value: Any) -> float:
    """A number of hours, such as `8` or `8h`."""
    return _quantity(_without(value, _PER_DAY), _HOUR_UNITS, "8 or 8h")


def years(value: Any) -> float:
    """A number of years, such as `3` or `3 years`."""
    return _quantity(value, _YEAR_UNITS, "3 or 3 years")


def months(value: Any) -> int:
    """A whole number of months, such as `6`, `6 months` or `1 year`."""
    return count(_quantity(value, _MONTH_UNITS, "6, 6 months or 1 year"))


def seconds(value: Any) -> float:
    """A time in seconds, such as `2`, `2s` or `500ms`."""
    return _quantity(value, {"": 1.0, **_S_UNITS}, "2, 2s or 500ms")


def milliseconds(value: Any) -> float:
    """A time in milliseconds, such as `500`, `500ms` or `1s`."""
    return _quantity(value, {"": 1.0, **{unit: 1000 * one for unit, one in _S_UNITS.items()}}, "500, 500ms or 1s")


def tokens_per_s(value: Any) -> float:
    """A speed in tokens per second, such as `20` or `20 tok/s`."""
    return _quantity(value, _TOK_S_UNITS, "20 or 20 tok/s")


def watts(value: Any) -> float:
    """A power in watts, such as `350` or `350W`."""
    return _quantity(value, _WATT_UNITS, "350 or 350W")


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


def points(value: Any) -> float:
    """A score in points of its test, such as `60` or `60%`."""
    return number(_without(value, ("%",)))


def day(value: Any) -> date:
    """A date, or one written as `2024-04-30`, `2024/04/30` or `today`."""
    if isinstance(value, str) and value.strip().lower() in _TODAY:
        value = date.today()
    if isinstance(value, str) and re.fullmatch(_DAY, value.strip()):
        try:
            value = date.fromisoformat(value.strip().replace("/", "-"))
        except ValueError:
            raise ValueError(f"{shown(value)} is no day of the calendar") from None
    if type(value) is not date:
        raise ValueError(f"{shown(value)} is no date; write it like 2024-04-30")
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(f"{value} is not between {FIRST_DAY.year} and {LAST_DAY.year}")
    return value
