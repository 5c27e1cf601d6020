"""Asking a server for one streamed answer.

Connections are opened before the clock starts and used again; redirections are not followed, so that a key goes
to no other server than the one that was named.
"""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from llmselect.errors import Exit, LlmselectError
from llmselect.probe.endpoint.faults import LimitedError, RequestError, refused, without_key
from llmselect.probe.endpoint.stream import Answer, answer

LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
MOST_PAUSES_S = 60.0  # all pauses together that a server may ask for in one request
FIRST_PAUSE_S = 2.0
MOST_BODY_BYTES = 100_000


class Endpoint:
    """A server at a base address such as http://localhost:8080/v1, with a key that is never shown.

    `silence_s` is the longest wait for the next line. Raises LlmselectError for an address that is none.
    """

    def __init__(self, base_url: str, key: str | None = None, silence_s: float = 120.0) -> None:
        self._parts = _parts(base_url)
        self._key = key
        self._silence_s = silence_s
        self._connection: http.client.HTTPConnection | None = None
        self._leave_out: set[str] = set()

    def __repr__(self) -> str:
        return f"Endpoint({self.place!r})"

    @property
    def place(self) -> str:
        """The address without user, password, query and fragment."""
        return f"{self._parts.scheme}://{self._parts.netloc.rpartition('@')[2]}{self._parts.path.rstrip('/')}"

    @property
    def hostname(self) -> str:
        """The server's name."""
        return self._parts.hostname or ""

    @property
    def local(self) -> bool:
        """Whether the server runs on this machine, by its name."""
        return self.hostname in LOCAL

    def ask(
        self,
        model: str,
        prompt: str,
        output_tokens: int,
        say: Callable[[str], None],
        sleep: Callable[[float], Any] = time.sleep,
    ) -> Answer:
        """One answer of at most `output_tokens`; waits where the server limits the rate, a minute at most.

        Raises RequestError for what another request may do better, LlmselectError for what it will not.
        """
        waited, pause = 0.0, FIRST_PAUSE_S
        while True:
            try:
                return self._ask(model, prompt, output_tokens)
            except LimitedError as limit:
                pause = limit.after_s if limit.after_s is not None else pause * 2
                if waited + pause > MOST_PAUSES_S:
                    raise
                say(f"the server limits the rate: waiting {pause:.0f} s")
                sleep(pause)
                waited += pause

    def close(self) -> None:
        """Closes the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, model: str, prompt: str, output_tokens: int) -> Answer:
        body: dict[str, Any] = {
            "model": model,
            "messages": [{"role": "user", "content": prompt}],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": output_tokens,
        }
        if "max_tokens" in self._leave_out:  # OpenAI's reasoning models take the newer name alone
            body["max_completion_tokens"] = body["max_tokens"]
        kept = {name: value for name, value in body.items() if name not in self._leave_out}
        try:
            return self._sent(json.dumps(kept))
        except LlmselectError as error:
            unknown = next(
                (name for name in ("stream_options", "max_tokens") if name in kept and name in error.message), None
            )
            self.close()
            if error.code != "refused" or unknown is None:
                raise
            self._leave_out.add(unknown)
            return self._ask(model, prompt, output_tokens)
        except (OSError, http.client.HTTPException, ssl.SSLError) as error:
            self.close()
            raise self._unreachable(error) from None

    def _sent(self, body: str) -> Answer:
        start, response = self._response(body)
        if response.status != 200:
            text = response.read(MOST_BODY_BYTES).decode("utf-8", "replace")
            raise refused(response.status, _lowered(response), text, self._key, self.place)
        if "event-stream" not in response.headers.get("Content-Type", "event-stream"):
            message = f"{self.place} did not stream its answer ({response.headers['Content-Type']})"
            raise LlmselectError("no-stream", message, "Only servers that stream can be measured.", Exit.MISSING)
        found = answer(response.readline, time.perf_counter, start, self._key)
        response.read()  # the rest, so that the connection can be used again
        return found

    def _response(self, body: str) -> tuple[float, http.client.HTTPResponse]:
        """When the request was sent, and the beginning of its answer.

        A server may close a connection that is kept open without a word; the request is sent again on a new one.
        """
        kept = self._connection is not None and self._connection.sock is not None
        connection = self._connected()
        start = time.perf_counter()
        try:
            connection.request("POST", f"{self._parts.path.rstrip('/')}/chat/completions", body, self._headers())
            return start, connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.close()
            if not kept:
                raise
            return self._response(body)

    def _connected(self) -> http.client.HTTPConnection:
        """An open connection, kept from before where the server has not closed it."""
        if self._connection is None:
            kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
            self._connection = kind(self.hostname, self._parts.port, timeout=self._silence_s)
        if self._connection.sock is None:
            self._connection.connect()
        return self._connection

    def _headers(self) -> dict[str, str]:
        key = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        return {"Content-Type": "application/json", "Accept": "text/event-stream", **key}

    def _unreachable(self, error: Exception) -> LlmselectError:
        if isinstance(error, (TimeoutError, socket.timeout)):
            message = f"{self.place} sent nothing for {self._silence_s:.0f} s"
            return RequestError("timeout", message, "Wait longer with --timeout-s.", Exit.MISSING)
        if isinstance(error, (http.client.HTTPException, ConnectionResetError, BrokenPipeError)):
            message = f"{self.place} broke off: {type(error).__name__}"
            return RequestError("broken-stream", message, "Try again.", Exit.MISSING)
        reason = without_key(str(getattr(error, "strerror", None) or error), self._key)
        message = f"{self.place} cannot be reached: {reason.lower()}"
        return LlmselectError("unreachable", message, "Is the server running, and --base-url right?", Exit.MISSING)


def _lowered(response: http.client.HTTPResponse) -> Mapping[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


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
