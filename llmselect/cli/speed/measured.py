"""The report of `measure`, and measurements from a log."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.errors import LlmselectError

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog
    from llmselect.cli.speed.target import Target
    from llmselect.probe.endpoint.logs import LoggedRequest
    from llmselect.probe.endpoint.plan import LengthTimings
    from llmselect.probe.report import MeasureReport, TimedRequests
    from llmselect.render.format.blocks import Block

TITLES = ("prompt", "at once", "requests", "TTFT ms", "TPOT ms", "tok/s", "server says tok/s")


def log_report(path: Path, given: dict[str, Any], catalog: "Catalog") -> "MeasureReport":
    """Stores a log's requests as measurements; raises LlmselectError if it has none."""
    from llmselect.cli.speed.own import shown_measurement
    from llmselect.cli.speed.target import kept, measurements
    from llmselect.probe.report import MeasureReport, TimedRequests

    found, skipped = _logged(path)
    names = sorted({one.model for one in found})
    if given["as_"] and len(names) > 1:
        raise LlmselectError("bad-value", f"--as names one model, the log has {', '.join(names)}", "Split the log.")
    targets = {name: _target(name, given, catalog) for name in names}
    groups, left_out = _groups(found, skipped)
    rows = [(targets[name], one, measurements(targets[name], [one], f"log {path.name}")) for name, one in groups]
    stored = None
    for target in targets.values() if not given["no_store"] else ():
        own = tuple(row for other, _, made in rows if other is target for row in made)
        stored = kept(target, own, "measure --log") if own else stored
    first = targets[names[0]]
    return MeasureReport(
        model=first.model if len(names) == 1 else None,
        name=", ".join(names),
        host=first.host,
        place=str(path),
        runtime=first.runtime,
        quantization=first.quantization,
        timed=tuple(TimedRequests(**one._asdict(), decode_tok_s=one.decode_tok_s) for _, one, _ in rows),
        measurements=tuple(shown_measurement(row) for _, _, made in rows for row in made),
        failed=0,
        stopped="",
        left_out=left_out,
        most_usd=0.0,
        disturbances="",
        stored_in=str(stored) if stored else None,
    )


def _logged(path: Path) -> "tuple[list[LoggedRequest], list[str]]":
    """A log's requests with latencies, and the skipped lines with their reasons."""
    from llmselect.files import open_text
    from llmselect.probe.endpoint.logs import read_log

    found: list[LoggedRequest] = []
    faults: dict[str, list[int]] = {}
    with open_text(path, "--log", "Check its path.") as lines:
        for number, one in read_log(lines):
            if isinstance(one, str):
                faults.setdefault(one, []).append(number)
            else:
                found.append(one)
    left_out = [
        f"{why}: {len(rows):,} {'line' if len(rows) == 1 else 'lines'}, first line {rows[0]}"
        for why, rows in faults.items()
    ]
    if not found:
        hint = (
            "A line needs model, prompt_tokens, completion_tokens and ttft_ms or latency_ms; docs/measure.md has all."
        )
        because = f" ({'; '.join(left_out[:3])})" if left_out else ""
        raise LlmselectError("bad-file", f"{path} holds no request with a latency{because}", hint)
    return found, left_out


def _groups(
    found: "list[LoggedRequest]", skipped: list[str]
) -> "tuple[list[tuple[str, LengthTimings]], tuple[str, ...]]":
    from llmselect.probe.endpoint.logs import MIN_REQUESTS, group_requests, summarise

    rows, left_out = [], [*skipped]
    for (name, power), group in group_requests(found).items():
        one = summarise(group)
        if one is not None:
            rows.append((name, one))
        else:
            left_out.append(f"{name} near {2**power:,} tokens: fewer than {MIN_REQUESTS} requests with a first token")
    if not rows:
        raise LlmselectError(
            "bad-file", "; ".join(left_out), f"At least {MIN_REQUESTS} requests of a length say something."
        )
    return rows, tuple(left_out)


def _target(name: str, given: dict[str, Any], catalog: "Catalog") -> "Target":
    from llmselect.cli.speed.target import target_of

    if not given["host"]:
        raise LlmselectError("missing-flag", "--log needs --host", "Name the host in the catalogue, or self.")
    return target_of({**given, "model": name}, catalog, "", local=False)


def measure_blocks(report: "MeasureReport") -> "Iterator[Block]":
    """The report as text: the medians first, then each prompt length with its spread."""
    from llmselect.render.format.blocks import Column, Items, Paragraph, Table

    yield Paragraph(_headline(report), strong=True)
    columns = tuple(Column(title, "right") for title in TITLES if title != TITLES[-1] or _server_says(report))
    yield Table(columns, tuple(_cells(one, _server_says(report)) for one in report.timed))
    yield Paragraph("Each as 5th percentile – median – 95th percentile of the requests.")
    notes = [*report.left_out]
    if report.failed:
        notes.append(f"{report.failed} requests failed")
    if report.stopped:
        notes.append(f"not all requests were sent: {report.stopped}")
    if any(one.counted_by == "pieces" for one in report.timed):
        notes.append("the server does not count tokens: pieces of its stream were counted, which may be longer")
    if notes:
        yield Items(tuple(notes))
    yield Paragraph(_kept(report), "Kept")


def _headline(report: "MeasureReport") -> str:
    from llmselect.render.words import number

    best = report.timed[-1]
    pace = f", {number(best.decode_tok_s[1])} tokens per second after it" if best.decode_tok_s else ""
    at = f"at {best.prompt_tokens:,} tokens of prompt"
    return f"{report.name} at {report.place}: first token in {number(best.ttft_ms[1])} ms {at}{pace}"


def _server_says(report: "MeasureReport") -> bool:
    return any(one.server_tok_s is not None for one in report.timed)


def _cells(one: "TimedRequests", server_says: bool) -> tuple[str, ...]:
    from llmselect.render.words import number

    cells = (f"{one.prompt_tokens:,}", str(one.concurrency), str(one.requests))
    spreads = tuple(spread_words(values) for values in (one.ttft_ms, one.tpot_ms, one.decode_tok_s))
    return (*cells, *spreads, *((number(one.server_tok_s),) if server_says else ()))


def spread_words(values: tuple[float, float, float] | None) -> str:
    """Low, median and high."""
    from llmselect.render.words import UNKNOWN, number

    return UNKNOWN if values is None else " – ".join(map(number, values))


def _kept(report: "MeasureReport") -> str:
    if report.stored_in:
        what = f"{report.model} at {report.host}" if report.model else f"all models at {report.host}"
        return f"as measured speed of {what}, in {report.stored_in}."
    if report.disturbances:
        return f"nothing, because {report.disturbances}. Run it again on a quiet machine."
    return "nothing."
