"""The user's own speeds, of each machine and of hosts, in one SQLite file in the data folder.

Reading needs neither the catalogue nor pydantic. Damaged rows are reported and skipped, and never stop an answer.
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
    connect,
    has_our_tables,
    make_tables,
    memory_store,
    transaction,
    unreadable_message,
    write_transaction,
)
from llmselect.probe.store.rows import InvalidRowError, Run

FILE = "measurements.sqlite"
OLD_FOLDER = "speeds"  # beside it, of versions that kept JSON
Say = Callable[[str], None]
Predicate = Callable[[ProbedRates | Measurement], bool]
Record = TypeVar("Record")
Found = TypeVar("Found")


class StoredSpeeds(NamedTuple):
    """The stored speeds of one machine, or of hosts if `hardware` is None."""

    hardware: Detected | None
    rates: tuple[ProbedRates, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    runs: tuple[Run, ...] = ()


def fingerprint(found: Detected) -> str:
    """A machine's name, which depends on its processor, usable cores, memory in GiB and GPUs."""
    parts = [found.cpu, found.cores, round(found.ram_gib), [[name, round(gib)] for name, gib in found.gpus]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def own_speeds(path: Path, found: Detected | None, say: Say) -> OwnSpeeds:
    """The stored speeds of hosts and of a machine, if one is given; newest last."""
    names = [None, fingerprint(found)] if found else [None]

    def read(store: sqlite3.Connection) -> OwnSpeeds:
        known = [_stored_for(store, path, name, say) for name in names]
        return OwnSpeeds(
            tuple(row for one in known for row in one.rates), tuple(row for one in known for row in one.measurements)
        )

    return _snapshot(path, say, read, OwnSpeeds())


def stored_for_machine(path: Path, found: Detected, say: Say) -> StoredSpeeds:
    """The stored speeds of a machine."""
    nothing = StoredSpeeds(found)
    return _snapshot(path, say, lambda store: _stored_for(store, path, fingerprint(found), say), nothing)._replace(
        hardware=found
    )


def all_stored(path: Path, say: Say) -> list[StoredSpeeds]:
    """All stored speeds: of hosts, then of each machine."""

    def read(store: sqlite3.Connection) -> list[StoredSpeeds]:
        machines = list(_valid_records(store, path, tables.MACHINES, _named_machine, say))
        of_machines = [_stored_for(store, path, name, say)._replace(hardware=found) for name, found in machines]
        return [_stored_for(store, path, None, say), *of_machines]

    nothing: list[StoredSpeeds] = []
    return [one for one in _snapshot(path, say, read, nothing) if one.rates or one.measurements]


def add(path: Path, new: StoredSpeeds, say: Say) -> None:
    """Adds rates and measurements, replacing older ones with the same key, all in one transaction.

    Raises LlmselectError (exit 5) if the file cannot be written or is of a newer version, and for invalid values.
    """
    machine = fingerprint(new.hardware) if new.hardware else None
    with _write_transaction(path, say) as store:
        try:
            if machine and new.hardware:
                rows.insert_newest(store, tables.MACHINES, rows.machine_values(machine, new.hardware))
            numbers = [rows.insert_row(store, tables.RUNS, rows.run_values(machine, run)) for run in new.runs]
            run_no = numbers[-1] if numbers else None
            for rates in new.rates:
                rows.insert_newest(store, tables.RATES, rows.rates_values(machine, run_no, rates))
            for measurement in new.measurements:
                rows.insert_newest(store, tables.MEASUREMENTS, rows.measurement_values(machine, run_no, measurement))
        except InvalidRowError as error:
            message = f"what was measured makes no sense: {error}"
            raise LlmselectError("bad-record", message, "Nothing was stored.") from None


def require_writable(path: Path, say: Say) -> None:
    """Raises LlmselectError (exit 5) if nothing could be stored, so that a long measurement does not even start.

    Does not create the file.
    """
    nearest = next(folder for folder in path.parents if folder.exists())
    if path.exists() or not os.access(nearest, os.W_OK | os.X_OK):
        with _write_transaction(path, say):
            pass


def forget(path: Path, condition: Predicate | None, say: Say, found: Detected | None = None) -> int:
    """Deletes rows for which `condition` holds, or all rows, of a machine, or of all machines and hosts if None.

    Returns the number of deleted rows. A damaged row is deleted only if `condition` is None.
    """
    if not path.exists() and not old_files(path):
        return 0
    where = "machine = :machine" if found else "1"
    values = {"machine": fingerprint(found) if found else None}
    with _write_transaction(path, say) as store:
        gone = 0
        for table, record in ((tables.RATES, rows.rates_of), (tables.MEASUREMENTS, rows.measurement_of)):
            for row in list(rows.select_rows(store, table, where, values)):
                if condition is None or (row["fault"] is None and condition(record(row))):
                    store.execute(f"DELETE FROM {table.name} WHERE {table.number} = ?", (row[0],))
                    gone += 1
        for table in (tables.MACHINES, tables.RUNS):  # those without any rates or measurements left
            store.execute(
                f"DELETE FROM {table.name} WHERE {where} AND NOT EXISTS (SELECT 1 FROM rates WHERE rates.machine IS "
                f"{table.name}.machine) AND NOT EXISTS (SELECT 1 FROM measurements WHERE measurements.machine IS "
                f"{table.name}.machine)",
                values,
            )
    return gone


def today() -> str:
    """Today's date, which is stored with measurements."""
    return date.today().isoformat()


# Reading


def _stored_for(store: sqlite3.Connection, path: Path, machine: str | None, say: Say) -> StoredSpeeds:
    """The stored speeds of one machine, or of hosts."""

    def of(table: tables.Table, record: Callable[[sqlite3.Row], Record]) -> tuple[Record, ...]:
        return tuple(_valid_records(store, path, table, record, say, "machine IS :machine", {"machine": machine}))

    return StoredSpeeds(
        None,
        of(tables.RATES, rows.rates_of),
        of(tables.MEASUREMENTS, rows.measurement_of),
        of(tables.RUNS, rows.run_of),
    )


def _valid_records(
    store: sqlite3.Connection,
    path: Path,
    table: tables.Table,
    record: Callable[[sqlite3.Row], Record],
    say: Say,
    where: str = "1",
    values: dict[str, Any] | None = None,
) -> Iterator[Record]:
    """The records of a table's rows; damaged ones are reported and skipped."""
    for row in rows.select_rows(store, table, where, values):
        try:
            if row["fault"]:
                raise InvalidRowError(f"{row['fault']} is damaged")
            yield record(row)
        except InvalidRowError as error:
            hint = "`llmselect probe --forget --all` removes all rows"
            say(f"{path}: row {row[0]} of {table.name} is left out: {error}; {hint}")


def _named_machine(row: sqlite3.Row) -> tuple[str, Detected]:
    return row["machine"], rows.machine_of(row)


def _snapshot(path: Path, say: Say, read: Callable[[sqlite3.Connection], Found], nothing: Found) -> Found:
    """What `read` returns from one snapshot of the store; `nothing` if the store is missing or unreadable."""
    try:
        with contextlib.closing(_open_for_reading(path, say)) as store, transaction(store, "DEFERRED"):
            return read(store) if has_our_tables(store) else nothing
    except (sqlite3.Error, OSError, NewerFormatError, NotOursError) as error:
        say(unreadable_message(path, error))
        return nothing


def _open_for_reading(path: Path, say: Say) -> sqlite3.Connection:
    """The store for reading, after importing old files; an in-memory copy if it cannot be written."""
    files = old_files(path)
    if not files:
        return connect(path, "rw") if path.is_file() else memory_store()
    with contextlib.suppress(LlmselectError):
        with _write_transaction(path, say):
            pass
        return connect(path, "rw")
    from llmselect.probe.store.old_files import carry_over

    copy = memory_store()
    if path.is_file():
        with contextlib.closing(connect(path, "ro")) as store:
            store.backup(copy)
    with transaction(copy, "IMMEDIATE"):
        make_tables(copy)
        carry_over(copy, files, fingerprint, say)
    return copy


@contextlib.contextmanager
def _write_transaction(path: Path, say: Say) -> Iterator[sqlite3.Connection]:
    """The store within one write transaction, after importing old files."""
    with write_transaction(path) as store:
        files = old_files(path)
        if not files:
            yield store
            return
        from llmselect.probe.store.old_files import (  # few have such files, and pydantic is slow to import
            carry_over,
            rename,
        )

        carried = carry_over(store, files, fingerprint, say)
        yield store
    for one in carried:
        rename(one)


def old_files(path: Path) -> list[Path]:
    """The files of older versions next to a store that are still to be imported."""
    return sorted((path.parent / OLD_FOLDER).glob("*.json"))
