"""A file of results, whichever program wrote it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from llmselect.errors import LlmselectError
from llmselect.files import MOST_DATA_BYTES, JsonFaultError, faulty, parse_json, read_text
from llmselect.probe.results import guidellm, llama_bench, vllm_serve
from llmselect.probe.results.row import ResultRow


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
    text = read_text(path, "--import", most=MOST_DATA_BYTES)
    try:
        return parse_json(text, finite=False)
    except JsonFaultError as fault:
        if (lines := _lines(text)) is not None:
            return lines
        raise faulty(path, "--import", f"it is no JSON: {fault}", _HINT, fault.line, fault.column) from None


def _lines(text: str) -> list[Any] | None:
    """The objects of a file that has one a line; None where it has not."""
    try:
        return [parse_json(line, finite=False) for line in text.splitlines() if line.strip()]
    except JsonFaultError:
        return None
