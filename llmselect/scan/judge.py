"""When the ids that stand in files end: the earliest day at any host that carries one, or at one host."""

import os
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from llmselect.catalog.names.hosts import find_host
from llmselect.catalog.schema import Catalog
from llmselect.errors import LlmselectError
from llmselect.results.check import CheckCounts, CheckReport, EndingId
from llmselect.scan.find import Found, Hit
from llmselect.scan.names import Named

DEFAULT_DAYS = 90


def judged(found: Found, as_of: date, days: int, host: str | None = None) -> CheckReport:
    """Every id that was found with its end; the earliest of all hosts' unless one is named."""
    rows = tuple(_row(hit, as_of, host) for hit in found.hits)
    counts = CheckCounts(
        files=found.files,
        too_large=found.too_large,
        ids=len(rows),
        ended=sum(row.status == "ended" for row in rows),
        soon=sum(row.days is not None and row.days <= days for row in rows),
        no_end_known=sum(row.ends is None for row in rows),
    )
    return CheckReport(rows, counts, as_of.isoformat(), days, (as_of + timedelta(days)).isoformat())


def _row(hit: Hit, as_of: date, host: str | None) -> EndingId:
    first = _decisive(hit.named, host)
    ends = first.ends if first else None
    return EndingId(
        file=os.path.normpath(hit.file),
        line=hit.line,
        column=hit.column,
        id=hit.name,
        model=(first or hit.named[0]).model,
        status="no-end-known" if ends is None else "ended" if ends <= as_of else "ends",
        ends=ends.isoformat() if ends else None,
        days=(ends - as_of).days if ends else None,
        host=first.host if first else None,
        replacement=first.replacement if first else None,
        others=dict(_others(hit.named, first)),
    )


def _decisive(named: Sequence[Named], host: str | None) -> Named | None:
    """The offering whose end counts: the earliest at the host, or at any; None where none is known there."""
    dated = [row for row in named if row.ends is not None and host in (None, row.host)]
    return min(dated, key=lambda row: (row.ends, row.host), default=None)


def _others(named: Sequence[Named], first: Named | None) -> Iterator[tuple[str, str | None]]:
    """The other hosts that carry the id, each with its earliest end."""
    ends: dict[str, list[date]] = {}
    for row in named:
        ends.setdefault(row.host, []).extend([row.ends] if row.ends else [])
    for host in sorted(ends):
        if first is None or host != first.host:
            yield host, min(ends[host]).isoformat() if ends[host] else None


def existing(words: Sequence[str]) -> list[Path]:
    """The files and folders of these names; raises LlmselectError for one that is not there."""
    paths = [Path(word) for word in words]
    for path in paths:
        if not path.exists():
            raise LlmselectError("no-such-path", f"there is no file or folder {path}", "Check the path.")
    return paths


def known_host(catalog: Catalog, name: str | None) -> str | None:
    """A host of the catalogue by any of its names; raises LlmselectError for another name."""
    return find_host(name, catalog.hosts) if name is not None else None
