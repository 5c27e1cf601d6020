"""Model ids in files as lines, CSV, JSON or annotations of a GitHub workflow."""

from llmselect.render.format import escape
from llmselect.render.format.csv import Rows, table_csv
from llmselect.results.check import CheckReport, EndingId

COLUMNS = (
    "file", "line", "column", "id", "model", "status", "ends", "days", "host", "replacement", "other_hosts",
)  # fmt: skip


def _shown(checked: CheckReport, everything: bool) -> tuple[EndingId, ...]:
    return (checked if everything else checked.with_an_end()).ids


def lines(checked: CheckReport, everything: bool) -> str:
    """One line per id in the format of compiler messages, then a summary."""
    rows = map(_line, _shown(checked, everything))
    return "\n".join([*rows, summary(checked, everything)]) + "\n"


def _line(row: EndingId) -> str:
    return f"{escape.path(row.file)}:{row.line}:{row.column}: {row.id}: {sentence(row)}"


def sentence(row: EndingId) -> str:
    """When and where an id ends, and its replacement."""
    if row.host is None:
        parts = [f"no end known at {', '.join(_host(*item) for item in row.others.items())}"]
    else:
        parts = [f"{'ended' if row.status == 'ended' else 'ends'} on {row.ends} at {row.host}"]
        parts += [f"{row.host} names {row.replacement}"] if row.replacement else []
        parts += [f"also at {', '.join(_host(*item) for item in row.others.items())}"] if row.others else []
    return "; ".join(parts)


def _host(name: str, ends: str | None) -> str:
    return f"{name} ({ends})" if ends else name


def summary(checked: CheckReport, everything: bool) -> str:
    """The counts in one sentence."""
    counts = checked.counts
    total, endless = counts.ids, counts.no_end_known
    files = _count(counts.files, "file")
    large = f"; passed over as too large: {_count(counts.too_large, 'file')}" if counts.too_large else ""
    if not total:
        return f"No id of a known model in {files}{large}."
    listed = " (--all lists them)" if endless and not everything else ""
    parts = [f"{counts.soon} of {_count(total, 'id')} in {files} end by {checked.until} or have ended"]
    parts += [f"{total - endless - counts.soon} later", f"{endless} without a known end{listed}"]
    return f"{', '.join(parts)}{large}."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def annotations(checked: CheckReport, everything: bool) -> str:
    """Workflow commands: an error for ended ids, a warning for ids that end soon, else a notice."""
    rows = []
    for row in _shown(checked, everything):
        level = "error" if row.status == "ended" else "warning" if checked.is_soon(row) else "notice"
        places = {"file": row.file, "line": row.line, "col": row.column, "title": f"{row.id} {row.status}"}
        named = ",".join(f"{name}={escape.github_property(str(value))}" for name, value in places.items())
        rows.append(f"::{level} {named}::{escape.github_message(f'{row.id}: {sentence(row)}')}")
    return "\n".join([*rows, summary(checked, everything)]) + "\n"


def csv(checked: CheckReport, everything: bool) -> str:
    """One row for each id."""
    return table_csv(*check_rows(checked if everything else checked.with_an_end()))


def check_rows(checked: CheckReport) -> Rows:
    """The rows of the ids' CSV."""
    rows = []
    for row in checked.ids:
        others = "; ".join(_host(*item) for item in row.others.items())
        rows.append([others if name == "other_hosts" else getattr(row, name) for name in COLUMNS])
    return Rows(COLUMNS, rows)
