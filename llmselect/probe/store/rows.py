"""Converts records of own speeds to rows of the tables and back."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from llmselect.estimate.own_speeds import DeviceRates, Measurement, ProbedRates
from llmselect.hardware.detect import Detected
from llmselect.probe.store import tables
from llmselect.probe.store.tables import Table

INTERVALS = ("decode_tok_s", "prefill_tok_s", "ttft_ms")


class Run(NamedTuple):
    """The run behind stored values: command, runtime, build, package versions, disturbances, duration and day."""

    command: str
    runtime: str
    build: str
    versions: dict[str, str]
    disturbances: str
    seconds: float
    on: str


class InvalidRowError(ValueError):
    """A row violates a condition of its table; the message says which."""


def insert_row(store: sqlite3.Connection, table: Table, values: Mapping[str, Any]) -> int:
    """Adds a row, given as values by column, and returns its number; raises InvalidRowError for invalid values."""
    try:
        number = store.execute(tables.insert(table), values).lastrowid
    except sqlite3.IntegrityError as error:
        name = str(error).rpartition(": ")[2]
        raise InvalidRowError(f"{name} cannot be {_shown(values.get(name))}") from None
    except (OverflowError, UnicodeEncodeError) as error:
        raise InvalidRowError(str(error)) from None
    assert number is not None
    return number


def insert_newest(store: sqlite3.Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Adds a row as the newest and deletes the one with the same key; raises InvalidRowError."""
    number = insert_row(store, table, values)
    store.execute(f"DELETE FROM {table.name} WHERE {tables.same_key(table)} AND {table.number} <> {number}", values)


def insert_if_new(store: sqlite3.Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Adds a row unless there is one with the same key; raises InvalidRowError."""
    if store.execute(f"SELECT 1 FROM {table.name} WHERE {tables.same_key(table)}", values).fetchone() is None:
        insert_row(store, table, values)


def machine_values(machine: str, hardware: Detected) -> dict[str, Any]:
    """The row of a machine."""
    gpus = json.dumps(hardware.gpus)
    return {
        "machine": machine,
        "cpu": hardware.cpu,
        "cores": hardware.cores,
        "ram_gib": hardware.ram_gib,
        "gpus": gpus,
    }


def run_values(machine: str | None, run: Run) -> dict[str, Any]:
    """The row of a run."""
    row = run._asdict()
    return {**row, "machine": machine, "versions": json.dumps(run.versions), "ran_on": row.pop("on")}


def rates_values(machine: str | None, run_no: int | None, record: ProbedRates) -> dict[str, Any]:
    """The row of a probe's rates."""
    return {**record.rates._asdict(), **record._asdict(), "rates": None, "machine": machine, "run_no": run_no}


def measurement_values(machine: str | None, run_no: int | None, record: Measurement) -> dict[str, Any]:
    """The row of a measurement, its intervals in three columns each."""
    row = {**record._asdict(), "machine": machine, "run_no": run_no}
    for name in INTERVALS:
        row[f"{name}_low"], row[name], row[f"{name}_high"] = row[name] or (None, None, None)
    return row


def machine_of(row: sqlite3.Row) -> Detected:
    """A machine; raises InvalidRowError if its GPUs cannot be read."""
    try:
        gpus = tuple((str(name), float(gib)) for name, gib in json.loads(row["gpus"]))
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidRowError("gpus cannot be read") from error
    return Detected(row["ram_gib"], row["cpu"], row["cores"], gpus)


def run_of(row: sqlite3.Row) -> Run:
    """A run; raises InvalidRowError if its versions cannot be read."""
    try:
        versions = {str(name): str(version) for name, version in json.loads(row["versions"]).items()}
    except (ValueError, AttributeError, RecursionError) as error:
        raise InvalidRowError("versions cannot be read") from error
    values = {name: row[name] for name in Run._fields if name not in ("versions", "on")}
    return Run(**values, versions=versions, on=row["ran_on"])


def rates_of(row: sqlite3.Row) -> ProbedRates:
    """A probe's rates."""
    rates = DeviceRates(**{name: row[name] for name in DeviceRates._fields})
    return ProbedRates(rates=rates, **{name: row[name] for name in ProbedRates._fields if name != "rates"})


def measurement_of(row: sqlite3.Row) -> Measurement:
    """A measurement."""
    values = {name: row[name] for name in Measurement._fields}
    for name in INTERVALS:
        values[name] = None if row[name] is None else (row[f"{name}_low"], row[name], row[f"{name}_high"])
    return Measurement(**values)


def measurement_fault(record: Measurement) -> str | None:
    """Why a measurement could not be stored; None if it could."""
    with contextlib.closing(sqlite3.connect(":memory:")) as store:
        store.execute(tables.create(tables.MEASUREMENTS))
        try:
            insert_row(store, tables.MEASUREMENTS, measurement_values(None, None, record))
        except InvalidRowError as error:
            return str(error)
    return None


def select_rows(
    store: sqlite3.Connection, table: Table, where: str = "1", values: Mapping[str, Any] | None = None
) -> Iterator[sqlite3.Row]:
    """Rows of a table, oldest first, including invalid ones, which the column `fault` marks."""
    yield from store.execute(tables.select(table, where), values or {})


def _shown(value: Any) -> str:
    words = repr(value)
    return words if len(words) <= 60 else f"{words[:59]}…"
