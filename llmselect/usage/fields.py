"""Reads one row of a log as a request, whichever program wrote it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from llmselect.files import JsonFaultError, parse_json
from llmselect.quantities import number
from llmselect.usage.shapes import SHAPES, ChatCompletion, Counts

LAST_S = 7_258_118_400  # 2200 begins
Row = Mapping[str, Any]


class Request(NamedTuple):
    """Tokens of one request: `prompt` includes cached and cache-written tokens, `output` includes thinking.

    `time_s` is in seconds since 1970; `batch` marks a deferred request.
    """

    prompt: int
    cached: int
    cache_write: int
    output: int
    thinking: int
    model: str
    time_s: float | None
    batch: bool


class SkippedRowError(Exception):
    """A row that is not a countable request; the message says why."""


def request_of(row: Row) -> Request:
    """The request of a row; raises LeftOutError with the reason for what cannot be counted."""
    if row.get("cache_hit") in (True, "True", "true"):
        raise SkippedRowError("answered from a gateway's cache")
    kind = row.get("type")
    if kind in _NOT_MODEL_CALLS:
        raise SkippedRowError("no model call (Langfuse SPAN or EVENT)")
    inner, batch = _response_of(row)
    usage = _usage(inner, row)
    prompt, cached, written, output, thinking = _counts(usage, row)
    if cached + written > prompt:
        raise SkippedRowError("more cached tokens than prompt tokens")
    if thinking > output:
        raise SkippedRowError("more thinking tokens than output tokens")
    if not prompt and not output:
        raise SkippedRowError("no tokens")
    model = inner.get("model") or row.get("model") or row.get("providedModelName") or row.get("provided_model_name")
    return Request(prompt, cached, written, output, thinking, str(model or ""), _time_s(inner, row), batch)


_NOT_MODEL_CALLS = frozenset(("SPAN", "EVENT", "TOOL", "CHAIN", "RETRIEVER", "AGENT", "EVALUATOR", "GUARDRAIL"))


def _response_of(row: Row) -> tuple[Row, bool]:
    """The response inside a row, and whether the row comes from a batch."""
    answer = row.get("response")
    if isinstance(answer, dict):
        body = answer.get("body")
        if isinstance(body, dict):
            return body, "custom_id" in row
        if isinstance(answer.get("usage"), dict):
            return answer, False
    message = row.get("message")
    if isinstance(message, dict) and isinstance(message.get("usage"), dict):
        return message, False
    return row, row.get("service_tier") == "batch"


def _usage(inner: Row, row: Row) -> Row:
    """The record with the token counts: a nested one, or the row itself."""
    for name in _USAGE_NAMES:
        found = inner.get(name)
        if isinstance(found, str) and found[:1] == "{":
            found = _parsed(found)
        if isinstance(found, dict) and found:
            return found
    if not any(name in inner for name in _ANY_COUNT):
        raise SkippedRowError("no token counts")
    return inner


_ANY_COUNT = tuple(name for shape in SHAPES for name in shape.marks)
_USAGE_NAMES = ("usage", "usageDetails", "usage_details", "usageMetadata", "usage_metadata", "usageObject")


def _parsed(text: str) -> Any:
    try:
        return parse_json(text)
    except JsonFaultError:
        raise SkippedRowError("a cell that holds no valid JSON") from None


def _counts(usage: Row, row: Row) -> Counts:
    """Prompt, cached, cache-written, output and thinking tokens, read with the first shape that matches."""
    for shape in SHAPES:
        if any(usage.get(name) not in (None, "") for name in shape.marks):
            data = _flat(usage) if shape is ChatCompletion and usage is row else usage
            try:
                return shape.model_validate(
                    {name: value for name, value in data.items() if value not in (None, "")}
                ).counts
            except ValidationError as error:
                raise SkippedRowError(_reason(error)) from None
    raise SkippedRowError("no token counts")


def _reason(error: ValidationError) -> str:
    """The first fault as text, after the name of its field."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = f"{fault['loc'][-1]} " if fault["loc"] else ""
    return f"{name}{'is missing' if fault['type'] == 'missing' else fault['msg']}"


def _flat(row: Row) -> Row:
    """A flat row of LiteLLM, completed with the counts in its metadata."""
    metadata = row.get("metadata")
    if isinstance(metadata, str) and metadata[:1] == "{":
        metadata = _parsed(metadata)
    if not isinstance(metadata, dict):
        return row
    for name in ("usage_object", "additional_usage_values"):
        if isinstance(metadata.get(name), dict):
            details = {key: value for key, value in metadata[name].items() if key not in _ROW_FIELDS}
            return details | {key: row[key] for key in _ROW_FIELDS if key in row}
    return row


_ROW_FIELDS = (*ChatCompletion.marks, "cached_tokens", "reasoning_tokens", "total_tokens")


_TIMES = (
    "startTime", "start_time", "created_at", "createdAt", "created", "timestamp", "Timestamp", "time", "date",
)  # fmt: skip


def _time_s(inner: Row, row: Row) -> float | None:
    """The time of a request in seconds since 1970; None if the row has no readable time."""
    for name in _TIMES:
        value = row.get(name) or inner.get(name)
        if value:
            return _seconds(value)
    return None


def _seconds(value: Any) -> float | None:
    try:
        found = number(value)
    except ValueError:
        try:
            moment = datetime.fromisoformat(value)
            found = (moment if moment.tzinfo else moment.replace(tzinfo=_UTC)).timestamp()
        except (TypeError, ValueError, OverflowError):
            return None
    if found > 1e11:  # in milliseconds
        found /= 1000
    return found if 0 < found < LAST_S else None


_UTC = datetime.fromisoformat("2000-01-01T00:00:00+00:00").tzinfo
