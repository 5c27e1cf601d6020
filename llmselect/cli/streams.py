"""Where text leaves the program: stdout, stderr and files.

All of it passes here: secrets are replaced, controls are written out, and what a stream or a disk refuses is an error
with a way out.
"""

import errno
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from llmselect.errors import LlmselectError
from llmselect.redact import redacted
from llmselect.render import escape

if TYPE_CHECKING:
    from pathlib import Path


class ReaderGoneError(Exception):
    """The reader of stdout has gone."""


def open_streams() -> None:
    """Puts the null device in place of standard streams that are closed, so that no file of ours takes their numbers.

    Writing to a stdout that was closed fails. Bytes of stdin that are no text do no harm.
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
    """Writes the answer to stdout or, whole or not at all, into a file.

    Raises LlmselectError where it cannot be written, ReaderGoneError where nobody reads stdout any more.
    """
    if path is not None:
        try:
            return write_file(path, text)
        except OSError as error:
            message = f"--output: {path} cannot be written: {error.strerror}"
            raise LlmselectError("bad-output", message, "Name another file.") from error
    try:
        sys.stdout.write(_encodable(_leaving(text)))
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise ReaderGoneError from error
    except OSError as error:
        silence_stdout()
        message = f"stdout cannot be written: {(error.strerror or str(error)).lower()}"
        raise LlmselectError("bad-output", message, "Write somewhere else, such as --output FILE.") from error


def complain(text: str, end: str = "\n") -> None:
    """A line on stderr: an error, a note, a word of progress. It is lost where nobody can read it."""
    with suppress(OSError, ValueError):
        print(redacted(escape.line(text)), end=end, file=sys.stderr, flush=True)


def complain_lines(text: str) -> None:
    """Several lines on stderr."""
    for line in text.split("\n"):
        complain(line)


def settle() -> None:
    """Writes what is still held for stdout; where that fails, it goes nowhere."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        silence_stdout()


def over(text: str) -> None:
    """A word of progress in place of the one before on a terminal; an empty one removes it."""
    with suppress(OSError, ValueError):
        print(f"\r\x1b[K{escape.line(text)}", end="", file=sys.stderr, flush=True)


def silence_stdout() -> None:
    """Sends the rest of stdout nowhere, so that Python does not complain when it flushes at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_file(path: "Path", text: str) -> None:
    """Writes a file whole or not at all; raises OSError."""
    import tempfile  # here, because it takes time to load and few answers go to a file

    text = _leaving(text)
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
    """Whether a file can have such a name at all."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _write_into(path: "Path", text: str) -> None:
    """Writes a device or a pipe, without waiting for somebody who reads the pipe."""
    try:
        handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise OSError(error.errno, "nobody reads this pipe") if error.errno == errno.ENXIO else error from None
    os.set_blocking(handle, True)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _leaving(text: str) -> str:
    return escape.coloured(redacted(text))


def _encodable(text: str) -> str:
    """The text, with escapes for what the encoding of stdout lacks (they are valid in JSON too)."""
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
