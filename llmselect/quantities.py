"""Quantities as people write them: `24GiB`, `8k`, `1M`, `1008GB/s`.

Memory sizes read GB as the box of a memory module does (24 GB = 24 GiB); bandwidth reads GB/s as 10**9 bytes.
"""

import re
from typing import Any

_NUMBER = re.compile(r"^\s*\$?\s*([0-9][0-9_,]*(?:\.[0-9]+)?|\.[0-9]+)\s*([A-Za-z/]*)\s*$")
_COUNT_UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9}
_GIB_UNITS = {"": 1.0, "gib": 1.0, "gb": 1.0, "g": 1.0, "mib": 2**-10, "mb": 2**-10, "m": 2**-10, "tib": 1024.0, "tb": 1024.0, "t": 1024.0}
_GB_S_UNITS = {"": 1.0, "gb/s": 1.0, "gbs": 1.0, "gbps": 1.0, "gib/s": 1.073741824, "tb/s": 1000.0, "mb/s": 1e-3}
_PLAIN_UNITS = {"": 1.0, "usd": 1.0}


def _quantity(value: Any, units: dict[str, float], example: str) -> float:
    """A number with one of the units; raises ValueError that shows an example."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    match = _NUMBER.match(str(value))
    if match is None or match[2].lower() not in units:
        raise ValueError(f"{value!r} is no quantity; write it like {example}")
    return float(match[1].replace("_", "").replace(",", "")) * units[match[2].lower()]


def count(value: Any) -> int:
    """A whole number such as `8000`, `8k` or `900M`."""
    number = _quantity(value, _COUNT_UNITS, "8000, 8k or 1M")
    if number != int(number):
        raise ValueError(f"{value!r} is no whole number")
    return int(number)


def gib(value: Any) -> float:
    """A memory size in GiB, such as `24GiB`, `24GB` or `512MiB`."""
    return _quantity(value, _GIB_UNITS, "24GiB")


def gb_per_s(value: Any) -> float:
    """A bandwidth in GB/s, such as `1008GB/s` or `3.35TB/s`."""
    return _quantity(value, _GB_S_UNITS, "1008GB/s")


def usd(value: Any) -> float:
    """An amount in US dollars, such as `500` or `$0.12`."""
    return _quantity(value, _PLAIN_UNITS, "500 or $0.12")
