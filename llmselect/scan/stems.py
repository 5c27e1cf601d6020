"""One compiled pattern that tells quickly whether any of many names can stand in a file."""

import re
from collections.abc import Iterable

STEM_LENGTH = 7
_VENDOR = re.compile(r"(?:[a-z][a-z0-9-]*\.)+(?=[a-z]{2})")  # us.anthropic. of us.anthropic.claude-…


def compiled(names: Iterable[str]) -> re.Pattern[bytes] | None:
    """A pattern that matches where one of the names may stand; None where there are no names."""
    stems = sorted({stem(name) for name in names if name})
    if not stems:
        return None
    groups: dict[str, list[str]] = {}
    for one in stems:
        groups.setdefault(one[:2], []).append(one[2:])
    return re.compile("|".join(_group(start, rests) for start, rests in groups.items()).encode())


def stem(name: str) -> str:
    """The characters that a name begins with, after its publisher's."""
    last = name.rpartition("/")[2] or name
    vendor = _VENDOR.match(last)
    return (last[vendor.end() :] if vendor else last)[:STEM_LENGTH]


def _group(start: str, rests: list[str]) -> str:
    """Stems of the same beginning; a whole short name ends where its word ends."""
    ends = [re.escape(rest) + ("" if len(start + rest) >= STEM_LENGTH else r"(?![A-Za-z0-9])") for rest in rests]
    return f"{re.escape(start)}(?:{'|'.join(ends)})"
