"""Reading a stream of server-sent events, with the time at which each arrived.

The format is that of the HTML standard, section 9.2 (data lines, ended by an empty one); the objects in it
are OpenAI's chat completion chunks.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from llmselect.errors import Exit
from llmselect.probe.endpoint.faults import RequestError, without_key

DONE = "[DONE]"
MOST_LINE_BYTES = 4_000_000
_TEXTS = ("content", "reasoning_content", "reasoning")


class Answer(NamedTuple):
    """One streamed answer. Times are seconds from the sending of the request.

    `pieces` counts chunks with text, `output_tokens` is the server's own count of what was streamed, None where
    it gave none. `server` holds llama.cpp's own timings where the server sends them.
    """

    first_s: float
    last_s: float
    pieces: int
    prompt_tokens: int | None
    output_tokens: int | None
    server: dict[str, float]

    @property
    def tokens(self) -> int:
        """Tokens that were streamed: as the server counts them, else pieces."""
        return self.output_tokens or self.pieces

    @property
    def tpot_s(self) -> float | None:
        """Seconds per token after the first; None where there were too few to tell."""
        gaps = self.tokens - 1
        return (self.last_s - self.first_s) / gaps if gaps >= 1 and self.last_s > self.first_s else None


def events(read_line: Callable[[int], bytes]) -> Iterator[str]:
    """The data of each event of a stream, as lines come."""
    parts: list[str] = []
    while line := read_line(MOST_LINE_BYTES):
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text.startswith("data:"):
            parts.append(text[5:].removeprefix(" "))
        elif not text and parts:
            yield "\n".join(parts)
            parts = []
    if parts:
        yield "\n".join(parts)


def answer(read_line: Callable[[int], bytes], clock: Callable[[], float], start: float, key: str | None) -> Answer:
    """One answer from its stream; raises RequestError where it breaks off, holds an error or has no text."""
    first = last = None
    pieces, ended, reasoned = 0, False, False
    usage: dict[str, Any] = {}
    server: dict[str, float] = {}
    for data in events(read_line):
        now = clock() - start
        if data == DONE:
            ended = True
            break
        chunk = _chunk(data, key)
        delta, finished = _delta(chunk)
        if any(delta.get(name) for name in _TEXTS):
            first = now if first is None else first
            last, pieces = now, pieces + 1
        reasoned = reasoned or bool(delta.get("reasoning_content") or delta.get("reasoning"))
        ended = ended or finished
        usage = chunk.get("usage") or usage
        server = _numbers(chunk.get("timings")) or server
    if not ended:
        raise RequestError("broken-stream", "the server's stream broke off before its end", "Try again.", Exit.MISSING)
    if first is None or last is None:
        raise RequestError("no-text", "the server's answer had no text", "Try another model.", Exit.MISSING)
    return Answer(first, last, pieces, _count(usage, "prompt_tokens"), _streamed(usage, reasoned), server)


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
        said = inner.get("message", "") if isinstance(inner, dict) else str(inner)
        raise RequestError(
            "server-error", f"the server failed: {without_key(str(said), key)}", "Try again.", Exit.MISSING
        )
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


def _streamed(usage: dict[str, Any], reasoned: bool) -> int | None:
    """Tokens that were streamed: without those of reasoning that the server kept to itself."""
    total = _count(usage, "completion_tokens")
    details = usage.get("completion_tokens_details")
    hidden = 0 if reasoned or not isinstance(details, dict) else _count(details, "reasoning_tokens") or 0
    return None if total is None else max(1, total - hidden)


def _numbers(value: Any) -> dict[str, float]:
    items = value.items() if isinstance(value, dict) else ()
    return {str(name): float(one) for name, one in items if isinstance(one, (int, float)) and not isinstance(one, bool)}
