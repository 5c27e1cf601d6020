"""Writes all output of the program: stdout, stderr and files.

Secrets are redacted, control characters are escaped, and failed writes become errors with a hint.
"""

import errno
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from llmselect.errors import LlmselectError
from llmselect.redact import redacted
from llmselect.render.format import escape

if TYPE_CHECKING:
    from pathlib import Path


class ReaderGoneError(Exception):
    """The reader of stdout has closed the pipe."""


def open_streams() -> None:
    """Opens the null device for closed standard streams, so that no other file gets their descriptors.

    Writing to a closed stdout still fails. Undecodable bytes of stdin are replaced.
    """
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    if None not in (sys.stdin, sys.stdout, sys.stderr):
        return
    while (handle := os.open(os.devnull, os.O_RDONLY)) <= 2:
        if handle == 2:
            os.dup2(os.open(os.devnull, os.O_WRONLY), handle)
    os.close(handle)
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 (open as long as the program runs)
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115


def emit(text: str, path: "Path | None" = None) -> None:
    """Writes the answer to stdout, or atomically to a file.

    Raises LlmselectError if it cannot be written, ReaderGoneError if stdout's reader has gone.
    """
    if path is not None:
        try:
            return write_file(path, text)
        except OSError as error:
            message = f"--output: {path} cannot be written: {error.strerror}"
            raise LlmselectError("bad-output", message, "Name another file.") from error
    try:
        sys.stdout.write(_encodable(_safe(text)))
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise ReaderGoneError from error
    except OSError as error:
        silence_stdout()
        message = f"stdout cannot be written: {(error.strerror or str(error)).lower()}"
        raise LlmselectError("bad-output", message, "Write somewhere else, such as --output FILE.") from error


def complain(text: str, end: str = "\n") -> None:
    """Writes a line to stderr: an error, a note or progress. It is dropped if stderr cannot be written."""
    with suppress(OSError, ValueError):
        print(redacted(escape.line(text)), end=end, file=sys.stderr, flush=True)


def complain_all(text: str) -> None:
    """Writes several lines to stderr."""
    for line in text.split("\n"):
        complain(line)


def flush_stdout() -> None:
    """Flushes stdout; if that fails, the rest is discarded."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        silence_stdout()


def overwrite_line(text: str) -> None:
    """Replaces the progress line on a terminal; an empty text removes it."""
    with suppress(OSError, ValueError):
        print(f"\r\x1b[K{escape.line(text)}", end="", file=sys.stderr, flush=True)


def silence_stdout() -> None:
    """Redirects stdout to the null device, so that Python's flush at exit does not fail."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_file(path: "Path", text: str) -> None:
    """Writes a file atomically; raises OSError."""
    import tempfile  # here, because it takes time to load and few answers go to a file

    text = _safe(text)
    if path.exists() and not path.is_file():  # a device or a pipe is written to, never replaced
        return _write_into(path, text)
    try:
        target = path.resolve()
    except RuntimeError:  # Python 3.11 and 3.12 say so of a loop of links
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def can_be_named(path: "Path") -> bool:
    """Whether a file can have this name at all."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _write_into(path: "Path", text: str) -> None:
    """Writes to a device or a pipe; fails at once if nobody reads the pipe."""
    try:
        handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise OSError(error.errno, "nobody reads this pipe") if error.errno == errno.ENXIO else error from None
    os.set_blocking(handle, True)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _safe(text: str) -> str:
    """The text as it may leave: only what is drawn for a terminal has colours of ours."""
    escaped = escape.coloured if sys.stdout.isatty() else escape.terminal
    return escaped(redacted(text))


def _encodable(text: str) -> str:
    """The text with `\\u` escapes for characters that stdout's encoding lacks (valid in JSON too)."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(letter if letter.isascii() else escape.utf_16(letter) for letter in text)
    return text


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
