"""Results of `vllm bench serve --save-result`: one object for a whole run."""

from collections.abc import Iterator
from typing import Any

from llmselect.probe.results.row import ResultRow
from llmselect.probe.spread import Interval, around, interval, inverse

RUNTIMES = {"sglang": "sglang", "tensorrt-llm": "tensorrt-llm", "llama.cpp": "llama.cpp"}
_NEEDED = {"model_id", "completed", "total_input_tokens", "median_ttft_ms"}


def recognised(data: Any) -> bool:
    """Whether data is such a result."""
    return isinstance(data, dict) and data.keys() >= _NEEDED


def rows(data: Any) -> Iterator[ResultRow]:
    """The run as one row; raises KeyError, TypeError, ValueError or ZeroDivisionError for what is damaged."""
    requests = int(data["completed"])
    if requests < 1:
        raise ValueError("no request was completed")
    prompt = round(float(data["total_input_tokens"]) / requests)
    yield ResultRow(
        name=str(data["model_id"]),
        runtime=RUNTIMES.get(str(data.get("backend", "")), "vllm"),
        artifact=None,
        prompt_tokens=prompt,
        depth_tokens=prompt,
        concurrency=_concurrency(data, requests),
        decode_tok_s=inverse(_times_ms(data, "tpot"), 1000.0),
        prefill_tok_s=None,
        ttft_ms=_first_ms(data),
        measured_on=_day(str(data.get("date", ""))),
    )


def _first_ms(data: Any) -> Interval | None:
    """From each request's time in seconds where they were saved (`--save-detailed`)."""
    details = data.get("ttfts")
    if isinstance(details, list) and details:
        return interval(float(one) * 1000.0 for one in details if float(one) > 0)
    return _times_ms(data, "ttft")


def _times_ms(data: Any, kind: str) -> Interval | None:
    middle = float(data.get(f"median_{kind}_ms", 0.0))
    if middle <= 0:
        return None
    low, _, high = around(middle, float(data.get(f"std_{kind}_ms", 0.0)))
    high = max(middle, float(data.get(f"p95_{kind}_ms", high)))
    return max(low, middle * middle / high), middle, high


def _concurrency(data: Any, requests: int) -> int:
    """Requests at once: the limit that was asked for, or by Little's law arrivals times the time of one."""
    if data.get("max_concurrency"):
        return int(data["max_concurrency"])
    output = float(data.get("total_output_tokens", requests)) / requests
    seconds = (float(data["mean_ttft_ms"]) + float(data.get("mean_tpot_ms", 0.0)) * (output - 1)) / 1000.0
    return max(1, min(requests, round(float(data["request_throughput"]) * seconds)))


def _day(text: str) -> str:
    """20251107-120000 as 2025-11-07."""
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if text[:8].isdigit() else text[:10]
