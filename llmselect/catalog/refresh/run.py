"""One refresh: compare, hold back what is suspicious, write the rest in one step."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from llmselect.catalog.check_files import as_json
from llmselect.catalog.overlay import merged
from llmselect.catalog.reader import read
from llmselect.catalog.refresh.changes import Change, Held, Plan, plan
from llmselect.catalog.refresh.fetch import LITELLM_URL
from llmselect.catalog.refresh.pricefile import parse
from llmselect.catalog.refresh.store import write_all
from llmselect.catalog.schema import Catalog
from llmselect.catalog.writer import text
from llmselect.errors import LlmselectError


@dataclass(frozen=True, slots=True)
class Report:
    """What a refresh found, took and left: counts of rows left out by reason, and the files written."""

    changes: tuple[Change, ...]
    held: tuple[Held, ...]
    checked: int
    left_out: dict[str, int]
    files: tuple[str, ...]


def refresh(catalog: Catalog, raw: bytes, origin: str, seen: date, into: Path, *, dry_run: bool) -> Report:
    """Bring prices and lives up to `seen`, the day of the price file, and write them into a folder.

    `into` is a layer or a catalogue's own folder; its host files are written anew, all or none. Raises
    LlmselectError for a file that cannot be used, OSError when the folder cannot be written; either way
    the folder is as it was.
    """
    file = parse(raw, origin)
    source = f"litellm-{seen.isoformat()}"
    found = plan(catalog, file, seen, source)
    contents = dict(_contents(catalog, found, source, origin, seen, into))
    if not dry_run and contents:
        write_all(into, contents)
    return Report(found.changes, found.held, found.checked, dict(file.left_out), tuple(contents))


def _contents(
    catalog: Catalog, found: Plan, source: str, origin: str, seen: date, into: Path
) -> Iterator[tuple[str, str]]:
    """The new text of each host's file: what stands in the folder with the refreshed offerings over it."""
    for host_id, offerings in found.offerings.items():
        host = catalog.hosts[host_id]
        known = {key: value.model_dump(mode="json", exclude_none=True) for key, value in host.sources.items()}
        known[source] = _source(origin, seen)
        cited = {key: known[key] for key in known if key in _cited(offerings)}
        layer = {"id": host_id, "name": host.name, "sources": cited, "offerings": offerings}
        name = f"hosts/{host_id}.yaml"
        yield name, text(_without_unused(merged(_standing(into / name), layer)))


def _source(origin: str, seen: date) -> dict[str, Any]:
    url = origin if origin.startswith("https://") else LITELLM_URL
    row = {"url": url, "title": "LiteLLM, prices and context windows of models", "kind": "third-party"}
    return {**row, "retrieved": seen.isoformat(), "confidence": "medium"}


def _standing(path: Path) -> dict[str, Any]:
    """A host file's data as it stands, dates as text; empty where there is none."""
    if not path.is_file():
        return {}
    parsed = read(path.read_text(encoding="utf-8"))
    if parsed.faults or not isinstance(parsed.data, dict):
        hint = "Run `llmselect catalog check`; nothing was changed."
        raise LlmselectError("invalid-catalog", f"{path} has faults and cannot be refreshed", hint)
    data: dict[str, Any] = json.loads(as_json(parsed.data))
    return data


def _cited(data: Any) -> set[str]:
    """Every source key that data names."""
    if isinstance(data, list):
        return {key for item in data for key in _cited(item)}
    if not isinstance(data, dict):
        return set()
    own = data.get("source", [])
    keys = {own} if isinstance(own, str) else set(own) if isinstance(own, list) else set()
    return keys | {key for name, value in data.items() if name != "sources" for key in _cited(value)}


def _without_unused(data: dict[str, Any]) -> dict[str, Any]:
    cited = _cited({name: value for name, value in data.items() if name != "sources"})
    return {**data, "sources": {key: row for key, row in data["sources"].items() if key in cited}}
