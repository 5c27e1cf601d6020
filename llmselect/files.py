"""Files that a person names, read in one way: regular, of a bounded size, UTF-8, and clear about what is wrong.

JSON of `parse_json` has no key twice, no NaN or Infinity, and a bounded depth; YAML has its own reader in
`catalog/reader.py`, which takes text from here.
"""

import io
import json
import os
import stat
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any, BinaryIO, TextIO

from llmselect.errors import Exit, LlmselectError

MAX_BYTES = 8 * 2**20  # of what a person writes: profiles, answers, records, configurations
MAX_DATA_BYTES = 200_000_000  # of what programs write and is read whole
MAX_DEPTH = 100
MAX_DIGITS = 18  # of a whole number: what fits in 64 bits
STDIN = "-"
_HINT = "Check its path."
_UTF_16, _SAVE = "it is UTF-16 text", "Save it as UTF-8."
_KINDS = (
    (stat.S_ISDIR, "it is a folder"),
    (stat.S_ISFIFO, "it is a pipe"),
    (stat.S_ISSOCK, "it is a socket"),
    (stat.S_ISCHR, "it is a device"),
    (stat.S_ISBLK, "it is a device"),
)

Name = str | os.PathLike[str]
Pairs = Callable[[list[tuple[str, Any]]], dict[str, Any]]


class JsonFaultError(ValueError):
    """JSON that cannot be taken; `line` and `column` count from 1, 0 where they are not known."""

    def __init__(self, reason: str, line: int = 0, column: int = 0) -> None:
        super().__init__(reason)
        self.line = line
        self.column = column


class FileError(LlmselectError):
    """A file that cannot be read, or what stands in it; `reason` is the message without the file's name.

    `line` and `column` count from 1, 0 where they are not known.
    """

    def __init__(
        self, message: str, reason: str, hint: str, *, line: int = 0, column: int = 0, exit: Exit = Exit.USAGE
    ) -> None:
        super().__init__("bad-file", message, hint, exit)
        self.reason = reason
        self.line = line
        self.column = column


def unreadable(name: Name, flag: str, reason: str, hint: str, exit: Exit = Exit.USAGE) -> FileError:
    """The error for a file that cannot be read; `flag` is what named it, or nothing."""
    return FileError(f"{_from(flag)}{os.fspath(name)} cannot be read: {reason}", reason, hint, exit=exit)


def faulty(name: Name, flag: str, reason: str, hint: str, line: int = 0, column: int = 0) -> FileError:
    """The error for what stands in a file, with its place where that is known."""
    place = f":{line}:{column}" if column else f":{line}" if line else ""
    return FileError(f"{_from(flag)}{os.fspath(name)}{place}: {reason}", reason, hint, line=line, column=column)


def open_bytes(name: Name, flag: str = "", hint: str = _HINT, exit: Exit = Exit.USAGE) -> BinaryIO:
    """A regular file, open; raises FileError for what cannot be opened or is a folder, a pipe or a device."""
    try:
        handle = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise unreadable(name, flag, reason_of(error), hint, exit) from None
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    kind = next((words for is_kind, words in _KINDS if is_kind(mode)), "it is no regular file")
    raise unreadable(name, flag, kind, "Name a regular file.", exit)


def open_text(name: Name, flag: str, hint: str) -> TextIO:
    """A regular file of UTF-8 lines, open; bytes that are no UTF-8 become surrogates. Raises FileError as above."""
    file = open_bytes(name, flag, hint)
    start = file.read(2)
    file.seek(0)
    if _is_utf_16(start):
        file.close()
        raise unreadable(name, flag, _UTF_16, _SAVE)
    return io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")


def read_bytes(
    name: Name, flag: str = "", hint: str = _HINT, *, most: int = MAX_BYTES, exit: Exit = Exit.USAGE
) -> bytes:
    """A regular file's content of at most `most` bytes; raises FileError for anything else."""
    with open_bytes(name, flag, hint, exit) as file:
        return _bounded(file, name, flag, hint, most, exit)


def read_text(name: Name, flag: str = "", hint: str = _HINT, *, most: int = MAX_BYTES, stdin: bool = False) -> str:
    """A file's text, or with `stdin` that of standard input for `-`; raises FileError where there is none."""
    if stdin and name == STDIN:
        if sys.stdin is None or sys.stdin.closed:
            raise unreadable("stdin", flag, "it is closed", hint)
        return decoded(_bounded(_standard_input(), "stdin", flag, hint, most, Exit.USAGE), "stdin", flag)
    return decoded(read_bytes(name, flag, hint, most=most), name, flag)


def read_json(name: Name, flag: str, hint: str, *, most: int = MAX_BYTES, finite: bool = True) -> Any:
    """The data of a JSON file; raises FileError with the place of what is wrong."""
    try:
        return parse_json(read_text(name, flag, hint, most=most), finite=finite)
    except JsonFaultError as fault:
        raise faulty(name, flag, f"it is no JSON that can be read: {fault}", hint, fault.line, fault.column) from None


def decoded(raw: bytes, name: Name, flag: str = "") -> str:
    """UTF-8 text, with or without a byte order mark; raises FileError with the place of what is none."""
    if _is_utf_16(raw[:2]):
        raise unreadable(name, flag, _UTF_16, _SAVE)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        raise faulty(name, flag, "it is not UTF-8 text", _SAVE, line, column) from None


def parse_json(text: str | bytes, *, finite: bool = True, pairs: Pairs | None = None) -> Any:
    """JSON's data. Whole numbers of more than 18 digits become floats; raises JsonFaultError for what is no JSON.

    A key that stands twice is a fault unless `pairs` makes the mappings; NaN and Infinity are unless `finite` is off.
    """
    try:
        data = json.loads(
            text,
            object_pairs_hook=pairs or _once,
            parse_constant=_no_number if finite else float,
            parse_int=_whole,
        )
    except RecursionError:
        raise JsonFaultError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise JsonFaultError(_lowered(error.msg.removesuffix(" at")), error.lineno, error.colno) from None
    except UnicodeDecodeError:
        raise JsonFaultError("it is not UTF-8 text") from None
    if _deeper(data, MAX_DEPTH):
        raise JsonFaultError(f"it is nested more than {MAX_DEPTH} levels deep")
    return data


def reason_of(error: Exception) -> str:
    """What the operating system says, in small letters."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return _lowered(reason)


def _standard_input() -> BinaryIO:
    """The bytes of standard input, also where a program has put text in its place."""
    return getattr(sys.stdin, "buffer", None) or io.BytesIO(sys.stdin.read().encode())


def _bounded(file: BinaryIO, name: Name, flag: str, hint: str, most: int, exit: Exit) -> bytes:
    try:
        content = file.read(most + 1)
    except OSError as error:
        raise unreadable(name, flag, reason_of(error), hint, exit) from None
    if len(content) > most:
        raise unreadable(name, flag, f"it has more than {most:,} bytes", "Check that it is the right file.", exit)
    return content


def _is_utf_16(start: bytes) -> bool:
    return start in (b"\xff\xfe", b"\xfe\xff") or start.count(0) == 1


def _from(flag: str) -> str:
    return f"{flag}: " if flag else ""


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise JsonFaultError(f"the key {name[:60]!r} stands twice in one mapping")
    return found


def _no_number(word: str) -> float:
    raise JsonFaultError(f"{word} is no number of JSON")


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)


def _deeper(data: Any, levels: int) -> bool:
    """Whether lists and mappings lie deeper than so many levels in each other."""
    row = [data]
    for _ in range(levels + 1):
        row = [
            item
            for node in row
            if isinstance(node, dict | list)
            for item in (node.values() if isinstance(node, dict) else node)
        ]
        if not row:
            return False
    return True
