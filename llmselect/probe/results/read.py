"""A file of results, whichever program wrote it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from llmselect.errors import LlmselectError
from llmselect.files import MOST_DATA_BYTES, JsonFaultError, faulty, parse_json, read_text
from llmselect.probe.results import guidellm, llama_bench, own_records, vllm_serve
from llmselect.probe.results.row import ResultRow

MOST_REASONS = 3  # that an error names


class Format(NamedTuple):
    """A program's name, how an entry of a file is known as its, and how that becomes rows.

    An entry has parts, each with its place in the entry; a part is a row, None where it says nothing of use, or
    damaged, which is pydantic's ValidationError.
    """

    program: str
    recognised: Callable[[Any], bool]
    parts: Callable[[Any], Iterator[tuple[str, Any]]]
    row: Callable[[Any], ResultRow | None]


class Results(NamedTuple):
    """The program that wrote a file, its rows, and what was left out of it: the place and the reason."""

    program: str
    rows: list[ResultRow]
    left_out: list[str]


FORMATS = (
    Format("llama-bench", llama_bench.recognised, llama_bench.parts, llama_bench.row),
    Format("vllm bench serve", vllm_serve.recognised, vllm_serve.parts, vllm_serve.row),
    Format("GuideLLM", guidellm.recognised, guidellm.parts, guidellm.row),
    Format("llmselect", own_records.recognised, own_records.parts, own_records.row),
)
_HINT = (
    "Results of llama-bench -o json, vllm bench serve --save-result, GuideLLM and llmselect's own --json can be read."
)


def read_results(path: Path) -> Results:
    """The results in a file; raises LlmselectError where no known program wrote it or no row of it is sound."""
    entries, left_out = _entries(path)
    known = next((one for one in FORMATS if any(one.recognised(entry) for _, entry in entries)), None)
    if known is None:
        raise LlmselectError("bad-file", f"{path} holds no results that are known", _HINT)
    rows: list[ResultRow] = []
    for place, entry in entries:
        if not known.recognised(entry):
            left_out.append(f"{place}: it is no result of {known.program}")
            continue
        for inner, part in known.parts(entry):
            _take(known, part, " ".join(filter(None, (place, inner))), rows, left_out)
    if not rows and left_out:
        message = f"{path} looks like results of {known.program}, but no row of it can be used: {_first(left_out)}"
        raise LlmselectError("bad-file", message, "Run it again.")
    if not rows:
        raise LlmselectError("bad-file", f"{path} holds no test of a prompt or of generation alone", _HINT)
    return Results(known.program, rows, left_out)


def _take(known: Format, part: Any, place: str, rows: list[ResultRow], left_out: list[str]) -> None:
    """Put a part's row with the others, or the reason why it is left out."""
    try:
        found = known.row(part)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"]))
        left_out.append(": ".join(filter(None, (place, name, f"{first['msg'][:1].lower()}{first['msg'][1:]}"))))
        return
    if found is not None and not (found.decode_tok_s or found.prefill_tok_s or found.ttft_ms):
        left_out.append(f"{place}: it says no speed".removeprefix(": "))
    elif found is not None:
        rows.append(found)


def _first(reasons: list[str]) -> str:
    more = len(reasons) - MOST_REASONS
    return "; ".join(reasons[:MOST_REASONS]) + (f"; and {more} more" if more > 0 else "")


def _entries(path: Path) -> tuple[list[tuple[str, Any]], list[str]]:
    """What stands in a file, each with its place: the items of a list, one a line, or the one thing that it is.

    Lines that are no JSON are left out where another is.
    """
    text = read_text(path, "--import", most=MOST_DATA_BYTES)
    try:
        data = parse_json(text, finite=False)
    except JsonFaultError as fault:
        entries, left_out = _lines(text)
        if any(isinstance(entry, dict) for _, entry in entries):
            return entries, left_out
        raise faulty(path, "--import", f"it is no JSON: {fault}", _HINT, fault.line, fault.column) from None
    if isinstance(data, list):
        return [(f"[{number}]", entry) for number, entry in enumerate(data)], []
    return [("", data)], []


def _lines(text: str) -> tuple[list[tuple[str, Any]], list[str]]:
    """The values of a file that has one a line, and the lines that have none."""
    entries, left_out = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                entries.append((f"line {number}", parse_json(line, finite=False)))
            except JsonFaultError as fault:
                left_out.append(f"line {number}: it is no JSON: {fault}")
    return entries, left_out
