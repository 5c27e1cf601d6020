"""Getting a price file: from a path, or from an address when the user asked for it by name."""

from urllib.parse import urlsplit

from llmselect.catalog.refresh.pricefile import MAX_BYTES
from llmselect.errors import Exit, LlmselectError
from llmselect.files import read_bytes
from llmselect.network import Limits, TooLargeError, download, reason

LITELLM_URL = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
SILENCE_S = 20.0  # the longest wait for the next bytes
DEADLINE_S = 120.0  # the longest wait for all of them
_OFFLINE_HINT = "Download the file elsewhere and name it: --from FILE. Nothing was changed."


def read(place: str) -> bytes:
    """The bytes of a file or an http(s) address; raises LlmselectError (exit 5) when it cannot be had."""
    if place.startswith(("http://", "https://")):
        return _download(place)
    return read_bytes(place, most=MAX_BYTES, exit=Exit.MISSING)


def without_secrets(url: str) -> str:
    """An address as it may be shown and stored: without a user, a password, a query or a fragment."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def shown(place: str) -> str:
    """A path, or an address without what may be secret in it."""
    try:
        return without_secrets(place) if place.startswith(("http://", "https://")) else place
    except ValueError:
        return "the address"


def _download(url: str) -> bytes:
    import httpx  # here, because a file at hand needs no network

    limits = Limits(SILENCE_S, DEADLINE_S, MAX_BYTES)
    try:
        urlsplit(url).port  # noqa: B018 (raises ValueError for a port that is none)
        return download(url, limits)
    except TooLargeError:
        message = f"{shown(url)} sends more than {MAX_BYTES:,} bytes"
        raise LlmselectError("too-large", message, _OFFLINE_HINT, Exit.MISSING) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        message = f"{shown(url)} cannot be fetched: {reason(error, limits).replace(url, shown(url))}"
        raise LlmselectError("unreachable", message, _OFFLINE_HINT, Exit.MISSING) from None
