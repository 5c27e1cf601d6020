"""Reads GuideLLM's benchmarks.json, which has one benchmark per request rate."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from llmselect.probe.results.row import Amount, EpochSeconds, ResultRow, Schema
from llmselect.probe.spread import Interval, inverse


class Percentiles(Schema):
    """The tails of a distribution."""

    p05: Amount | None = None
    p95: Amount | None = None


class Statistics(Schema):
    """A distribution over requests."""

    mean: Amount
    median: Amount
    percentiles: Percentiles | None = None


class Metric(Schema):
    """A distribution over the requests that succeeded."""

    successful: Statistics | None = None


class Metrics(Schema):
    """What was measured: tokens, requests at once, milliseconds."""

    prompt_token_count: Metric | None = None
    request_concurrency: Metric | None = None
    time_to_first_token_ms: Metric | None = None
    inter_token_latency_ms: Metric | None = None


class SchedulerMetrics(Schema):
    """When the requests began."""

    measure_start_time: EpochSeconds | None = None


class Benchmark(Schema):
    """The requests of one rate. The model's name has been in different fields over versions."""

    metrics: Metrics
    start_time: EpochSeconds | None = None
    scheduler_metrics: SchedulerMetrics | None = None
    args: Any = None
    config: Any = None
    worker: Any = None
    report_args: Any = None  # those of the whole report


def recognises(entry: Any) -> bool:
    """Whether an entry of a file is a GuideLLM report."""
    found = entry.get("benchmarks") if isinstance(entry, dict) else None
    return isinstance(found, list) and any(isinstance(one, dict) and "metrics" in one for one in found)


def parts(entry: Any) -> Iterator[tuple[str, Any]]:
    """Each benchmark of a report, with the report's arguments added."""
    for number, benchmark in enumerate(entry["benchmarks"] if recognises(entry) else ()):
        whole = {**benchmark, "report_args": entry.get("args")} if isinstance(benchmark, dict) else benchmark
        yield f"benchmarks[{number}]", whole


def row(part: Any) -> ResultRow:
    """A benchmark as a row; raises pydantic's ValidationError if it is malformed."""
    benchmark = Benchmark.model_validate(part)
    metrics = benchmark.metrics
    prompt = _statistics(metrics.prompt_token_count)
    at_once = _statistics(metrics.request_concurrency)
    tokens = round(prompt.median) if prompt and prompt.median > 0 else None
    return ResultRow(
        name=_model(benchmark),
        runtime=None,
        artifact=None,
        prompt_tokens=tokens,
        depth_tokens=tokens or 0,
        concurrency=max(1, round(at_once.mean)) if at_once else 1,
        decode_tok_s=inverse(_spread(metrics.inter_token_latency_ms), 1000.0),
        prefill_tok_s=None,
        ttft_ms=_spread(metrics.time_to_first_token_ms),
        measured_on=_day(benchmark),
    )


def _statistics(metric: Metric | None) -> Statistics | None:
    return metric.successful if metric else None


def _spread(metric: Metric | None) -> Interval | None:
    found = _statistics(metric)
    if found is None or found.median <= 0:
        return None
    tails = found.percentiles or Percentiles()
    low = found.median if tails.p05 is None else tails.p05
    high = found.median if tails.p95 is None else tails.p95
    return min(low, found.median), found.median, max(high, found.median)


def _model(benchmark: Benchmark) -> str:
    """The model's name from any of the fields that versions of GuideLLM used; empty if there is none."""
    config = benchmark.config if isinstance(benchmark.config, dict) else {}
    for part in (benchmark.report_args, benchmark.args, config.get("backend"), benchmark.worker):
        for key in ("model", "backend_model", "model_name"):
            if isinstance(part, dict) and isinstance(part.get(key), str) and part[key]:
                return str(part[key])
    return ""


def _day(benchmark: Benchmark) -> str:
    scheduler = benchmark.scheduler_metrics
    start = benchmark.start_time or (scheduler.measure_start_time if scheduler else None)
    return datetime.fromtimestamp(start, UTC).date().isoformat() if start else ""
