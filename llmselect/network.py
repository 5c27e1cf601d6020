"""The one door to the network: HTTP with limits on silence, on the whole time and on size.

Nothing is sent unless a user asked for it by name. Proxies are those of the environment. httpx is imported where it is
used, because most commands never reach the network.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import httpx


class Limits(NamedTuple):
    """The longest wait for the next bytes and for all of them, in seconds, and the most bytes of an answer."""

    silence_s: float
    deadline_s: float
    most_bytes: int


class TooLargeError(OSError):
    """An answer has more bytes than it may have."""


class DeadlineError(TimeoutError):
    """An answer took longer than it may take."""


def new_client(limits: Limits, **settings: Any) -> "httpx.AsyncClient":
    """A client that keeps connections open; the caller closes it with `aclose`."""
    import httpx

    return httpx.AsyncClient(timeout=httpx.Timeout(limits.silence_s), **settings)


@asynccontextmanager
async def response(
    client: "httpx.AsyncClient", method: str, url: str, limits: Limits, **request: Any
) -> AsyncIterator["httpx.Response"]:
    """One answer, its body not read yet.

    Raises DeadlineError and TooLargeError past the limits, and what httpx raises: `httpx.HTTPError`, `InvalidURL`.
    """
    try:
        async with asyncio.timeout(limits.deadline_s), client.stream(method, url, **request) as answer:
            answer.stream = _bounded(answer.stream, limits.most_bytes)
            yield answer
    except TimeoutError:
        raise DeadlineError(f"it took longer than {limits.deadline_s:g} s") from None


def download(url: str, limits: Limits) -> bytes:
    """All of a file at an http(s) address, redirections followed.

    Raises as `response`, and `httpx.HTTPStatusError` for a status of no success.
    """

    async def fetched() -> bytes:
        async with new_client(limits, follow_redirects=True) as client, response(client, "GET", url, limits) as answer:
            answer.raise_for_status()
            content = bytearray()
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > limits.most_bytes:  # what is sent compressed is small until here
                    raise TooLargeError(f"more than {limits.most_bytes:,} bytes")
            return bytes(content)

    return asyncio.run(fetched())


def reason(error: Exception, limits: Limits) -> str:
    """Why there is no answer, in words without the address: the system's own where it gave some."""
    import httpx

    if isinstance(error, httpx.HTTPStatusError):
        return f"it answers with status {error.response.status_code}"
    if isinstance(error, httpx.TimeoutException):
        return f"it sent nothing for {limits.silence_s:g} s"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"it broke off: {error}" if str(error) else "it broke off"
    return _system_words(error) or str(error) or type(error).__name__


def _system_words(error: BaseException | None) -> str:
    """What the operating system said first, in the chain of errors that led to one."""
    found = ""
    while error is not None:
        if isinstance(error, OSError) and error.errno:
            found = os.strerror(error.errno).lower()
        inner = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else None
        error = inner or error.__cause__ or error.__context__
    return found


def _bounded(stream: Any, most_bytes: int) -> "httpx.AsyncByteStream":
    """A stream that ends with an error where it has more bytes than it may have."""
    import httpx

    class Bounded(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            left = most_bytes
            async for part in stream:
                left -= len(part)
                if left < 0:
                    raise TooLargeError(f"more than {most_bytes:,} bytes")
                yield part

        async def aclose(self) -> None:
            await stream.aclose()

    return Bounded()
