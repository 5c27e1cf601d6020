"""`llmselect check`: which model ids in files end, where, and what follows them."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.cli.command import Argument, Command, Ending
from llmselect.cli.flags import Flag
from llmselect.cli.output import check_output, chosen_format, emit
from llmselect.cli.show import AS_OF, JSON, OUTPUT, day
from llmselect.cli.streams import over
from llmselect.errors import Exit, LlmselectError

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog
    from llmselect.render.hits import Checked, EndingId
    from llmselect.scan.find import Found, Hit
    from llmselect.scan.names import Named

FORMATS = ("table", "json", "csv", "github")
DEFAULT_DAYS, MOST_DAYS = 90, 36_500
FILES_PER_STEP = 10_000  # between two words of progress
FLAGS = (
    Flag("days", "Judgement", "An id that ends within so many days makes the exit status 3.", "N", str(DEFAULT_DAYS)),
    AS_OF,
    Flag("host", "Judgement", "Host that you call; unless given, the earliest end at any host decides.", "NAME"),
    Flag("exit_zero", "Judgement", "Ends with 0 although something ends.", kind="switch"),
    Flag("all", "Output", "Lists ids without a known end too, which are only counted otherwise.", kind="switch"),
    Flag("format", "Output", "How to write it; github makes annotations of a workflow.", "|".join(FORMATS), "table"),
    JSON,
    OUTPUT,
)
_PATHS = Argument("paths", "Files, and folders with all that lies in them.", many=True, metavar="PATHS")
_ENDING = Ending(
    ("llmselect check src", "llmselect check src deploy.yaml --days 180 --host azure --format github"),
    "None; --output writes one file. No network.",
    (0, 2, 3, 4),
    {0: "0 nothing ends within --days", 3: "3 something ends within --days, or has ended"},
)


def check(**given: Any) -> Exit:
    """Finds exact model ids in code and configuration, and says which of them end.

    An id counts where it stands as a value: in quotes, behind = or :, as an argument; of prose only fenced code.
    """
    from llmselect.catalog.load import load
    from llmselect.cli.inputs import whole_number

    form = chosen_format(given["format"], given["json"], FORMATS)
    output = check_output(given["output"])
    days = whole_number("--days", given["days"], DEFAULT_DAYS, MOST_DAYS)
    as_of = day(given["as_of"])
    paths = _existing(given["paths"])
    catalog = load()
    host = _host(catalog, given["host"])
    found = _scanned(paths, catalog)
    checked = judged(found, as_of, days, host)
    emit(_text(checked, form, given["all"]), output)
    return Exit.NOTHING_QUALIFIES if checked.soon and not given["exit_zero"] else Exit.DONE


def _existing(words: Sequence[str]) -> list[Path]:
    paths = [Path(word) for word in words]
    for path in paths:
        if not path.exists():
            raise LlmselectError("no-such-path", f"there is no file or folder {path}", "Check the path.")
    return paths


def _host(catalog: "Catalog", name: str | None) -> str | None:
    from llmselect.catalog.names.hosts import find_host

    return find_host(name, catalog.hosts) if name is not None else None


def _scanned(paths: list[Path], catalog: "Catalog") -> "Found":
    """What stands in the files; on a terminal with a word of progress after every few thousand of them."""
    from llmselect.scan.find import Found, files_below, scan
    from llmselect.scan.names import known_names

    names = known_names(catalog)
    if not sys.stderr.isatty():
        return scan(paths, names)
    files, parts = files_below(paths), []
    while step := [Path(file) for file in islice(files, FILES_PER_STEP)]:
        parts.append(scan(step, names))
        count, ids = sum(part.files for part in parts), sum(len(part.hits) for part in parts)
        over(f"{count:,} files, {ids:,} ids")
    over("")
    hits = tuple(hit for part in parts for hit in part.hits)
    return Found(hits, sum(part.files for part in parts), sum(part.too_large for part in parts))


def judged(found: "Found", as_of: date, days: int, host: str | None = None) -> "Checked":
    """Every id that was found with its end on a day; the earliest of all hosts' unless one is named."""
    from llmselect.render.hits import Checked

    rows = tuple(_row(hit, as_of, host) for hit in found.hits)
    return Checked(rows, found.files, found.too_large, as_of.isoformat(), days, (as_of + timedelta(days)).isoformat())


def _row(hit: "Hit", as_of: date, host: str | None) -> "EndingId":
    from llmselect.render.hits import EndingId

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


def _decisive(named: "Sequence[Named]", host: str | None) -> "Named | None":
    """The offering whose end counts: the earliest at the host, or at any; None where none is known there."""
    dated = [row for row in named if row.ends is not None and host in (None, row.host)]
    return min(dated, key=lambda row: (row.ends, row.host), default=None)


def _others(named: "Sequence[Named]", first: "Named | None") -> Iterator[tuple[str, str | None]]:
    """The other hosts that carry the id, each with its earliest end."""
    ends: dict[str, list[date]] = {}
    for row in named:
        ends.setdefault(row.host, []).extend([row.ends] if row.ends else [])
    for host in sorted(ends):
        if first is None or host != first.host:
            yield host, min(ends[host]).isoformat() if ends[host] else None


def _text(checked: "Checked", form: str, everything: bool) -> str:
    from llmselect.render import hits

    if form == "json":
        from llmselect.render.json import envelope

        return envelope("check", "ok", hits.checked_data(checked, everything))
    writers: Mapping[str, Any] = {"table": hits.lines, "csv": hits.csv, "github": hits.annotations}
    written: str = writers[form](checked, everything)
    return written


COMMAND = Command(check, FLAGS, _ENDING, _PATHS)
