"""Which of many names can stand in a file, told at the speed of splitting it into words."""

import re
from collections.abc import Iterable
from functools import lru_cache

_KEPT = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
_TO_WORDS = bytes(byte if byte in _KEPT else 0x20 for byte in range(256))


class Fragments:
    """The longest parts of names without `/`, `:` and `@`; a file that holds none holds no name."""

    def __init__(self, names: Iterable[str]) -> None:
        found = {fragment(name) for name in names} - {b""}
        self._searched = frozenset(found | {b"-" + one for one in found})  # ${NAME:-id} leaves a dash before it

    def present(self, raw: bytes) -> frozenset[bytes]:
        """The fragments that are words of a text."""
        found = self._searched.intersection(raw.translate(_TO_WORDS).split())
        return frozenset(one.lstrip(b"-") for one in found)


@lru_cache(maxsize=1000)
def pattern(fragments: frozenset[bytes]) -> re.Pattern[bytes]:
    """What finds fragments in a text, longer ones first."""
    return re.compile(b"|".join(re.escape(one) for one in sorted(fragments, key=lambda one: (-len(one), one))))


def fragment(name: str) -> bytes:
    """A name's longest part, the last of equals, as bytes."""
    words = name.encode().translate(_TO_WORDS).split()
    return max(reversed(words), key=len, default=b"")
