"""Reads OpenAI's chat completion chunks from a stream of server-sent events, with the time at which each arrived."""

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from llmselect.errors import Exit
from llmselect.probe.endpoint.faults import RequestError, without_key

if TYPE_CHECKING:
    import httpx

DONE = "[DONE]"
_TEXTS = ("content", "reasoning_content", "reasoning")


class Answer(NamedTuple):
    """One streamed answer. Times are in seconds since the request was sent.

    `pieces` counts chunks with text; `output_tokens` is the server's count of streamed tokens, None if it gave none.
    `server` holds llama.cpp's own timings, if the server sends them.
    """

    first_s: float
    last_s: float
    pieces: int
    prompt_tokens: int | None
    output_tokens: int | None
    server: dict[str, float]

    @property
    def tokens(self) -> int:
        """Streamed tokens: the server's count, else the number of pieces."""
        return self.output_tokens or self.pieces

    @property
    def tpot_s(self) -> float | None:
        """Seconds per token after the first; None if there were too few."""
        gaps = self.tokens - 1
        return (self.last_s - self.first_s) / gaps if gaps >= 1 and self.last_s > self.first_s else None


async def read_answer(
    response: "httpx.Response", since_start: Callable[[], float], key: str | None, drain_s: float
) -> Answer:
    """Reads one answer; raises RequestError if the stream breaks off, contains an error or has no text."""
    from httpx_sse import EventSource

    reading = _StreamReader(key)
    async with aclosing(EventSource(response).aiter_sse()) as events:
        async for event in events:
            if reading.take(event.data, since_start()):
                break
        with suppress(Exception):  # reading the end of the body lets the connection be reused
            async with asyncio.timeout(drain_s):
                await anext(events, None)
    return reading.answer()


class _StreamReader:
    """The state of a partly read stream."""

    def __init__(self, key: str | None) -> None:
        self._key = key
        self._first: float | None = None
        self._last = 0.0
        self._pieces, self._ended, self._shows_reasoning = 0, False, False
        self._usage: dict[str, Any] = {}
        self._server: dict[str, float] = {}

    def take(self, data: str, now: float) -> bool:
        """Takes one event that arrived `now` seconds after the request; True if it is the last one."""
        if data == DONE:
            self._ended = True
            return True
        chunk = _chunk(data, self._key)
        delta, finished = _delta(chunk)
        if any(delta.get(name) for name in _TEXTS):
            self._first = now if self._first is None else self._first
            self._last, self._pieces = now, self._pieces + 1
        self._shows_reasoning = self._shows_reasoning or bool(delta.get("reasoning_content") or delta.get("reasoning"))
        self._ended = self._ended or finished
        usage = chunk.get("usage")
        self._usage = usage if isinstance(usage, dict) else self._usage
        self._server = _numbers(chunk.get("timings")) or self._server
        return False

    def answer(self) -> Answer:
        """The whole answer; raises RequestError if the stream broke off or had no text."""
        if not self._ended:
            message = "the server's stream broke off before its end"
            raise RequestError("broken-stream", message, "Try again.", Exit.MISSING)
        if self._first is None:
            raise RequestError("no-text", "the server's answer had no text", "Try another model.", Exit.MISSING)
        prompt, streamed = _count(self._usage, "prompt_tokens"), _streamed_tokens(self._usage, self._shows_reasoning)
        return Answer(self._first, self._last, self._pieces, prompt, streamed, self._server)


def _chunk(data: str, key: str | None) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        message = f"the server sent what is no chunk of an answer: {without_key(data[:80], key)}"
        raise RequestError("broken-stream", message, "Try again.", Exit.MISSING)
    if found.get("error"):
        inner = found["error"]
        reason = inner.get("message", "") if isinstance(inner, dict) else str(inner)
        message = f"the server failed: {without_key(str(reason), key)}"
        raise RequestError("server-error", message, "Try again.", Exit.MISSING)
    return found


def _delta(chunk: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """What a chunk adds to the answer, and whether it is the last one."""
    choices = chunk.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    delta = choice.get("delta")
    return (delta if isinstance(delta, dict) else {}), bool(choice.get("finish_reason"))


def _count(usage: dict[str, Any], name: str) -> int | None:
    value = usage.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _streamed_tokens(usage: dict[str, Any], shows_reasoning: bool) -> int | None:
    """Streamed tokens: the server's total without reasoning tokens that it did not stream."""
    total = _count(usage, "completion_tokens")
    details = usage.get("completion_tokens_details")
    hidden = 0 if shows_reasoning or not isinstance(details, dict) else _count(details, "reasoning_tokens") or 0
    return None if total is None else max(1, total - hidden)


def _numbers(value: Any) -> dict[str, float]:
    items = value.items() if isinstance(value, dict) else ()
    return {str(name): float(one) for name, one in items if isinstance(one, (int, float)) and not isinstance(one, bool)}
