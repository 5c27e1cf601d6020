"""`llmselect check`: which model ids in files end, where, and what follows them."""

import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Argument, Command, Ending
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import check_output, chosen_format, emit
from llmselect.cli.framework.streams import overwrite_line
from llmselect.cli.show import AS_OF, JSON, OUTPUT, day
from llmselect.errors import Exit

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog
    from llmselect.results.check import CheckReport
    from llmselect.scan.find import ScanResult

FORMATS = ("table", "json", "csv", "github")
DEFAULT_DAYS, MAX_DAYS = 90, 36_500
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
    from llmselect.cli.framework.inputs import whole_number
    from llmselect.scan.judge import check_report, existing_paths, host_id

    form = chosen_format(given["format"], given["json"], FORMATS)
    output = check_output(given["output"])
    days = whole_number("--days", given["days"], DEFAULT_DAYS, MAX_DAYS)
    as_of = day(given["as_of"])
    paths = existing_paths(given["paths"])
    catalog = load()
    host = host_id(catalog, given["host"])
    found = _scanned(paths, catalog)
    checked = check_report(found, as_of, days, host)
    emit(_text(checked, form, given["all"]), output)
    return Exit.NOTHING_QUALIFIES if checked.counts.soon and not given["exit_zero"] else Exit.DONE


def _scanned(paths: list[Path], catalog: "Catalog") -> "ScanResult":
    """What stands in the files; on a terminal with a word of progress after every few thousand of them."""
    from llmselect.scan.find import ScanResult, files_below, scan
    from llmselect.scan.names import known_names

    names = known_names(catalog)
    if not sys.stderr.isatty():
        return scan(paths, names)
    files, parts = files_below(paths), []
    while step := [Path(file) for file in islice(files, FILES_PER_STEP)]:
        parts.append(scan(step, names))
        count, ids = sum(part.files for part in parts), sum(len(part.hits) for part in parts)
        overwrite_line(f"{count:,} files, {ids:,} ids")
    overwrite_line("")
    hits = tuple(hit for part in parts for hit in part.hits)
    return ScanResult(hits, sum(part.files for part in parts), sum(part.too_large for part in parts))


def _text(checked: "CheckReport", form: str, everything: bool) -> str:
    from llmselect.render import hits

    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("check", "ok", (checked if everything else checked.with_an_end()).to_dict())
    writers: Mapping[str, Any] = {"table": hits.lines, "csv": hits.csv, "github": hits.annotations}
    written: str = writers[form](checked, everything)
    return written


COMMAND = Command(check, FLAGS, _ENDING, _PATHS)
