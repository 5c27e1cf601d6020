"""The files that a refresh writes: what stands in them, and their text with new rows in place of old ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from llmselect.catalog.checks import hosts as check_hosts
from llmselect.catalog.checks import models as check_models
from llmselect.catalog.checks import tables as check_tables
from llmselect.catalog.checks.files import Files, as_json
from llmselect.catalog.layered import kind_of
from llmselect.catalog.overlay import rows_joined, with_own_sources
from llmselect.catalog.reader import Parsed, read
from llmselect.catalog.writer import same, text
from llmselect.errors import Exit, LlmselectError
from llmselect.files import read_text

_RULES = (
    check_models.source_keys, check_models.placeholder_urls, check_models.scores,
    check_hosts.prices, check_hosts.lifecycles, check_tables.machines,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A file's data (empty where there is no file) and its text."""

    data: dict[str, Any]
    text: str = ""


def written(folder: Path, name: str) -> Written:
    """The data in a file of a layer or catalogue; raises LlmselectError if it cannot be read."""
    path = folder / name
    if not path.is_file():
        return Written({})
    try:
        found = read_text(path)
    except LlmselectError as error:
        raise _faulty(path) from error
    parsed = read(found)
    if parsed.faults or not isinstance(parsed.data, dict):
        raise _faulty(path)
    return Written(parsed.data, found)


def _faulty(path: Path) -> LlmselectError:
    hint = "Run `llmselect catalog check`; nothing was changed."
    return LlmselectError("invalid-catalog", f"{path} has faults and cannot be refreshed", hint, Exit.INVALID_CATALOG)


def joined(name: str, start: Written, sources: Mapping[str, Any], **rows: list[dict[str, Any]]) -> str | None:
    """A file's text with rows of its sections replaced or added, or None where nothing changes.

    `sources` are those that the rows may name; the file keeps what it cites. Raises LlmselectError (exit 1)
    where the result would not pass the catalogue's checks: nothing is to be written then.
    """
    cited = cited_in(rows)
    layer: dict[str, Any] = {**rows, "sources": {key: source for key, source in sources.items() if key in cited}}
    layer = with_own_sources(start.data["sources"], layer)
    data = {**start.data, "sources": {**start.data["sources"], **layer["sources"]}}
    for section in rows:
        data[section] = rows_joined(section, start.data.get(section, []), layer[section])
    used = cited_in({key: value for key, value in data.items() if key != "sources"})
    data["sources"] = {key: source for key, source in data["sources"].items() if key in used}
    if same(start.data, data):
        return None
    result = text(data, start.text)
    _assert_valid(name, read(result), data)
    return result


def cited_in(data: Any) -> set[str]:
    """All source keys used in data."""
    if isinstance(data, list):
        return {key for item in data for key in cited_in(item)}
    if not isinstance(data, dict):
        return set()
    own = data.get("source", [])
    keys = {own} if isinstance(own, str) else set(own) if isinstance(own, list) else set()
    return keys | {key for value in data.values() for key in cited_in(value)}


def _assert_valid(name: str, parsed: Parsed, data: dict[str, Any]) -> None:
    files = Files("", date.today())
    files.parsed[name] = parsed
    try:
        files.records[name] = kind_of(name).model_validate_json(as_json(parsed.data))
        faults = [fault.message for rule in _RULES for fault in rule(files) if fault.code != "unknown-device"]
    except ValidationError as error:
        faults = [str(error.errors(include_url=False)[0]["msg"])]
    faults += [fault.message for fault in parsed.faults]
    faults += [] if same(parsed.data, data) else ["it would not read back as it was written"]
    if faults:
        hint = "Nothing was changed. Please report this."
        raise LlmselectError("invalid-result", f"{name} would have a fault: {faults[0]}", hint, Exit.BUG)
