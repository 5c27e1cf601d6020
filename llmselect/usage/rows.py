"""Streams the rows of a log file of any size: JSON lines, CSV, or one JSON document."""

import csv
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from llmselect.errors import LlmselectError
from llmselect.files import MAX_DATA_BYTES, JsonFaultError, faulty, open_text, parse_json

_HINT = "Name a file of JSON lines or CSV with one request a row; docs/cost.md shows which fields are read."
MAX_LETTERS = 4_000_000  # of one line
Progress = Callable[[float], None]  # gets the share of the file that was read
_EVERY = 50_000  # lines between two progress reports

Row = dict[str, Any]


def rows_of(path: Path, progress: Progress = lambda share: None) -> tuple[str, Iterator[tuple[int, Row | str]]]:
    """A file's format and its rows as (line, row), with a reason instead of each row that cannot be read.

    Raises LlmselectError if the file cannot be opened or has none of the formats.
    """
    file = open_text(path, "--usage", _HINT)
    size = os.fstat(file.fileno()).st_size
    first = file.read(MAX_LETTERS).lstrip()[:1]
    file.seek(0)
    if not first:
        file.close()
        raise _bad(path, "is empty")
    if first in "{[":
        name, rows = (
            ("JSON", _document(file, path, size)) if _is_document(file, first) else ("JSON lines", _lines(file))
        )
    else:
        name, rows = "CSV", _table(file, path)
    return name, _with_progress(rows, file, size, progress)


def _bad(path: Path, why: str) -> LlmselectError:
    return LlmselectError("bad-usage", f"--usage: {path} {why}", _HINT)


def _with_progress(
    rows: Iterator[tuple[int, Row | str]], file: TextIO, size: int, progress: Progress
) -> Iterator[tuple[int, Row | str]]:
    with file:
        for number, row in enumerate(rows):
            if number % _EVERY == 0 and size:
                progress(min(1.0, file.buffer.tell() / size))
            yield row


def _is_document(file: TextIO, first: str) -> bool:
    """Whether a file is one JSON document rather than one row per line, judging by its first lines."""
    file.seek(0)
    line, following = file.readline(MAX_LETTERS), file.readline(MAX_LETTERS)
    file.seek(0)
    if first == "[":
        return True
    try:
        record = parse_json(line)
    except JsonFaultError:
        return bool(following) and following[:1] != "{"
    return isinstance(record, dict) and isinstance(record.get("data"), list)


def _lines(file: TextIO) -> Iterator[tuple[int, Row | str]]:
    number = 0
    while line := file.readline(MAX_LETTERS):
        number += 1
        if len(line) == MAX_LETTERS and line[-1] != "\n":
            while len(line) == MAX_LETTERS and line[-1] != "\n":
                line = file.readline(MAX_LETTERS)
            yield number, "a line too long"
            continue
        if line.isspace():
            continue
        try:
            row = parse_json(line)
        except JsonFaultError:
            row = "no valid JSON"
        yield number, row if isinstance(row, (dict, str)) and row != "" else "no JSON object"


def _document(file: TextIO, path: Path, size: int) -> Iterator[tuple[int, Row | str]]:
    """The rows of a list, or of the list under `data`, numbered by their position."""
    if size > MAX_DATA_BYTES:
        raise _bad(path, "is one JSON document, too large to be read whole; write it in JSON lines")
    try:
        record = parse_json(file.read())
    except JsonFaultError as fault:
        raise faulty(path, "--usage", f"no valid JSON: {fault}", _HINT, fault.line, fault.column) from None
    rows = record.get("data", [record]) if isinstance(record, dict) else record
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        yield number, row if isinstance(row, dict) else "no JSON object"


def _table(file: TextIO, path: Path) -> Iterator[tuple[int, Row | str]]:
    csv.field_size_limit(MAX_LETTERS)
    reader = csv.reader(file)
    try:
        names = next(reader)
        if len(names) < 2:
            raise _bad(path, "is neither JSON nor CSV with named columns")
        width = len(names)
        while True:
            try:
                cells = next(reader)
            except csv.Error:
                yield reader.line_num, "no valid CSV"
                continue
            if cells:
                row: Row | str = (
                    dict(zip(names, cells, strict=True)) if len(cells) == width else "another number of cells"
                )
                yield reader.line_num, row
    except StopIteration:
        return
