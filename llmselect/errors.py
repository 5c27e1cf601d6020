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


def close_matches(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known words nearest to a mistyped one, best first; case, spaces, `_` and `-` do not count."""
    import difflib  # here, because few command lines are mistyped

    by_key = {fold(name): name for name in known}
    if not fold(word):
        return []
    keys = difflib.get_close_matches(fold(word), by_key, n=most, cutoff=0.5)
    contained = [key for key in by_key if fold(word) in key and key not in keys]
    return [by_key[key] for key in (keys + sorted(contained, key=len))[:most]]


def fold(name: str) -> str:
    """A name without case, spaces, underscores and dashes, for comparing what people type."""
    return name.lower().translate(_IGNORED)


_IGNORED = str.maketrans("", "", " _-\t")


def _cut(word: str, most: int = 60) -> str:
    return word if len(word) <= most else word[: most - 1] + "…"


def unknown_name(kind: str, word: str, known: Iterable[str], hint: str = "") -> LlmselectError:
    """The error for a name that is not in the catalogue, with close matches as the way out."""
    matches = close_matches(word, known)
    suggestion = f"Did you mean {' or '.join(matches)}?" if matches else ""
    return LlmselectError(
        f"unknown-{kind.replace(' ', '-')}",
        f"unknown {kind} {_cut(word)!r}",
        " ".join(part for part in (suggestion, hint) if part),
    )
