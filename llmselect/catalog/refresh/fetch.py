"""Getting a price file: from a path, or from an address when the user asked for it by name."""

import urllib.error
import urllib.request
from pathlib import Path

from llmselect.catalog.refresh.pricefile import MAX_BYTES
from llmselect.errors import Exit, LlmselectError

LITELLM_URL = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
TIMEOUT_S = 30
_OFFLINE_HINT = "Download the file elsewhere and name it: --from FILE. Nothing was changed."


def read(place: str) -> bytes:
    """The bytes of a file or an http(s) address; raises LlmselectError (exit 5) when it cannot be had."""
    if place.startswith(("http://", "https://")):
        return _download(place)
    try:
        path = Path(place)
        if path.stat().st_size > MAX_BYTES:
            raise LlmselectError("too-large", f"{place} has more than {MAX_BYTES:,} bytes", "Check the file.")
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        message = f"{place} cannot be read: {reason}"
        raise LlmselectError("unreadable-file", message, "Check its path.", Exit.MISSING) from None


def _download(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
            content: bytes = answer.read(MAX_BYTES + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise LlmselectError("unreachable", f"{url} cannot be fetched: {reason}", _OFFLINE_HINT, Exit.MISSING) from None
    if len(content) > MAX_BYTES:
        raise LlmselectError("too-large", f"{url} sends more than {MAX_BYTES:,} bytes", _OFFLINE_HINT)
    return content
