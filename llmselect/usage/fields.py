"""One row of a log as a request, whoever wrote it: the names under which tools keep the same counts."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from llmselect.files import JsonFaultError, parse_json
from llmselect.quantities import number

MOST_TOKENS = 10**9  # no request is larger
LAST_S = 7_258_118_400  # 2200 begins
Row = Mapping[str, Any]


class Request(NamedTuple):
    """Tokens of one request: `prompt` counts cached and written ones too, `output` the thinking.

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


class LeftOutError(Exception):
    """A row that is no request to count; the text says why."""


def request_of(row: Row) -> Request:
    """The request of a row; raises LeftOutError with the reason for what cannot be counted."""
    if row.get("cache_hit") in (True, "True", "true"):
        raise LeftOutError("answered from a gateway's cache")
    kind = row.get("type")
    if kind in _NO_CALLS:
        raise LeftOutError("no model call (Langfuse SPAN or EVENT)")
    inner, batch = _inside(row)
    usage = _usage(inner, row)
    prompt, cached, written, output, thinking = _counts(usage, row)
    if cached + written > prompt:
        raise LeftOutError("more cached tokens than prompt tokens")
    if thinking > output:
        raise LeftOutError("more thinking tokens than output tokens")
    if not prompt and not output:
        raise LeftOutError("no tokens")
    model = inner.get("model") or row.get("model") or row.get("providedModelName") or row.get("provided_model_name")
    return Request(prompt, cached, written, output, thinking, str(model or ""), _time_s(inner, row), batch)


_NO_CALLS = frozenset(("SPAN", "EVENT", "TOOL", "CHAIN", "RETRIEVER", "AGENT", "EVALUATOR", "GUARDRAIL"))


def _inside(row: Row) -> tuple[Row, bool]:
    """The answer that a row wraps, and whether the row is of a batch's output file."""
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
    """The record that holds the counts: the row itself where they stand in it."""
    for name in _USAGE_NAMES:
        found = inner.get(name)
        if isinstance(found, str) and found[:1] == "{":
            found = _parsed(found)
        if isinstance(found, dict) and found:
            return found
    if not any(name in inner for name in _ANY_COUNT):
        raise LeftOutError("no token counts")
    return inner


_USAGE_NAMES = ("usage", "usageDetails", "usage_details", "usageMetadata", "usage_metadata", "usageObject")


def _parsed(text: str) -> Any:
    try:
        return parse_json(text)
    except JsonFaultError:
        raise LeftOutError("a cell that holds no valid JSON") from None


def _counts(usage: Row, row: Row) -> tuple[int, int, int, int, int]:
    """Prompt, cached, written, output and thinking tokens by the names of one of the known writers."""
    for shape in _SHAPES:
        if usage.get(shape.prompt) not in (None, "") or usage.get(shape.output) not in (None, ""):
            return shape.read(usage, row)
    raise LeftOutError("no token counts")


def _openai(usage: Row, row: Row) -> tuple[int, int, int, int, int]:
    """Chat completions, and what LiteLLM logs in their form: cached tokens are part of the prompt's."""
    prompt, output = _must(usage, "prompt_tokens"), _must(usage, "completion_tokens")
    more = usage if usage is not row else _litellm_details(row)
    details, thought = _dict(more, "prompt_tokens_details"), _dict(more, "completion_tokens_details")
    cached = _maybe(details, "cached_tokens") or _maybe(more, "cache_read_input_tokens")
    cached = cached or _maybe(more, "prompt_cache_hit_tokens") or _maybe(usage, "cached_tokens")
    written = _maybe(more, "cache_creation_input_tokens") or _maybe(details, "cache_write_tokens")
    thinking = _maybe(thought, "reasoning_tokens") or _maybe(usage, "reasoning_tokens")
    apart = thinking and _maybe(usage, "total_tokens") == prompt + output + thinking  # some hosts count it beside
    return prompt, cached, written, output + thinking if apart else output, thinking


def _litellm_details(row: Row) -> Row:
    """The parts of LiteLLM's flat rows, which stand in their metadata."""
    metadata = row.get("metadata")
    if isinstance(metadata, str) and metadata[:1] == "{":
        metadata = _parsed(metadata)
    if not isinstance(metadata, dict):
        return row
    for name in ("usage_object", "additional_usage_values"):
        if isinstance(metadata.get(name), dict):
            return metadata[name]  # type: ignore[no-any-return]
    return row


def _responses(usage: Row, row: Row) -> tuple[int, int, int, int, int]:
    """OpenAI's Responses, and Anthropic's Messages, whose input leaves out what was read or written of a cache."""
    given, output = _must(usage, "input_tokens"), _must(usage, "output_tokens")
    details = _dict(usage, "input_tokens_details")
    read, written = _maybe(usage, "cache_read_input_tokens"), _maybe(usage, "cache_creation_input_tokens")
    thinking = _maybe(_dict(usage, "output_tokens_details"), "reasoning_tokens")
    if read or written:
        return given + read + written, read, written, output, thinking
    cached = _maybe(details, "cached_tokens") or _maybe(usage, "cached_tokens") or _maybe(usage, "input_cached_tokens")
    return given, cached, 0, output, thinking


def _langfuse(usage: Row, row: Row) -> tuple[int, int, int, int, int]:
    """Langfuse splits what it counts: all that begins with input is the prompt, with output the answer."""
    if usage.get("unit") not in (None, "TOKENS"):
        raise LeftOutError("usage in another unit than tokens")
    _must(usage, "input"), _must(usage, "output")
    cached = written = prompt = output = thinking = 0
    for name, value in usage.items():
        if not name.startswith(("input", "output", "cache_")) or name.endswith(("Cost", "_cost")):
            continue
        count = _count(value, name) if value not in (None, "") else 0
        if name.startswith("output"):
            output += count
            thinking += count if "reasoning" in name else 0
        else:
            prompt += count
            written += count if "creation" in name or "write" in name else 0
            cached += count if "cache" in name and "creation" not in name and "write" not in name else 0
    return prompt, cached, written, output, thinking


def _camel(usage: Row, row: Row) -> tuple[int, int, int, int, int]:
    return _must(usage, "promptTokens"), 0, 0, _must(usage, "completionTokens"), 0


def _gemini(usage: Row, row: Row) -> tuple[int, int, int, int, int]:
    """Gemini counts thoughts beside the answer, and cached content as part of the prompt."""
    thinking = _maybe(usage, "thoughtsTokenCount")
    answer = _maybe(usage, "candidatesTokenCount")
    return _must(usage, "promptTokenCount"), _maybe(usage, "cachedContentTokenCount"), 0, answer + thinking, thinking


class _Shape(NamedTuple):
    prompt: str
    output: str
    read: Callable[[Row, Row], tuple[int, int, int, int, int]]


_SHAPES = (
    _Shape("prompt_tokens", "completion_tokens", _openai),
    _Shape("input_tokens", "output_tokens", _responses),
    _Shape("input", "output", _langfuse),
    _Shape("promptTokens", "completionTokens", _camel),
    _Shape("promptTokenCount", "candidatesTokenCount", _gemini),
)
_ANY_COUNT = tuple(name for shape in _SHAPES for name in (shape.prompt, shape.output))


def _dict(row: Row, name: str) -> Row:
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _must(usage: Row, name: str) -> int:
    value = usage.get(name)
    if value is None or value == "":
        raise LeftOutError(f"{name} is missing")
    return value if type(value) is int and 0 <= value <= MOST_TOKENS else _count(value, name)


def _maybe(usage: Row, name: str) -> int:
    value = usage.get(name)
    return _count(value, name) if value else 0


def _count(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise LeftOutError(f"{name} is no number")
    try:
        found = number(value)
    except ValueError:
        raise LeftOutError(f"{name} is no number") from None
    if found < 0:
        raise LeftOutError(f"{name} is negative")
    if found > MOST_TOKENS or found != int(found):
        raise LeftOutError(f"{name} is no count of tokens")
    return int(found)


_TIMES = (
    "startTime", "start_time", "created_at", "createdAt", "created", "timestamp", "Timestamp", "time", "date",
)  # fmt: skip


def _time_s(inner: Row, row: Row) -> float | None:
    """The time of a request, None where a row has none that can be read."""
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
