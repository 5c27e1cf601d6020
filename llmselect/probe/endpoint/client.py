"""Requests one streamed answer from a server.

The clock starts when the request goes out on an open connection; connections are reused. Redirects are not followed,
so that a key is never sent to a server other than the one named.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from llmselect.errors import Exit, LlmselectError
from llmselect.network import DeadlineError, Limits, TooLargeError, new_client, reason, response
from llmselect.probe.endpoint.faults import LimitedError, RequestError, http_error, without_key
from llmselect.probe.endpoint.stream import Answer, read_answer

if TYPE_CHECKING:
    import httpx

LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
MAX_PAUSES_S = 60.0  # the sum of all pauses that a server may ask for during one request
FIRST_PAUSE_S = 2.0
MIN_PAUSE_S = 0.5  # a server that asks for no pause would be retried endlessly
DEADLINE_S = 900.0  # of one answer
MAX_BYTES = 64_000_000  # of one answer
MAX_ERROR_BYTES = 100_000
DRAIN_S = 0.5  # time to read past the end of an answer, so that its connection can be reused


class Endpoint:
    """A server at a base address such as http://localhost:8080/v1, with a key that is never shown.

    `silence_s` limits the wait for the next bytes, `deadline_s` that for a whole answer. Raises LlmselectError for an
    invalid address. All requests have to be made in one event loop.
    """

    def __init__(
        self, base_url: str, key: str | None = None, silence_s: float = 120.0, deadline_s: float = DEADLINE_S
    ) -> None:
        self._parts = _parts(base_url)
        self._key = key
        self._limits = Limits(silence_s, deadline_s, MAX_BYTES)
        self._client: httpx.AsyncClient | None = None
        self._unsupported: set[str] = set()

    def __repr__(self) -> str:
        return f"Endpoint({self.address!r})"

    @property
    def address(self) -> str:
        """The address without user, password, query and fragment."""
        return f"{self._parts.scheme}://{self._parts.netloc.rpartition('@')[2]}{self._parts.path.rstrip('/')}"

    @property
    def hostname(self) -> str:
        """The server's name."""
        return self._parts.hostname or ""

    @property
    def local(self) -> bool:
        """Whether the server's name means this machine."""
        return self.hostname in LOCAL

    async def ask(
        self,
        model: str,
        prompt: str,
        output_tokens: int,
        say: Callable[[str], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> Answer:
        """One answer of at most `output_tokens`; waits up to a minute in all if the server limits the rate.

        Raises RequestError if another request may succeed, LlmselectError if it cannot.
        """
        waited, pause = 0.0, FIRST_PAUSE_S
        while True:
            try:
                return await self._ask(model, prompt, output_tokens)
            except LimitedError as limit:
                pause = pause * 2 if limit.after_s is None else max(MIN_PAUSE_S, limit.after_s)
                if waited + pause > MAX_PAUSES_S:
                    raise
                say(f"the server limits the rate: waiting {pause:.0f} s")
                await sleep(pause)
                waited += pause

    async def close(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ask(self, model: str, prompt: str, output_tokens: int) -> Answer:
        body: dict[str, Any] = {
            "model": model,
            "messages": [{"role": "user", "content": prompt}],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": output_tokens,
        }
        if "max_tokens" in self._unsupported:  # OpenAI's reasoning models accept only the newer name
            body["max_completion_tokens"] = body["max_tokens"]
        fields = {name: value for name, value in body.items() if name not in self._unsupported}
        try:
            return await self._send_with_retry(json.dumps(fields))
        except LlmselectError as error:
            unknown = next(
                (name for name in ("stream_options", "max_tokens") if name in fields and name in error.message), None
            )
            if error.code != "refused" or unknown is None:
                raise
            self._unsupported.add(unknown)
            return await self._ask(model, prompt, output_tokens)

    async def _send_with_retry(self, body: str) -> Answer:
        """The answer to a request, which is sent again if the server had closed the kept-alive connection."""
        import httpx

        try:
            try:
                return await self._send(body)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
                if not _connection_was_closed(error):
                    raise
                return await self._send(body)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self._unreachable(error) from None

    async def _send(self, body: str) -> Answer:
        clock = _Clock()
        url = f"{self.address}/chat/completions"
        request = {"content": body, "headers": self._headers(), "extensions": {"trace": clock.trace}}
        if self._client is None:
            self._client = new_client(self._limits)
        async with response(self._client, "POST", url, self._limits, **request) as found:
            if found.status_code != 200:
                text = await _error_body(found)
                raise http_error(found.status_code, _lower_case_names(found), text, self._key, self.address)
            kind = found.headers.setdefault("Content-Type", "text/event-stream")
            if "event-stream" not in kind:
                message = f"{self.address} did not stream its answer ({without_key(kind, self._key)})"
                raise LlmselectError("no-stream", message, "Only servers that stream can be measured.", Exit.MISSING)
            return await read_answer(found, clock.since_start, self._key, DRAIN_S)

    def _headers(self) -> dict[str, str]:
        key = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        return {
            "Content-Type": "application/json",
            "Accept": "text/event-stream",
            "Accept-Encoding": "identity",  # compressed text arrives in larger pieces
            **key,
        }

    def _unreachable(self, error: Exception) -> LlmselectError:
        import httpx

        why = without_key(reason(error, self._limits), self._key)
        if isinstance(error, (httpx.TimeoutException, DeadlineError)):
            return RequestError("timeout", f"{self.address}: {why}", "Wait longer with --timeout-s.", Exit.MISSING)
        if isinstance(error, (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, TooLargeError)):
            return RequestError("broken-stream", f"{self.address}: {why}", "Try again.", Exit.MISSING)
        message = f"{self.address} cannot be reached: {why}"
        return LlmselectError("unreachable", message, "Is the server running, and --base-url right?", Exit.MISSING)


class _Clock:
    """Seconds since a request's first byte was sent, not counting the time to open a connection."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    async def trace(self, event: str, _: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            self._start = time.perf_counter()

    def since_start(self) -> float:
        return time.perf_counter() - self._start


def _connection_was_closed(error: Exception) -> bool:
    return "without sending a response" in str(error) or not str(error)


async def _error_body(found: "httpx.Response") -> str:
    """The beginning of an error response's body, as text."""
    content = b""
    with suppress(TooLargeError):
        async for part in found.aiter_bytes():
            content += part
            if len(content) > MAX_ERROR_BYTES:
                break
    return content[:MAX_ERROR_BYTES].decode("utf-8", "replace")


def _lower_case_names(found: "httpx.Response") -> Mapping[str, str]:
    return {name.lower(): value for name, value in found.headers.items()}


def _parts(base_url: str) -> SplitResult:
    example = "Write it like http://localhost:8080/v1."
    try:
        parts = urlsplit(base_url)
        parts.port  # noqa: B018 (raises ValueError for a port that is none)
    except ValueError:
        raise LlmselectError("bad-value", "--base-url is no address", example) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LlmselectError("bad-value", "--base-url is no http or https address", example)
    if parts.username or parts.password or parts.query:
        raise LlmselectError(
            "bad-value", "--base-url may hold no user, password or query", "Name the key's variable with --key-env."
        )
    return parts
