"""Reads results of `vllm bench serve --save-result`: one object per run, one per line with `--append-result`."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from llmselect.probe.results.row import Amount, Count, Day, ResultRow, Schema, Text
from llmselect.probe.spread import Interval, interval, inverse, normal_interval

RUNTIMES = {"sglang": "sglang", "tensorrt-llm": "tensorrt-llm", "llama.cpp": "llama.cpp"}
_NEEDED = {"model_id", "completed", "total_input_tokens", "median_ttft_ms"}


class Run(Schema):
    """A run of requests; times in milliseconds, `ttfts` in seconds (with `--save-detailed`)."""

    model_id: Text
    completed: Annotated[int, Field(ge=1, le=10**9)]
    total_input_tokens: Annotated[int, Field(ge=0, le=10**15)]
    total_output_tokens: Annotated[int, Field(ge=0, le=10**15)] | None = None
    max_concurrency: Count | None = None
    request_throughput: Amount | None = None
    mean_ttft_ms: Amount | None = None
    median_ttft_ms: Amount
    std_ttft_ms: Amount = 0.0
    p95_ttft_ms: Amount | None = None
    mean_tpot_ms: Amount = 0.0
    median_tpot_ms: Amount = 0.0
    std_tpot_ms: Amount = 0.0
    p95_tpot_ms: Amount | None = None
    ttfts: list[Amount] | None = None
    backend: Text = ""
    date: Day = ""


def recognises(entry: Any) -> bool:
    """Whether an entry of a file is a run of vllm bench serve."""
    return isinstance(entry, dict) and entry.keys() >= _NEEDED


def parts(entry: Any) -> Iterator[tuple[str, Any]]:
    """The entry itself: a run is one row."""
    yield "", entry


def row(part: Any) -> ResultRow:
    """A run as one row; raises pydantic's ValidationError if it is malformed."""
    run = Run.model_validate({**part, "date": _day(part.get("date", ""))})
    prompt = round(run.total_input_tokens / run.completed)
    details = [seconds * 1000.0 for seconds in run.ttfts or () if seconds > 0]
    return ResultRow(
        name=run.model_id,
        runtime=RUNTIMES.get(run.backend, "vllm"),
        artifact=None,
        prompt_tokens=prompt,
        depth_tokens=prompt,
        concurrency=_concurrency(run),
        decode_tok_s=inverse(_spread_ms(run.median_tpot_ms, run.std_tpot_ms, run.p95_tpot_ms), 1000.0),
        prefill_tok_s=None,
        ttft_ms=interval(details) or _spread_ms(run.median_ttft_ms, run.std_ttft_ms, run.p95_ttft_ms),
        measured_on=run.date,
    )


def _spread_ms(middle: float, deviation: float, p95: float | None) -> Interval | None:
    if middle <= 0:
        return None
    low, _, high = normal_interval(middle, deviation)
    high = max(middle, high if p95 is None else p95)
    return max(low, middle * middle / high), middle, high


def _concurrency(run: Run) -> int:
    """Concurrent requests: the configured limit, else by Little's law the request rate times a request's duration."""
    if run.max_concurrency:
        return run.max_concurrency
    if run.request_throughput is None or run.mean_ttft_ms is None:
        return 1
    output = run.completed if run.total_output_tokens is None else run.total_output_tokens
    seconds = (run.mean_ttft_ms + run.mean_tpot_ms * (output / run.completed - 1)) / 1000.0
    return max(1, min(run.completed, round(run.request_throughput * seconds)))


def _day(text: Any) -> Any:
    """20251107-120000 as 2025-11-07."""
    if isinstance(text, str) and text[:8].isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    return text
