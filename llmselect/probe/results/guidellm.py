"""Reports of GuideLLM: its benchmarks.json, with one benchmark for each rate that was tried."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from llmselect.probe.results.row import ResultRow
from llmselect.probe.spread import Interval, inverse


def recognised(data: Any) -> bool:
    """Whether data is such a report."""
    found = data.get("benchmarks") if isinstance(data, dict) else None
    return isinstance(found, list) and bool(found) and all(isinstance(one, dict) and "metrics" in one for one in found)


def rows(data: Any) -> Iterator[ResultRow]:
    """Each benchmark as a row; raises KeyError, TypeError or ValueError for what is damaged."""
    for benchmark in data["benchmarks"]:
        metrics = benchmark["metrics"]
        prompt = _spread(metrics, "prompt_token_count")
        at_once = _statistics(metrics, "request_concurrency")
        tokens = round(prompt[1]) if prompt else None
        yield ResultRow(
            name=_model(data, benchmark),
            runtime=None,
            artifact=None,
            prompt_tokens=tokens,
            depth_tokens=tokens or 0,
            concurrency=max(1, round(float(at_once["mean"]))) if at_once else 1,
            decode_tok_s=inverse(_spread(metrics, "inter_token_latency_ms"), 1000.0),
            prefill_tok_s=None,
            ttft_ms=_spread(metrics, "time_to_first_token_ms"),
            measured_on=_day(benchmark),
        )


def _statistics(metrics: Any, name: str) -> Any:
    return (metrics.get(name) or {}).get("successful")


def _spread(metrics: Any, name: str) -> Interval | None:
    found = _statistics(metrics, name)
    if not found:
        return None
    middle = float(found["median"])
    tails = found.get("percentiles") or {}
    low, high = (float(tails.get(key, middle)) for key in ("p05", "p95"))
    return (min(low, middle), middle, max(high, middle)) if middle > 0 else None


def _model(data: Any, benchmark: Any) -> str:
    """The model's name, which has stood in several places of the report; empty where it is in none."""
    places = (data.get("args"), benchmark.get("args"), (benchmark.get("config") or {}).get("backend"))
    for place in (*places, benchmark.get("worker")):
        for key in ("model", "backend_model", "model_name"):
            if isinstance(place, dict) and isinstance(place.get(key), str) and place[key]:
                return str(place[key])
    return ""


def _day(benchmark: Any) -> str:
    start = benchmark.get("start_time") or (benchmark.get("scheduler_metrics") or {}).get("measure_start_time")
    return datetime.fromtimestamp(float(start), UTC).date().isoformat() if start else ""
