"""The shutdown dates of the ids found in files: the earliest at any host, or those at one host."""

import os
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from llmselect.catalog.names.hosts import find_host
from llmselect.catalog.schema import Catalog
from llmselect.errors import LlmselectError
from llmselect.results.check import CheckCounts, CheckReport, EndingId
from llmselect.scan.find import Hit, ScanResult
from llmselect.scan.names import NamedOffering

DEFAULT_DAYS = 90


def check_report(found: ScanResult, as_of: date, days: int, host: str | None = None) -> CheckReport:
    """Every id found, with its shutdown date: that at `host`, or the earliest at any host."""
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
    first = _earliest_ending(hit.named, host)
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
        others=dict(_other_hosts(hit.named, first)),
    )


def _earliest_ending(named: Sequence[NamedOffering], host: str | None) -> NamedOffering | None:
    """The offering that ends first, at `host` or at any host; None if no end is known there."""
    dated = [row for row in named if row.ends is not None and host in (None, row.host)]
    return min(dated, key=lambda row: (row.ends, row.host), default=None)


def _other_hosts(named: Sequence[NamedOffering], first: NamedOffering | None) -> Iterator[tuple[str, str | None]]:
    """The other hosts that carry the id, each with its earliest shutdown date."""
    ends: dict[str, list[date]] = {}
    for row in named:
        ends.setdefault(row.host, []).extend([row.ends] if row.ends else [])
    for host in sorted(ends):
        if first is None or host != first.host:
            yield host, min(ends[host]).isoformat() if ends[host] else None


def existing_paths(words: Sequence[str]) -> list[Path]:
    """The files and folders with these names; raises LlmselectError if one does not exist."""
    paths = [Path(word) for word in words]
    for path in paths:
        if not path.exists():
            raise LlmselectError("no-such-path", f"there is no file or folder {path}", "Check the path.")
    return paths


def host_id(catalog: Catalog, name: str | None) -> str | None:
    """A host's id from any of its names; raises LlmselectError for an unknown name."""
    return find_host(name, catalog.hosts) if name is not None else None
