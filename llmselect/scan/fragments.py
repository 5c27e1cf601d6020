"""A quick test of which of many names a file can contain at all."""

import re
from collections.abc import Iterable
from functools import lru_cache

_FRAGMENT_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
_TO_WORDS = bytes(byte if byte in _FRAGMENT_BYTES else 0x20 for byte in range(256))


class Fragments:
    """The longest part of each name between `/`, `:` and `@`; a file without any of them contains no name."""

    def __init__(self, names: Iterable[str]) -> None:
        found = {fragment(name) for name in names} - {b""}
        self._searched = frozenset(found | {b"-" + part for part in found})  # ${NAME:-id} leaves a dash before it

    def present(self, raw: bytes) -> frozenset[bytes]:
        """The fragments that occur as words in a text."""
        found = self._searched.intersection(raw.translate(_TO_WORDS).split())
        return frozenset(part.lstrip(b"-") for part in found)


@lru_cache(maxsize=1000)
def pattern(fragments: frozenset[bytes]) -> re.Pattern[bytes]:
    """A regular expression that matches any of the fragments, longer ones first."""
    return re.compile(b"|".join(re.escape(part) for part in sorted(fragments, key=lambda part: (-len(part), part))))


def fragment(name: str) -> bytes:
    """A name's longest part as bytes; the last one if several are equally long."""
    words = name.encode().translate(_TO_WORDS).split()
    return max(reversed(words), key=len, default=b"")
