"""Imports own speeds of the first format, one JSON file per machine and one for hosts, into the store.

The files are kept under another name. A row that cannot be read is reported and skipped; it stays in its file.
"""

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, TypeAdapter, ValidationError

from llmselect.estimate.own_speeds import Measurement, ProbedRates
from llmselect.hardware.detect import Detected
from llmselect.probe.store import rows, tables
from llmselect.probe.store.rows import InvalidRowError, Run

OLD_FORMAT = 1
Say = Callable[[str], None]
_RATES, _MEASUREMENT, _RUN = TypeAdapter(ProbedRates), TypeAdapter(Measurement), TypeAdapter(Run)


class _OldHardware(BaseModel):
    ram_gib: float
    cpu: str
    cores: int
    gpus: list[tuple[str, float]]


class _OldFile(BaseModel):
    format: int
    hardware: _OldHardware | None = None
    rates: list[Any] = []
    measurements: list[Any] = []
    runs: list[Any] = []


class PendingRename(NamedTuple):
    """A file that has been read, and the ending of its new name."""

    file: Path
    ending: str


def carry_over(
    store: sqlite3.Connection, files: "list[Path]", machine_of: Callable[[Detected], str], say: Say
) -> list[PendingRename]:
    """Imports each file into the store once; rows for which the store has newer ones are skipped.

    `machine_of` gives a machine's name. Returns the files to rename after the commit; files of a newer format are
    left alone.
    """
    done = []
    for file in files:
        try:
            raw = file.read_bytes()
        except FileNotFoundError:  # another process was faster
            continue
        except OSError as error:
            say(f"{file} cannot be read: {(error.strerror or str(error)).lower()}; the speeds in it are not used")
            continue
        try:
            content = _OldFile.model_validate_json(raw)
        except ValidationError:
            say(f"{file} is damaged and not used; it is kept as {file.stem}.damaged")
            done.append(PendingRename(file, "damaged"))
            continue
        if content.format > OLD_FORMAT:
            say(f"{file} is from a newer llmselect and is not read; update llmselect to use it")
            continue
        if _is_new(store, file, raw):
            _carry_file(store, file, content, machine_of, say)
        done.append(PendingRename(file, "carried-over"))
    return done


def rename(renaming: PendingRename) -> None:
    """Renames a file, if possible, so that it is not read again."""
    file, ending = renaming
    target, number = file.with_name(f"{file.stem}.{ending}"), 2
    while target.exists():
        target, number = file.with_name(f"{file.stem}.{ending}-{number}"), number + 1
    with contextlib.suppress(OSError):
        os.rename(file, target)


def _is_new(store: sqlite3.Connection, file: Path, raw: bytes) -> bool:
    """Whether this content of a file is new; records it as imported."""
    values = {"file": file.name, "sha256": hashlib.sha256(raw).hexdigest()}
    known = store.execute("SELECT 1 FROM carried_over WHERE file = :file AND sha256 = :sha256", values).fetchone()
    if known is None:
        rows.insert_row(store, tables.CARRIED_OVER, values)
    return known is None


def _carry_file(
    store: sqlite3.Connection, file: Path, content: _OldFile, machine_of: Callable[[Detected], str], say: Say
) -> None:
    machine = None
    if content.hardware:
        hardware = content.hardware
        found = Detected(hardware.ram_gib, hardware.cpu, hardware.cores, tuple(hardware.gpus))
        machine = machine_of(found)
        rows.insert_if_new(store, tables.MACHINES, rows.machine_values(machine, found))
    for position, row in _rows_with_positions(content):
        try:
            _insert(store, machine, position, row)
        except (InvalidRowError, ValidationError) as error:
            say(f"{file}: {position} is damaged and left out: {_reason_and_hint(error)}")


def _rows_with_positions(content: _OldFile) -> Iterator[tuple[str, Any]]:
    """Each row with its position in the file, such as `rates[0]`."""
    for name in ("runs", "rates", "measurements"):
        for number, row in enumerate(getattr(content, name)):
            yield f"{name}[{number}]", row


def _insert(store: sqlite3.Connection, machine: str | None, position: str, row: Any) -> None:
    text = json.dumps(row)
    if position.startswith("runs"):
        rows.insert_row(store, tables.RUNS, rows.run_values(machine, _RUN.validate_json(text, strict=True)))
    elif position.startswith("rates"):
        rates = _RATES.validate_json(text, strict=True)
        rows.insert_if_new(store, tables.RATES, rows.rates_values(machine, None, rates))
    else:
        measurement = _MEASUREMENT.validate_json(text, strict=True)
        rows.insert_if_new(store, tables.MEASUREMENTS, rows.measurement_values(machine, None, measurement))


def _reason_and_hint(error: InvalidRowError | ValidationError) -> str:
    if isinstance(error, InvalidRowError):
        return str(error)
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}".lower()
