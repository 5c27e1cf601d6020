"""Where an answer goes: stdout or a file, in one of five formats."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from llmselect.errors import Exit, LlmselectError, unknown_name
from llmselect.languages import LANGUAGES, language, of_locale

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("table", "markdown", "json", "csv", "html")


class ReaderGoneError(Exception):
    """The reader of stdout has gone."""


def chosen_format(name: str | None, json: bool, formats: Sequence[str] = FORMATS) -> str:
    """The format that `--format` and `--json` ask for; raises LlmselectError for others and for two."""
    if name is None:
        return "json" if json else "table"
    if name not in formats:
        raise unknown_name("format", name, formats, f"It may be {', '.join(formats)}.")
    if json and name != "json":
        raise LlmselectError("bad-value", f"--json and --format {name} contradict each other", "Give one of them.")
    return name


def chosen_language(name: str | None) -> str:
    """The language of labels: as named, else the locale's; raises LlmselectError for one that there is not."""
    if name is None:
        return of_locale(os.environ)
    found = language(name)
    if found is None:
        raise unknown_name("language of labels", name, LANGUAGES, f"--lang may be {' or '.join(LANGUAGES)}.")
    return found


def check_output(name: str | None) -> "Path | None":
    """The file that the answer goes to, checked before any work is done."""
    if name is None:
        return None
    from pathlib import Path  # here, because it takes time to load and few answers go to a file

    path = Path(name)
    if path.is_dir():
        raise LlmselectError("bad-output", f"--output: {name} is a folder", "Name a file in it.")
    if not path.parent.is_dir():
        raise LlmselectError("bad-output", f"--output: there is no folder {path.parent}", "Make it first.")
    return path


def emit(text: str, path: "Path | None" = None) -> None:
    """Writes the answer to stdout or, whole or not at all, into a file."""
    if path is not None:
        try:
            return write_file(path, text)
        except OSError as error:
            message = f"--output: {path} cannot be written: {error.strerror}"
            raise LlmselectError("bad-output", message, "Name another file.") from error
    try:
        sys.stdout.write(_encodable(text))
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise ReaderGoneError from error


def _encodable(text: str) -> str:
    """The text, with escapes for what the encoding of stdout lacks (they are valid in JSON too)."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(letter if letter.isascii() else _escaped(letter) for letter in text)
    return text


def _escaped(letter: str) -> str:
    units = letter.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def write_file(path: "Path", text: str) -> None:
    """Writes a file whole or not at all; raises OSError."""
    import tempfile  # here, because it takes time to load and few answers go to a file

    target = path.resolve()
    if target.exists() and not target.is_file():  # a device or a pipe is written to, never replaced
        target.write_text(text, encoding="utf-8")
        return
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def error_text(command: str, error: LlmselectError) -> str:
    """The JSON envelope of an error."""
    from llmselect.render.json import envelope, fault

    return envelope(command, "error", None, [fault(error.code, error.message, error.hint)]).rstrip("\n")


def finish(write: Callable[[str], str], form: str, path: "Path | None", found: bool = True) -> Exit:
    """Emits what `write` makes of a format; the status says whether something was found."""
    emit(write(form), path)
    return Exit.DONE if found else Exit.NOTHING_QUALIFIES
