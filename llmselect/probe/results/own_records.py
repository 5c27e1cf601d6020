"""Reads llmselect's own JSON output: `measure --json`, `probe --import --json` and `probe --list --json`."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator

from llmselect.probe.results.row import Amount, Count, Day, ResultRow, Schema, Text
from llmselect.probe.spread import Interval


def _in_order(values: list[float]) -> list[float]:
    if len(values) != 3 or values != sorted(values):
        raise ValueError("low, value and high belong here, in this order")
    return values


Spread = Annotated[list[Amount], AfterValidator(_in_order)]


class Measurement(Schema):
    """A measurement as printed; `decode_tok_s` and `prefill_tok_s` are in tokens per second."""

    model: Text
    host: Text
    runtime: Text | None
    quantization: Text | None
    prompt_tokens: Count | None
    depth_tokens: Count
    concurrency: Count
    decode_tok_s: Spread | None
    prefill_tok_s: Spread | None
    ttft_ms: Spread | None
    measured_on: Day


def recognises(entry: Any) -> bool:
    """Whether an entry of a file is one of these reports."""
    return bool(isinstance(entry, dict) and entry.get("command") in ("measure", "probe") and _lists(entry))


def parts(entry: Any) -> Iterator[tuple[str, Any]]:
    """Each measurement of a report."""
    for path, rows in _lists(entry):
        yield from ((f"{path}[{number}]", row) for number, row in enumerate(rows))


def row(part: Any) -> ResultRow:
    """A measurement as a row; raises pydantic's ValidationError if it is malformed."""
    found = Measurement.model_validate(part)
    return ResultRow(
        name=found.model,
        runtime=found.runtime,
        artifact=found.quantization,
        prompt_tokens=found.prompt_tokens,
        depth_tokens=found.depth_tokens,
        concurrency=found.concurrency,
        decode_tok_s=_interval(found.decode_tok_s),
        prefill_tok_s=_interval(found.prefill_tok_s),
        ttft_ms=_interval(found.ttft_ms),
        measured_on=found.measured_on,
        host=found.host,
    )


def _lists(entry: Any) -> list[tuple[str, list[Any]]]:
    """The lists of measurements in a report, each with its path in the report."""
    data = entry.get("data") if isinstance(entry, dict) else None
    if not isinstance(data, dict):
        return []
    files = data.get("files")
    holders = [("data", data)]
    if isinstance(files, list):
        holders += [(f"data.files[{number}]", one) for number, one in enumerate(files) if isinstance(one, dict)]
    found = [(f"{path}.measurements", holder.get("measurements")) for path, holder in holders]
    return [(path, rows) for path, rows in found if isinstance(rows, list)]


def _interval(values: list[float] | None) -> Interval | None:
    return None if values is None else (values[0], values[1], values[2])
