"""Own speeds on disk: kept, replaced, forgotten, carried over from older files, and never lost."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmselect.errors import Exit, LlmselectError
from llmselect.probe.store import file, tables
from llmselect.probe.store.rows import measurement_fault
from llmselect.probe.store.speeds import (
    FILE,
    StoredSpeeds,
    add,
    all_stored,
    fingerprint,
    forget,
    own_speeds,
    stored_for_machine,
)
from tests.probe.records import HOSTS_ROW, MACHINE, RATES, RUN, add_one, at_once, measured, rates, silent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "llmselect" / FILE


def test_what_is_stored_is_read_again(path: Path) -> None:
    new = StoredSpeeds(MACHINE, (rates(),), (measured(),), (RUN,))
    add(path, new, silent)
    assert stored_for_machine(path, MACHINE, silent) == new
    assert all_stored(path, silent) == [new]
    own = own_speeds(path, MACHINE, silent)
    assert (own.rates, own.measurements) == (new.rates, new.measurements)


def test_columns_say_the_same_as_records(path: Path) -> None:
    row = measured(decode_tok_s=(9.0, 10.0, 11.5), prefill_tok_s=None, prompt_tokens=None)
    add(path, StoredSpeeds(MACHINE, (rates(),), (row,), (RUN,)), silent)
    with contextlib.closing(sqlite3.connect(path)) as store:
        query = "SELECT model, decode_tok_s_low, decode_tok_s, decode_tok_s_high, prefill_tok_s, prompt_tokens, command"
        (found,) = store.execute(f"{query} FROM measurements JOIN runs USING (run_no)").fetchall()
        (reads,) = store.execute("SELECT read_gb_s FROM rates JOIN machines USING (machine)").fetchall()
    assert found == ("acme/small-7b-chat", 9.0, 10.0, 11.5, None, None, "probe")
    assert reads == (RATES.read_gb_s,)


def test_nothing_stored_is_nothing_and_makes_no_file(path: Path) -> None:
    assert own_speeds(path, MACHINE, silent) == ((), ())
    assert all_stored(path, silent) == []
    assert forget(path, None, silent) == 0
    assert not path.parent.exists()


@pytest.mark.parametrize("change", [{"cores": 8}, {"cpu": "other"}, {"gpus": ()}, {"ram_gib": 64.0}])
def test_another_machine_has_other_speeds(path: Path, change: dict[str, Any]) -> None:
    add(path, StoredSpeeds(MACHINE, (rates(),)), silent)
    fields = {name: getattr(MACHINE, name) for name in ("ram_gib", "cpu", "cores", "gpus")}
    assert own_speeds(path, type(MACHINE)(**{**fields, **change}), silent).rates == ()
    assert fingerprint(type(MACHINE)(**{**fields, "ram_gib": 31.3})) == fingerprint(MACHINE)


def test_hosts_speeds_are_no_machines(path: Path) -> None:
    add(path, StoredSpeeds(None, (), (HOSTS_ROW,)), silent)
    for machine in (None, MACHINE):
        assert own_speeds(path, machine, silent).measurements == (HOSTS_ROW,)


def test_a_newer_row_replaces_one_of_the_same_thing_and_comes_last(path: Path) -> None:
    other = rates(build="xllamacpp 0.2 (AVX2)")
    faster = rates(rates=RATES._replace(read_gb_s=50.0), measured_on="2026-11-02")
    add(path, StoredSpeeds(MACHINE, (rates(), other), (measured(),)), silent)
    again = measured(decode_tok_s=(19.0, 20.0, 21.0), origin="measure again")
    add(path, StoredSpeeds(MACHINE, (faster,), (measured(prompt_tokens=64), again)), silent)
    own = own_speeds(path, MACHINE, silent)
    assert own.rates == (other, faster)
    assert own.measurements == (measured(prompt_tokens=64), again)


def test_unknown_is_the_same_thing_as_unknown(path: Path) -> None:
    for origin in ("first", "second"):
        add(path, StoredSpeeds(None, (), (HOSTS_ROW._replace(prompt_tokens=None, origin=origin),)), silent)
    assert [row.origin for row in own_speeds(path, None, silent).measurements] == ["second"]


def test_forgetting_removes_what_is_named(path: Path) -> None:
    add(path, StoredSpeeds(MACHINE, (rates(), rates(precision="q8")), (measured(),), (RUN,)), silent)
    add(path, StoredSpeeds(None, (), (HOSTS_ROW,)), silent)
    assert forget(path, lambda row: getattr(row, "precision", "") == "q4", silent, MACHINE) == 1
    assert own_speeds(path, MACHINE, silent) == ((rates(precision="q8"),), (HOSTS_ROW, measured()))
    assert forget(path, None, silent, MACHINE) == 2
    assert all_stored(path, silent) == [StoredSpeeds(None, (), (HOSTS_ROW,))]
    assert forget(path, None, silent) == 1
    assert all_stored(path, silent) == []


# What makes no sense is never stored

UNSOUND: list[tuple[dict[str, Any], str]] = [
    ({"depth_tokens": -1}, "depth_tokens"),
    ({"depth_tokens": 1.5}, "depth_tokens"),
    ({"depth_tokens": 10**400}, "int too large"),
    ({"prompt_tokens": -1}, "prompt_tokens"),
    ({"concurrency": "many"}, "concurrency"),
    ({"decode_tok_s": (3.0, 2.0, 1.0)}, "decode_tok_s"),
    ({"decode_tok_s": (-1.0, 2.0, 3.0)}, "decode_tok_s"),
    ({"ttft_ms": (1.0, float("nan"), 3.0)}, "ttft_ms"),
    ({"ttft_ms": (1.0, 2.0, float("inf"))}, "ttft_ms"),
    ({"prefill_tok_s": (None, 2.0, 3.0)}, "prefill_tok_s"),
    ({"measured_on": "yesterday"}, "measured_on"),
    ({"measured_on": "2026-02-30"}, "measured_on"),
    ({"model": ""}, "model"),
    ({"origin": "x" * 1001}, "origin"),
]


@pytest.mark.parametrize(("change", "name"), UNSOUND)
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(path: Path, change: dict[str, Any], name: str) -> None:
    add(path, StoredSpeeds(MACHINE, (rates(),), (measured(),)), silent)
    with pytest.raises(LlmselectError, match=name):
        add(
            path,
            StoredSpeeds(
                MACHINE,
                (rates(precision="q8"),),
                (measured(prompt_tokens=64, **change) if "prompt_tokens" not in change else measured(**change),),
            ),
            silent,
        )
    assert own_speeds(path, MACHINE, silent) == ((rates(),), (measured(),))
    assert name in (measurement_fault(measured(**change)) or "")


def test_what_makes_sense_has_no_fault() -> None:
    assert measurement_fault(measured()) is None
    assert measurement_fault(HOSTS_ROW._replace(prompt_tokens=None, decode_tok_s=None)) is None


@pytest.mark.parametrize("field", ["read_gb_s", "decode_spread", "evidence"])
def test_rates_that_make_no_sense_are_refused(path: Path, field: str) -> None:
    with pytest.raises(LlmselectError, match=field):
        add(path, StoredSpeeds(MACHINE, (rates(rates=RATES._replace(**{field: -1})),)), silent)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("measurements", "depth_tokens", -5),
        ("measurements", "decode_tok_s", None),
        ("rates", "read_gb_s", "fast"),
        ("runs", "versions", "[1"),
        ("machines", "gpus", "{"),
    ],
)
def test_a_damaged_row_is_named_and_the_others_are_used(path: Path, table: str, column: str, value: Any) -> None:
    good = StoredSpeeds(MACHINE, (rates(precision="q8"),), (measured(prompt_tokens=64),), (RUN,))
    add(path, StoredSpeeds(MACHINE, (rates(),), (measured(),), (RUN,)), silent)
    add(path, good, silent)
    with contextlib.closing(sqlite3.connect(path)) as store, store:
        store.execute("PRAGMA ignore_check_constraints = ON")
        store.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = (SELECT min(rowid) FROM {table})", (value,))
    said: list[str] = []
    own = own_speeds(path, MACHINE, said.append)
    assert {*good.rates} <= {*own.rates}
    assert {*good.measurements} <= {*own.measurements}
    all_stored(path, said.append)
    assert all(f"row 1 of {table}" in words or f"of {table} is left out: {column}" in words for words in said)
    assert said
    add(path, good, said.append)
    forget(path, None, said.append)
    assert all_stored(path, silent) == []


# Files that cannot be used


def _foreign(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE notes (note TEXT)")


def _newer(path: Path) -> None:
    add(path, StoredSpeeds(MACHINE, (rates(),)), silent)
    with contextlib.closing(sqlite3.connect(path)) as store:
        store.execute(f"PRAGMA user_version = {tables.FORMAT + 1}")


def _truncated(path: Path) -> None:
    add(path, StoredSpeeds(MACHINE, (rates(),)), silent)
    path.write_bytes(path.read_bytes()[:6000])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_bytes(b"no database at all" * 200), "is damaged"),
        (_truncated, "is damaged"),
        (_foreign, "of another program"),
        (_newer, "from a newer llmselect"),
        (lambda path: path.with_name(f"{FILE}-journal").mkdir(), "cannot be"),
    ],
    ids=["no-database", "truncated", "foreign", "newer", "folder"],
)
def test_a_file_that_cannot_be_used_is_left_as_it_is(path: Path, make: Callable[[Path], Any], words: str) -> None:
    path.parent.mkdir(parents=True)
    make(path)
    before = path.read_bytes() if path.exists() else None
    said: list[str] = []
    assert own_speeds(path, MACHINE, said.append) == ((), ())
    if before is not None:
        assert [words in line for line in said] == [True], said
    with pytest.raises(LlmselectError, match=words) as caught:
        add(path, StoredSpeeds(MACHINE, (rates(),)), silent)
    assert (caught.value.exit, caught.value.hint.startswith("Nothing was stored. ")) == (Exit.MISSING, True)
    if before is not None:
        assert path.read_bytes() == before


def test_an_empty_file_is_an_empty_store(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()
    assert all_stored(path, silent) == []
    add(path, StoredSpeeds(MACHINE, (rates(),)), silent)
    assert own_speeds(path, MACHINE, silent).rates == (rates(),)


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    with pytest.raises(LlmselectError, match="cannot be used") as caught:
        add(tmp_path / "data" / FILE, StoredSpeeds(MACHINE, (rates(),)), silent)
    assert caught.value.exit == Exit.MISSING


def test_a_store_in_use_is_waited_for_and_then_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(path, StoredSpeeds(MACHINE, (rates(),)), silent)
    monkeypatch.setattr(file, "BUSY_S", 0.2)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LlmselectError, match="in use by another process"):
            add(path, StoredSpeeds(MACHINE, (rates(precision="q8"),)), silent)
        said: list[str] = []
        assert own_speeds(path, MACHINE, said.append) == ((), ())
        assert ["in use by another process" in line for line in said] == [True]
        other.execute("ROLLBACK")
    assert own_speeds(path, MACHINE, silent).rates == (rates(),)


def test_a_full_disk_leaves_what_was_there(path: Path) -> None:
    resource = pytest.importorskip("resource")
    add(path, StoredSpeeds(MACHINE, (rates(),)), silent)
    size = path.stat().st_size
    many = tuple(measured(prompt_tokens=number, origin="x" * 500) for number in range(200))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096, hard))
    try:
        with pytest.raises(LlmselectError, match="cannot be") as caught:
            add(path, StoredSpeeds(MACHINE, (), many), silent)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert caught.value.exit == Exit.MISSING
    assert own_speeds(path, MACHINE, silent) == ((rates(),), ())


# Several processes


def test_processes_that_store_at_once_lose_nothing(path: Path) -> None:
    at_once(add_one, path, 6)
    assert {row.precision for row in own_speeds(path, MACHINE, silent).rates} == {f"p{n}" for n in range(6)}


def _store_until_killed(path: Path, first: int, after_s: float) -> int:
    """A process that stores one after the other is killed; returns how many it had reported as stored."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"!")
        for number in range(first, first + 1000):
            add_one(path, number)
            os.write(writing, b".")
    os.close(writing)
    os.read(reading, 1)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with open(reading, "rb") as reported:
        return len(reported.read())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_nothing_is_lost_when_a_process_is_killed(path: Path) -> None:
    draw = random.Random(20261201)
    done: set[int] = set()
    for start in range(0, 30_000, 1000):
        done |= {*range(start, start + _store_until_killed(path, start, draw.uniform(0.0, 0.05)))}
        assert done <= {int(row.precision[1:]) for row in own_speeds(path, MACHINE, silent).rates}
        if path.exists():
            with contextlib.closing(sqlite3.connect(path)) as store:
                assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert done


def test_reading_loads_nothing_heavy() -> None:
    code = "import sys, llmselect.probe.store.speeds; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in ran.stdout.split()} & {"pydantic", "yaml", "rich", "typer", "numpy"}
    assert "llmselect.catalog" not in ran.stdout
