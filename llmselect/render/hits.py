"""Model ids in files as lines, CSV, JSON or annotations of a GitHub workflow."""

from dataclasses import dataclass
from typing import Any

from llmselect.render import escape
from llmselect.render.csv import table_csv
from llmselect.results.base import plain

COLUMNS = (
    "file", "line", "column", "id", "model", "status", "ends", "days", "host", "replacement", "other_hosts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EndingId:
    """An id in a file and when it ends: `status` is ended, ends or no-end-known, `days` from today to its end.

    `host` is the one whose end counts, `others` are the other hosts that carry the id, each with its end there.
    """

    file: str
    line: int
    column: int
    id: str
    model: str
    status: str
    ends: str | None
    days: int | None
    host: str | None
    replacement: str | None
    others: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Checked:
    """Every id that was found, and the day by which the ids that matter end."""

    ids: tuple[EndingId, ...]
    files: int
    too_large: int
    as_of: str
    days: int
    until: str

    @property
    def soon(self) -> int:
        """How many have ended or end within the days."""
        return sum(self.is_soon(row) for row in self.ids)

    def is_soon(self, row: EndingId) -> bool:
        """Whether an id has ended or ends within the days."""
        return row.days is not None and row.days <= self.days

    def shown(self, everything: bool) -> list[EndingId]:
        """The ids with an end, or all."""
        return [row for row in self.ids if everything or row.ends is not None]


def lines(checked: Checked, everything: bool) -> str:
    """One line for each id, as compilers write them, then a count."""
    rows = [
        f"{escape.path(row.file)}:{row.line}:{row.column}: {row.id}: {sentence(row)}"
        for row in checked.shown(everything)
    ]
    return "\n".join([*rows, summary(checked, everything)]) + "\n"


def _line(row: EndingId) -> str:
    return f"{escape.path(row.file)}:{row.line}:{row.column}: {row.id}: {sentence(row)}"


def sentence(row: EndingId) -> str:
    """When an id ends, where, and what follows."""
    if row.host is None:
        parts = [f"no end known at {', '.join(_host(*item) for item in row.others.items())}"]
    else:
        parts = [f"{'ended' if row.status == 'ended' else 'ends'} on {row.ends} at {row.host}"]
        parts += [f"{row.host} names {row.replacement}"] if row.replacement else []
        parts += [f"also at {', '.join(_host(*item) for item in row.others.items())}"] if row.others else []
    return "; ".join(parts)


def _host(name: str, ends: str | None) -> str:
    return f"{name} ({ends})" if ends else name


def summary(checked: Checked, everything: bool) -> str:
    """The counts in one sentence."""
    total, endless = len(checked.ids), sum(row.ends is None for row in checked.ids)
    files = _count(checked.files, "file")
    large = f"; passed over as too large: {_count(checked.too_large, 'file')}" if checked.too_large else ""
    if not total:
        return f"No id of a known model in {files}{large}."
    listed = " (--all lists them)" if endless and not everything else ""
    parts = [f"{checked.soon} of {_count(total, 'id')} in {files} end by {checked.until} or have ended"]
    parts += [f"{total - endless - checked.soon} later", f"{endless} without a known end{listed}"]
    return f"{', '.join(parts)}{large}."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def annotations(checked: Checked, everything: bool) -> str:
    """Workflow commands: an error for what has ended, a warning for what ends within the days, else a notice."""
    rows = []
    for row in checked.shown(everything):
        level = "error" if row.status == "ended" else "warning" if checked.is_soon(row) else "notice"
        places = {"file": row.file, "line": row.line, "col": row.column, "title": f"{row.id} {row.status}"}
        named = ",".join(f"{name}={escape.github_property(str(value))}" for name, value in places.items())
        rows.append(f"::{level} {named}::{escape.github_message(f'{row.id}: {sentence(row)}')}")
    return "\n".join([*rows, summary(checked, everything)]) + "\n"


def csv(checked: Checked, everything: bool) -> str:
    """One row for each id."""
    rows = []
    for row in checked.shown(everything):
        others = "; ".join(_host(*item) for item in row.others.items())
        rows.append([others if name == "other_hosts" else getattr(row, name) for name in COLUMNS])
    return table_csv(COLUMNS, rows)


def checked_data(checked: Checked, everything: bool) -> dict[str, Any]:
    """The ids with an end (with `everything` all of them) and the counts as plain data."""
    endless = sum(row.ends is None for row in checked.ids)
    counts = {
        "files": checked.files,
        "too_large": checked.too_large,
        "ids": len(checked.ids),
        "ended": sum(row.status == "ended" for row in checked.ids),
        "soon": checked.soon,
        "no_end_known": endless,
    }
    return {
        "ids": plain(checked.shown(everything)),
        "counts": counts,
        "as_of": checked.as_of,
        "days": checked.days,
        "until": checked.until,
    }
