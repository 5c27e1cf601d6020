"""Logs of requests that somebody made anyway: one JSON object a line.

Read are the plain names that docs/measure.md lists, and LiteLLM's standard logging payload
(https://docs.litellm.ai/docs/proxy/logging_spec), whose times are seconds since 1970.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from llmselect.files import JsonFaultError, parse_json
from llmselect.probe.endpoint.plan import LEAST_TOKENS, Timed
from llmselect.probe.spread import interval

LEAST_REQUESTS = 5  # fewer say nothing about the spread
_MODEL = ("model", "request_model", "model_name")
_PROMPT = ("prompt_tokens", "input_tokens")
_OUTPUT = ("completion_tokens", "output_tokens")
_FIRST = (("ttft_ms", 1.0), ("time_to_first_token_ms", 1.0), ("ttft_s", 1000.0), ("time_to_first_token", 1000.0))
_TOTAL = (("latency_ms", 1.0), ("duration_ms", 1.0), ("latency_s", 1000.0))
_PACE = (("tpot_ms", 1.0), ("time_per_output_token_ms", 1.0))


class Logged(NamedTuple):
    """One request of a log: tokens, and milliseconds to the first token and per token after it."""

    model: str
    prompt_tokens: int
    output_tokens: int
    ttft_ms: float | None
    tpot_ms: float | None


def read_log(lines: Iterable[str]) -> Iterator[tuple[int, Logged | str]]:
    """Each line's number and request, or in its place why the line is left out."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = parse_json(line)
        except JsonFaultError:
            yield number, "no valid JSON"
            continue
        found = _logged(record) if isinstance(record, dict) else "no JSON object"
        yield number, found or "no latency"


def _logged(record: Mapping[str, Any]) -> Logged | None:
    model = next((record[name] for name in _MODEL if isinstance(record.get(name), str)), None)
    prompt, output = _first(record, _PROMPT), _first(record, _OUTPUT)
    if model is None or prompt is None or output is None or prompt < 1:
        return None
    first_ms = _scaled(record, _FIRST) or _between(record, "startTime", "completionStartTime")
    total_ms = _scaled(record, _TOTAL) or _between(record, "startTime", "endTime")
    pace_ms = _scaled(record, _PACE)
    if pace_ms is None and first_ms is not None and total_ms is not None and output >= LEAST_TOKENS:
        pace_ms = (total_ms - first_ms) / (output - 1) if total_ms > first_ms else None
    if first_ms is not None and first_ms == total_ms:  # an answer that was not streamed has no first token
        first_ms = None
    if first_ms is None and pace_ms is None:
        return None
    return Logged(model, int(prompt), int(output), first_ms, pace_ms)


def _first(record: Mapping[str, Any], names: Iterable[str]) -> float | None:
    usage = record.get("usage")
    places = (record, usage) if isinstance(usage, Mapping) else (record,)
    return next(
        (value for place in places for name in names if (value := _positive(place.get(name))) is not None), None
    )


def _scaled(record: Mapping[str, Any], names: Iterable[tuple[str, float]]) -> float | None:
    return next((value * unit for name, unit in names if (value := _positive(record.get(name))) is not None), None)


def _between(record: Mapping[str, Any], start: str, end: str) -> float | None:
    first, last = _positive(record.get(start)), _positive(record.get(end))
    return (last - first) * 1000.0 if first is not None and last is not None and last > first else None


def _positive(value: Any) -> float | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and math.isfinite(value) and value > 0 else None


def grouped(found: Iterable[Logged]) -> dict[tuple[str, int], list[Logged]]:
    """Requests by model and by the power of two that their prompt is nearest to."""
    groups: dict[tuple[str, int], list[Logged]] = {}
    for one in found:
        groups.setdefault((one.model, round(math.log2(one.prompt_tokens))), []).append(one)
    return dict(sorted(groups.items()))


def timed(group: list[Logged]) -> Timed | None:
    """A group as one row; None where it has too few requests with a time to the first token."""
    first = [one.ttft_ms for one in group if one.ttft_ms is not None]
    spread = interval(first)
    if len(first) < LEAST_REQUESTS or spread is None:
        return None
    pace = [one.tpot_ms for one in group if one.tpot_ms is not None and one.output_tokens >= LEAST_TOKENS]
    prompt = interval(float(one.prompt_tokens) for one in group)
    output = interval(float(one.output_tokens) for one in group)
    assert prompt is not None and output is not None  # noqa: PT018
    enough = len(pace) >= LEAST_REQUESTS
    return Timed(
        round(prompt[1]), 1, len(group), round(output[1]), "log", spread, interval(pace) if enough else None, None, None
    )
