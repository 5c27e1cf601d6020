"""The one exception type of llmselect and the exit statuses it carries."""

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """Exit statuses of the command line; docs/exit-codes.md explains each."""

    DONE = 0
    BUG = 1
    USAGE = 2
    NOTHING_QUALIFIES = 3
    INVALID_CATALOG = 4
    MISSING = 5
    INTERRUPTED = 130


class LlmselectError(Exception):
    """A fault that the user can act on.

    `message` says what is wrong and where, `hint` what to do, `code` is a stable
    kebab-case word for programs, `exit` the status of the process.
    """

    def __init__(self, code: str, message: str, hint: str = "", exit: Exit = Exit.USAGE) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.exit = exit


CLOSE = 0.72  # of two names' letters, the least share that agrees; tests/test_errors.py argues for it with cases
MAX_CHARACTERS = 100  # longer words are no mistyped names


def close_matches(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known words that a mistyped one may mean, best first; case, spaces, `_` and `-` do not count.

    A slip of the hand changes letters, turns two, or changes a digit that is not the first; other digits are another
    thing.
    """
    from rapidfuzz.distance import OSA  # here, because few command lines are mistyped

    key = fold(word)
    if not key or len(word) > MAX_CHARACTERS:
        return []
    scored: dict[str, float] = {}
    for name in known:
        keys = {fold(name), fold(name.rpartition("/")[2])}
        if len(key) > 1 and any(other.startswith(key) for other in keys):
            scored[name] = 1.0 + len(key) / len(name)
            continue
        near = max(OSA.normalized_similarity(key, other) for other in keys)
        if near >= CLOSE and any(_digits_agree(key, other) for other in keys):
            scored[name] = near
    return sorted(scored, key=lambda name: (-scored[name], len(name), name))[:most]


def _digits_agree(word: str, other: str) -> bool:
    """Whether two names have the same digits, or the same letters and digits that differ in one place."""
    from rapidfuzz.distance import OSA

    first, second = _only(word, digits=True), _only(other, digits=True)
    if first == second:
        return True
    same_letters = _only(word, digits=False) == _only(other, digits=False)
    turned = sorted(first) == sorted(second)
    return same_letters and (turned or first[:1] == second[:1]) and OSA.distance(first, second) <= 1


def _only(word: str, *, digits: bool) -> str:
    return "".join(char for char in word if char.isdigit() is digits)


def fold(name: str) -> str:
    """A name without case, spaces, underscores and dashes, for comparing what people type."""
    return name.lower().translate(_IGNORED)


_IGNORED = str.maketrans("", "", " _-\t")


def cut(word: str, most: int = 60) -> str:
    """A word, without its end where it is very long."""
    return word if len(word) <= most else word[: most - 1] + "…"


def unknown_name(kind: str, word: str, known: Iterable[str], hint: str = "", *, listed: bool = False) -> LlmselectError:
    """The error for a name that is not in the catalogue, with close matches as the way out.

    `listed` names all that are known where none is close.
    """
    known = list(known)
    matches = close_matches(word, known)
    if listed and not matches:
        hint = f"Known: {', '.join(sorted(known))}."
    suggestion = f"Did you mean {' or '.join(matches)}?" if matches else ""
    return LlmselectError(
        f"unknown-{kind.replace(' ', '-')}",
        f"unknown {kind} {cut(word)!r}",
        " ".join(part for part in (suggestion, hint) if part),
    )
