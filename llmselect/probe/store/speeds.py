"""What is known of the user's own speeds, in one SQLite file in the data folder: of each machine, and of hosts.

Reading is cheap: no catalogue, no pydantic. What is found damaged is named and left out, and never stops an answer.
"""

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from llmselect.errors import LlmselectError
from llmselect.estimate.own_speeds import Measurement, OwnSpeeds, ProbedRates
from llmselect.hardware.detect import Detected
from llmselect.probe.store import rows, tables
from llmselect.probe.store.file import (
    NewerFormatError,
    NotOursError,
    changing,
    connected,
    demand_ours,
    in_memory,
    make_tables,
    transaction,
    unread,
)
from llmselect.probe.store.rows import Run, UnsoundError

FILE = "measurements.sqlite"
OLD_FOLDER = "speeds"  # beside it, of versions that kept JSON
Say = Callable[[str], None]
Doomed = Callable[[ProbedRates | Measurement], bool]
Record = TypeVar("Record")
Found = TypeVar("Found")


class Stored(NamedTuple):
    """What is stored of one machine; of hosts, whose speeds are no machine's, where `hardware` is None."""

    hardware: Detected | None
    rates: tuple[ProbedRates, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    runs: tuple[Run, ...] = ()


def fingerprint(found: Detected) -> str:
    """A name for a machine: the same for the same processor, usable processors, memory (in GiB) and GPUs."""
    told = [found.cpu, found.cores, round(found.ram_gib), [[name, round(gib)] for name, gib in found.gpus]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def own_speeds(path: Path, found: Detected | None, say: Say) -> OwnSpeeds:
    """All that is stored of a machine and of hosts, the newest last; of hosts alone where no machine is named."""
    names = [None, fingerprint(found)] if found else [None]

    def read(store: sqlite3.Connection) -> OwnSpeeds:
        known = [_of(store, path, name, say) for name in names]
        return OwnSpeeds(
            tuple(row for one in known for row in one.rates), tuple(row for one in known for row in one.measurements)
        )

    return _snapshot(path, say, read, OwnSpeeds())


def of_machine(path: Path, found: Detected, say: Say) -> Stored:
    """All that is stored of a machine."""
    nothing = Stored(found)
    return _snapshot(path, say, lambda store: _of(store, path, fingerprint(found), say), nothing)._replace(
        hardware=found
    )


def every(path: Path, say: Say) -> list[Stored]:
    """All that is stored: of hosts, then of each machine."""

    def read(store: sqlite3.Connection) -> list[Stored]:
        machines = list(_sound(store, path, tables.MACHINES, _named_machine, say))
        of_machines = [_of(store, path, name, say)._replace(hardware=found) for name, found in machines]
        return [_of(store, path, None, say), *of_machines]

    nothing: list[Stored] = []
    return [one for one in _snapshot(path, say, read, nothing) if one.rates or one.measurements]


def add(path: Path, new: Stored, say: Say) -> None:
    """Put rates and measurements beside what is stored, in place of older ones of the same thing, newest last.

    All are kept or none. Raises LlmselectError (exit 5) where the file cannot be written or is of a newer version,
    and for values that are none.
    """
    machine = fingerprint(new.hardware) if new.hardware else None
    with _changing(path, say) as store:
        try:
            if machine and new.hardware:
                rows.replace(store, tables.MACHINES, rows.machine_values(machine, new.hardware))
            numbers = [rows.put(store, tables.RUNS, rows.run_values(machine, run)) for run in new.runs]
            run_no = numbers[-1] if numbers else None
            for rates in new.rates:
                rows.replace(store, tables.RATES, rows.rates_values(machine, run_no, rates))
            for measurement in new.measurements:
                rows.replace(store, tables.MEASUREMENTS, rows.measurement_values(machine, run_no, measurement))
        except UnsoundError as error:
            message = f"what was measured makes no sense: {error}"
            raise LlmselectError("bad-record", message, "Nothing was stored.") from None


def demand_writable(path: Path, say: Say) -> None:
    """Raise LlmselectError (exit 5) where nothing could be stored: better before a long measurement than after it.

    Makes no file where there is none.
    """
    nearest = next(folder for folder in path.parents if folder.exists())
    if path.exists() or not os.access(nearest, os.W_OK | os.X_OK):
        with _changing(path, say):
            pass


def forget(path: Path, doomed: Doomed | None, say: Say, found: Detected | None = None) -> int:
    """Remove rows that `doomed` names, or all, of a machine, or of all machines and hosts where none is given.

    Returns how many rows went. A damaged row, of which nothing is known, goes when all do.
    """
    if not path.exists() and not old_files(path):
        return 0
    where = "machine = :machine" if found else "1"
    values = {"machine": fingerprint(found) if found else None}
    with _changing(path, say) as store:
        gone = 0
        for table, record in ((tables.RATES, rows.rates_of), (tables.MEASUREMENTS, rows.measurement_of)):
            for row in list(rows.found(store, table, where, values)):
                if doomed is None or (row["fault"] is None and doomed(record(row))):
                    store.execute(f"DELETE FROM {table.name} WHERE {table.number} = ?", (row[0],))
                    gone += 1
        for table in (tables.MACHINES, tables.RUNS):  # those of which nothing is left
            store.execute(
                f"DELETE FROM {table.name} WHERE {where} AND NOT EXISTS (SELECT 1 FROM rates WHERE rates.machine IS "
                f"{table.name}.machine) AND NOT EXISTS (SELECT 1 FROM measurements WHERE measurements.machine IS "
                f"{table.name}.machine)",
                values,
            )
    return gone


def today() -> str:
    """The day that is written beside what is measured."""
    return date.today().isoformat()


# Reading


def _of(store: sqlite3.Connection, path: Path, machine: str | None, say: Say) -> Stored:
    """What is stored of one machine, or of hosts."""

    def of(table: tables.Table, record: Callable[[sqlite3.Row], Record]) -> tuple[Record, ...]:
        return tuple(_sound(store, path, table, record, say, "machine IS :machine", {"machine": machine}))

    return Stored(
        None,
        of(tables.RATES, rows.rates_of),
        of(tables.MEASUREMENTS, rows.measurement_of),
        of(tables.RUNS, rows.run_of),
    )


def _sound(
    store: sqlite3.Connection,
    path: Path,
    table: tables.Table,
    record: Callable[[sqlite3.Row], Record],
    say: Say,
    where: str = "1",
    values: dict[str, Any] | None = None,
) -> Iterator[Record]:
    """The records of a table's rows; a damaged one is told and left out."""
    for row in rows.found(store, table, where, values):
        try:
            if row["fault"]:
                raise UnsoundError(f"{row['fault']} is damaged")
            yield record(row)
        except UnsoundError as error:
            way_out = "`llmselect probe --forget --all` removes all rows"
            say(f"{path}: row {row[0]} of {table.name} is left out: {error}; {way_out}")


def _named_machine(row: sqlite3.Row) -> tuple[str, Detected]:
    return row["machine"], rows.machine_of(row)


def _snapshot(path: Path, say: Say, read: Callable[[sqlite3.Connection], Found], nothing: Found) -> Found:
    """What `read` finds in the store at one moment, `nothing` where there is none or it cannot be read."""
    try:
        with contextlib.closing(_opened(path, say)) as store, transaction(store, "DEFERRED"):
            return read(store) if demand_ours(store) else nothing
    except (sqlite3.Error, OSError, NewerFormatError, NotOursError) as error:
        say(unread(path, error))
        return nothing


def _opened(path: Path, say: Say) -> sqlite3.Connection:
    """The store to read from, with what older versions had kept; in memory where nothing can be written."""
    files = old_files(path)
    if not files:
        return connected(path, "rw") if path.is_file() else in_memory()
    with contextlib.suppress(LlmselectError):
        with _changing(path, say):
            pass
        return connected(path, "rw")
    from llmselect.probe.store.old_files import carry_over

    copy = in_memory()
    if path.is_file():
        with contextlib.closing(connected(path, "ro")) as store:
            store.backup(copy)
    with transaction(copy, "IMMEDIATE"):
        make_tables(copy)
        carry_over(copy, files, fingerprint, say)
    return copy


@contextlib.contextmanager
def _changing(path: Path, say: Say) -> Iterator[sqlite3.Connection]:
    """The store within one transaction, with what older versions had kept."""
    with changing(path) as store:
        files = old_files(path)
        if not files:
            yield store
            return
        from llmselect.probe.store.old_files import carry_over, rename  # few have such files, and pydantic takes time

        carried = carry_over(store, files, fingerprint, say)
        yield store
    for one in carried:
        rename(one)


def old_files(path: Path) -> list[Path]:
    """The files of older versions beside a store that are still to be carried over."""
    return sorted((path.parent / OLD_FOLDER).glob("*.json"))
