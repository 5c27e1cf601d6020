"""One refresh: compare, hold back what is suspicious, write the rest in one step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from llmselect.catalog.refresh.changes import Change, Held, Plan, plan
from llmselect.catalog.refresh.fetch import LITELLM_URL, shown, without_secrets
from llmselect.catalog.refresh.files import Written, joined, written
from llmselect.catalog.refresh.history import Seen
from llmselect.catalog.refresh.pricefile import parse
from llmselect.catalog.refresh.second import Disagreement, Second, record
from llmselect.catalog.refresh.store import write_all
from llmselect.catalog.schema import Catalog
from llmselect.catalog.writer import plain
from llmselect.errors import LlmselectError


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a refresh: changes, held-back and skipped entries.

    `checked` counts the offerings whose rows were taken, `left_out` the price file's rows that cannot be used,
    by reason; `files` are those that were written, or would be.
    """

    changes: tuple[Change, ...]
    held: tuple[Held, ...]
    disagreements: tuple[Disagreement, ...]
    checked: int
    left_out: dict[str, int]
    files: tuple[str, ...]


def refresh(
    catalog: Catalog, raw: bytes, origin: str, seen: date, into: Path, *, dry_run: bool, second: Second | None = None
) -> Report:
    """Bring prices and lives up to `seen`, the day of the price file, and write them into a folder.

    `catalog` is what the user has without own records, or the one that stands in `into`. `into` is a layer or a
    catalogue's folder; its host files are written anew, all or none. Raises LlmselectError for a file that
    cannot be used, OSError when the folder cannot be written; either way the folder is as it was.
    """
    if seen > date.today() + timedelta(days=1):
        hint = "Name the day on which the file was fetched."
        raise LlmselectError("future-date", f"a price file of {seen}, a day that is still to come", hint)
    file = parse(raw, shown(origin))
    source = f"litellm-{seen.isoformat()}"
    found = plan(catalog, file, Seen(seen, source))
    differing = _disagreements(found, seen, second)
    sources = {source: _source(origin, seen), **({second.key: second.source} if second else {})}
    contents = dict(_contents(catalog, found, sources, into))
    if not dry_run and contents:
        write_all(into, contents)
    return Report(found.changes, found.held, differing, found.checked, dict(file.left_out), tuple(contents))


def _disagreements(found: Plan, seen: date, second: Second | None) -> tuple[Disagreement, ...]:
    """Asks the second source about every offering of a plan, and adds its answers to the plan's prices."""
    if second is None:
        return ()
    asked = (record(row, host, seen, second) for host, rows in found.offerings.items() for row in rows)
    return tuple(one for one in asked if one is not None)


def _contents(catalog: Catalog, found: Plan, sources: dict[str, Any], into: Path) -> Iterator[tuple[str, str]]:
    """The new text of each host's file that changes: what stands in the folder with the refreshed offerings."""
    for host_id, offerings in found.offerings.items():
        host = catalog.hosts[host_id]
        known = {**sources, **{key: plain(source) for key, source in host.sources.items()}}
        name = f"hosts/{host_id}.yaml"
        standing = written(into, name)
        empty = {"id": host_id, "name": host.name, "sources": {}, "offerings": []}
        start = Written(standing.data or empty, standing.text)
        text = joined(name, start, known, offerings=offerings)
        if text is not None:
            yield name, text


def _source(origin: str, seen: date) -> dict[str, Any]:
    public = origin.startswith("https://") and "." in (urlsplit(origin).hostname or "")
    return {
        "url": without_secrets(origin) if public else LITELLM_URL,
        "title": f"LiteLLM, prices and context windows of models, as of {seen.isoformat()}",
        "kind": "third-party",
        "retrieved": seen,
        "confidence": "medium",
    }
