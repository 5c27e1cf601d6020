"""Errors of a server, in messages that never contain the key."""

import json
import re
from collections.abc import Mapping

from llmselect.errors import Exit, LlmselectError
from llmselect.redact import keep_secret, redacted

MAX_TEXT = 300
_KEY_LIKE = re.compile(r"\b(?:sk|gsk|xai|pk|rk|key|Bearer|AIza)[-_ ]?[A-Za-z0-9*_\-.]{6,}")


class RequestError(LlmselectError):
    """A request failed, but another one may succeed."""


class LimitedError(RequestError):
    """The server limits the rate and asks for a pause of `after_s` seconds, None if it does not say how long."""

    def __init__(self, after_s: float | None, message: str) -> None:
        super().__init__("rate-limited", message, "Wait, or ask for fewer requests with --runs.", Exit.MISSING)
        self.after_s = after_s


def without_key(text: str, key: str | None) -> str:
    """A server's message on one line, without the key and anything that looks like one."""
    if key:
        keep_secret(key)
    return " ".join(_KEY_LIKE.sub("[key]", redacted(text)).split())[:MAX_TEXT]


def http_error(status: int, headers: Mapping[str, str], body: str, key: str | None, address: str) -> LlmselectError:
    """The error for a response with a status other than 200; `address` must contain no secrets."""
    message = without_key(_message(body), key)
    because = f": {message}" if message else ""
    if status in (401, 403):  # servers repeat parts of the key here
        hint = "Set the variable that --key-env names to a key of this server."
        return LlmselectError("refused-key", f"{address} does not accept the key ({status})", hint, Exit.MISSING)
    if status == 429:
        return LimitedError(pause_s(headers), f"{address} limits the rate (429){because}")
    if status == 404:
        hint = "--base-url usually ends with /v1, and --model is the name that the server uses."
        return LlmselectError("not-found", f"{address} knows no such model or path (404){because}", hint, Exit.MISSING)
    if status >= 500:
        return RequestError("server-error", f"{address} failed ({status}){because}", "Try again later.", Exit.MISSING)
    hint = "Check --base-url and --model."
    return LlmselectError("refused", f"{address} refused the request ({status}){because}", hint, Exit.MISSING)


def pause_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that a response asks to wait: `retry-after-ms`, or `retry-after` in seconds."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name, "")
        if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
            return float(text) * unit
    return None


def _message(body: str) -> str:
    """The message of an error object, or the whole body if it is not one."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return "" if "<html" in body.lower() else body
    inner = found.get("error", found) if isinstance(found, dict) else found
    return str(inner.get("message", "")) if isinstance(inner, dict) else str(inner)
