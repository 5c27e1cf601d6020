"""Reads request logs, which have one JSON object per line.

The fields may have the names listed in docs/measure.md, or those of LiteLLM's standard logging payload
(https://docs.litellm.ai/docs/proxy/logging_spec), whose times are seconds since 1970.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from llmselect.files import JsonFaultError, parse_json
from llmselect.probe.endpoint.plan import MIN_TOKENS, LengthTimings
from llmselect.probe.spread import interval

MIN_REQUESTS = 5  # with fewer, the spread is unknown
_MODEL = ("model", "request_model", "model_name")
_PROMPT = ("prompt_tokens", "input_tokens")
_OUTPUT = ("completion_tokens", "output_tokens")
_FIRST = (("ttft_ms", 1.0), ("time_to_first_token_ms", 1.0), ("ttft_s", 1000.0), ("time_to_first_token", 1000.0))
_TOTAL = (("latency_ms", 1.0), ("duration_ms", 1.0), ("latency_s", 1000.0))
_PER_TOKEN = (("tpot_ms", 1.0), ("time_per_output_token_ms", 1.0))


class LoggedRequest(NamedTuple):
    """One request of a log: its tokens, and milliseconds to the first token and per token after it."""

    model: str
    prompt_tokens: int
    output_tokens: int
    ttft_ms: float | None
    tpot_ms: float | None


def read_log(lines: Iterable[str]) -> Iterator[tuple[int, LoggedRequest | str]]:
    """Each line's number with its request, or with the reason why it is skipped."""
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


def _logged(record: Mapping[str, Any]) -> LoggedRequest | None:
    model = next((record[name] for name in _MODEL if isinstance(record.get(name), str)), None)
    prompt, output = _first_positive(record, _PROMPT), _first_positive(record, _OUTPUT)
    if model is None or prompt is None or output is None or prompt < 1:
        return None
    first_ms = _in_ms(record, _FIRST) or _elapsed_ms(record, "startTime", "completionStartTime")
    total_ms = _in_ms(record, _TOTAL) or _elapsed_ms(record, "startTime", "endTime")
    per_token_ms = _in_ms(record, _PER_TOKEN)
    if per_token_ms is None and first_ms is not None and total_ms is not None and output >= MIN_TOKENS:
        per_token_ms = (total_ms - first_ms) / (output - 1) if total_ms > first_ms else None
    if first_ms is not None and first_ms == total_ms:  # not streamed, so the first token's time is unknown
        first_ms = None
    if first_ms is None and per_token_ms is None:
        return None
    return LoggedRequest(model, int(prompt), int(output), first_ms, per_token_ms)


def _first_positive(record: Mapping[str, Any], names: Iterable[str]) -> float | None:
    usage = record.get("usage")
    records = (record, usage) if isinstance(usage, Mapping) else (record,)
    return next((value for part in records for name in names if (value := _positive(part.get(name))) is not None), None)


def _in_ms(record: Mapping[str, Any], names: Iterable[tuple[str, float]]) -> float | None:
    return next((value * unit for name, unit in names if (value := _positive(record.get(name))) is not None), None)


def _elapsed_ms(record: Mapping[str, Any], start: str, end: str) -> float | None:
    first, last = _positive(record.get(start)), _positive(record.get(end))
    return (last - first) * 1000.0 if first is not None and last is not None and last > first else None


def _positive(value: Any) -> float | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and math.isfinite(value) and value > 0 else None


def group_requests(found: Iterable[LoggedRequest]) -> dict[tuple[str, int], list[LoggedRequest]]:
    """Requests grouped by model and by the binary logarithm of the prompt's tokens, rounded."""
    groups: dict[tuple[str, int], list[LoggedRequest]] = {}
    for request in found:
        groups.setdefault((request.model, round(math.log2(request.prompt_tokens))), []).append(request)
    return dict(sorted(groups.items()))


def summarise(group: list[LoggedRequest]) -> LengthTimings | None:
    """A group's timings; None if too few of its requests have a time to the first token."""
    first = [one.ttft_ms for one in group if one.ttft_ms is not None]
    spread = interval(first)
    if len(first) < MIN_REQUESTS or spread is None:
        return None
    pace = [one.tpot_ms for one in group if one.tpot_ms is not None and one.output_tokens >= MIN_TOKENS]
    prompt = interval(float(one.prompt_tokens) for one in group)
    output = interval(float(one.output_tokens) for one in group)
    assert prompt is not None and output is not None  # noqa: PT018
    enough = len(pace) >= MIN_REQUESTS
    return LengthTimings(
        round(prompt[1]), 1, len(group), round(output[1]), "log", spread, interval(pace) if enough else None, None, None
    )
