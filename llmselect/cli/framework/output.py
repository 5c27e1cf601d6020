"""Output options: the format, the language of labels, and stdout or a file."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from llmselect.cli.framework.streams import can_be_named, emit, write_file
from llmselect.errors import Exit, LlmselectError, unknown_name
from llmselect.languages import LANGUAGES, language, of_locale

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_output", "chosen_format", "chosen_language", "emit", "error_text", "finish", "write_file"]
FORMATS = ("table", "markdown", "json", "csv", "html")
_SHORT = {"md": "markdown", "text": "table", "htm": "html"}


def chosen_format(name: str | None, json: bool, formats: Sequence[str] = FORMATS) -> str:
    """The format from `--format` and `--json`; raises LlmselectError if it is unknown or they contradict each other."""
    if name is None:
        return "json" if json else "table"
    name = _SHORT.get(name.lower(), name.lower())
    if name not in formats:
        raise unknown_name("format", name, formats, f"It may be {', '.join(formats)}.")
    if json and name != "json":
        raise LlmselectError("bad-value", f"--json and --format {name} contradict each other", "Give one of them.")
    return name


def chosen_language(name: str | None) -> str:
    """The language of labels: the named one, else the locale's; raises LlmselectError for an unknown language."""
    if name is None:
        return of_locale(os.environ)
    found = language(name)
    if found is None:
        raise unknown_name("language of labels", name, LANGUAGES, f"--lang may be {' or '.join(LANGUAGES)}.")
    return found


def check_output(name: str | None, flag: str = "--output") -> "Path | None":
    """The output file that a flag names, checked before any work is done."""
    if name is None:
        return None
    from pathlib import Path  # here, because it takes time to load and few answers go to a file

    path = Path(name)
    if not can_be_named(path):
        raise LlmselectError("bad-output", f"{flag}: no file can be called {name}", "Name another file.")
    if path.is_dir():
        raise LlmselectError("bad-output", f"{flag}: {name} is a folder", "Name a file in it.")
    if not path.parent.is_dir():
        raise LlmselectError("bad-output", f"{flag}: there is no folder {path.parent}", "Make it first.")
    return path


def error_text(command: str, error: LlmselectError) -> str:
    """The JSON envelope of an error."""
    from llmselect.render.format.json import envelope, fault

    return envelope(command, "error", None, [fault(error.code, error.message, error.hint)]).rstrip("\n")


def finish(write: Callable[[str], str], form: str, path: "Path | None", found: bool = True) -> Exit:
    """Emits `write(form)`; the exit status says whether something was found."""
    emit(write(form), path)
    return Exit.DONE if found else Exit.NOTHING_QUALIFIES
