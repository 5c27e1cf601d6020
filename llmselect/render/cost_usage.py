"""A usage report as blocks: used and skipped rows, models and token distributions."""

from collections.abc import Iterator

from llmselect.render.format.blocks import Block, Column, Items, Paragraph, Table
from llmselect.render.words import number
from llmselect.results.cost import UsageReport

MAX_MODELS = 5


def usage_blocks(report: UsageReport, requests_per_month: int) -> Iterator[Block]:
    """Used and skipped rows, models, token distributions, and the monthly volume planned for."""
    left = sum(row.rows for row in report.left_out)
    month = f"planned for {requests_per_month:,} requests a month"
    yield Paragraph(f"{_used(report)}; {month}; {left:,} rows left out" + (":" if left else "."), "Log")
    if left:
        yield Items(tuple(f"{row.rows:,}: {row.reason} (first in line {row.first_line:,})" for row in report.left_out))
    names = ("prompt_tokens", "cached_tokens", "output_tokens", "thinking_tokens")
    rows = [(name.replace("_", " "), getattr(report, name)) for name in names]
    columns = (Column("per request"), *(Column(title, "right") for title in ("mean", "median", "95 %", "largest")))
    cells = tuple((name, number(row.mean), f"{row.median:,}", f"{row.p95:,}", f"{row.max:,}") for name, row in rows)
    yield Table(columns, cells)


def _used(report: UsageReport) -> str:
    names = list(report.models.items())
    models = ", ".join(f"{name} {count:,}" for name, count in names[:MAX_MODELS])
    more = f" and {len(names) - MAX_MODELS} more models" if len(names) > MAX_MODELS else ""
    days = f" over {report.days:.1f} days" if report.days is not None else ""
    peak = f", {number(report.peak_to_mean)} times the mean in the busiest hour" if report.peak_to_mean else ""
    batch = f", {report.batch_requests:,} of them deferred" if report.batch_requests else ""
    return f"{report.file} ({report.format}): {report.used:,} requests used{batch}{days}{peak}; {models}{more}"
