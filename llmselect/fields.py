"""Reading one raw value, as it comes from a flag, a file or the environment, into what a field holds.

A reader returns the value or raises ValueError with what is wrong with it, in a user's words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from llmselect.errors import close_matches, fold
from llmselect.quantities import count, number, shown

Reader = Callable[[Any], Any]
_TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class UnknownWordError(ValueError):
    """A word that is none of those allowed; `hint` names close ones."""

    def __init__(self, word: Any, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{shown(word)} is not one of {', '.join(allowed)}")
        matches = close_matches(str(word), allowed)
        self.hint = f"Did you mean {' or '.join(matches)}?" if matches else ""


def choice(*allowed: str) -> Reader:
    """One of some words, whatever its case, spaces, - and _."""
    by_key = {fold(word): word for word in allowed}

    def read(value: Any) -> str:
        if not isinstance(value, str) or fold(value) not in by_key:
            raise UnknownWordError(value, allowed)
        return by_key[fold(value)]

    return read


def each(read: Reader, *, least: int = 0) -> Reader:
    """A list, or words with commas between them, each read by `read`."""

    def read_all(value: Any) -> tuple[Any, ...]:
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, (list, tuple)):
            raise ValueError(f"{shown(value)} is no list")
        if any(isinstance(item, str) and not item.strip() for item in items):
            raise ValueError(f"{shown(value)} has an empty entry")
        if len(items) < least:
            raise ValueError("the list is empty")
        return tuple(read(item) for item in items)

    return read_all


def pairs(read_name: Reader, read: Reader) -> Reader:
    """A mapping, or `NAME=NUMBER` entries, in a list or with commas between them."""

    def read_all(value: Any) -> dict[str, Any]:
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, (Mapping, list, tuple)):
            raise ValueError(f"{shown(value)} is no list of NAME=NUMBER")
        given = items.items() if isinstance(items, Mapping) else map(_pair, items)
        return {read_name(name): read(number) for name, number in given}

    return read_all


def _pair(item: Any) -> tuple[str, str]:
    name, equals, value = str(item).partition("=")
    if not equals or not name.strip():
        raise ValueError(f"{shown(name)} needs the form NAME=NUMBER")
    return name, value


@dataclass(frozen=True, slots=True)
class Bounded:
    """A reader of numbers within bounds; `above` itself is outside."""

    read: Reader
    above: float | None = None
    least: float | None = None
    most: float | None = None

    def __call__(self, value: Any) -> Any:
        """The number; raises ValueError for one outside the bounds."""
        found = self.read(value)
        if self.above is not None and found <= self.above:
            raise ValueError(f"{shown(value)} is not greater than {self.above:g}")
        if self.least is not None and found < self.least:
            raise ValueError(f"{shown(value)} is less than {self.least:g}")
        if self.most is not None and found > self.most:
            raise ValueError(f"{shown(value)} is greater than {self.most:g}")
        return found


bounded = Bounded


def text(value: Any) -> str:
    """A name that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{shown(value)} is no name")
    return value


def word(value: Any) -> str:
    """A name in lower case with - for _."""
    return str(dashed(text(value)))


def boolean(value: Any) -> bool:
    """True or false, or a word or digit that says so."""
    if isinstance(value, bool):
        return value
    found = _TRUTH.get(str(value).strip().lower()) if isinstance(value, (str, int)) else None
    if found is None:
        raise ValueError(f"{shown(value)} is neither true nor false")
    return found


def dashed(value: Any) -> Any:
    """A word in lower case with - for _; other types pass through."""
    return value.strip().lower().replace("_", "-") if isinstance(value, str) else value


positive_count = bounded(count, above=0)
positive = bounded(number, above=0)
not_negative = bounded(number, least=0)
