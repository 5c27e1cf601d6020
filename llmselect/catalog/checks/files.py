"""Reads and validates the files of a catalogue, with look-ups for the rules across files."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from llmselect.catalog import schema
from llmselect.catalog.files import list_files
from llmselect.catalog.reader import NodePath, Parsed, YamlFault, read
from llmselect.files import FileError, read_text

TABLES: dict[str, type[schema.Strict]] = {
    "licenses.yaml": schema.LicensesFile,
    "benchmarks.yaml": schema.BenchmarksFile,
    "hardware.yaml": schema.HardwareFile,
    "quantizations.yaml": schema.QuantizationsFile,
    "speed.yaml": schema.SpeedFile,
    "tasks.yaml": schema.TasksFile,
    "document.yaml": schema.Document,
    "abilities.yaml": schema.AbilitiesFile,
    "thinking.yaml": schema.ThinkingFile,
    "glossary.yaml": schema.GlossaryFile,
    "ollama.yaml": schema.OllamaFile,
    "ended.yaml": schema.EndedFile,
    "hosted.yaml": schema.HostedFile,
}
# Files without which a catalogue is still complete.
OPTIONAL = ("abilities.yaml", "thinking.yaml", "glossary.yaml", "ollama.yaml", "ended.yaml", "hosted.yaml")
_KEBAB = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_R = TypeVar("_R", bound=schema.Strict)


@dataclass(frozen=True, order=True)
class Fault:
    """A fault: its position (`line` and `column` count from 1), a stable kebab-case code, a message and a hint."""

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Files:
    """The contents of a catalogue's folder.

    `parsed` has every file of the catalogue by its path in the folder, `records` those that satisfy their schema,
    `faults` those of single files. `prefix` is put before paths in messages.
    """

    prefix: str
    today: date
    parsed: dict[str, Parsed] = field(default_factory=dict)
    records: dict[str, schema.Strict] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def of(self, kind: type[_R]) -> Iterator[tuple[str, _R]]:
        """The valid records of a kind, each with its file."""
        return ((file, record) for file, record in self.records.items() if isinstance(record, kind))

    def names(self, file: str, section: str) -> set[str] | None:
        """The keys of one section of a table; None if the file cannot be read."""
        parsed = self.parsed.get(file)
        rows = parsed.data.get(section) if parsed and isinstance(parsed.data, dict) else None
        return set(rows) if isinstance(rows, dict) else None

    def row(self, file: str, section: str, name: str) -> dict[str, Any]:
        """One row of a table as written; empty if there is none."""
        parsed = self.parsed.get(file)
        rows = parsed.data.get(section) if parsed and isinstance(parsed.data, dict) else None
        row = rows.get(name) if isinstance(rows, dict) else None
        return row if isinstance(row, dict) else {}

    def model_ids(self) -> set[str]:
        """The ids of all models, valid or not."""
        return {id_of(file) for file in self.parsed if file.startswith("models/")}

    def fault(self, file: str, path: NodePath, code: str, message: str, hint: str = "", *, key: bool = False) -> Fault:
        """A fault at a node of a file; with `key`, at the node's key."""
        parsed = self.parsed.get(file)
        line, column = parsed.at(path, key=key) if parsed else (1, 1)
        return Fault(self.prefix + file, line, column, code, message, hint)


def id_of(file: str) -> str:
    """The id of a model's or host's file: its path below the folder, without `.yaml`."""
    return file.partition("/")[2].removesuffix(".yaml")


def read_files(directory: Path, today: date | None = None) -> Files:
    """Reads and validates every file of a catalogue; collects faults and raises nothing."""
    files = Files(_prefix(directory), today or date.today())
    listed = list_files(directory)
    for file in listed:
        kind = _kind(file)
        if kind is None:
            files.faults.append(_stranger(files, file))
        else:
            _read_one(files, directory, file, kind)
    for file in sorted(TABLES.keys() - set(listed) - set(OPTIONAL)):
        hint = "every catalogue has this file; docs/catalog.md describes it"
        files.faults.append(files.fault(file, (), "missing-file", "the file is missing", hint))
    return files


def _prefix(directory: Path) -> str:
    """The directory as shown in messages: relative to the working directory if it is below it."""
    full = directory.absolute()
    try:
        shown = full.relative_to(Path.cwd())
    except ValueError:
        shown = full
    return "" if shown == Path() else f"{shown.as_posix()}/"


def _kind(file: str) -> type[schema.Strict] | None:
    parts = PurePosixPath(file).parts
    if len(parts) == 3 and parts[0] == "models" and file.endswith(".yaml"):
        return schema.Model
    if len(parts) == 2 and parts[0] == "hosts" and file.endswith(".yaml"):
        return schema.Host
    if len(parts) == 2 and parts[0] == "scores" and file.endswith(".yaml"):
        return schema.ScoresFile
    return TABLES.get(file)


def _stranger(files: Files, file: str) -> Fault:
    rows = "models/<developer>/<model>.yaml, hosts/<host>.yaml, scores/<harness>.yaml"
    hint = f"files are {rows} and {', '.join(TABLES)}"
    return files.fault(file, (), "unknown-file", "this file is no part of a catalogue", hint)


def _read_one(files: Files, directory: Path, file: str, kind: type[schema.Strict]) -> None:
    if not all(_KEBAB.fullmatch(part) for part in PurePosixPath(file.removesuffix(".yaml")).parts):
        hint = "use small letters, digits, dashes and dots, such as models/acme/small-2.1-chat.yaml"
        files.faults.append(files.fault(file, (), "file-name", "the file's name is not in kebab-case", hint))
    parsed = _parse(directory / file)
    files.parsed[file] = parsed
    for found in parsed.faults:
        files.faults.append(Fault(files.prefix + file, found.line, found.column, found.code, found.message, found.hint))
    if parsed.faults:
        return
    try:
        files.records[file] = kind.model_validate(_frozen(parsed.data), strict=True)
    except ValidationError as error:
        files.faults.extend(_schema_faults(files, file, error))


def _parse(path: Path) -> Parsed:
    try:
        return read(read_text(path))
    except FileError as error:
        line, column = max(1, error.line), max(1, error.column)
        return Parsed(None, (YamlFault(line, column, "unreadable-file", error.reason, error.hint),))


def as_json(data: Any) -> str:
    """Plain data as compact JSON, dates as text."""
    return json.dumps(data, default=date.isoformat, ensure_ascii=False, separators=(",", ":"))


def days_read(data: Any) -> Iterator[date]:
    """The days on which something was read: `retrieved` of sources, `checked` of prices."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("retrieved", "checked") and isinstance(value, date | str):
                yield value if isinstance(value, date) else date.fromisoformat(value)
            else:
                yield from days_read(value)
    elif isinstance(data, list):
        for item in data:
            yield from days_read(item)


def _frozen(data: Any) -> Any:
    """The same data with tuples for lists, which strict validation requires."""
    if isinstance(data, dict):
        return {key: _frozen(value) for key, value in data.items()}
    return tuple(_frozen(item) for item in data) if isinstance(data, list) else data


def _schema_faults(files: Files, file: str, error: ValidationError) -> list[Fault]:
    """The faults in a validation error, in plain words, each at its node."""
    parsed = files.parsed[file]
    found: dict[tuple[NodePath, str, str], Fault] = {}
    for detail in error.errors(include_url=False):
        path = detail["loc"]
        known = path
        while known and not parsed.knows(known):
            known = known[:-1]
        code, message, hint = _plain_words(detail)
        alternatives = code == "wrong-type" and known != path  # the branches of one union
        name = "" if alternatives else message
        at_key = code in ("unknown-key", "missing-key")
        found.setdefault((known, code, name), files.fault(file, known, code, message, hint, key=at_key))
    return list(found.values())


def _plain_words(detail: ErrorDetails) -> tuple[str, str, str]:
    """Code, message and hint for one of pydantic's error types."""
    kind, context, name = detail["type"], detail.get("ctx", {}), str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "missing":
        hint = "name a key of the file's `sources`" if name == "source" else ""
        return "missing-key", f"`{name}` is missing", hint
    if kind == "extra_forbidden":
        return "unknown-key", f"`{name}` is not a key that is known here", "check its spelling in docs/catalog.md"
    if kind == "literal_error":
        return "bad-value", f"{detail['input']!r} is not one of {context.get('expected', 'the known words')}", ""
    if kind == "value_error":
        return "bad-value", detail["msg"].removeprefix("Value error, "), ""
    if kind == "string_pattern_mismatch":
        return "bad-value", f"{detail['input']!r} does not have the form {context.get('pattern')}", ""
    if kind in _BOUNDS:
        limit = next(iter(context.values()), "")
        return "bad-value", f"{detail['input']!r} must be {_BOUNDS[kind]} {limit}", ""
    if kind in ("too_short", "string_too_short"):
        return "bad-value", f"needs at least {context.get('min_length', 1)} of them", ""
    for word, wanted in _WANTED.items():
        if kind.startswith(word):
            value = detail["input"]
            return "wrong-type", f"must be {wanted}, is {_described(value)}", _type_hint(word, value)
    return "bad-value", detail["msg"][:1].lower() + detail["msg"][1:], ""


_BOUNDS = {
    "greater_than": "more than",
    "greater_than_equal": "at least",
    "less_than": "less than",
    "less_than_equal": "at most",
}
_WANTED = {
    "string_": "text",
    "int_": "a whole number",
    "float_": "a number",
    "bool_": "true or false",
    "date_": "a date such as 2024-02-26",
    "model_": "a mapping",
    "dict_": "a mapping",
    "tuple_": "a list",
}


def _described(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, date):
        return f"the date {value}"
    return repr(value)


def _type_hint(wanted: str, value: Any) -> str:
    if wanted == "string_" and isinstance(value, int | float | date):
        return "put it in quotes"
    if wanted in ("int_", "float_", "bool_", "date_") and isinstance(value, str):
        return "write it without quotes"
    return ""
