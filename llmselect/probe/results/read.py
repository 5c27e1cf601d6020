"""A file of results, whichever program wrote it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from llmselect.errors import LlmselectError
from llmselect.probe.results import guidellm, llama_bench, vllm_serve
from llmselect.probe.results.row import ResultRow

MOST_BYTES = 200_000_000


class Format(NamedTuple):
    """A program's name, how its results are known, and how they are read."""

    program: str
    recognised: Callable[[Any], bool]
    rows: Callable[[Any], Iterator[ResultRow]]


FORMATS = (
    Format("llama-bench", llama_bench.recognised, llama_bench.rows),
    Format("vllm bench serve", vllm_serve.recognised, vllm_serve.rows),
    Format("GuideLLM", guidellm.recognised, guidellm.rows),
)
_HINT = "Results of llama-bench -o json, vllm bench serve --save-result and GuideLLM can be read."


def read_results(path: Path) -> tuple[str, list[ResultRow]]:
    """The program that wrote a file, and its rows; raises LlmselectError for what no known one wrote."""
    data = _data(path)
    known = next((one for one in FORMATS if one.recognised(data)), None)
    if known is None:
        raise LlmselectError("bad-file", f"{path} holds no results that are known", _HINT)
    try:
        found = list(known.rows(data))
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError, OverflowError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        message = f"{path} looks like results of {known.program}, but is damaged: {what}"
        raise LlmselectError("bad-file", message, "Run it again.") from error
    if not found:
        raise LlmselectError("bad-file", f"{path} holds no test of a prompt or of generation alone", _HINT)
    return known.program, found


def _data(path: Path) -> Any:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise LlmselectError("bad-file", f"{path} has more than {MOST_BYTES:,} bytes", _HINT)
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "") if isinstance(error, OSError) else "it is not UTF-8"
        raise LlmselectError("bad-file", f"{path} cannot be read: {reason.lower()}", "Check its path.") from error
    try:
        return json.loads(text)
    except RecursionError:
        raise LlmselectError("bad-file", f"{path} is no such file", _HINT) from None
    except ValueError as error:
        if (lines := _lines(text)) is not None:
            return lines
        raise LlmselectError("bad-file", f"{path} is no JSON: {error}", _HINT) from error


def _lines(text: str) -> list[Any] | None:
    """The objects of a file that has one a line; None where it has not."""
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
