"""Reads a file of results, whichever of the known programs wrote it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from llmselect.errors import LlmselectError
from llmselect.files import MAX_DATA_BYTES, JsonFaultError, faulty, parse_json, read_text
from llmselect.probe.results import guidellm, llama_bench, own_records, vllm_serve
from llmselect.probe.results.row import ResultRow

MAX_REASONS = 3  # named in an error message


class Format(NamedTuple):
    """A program's name, a test whether an entry of a file is its, and functions that turn an entry into rows.

    `parts` yields the parts of an entry with their positions in it. `row` turns a part into a row, or None if it has
    nothing of use; it raises pydantic's ValidationError if the part is malformed.
    """

    program: str
    recognises: Callable[[Any], bool]
    parts: Callable[[Any], Iterator[tuple[str, Any]]]
    row: Callable[[Any], ResultRow | None]


class Results(NamedTuple):
    """The program that wrote a file, its rows, and the skipped parts, each with position and reason."""

    program: str
    rows: list[ResultRow]
    left_out: list[str]


FORMATS = (
    Format("llama-bench", llama_bench.recognises, llama_bench.parts, llama_bench.row),
    Format("vllm bench serve", vllm_serve.recognises, vllm_serve.parts, vllm_serve.row),
    Format("GuideLLM", guidellm.recognises, guidellm.parts, guidellm.row),
    Format("llmselect", own_records.recognises, own_records.parts, own_records.row),
)
_HINT = (
    "Results of llama-bench -o json, vllm bench serve --save-result, GuideLLM and llmselect's own --json can be read."
)


def read_results(path: Path) -> Results:
    """The results in a file; raises LlmselectError if no known program wrote it or none of its rows is valid."""
    entries, left_out = _entries(path)
    reader = next((one for one in FORMATS if any(one.recognises(entry) for _, entry in entries)), None)
    if reader is None:
        raise LlmselectError("bad-file", f"{path} holds no results that are known", _HINT)
    rows: list[ResultRow] = []
    for position, entry in entries:
        if not reader.recognises(entry):
            left_out.append(f"{position}: it is no result of {reader.program}")
            continue
        for inner, part in reader.parts(entry):
            _add_row(reader, part, " ".join(filter(None, (position, inner))), rows, left_out)
    if not rows and left_out:
        message = f"{path} looks like results of {reader.program}, but no row of it can be used: {_shortened(left_out)}"
        raise LlmselectError("bad-file", message, "Run it again.")
    if not rows:
        raise LlmselectError("bad-file", f"{path} holds no test of a prompt or of generation alone", _HINT)
    return Results(reader.program, rows, left_out)


def _add_row(reader: Format, part: Any, position: str, rows: list[ResultRow], left_out: list[str]) -> None:
    """Appends a part's row to `rows`, or the reason why it is skipped to `left_out`."""
    try:
        found = reader.row(part)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"]))
        left_out.append(": ".join(filter(None, (position, name, f"{first['msg'][:1].lower()}{first['msg'][1:]}"))))
        return
    if found is not None and not (found.decode_tok_s or found.prefill_tok_s or found.ttft_ms):
        left_out.append(f"{position}: it says no speed".removeprefix(": "))
    elif found is not None:
        rows.append(found)


def _shortened(reasons: list[str]) -> str:
    more = len(reasons) - MAX_REASONS
    return "; ".join(reasons[:MAX_REASONS]) + (f"; and {more} more" if more > 0 else "")


def _entries(path: Path) -> tuple[list[tuple[str, Any]], list[str]]:
    """The entries of a file with their positions: the items of a list, one JSON value per line, or the only value.

    Lines that are not JSON are skipped if another line is.
    """
    text = read_text(path, "--import", most=MAX_DATA_BYTES)
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
    """The values of a file with one JSON value per line, and the faults of the other lines."""
    entries, left_out = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                entries.append((f"line {number}", parse_json(line, finite=False)))
            except JsonFaultError as fault:
                left_out.append(f"line {number}: it is no JSON: {fault}")
    return entries, left_out
