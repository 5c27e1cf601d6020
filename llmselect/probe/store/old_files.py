"""Own speeds of the first format, a JSON file for each machine and one for hosts, carried over into the store.

The files are kept, under another name. A row that cannot be read is named and left out; it stays in its file.
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
from llmselect.probe.store.rows import Run, UnsoundError

OLD_FORMAT = 1
Say = Callable[[str], None]
_RATES, _MEASUREMENT, _RUN = TypeAdapter(ProbedRates), TypeAdapter(Measurement), TypeAdapter(Run)


class _Hardware(BaseModel):
    ram_gib: float
    cpu: str
    cores: int
    gpus: list[tuple[str, float]]


class _Content(BaseModel):
    format: int
    hardware: _Hardware | None = None
    rates: list[Any] = []
    measurements: list[Any] = []
    runs: list[Any] = []


class Renaming(NamedTuple):
    """A file that has been read, and the word that its new name ends in."""

    file: Path
    ending: str


def carry_over(
    store: sqlite3.Connection, files: "list[Path]", machine_of: Callable[[Detected], str], say: Say
) -> list[Renaming]:
    """Put what files hold into the store, where it has nothing newer, and each file once.

    `machine_of` is the name of a machine. Returns the files to rename when that is kept; those of a version that
    this one does not know are left alone.
    """
    done = []
    for file in files:
        try:
            raw = file.read_bytes()
        except FileNotFoundError:  # another process has been quicker
            continue
        except OSError as error:
            say(f"{file} cannot be read: {(error.strerror or str(error)).lower()}; the speeds in it are not used")
            continue
        try:
            content = _Content.model_validate_json(raw)
        except ValidationError:
            say(f"{file} is damaged and not used; it is kept as {file.stem}.damaged")
            done.append(Renaming(file, "damaged"))
            continue
        if content.format > OLD_FORMAT:
            say(f"{file} is from a newer llmselect and is not read; update llmselect to use it")
            continue
        if _is_new(store, file, raw):
            _carry(store, file, content, machine_of, say)
        done.append(Renaming(file, "carried-over"))
    return done


def rename(renaming: Renaming) -> None:
    """Give a file another name, where that can be; it is not read again."""
    file, ending = renaming
    place, number = file.with_name(f"{file.stem}.{ending}"), 2
    while place.exists():
        place, number = file.with_name(f"{file.stem}.{ending}-{number}"), number + 1
    with contextlib.suppress(OSError):
        os.rename(file, place)


def _is_new(store: sqlite3.Connection, file: Path, raw: bytes) -> bool:
    """Whether this content of a file is carried over now for the first time."""
    values = {"file": file.name, "sha256": hashlib.sha256(raw).hexdigest()}
    known = store.execute("SELECT 1 FROM carried_over WHERE file = :file AND sha256 = :sha256", values).fetchone()
    if known is None:
        rows.put(store, tables.CARRIED_OVER, values)
    return known is None


def _carry(
    store: sqlite3.Connection, file: Path, content: _Content, machine_of: Callable[[Detected], str], say: Say
) -> None:
    machine = None
    if content.hardware:
        told = content.hardware
        found = Detected(told.ram_gib, told.cpu, told.cores, tuple(told.gpus))
        machine = machine_of(found)
        rows.put_new(store, tables.MACHINES, rows.machine_values(machine, found))
    for place, row in _places(content):
        try:
            _put(store, machine, place, row)
        except (UnsoundError, ValidationError) as error:
            say(f"{file}: {place} is damaged and left out: {_words(error)}")


def _places(content: _Content) -> Iterator[tuple[str, Any]]:
    """Each row with its place in the file."""
    for name in ("runs", "rates", "measurements"):
        for number, row in enumerate(getattr(content, name)):
            yield f"{name}[{number}]", row


def _put(store: sqlite3.Connection, machine: str | None, place: str, row: Any) -> None:
    text = json.dumps(row)
    if place.startswith("runs"):
        rows.put(store, tables.RUNS, rows.run_values(machine, _RUN.validate_json(text, strict=True)))
    elif place.startswith("rates"):
        rates = _RATES.validate_json(text, strict=True)
        rows.put_new(store, tables.RATES, rows.rates_values(machine, None, rates))
    else:
        measurement = _MEASUREMENT.validate_json(text, strict=True)
        rows.put_new(store, tables.MEASUREMENTS, rows.measurement_values(machine, None, measurement))


def _words(error: UnsoundError | ValidationError) -> str:
    if isinstance(error, UnsoundError):
        return str(error)
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}".lower()
