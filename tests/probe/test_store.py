"""Own speeds on disk: kept, replaced, forgotten, and never lost."""

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from llmselect.errors import Exit, LlmselectError
from llmselect.probe.store import Run, Stored, add, every, fingerprint, forget, own_speeds, path_of, read
from tests.probe.records import MACHINE, RATES, measured, rates

RUN = Run("probe", "llama.cpp", "b6000", {"gguf": "0.19.0"}, "", 12.5, "2026-11-01")


def _silent(text: str) -> None:
    raise AssertionError(text)


def test_what_is_stored_is_read_again(tmp_path: Path) -> None:
    new = Stored(MACHINE, (rates(),), (measured(),), (RUN,))
    path = add(tmp_path / "speeds", new, _silent)
    assert read(path, _silent) == new
    assert every(tmp_path / "speeds", _silent) == [(path, new)]
    own = own_speeds(tmp_path / "speeds", MACHINE, _silent)
    assert (own.rates, own.measurements) == (new.rates, new.measurements)


def test_nothing_stored_is_nothing(tmp_path: Path) -> None:
    assert own_speeds(tmp_path / "none", MACHINE, _silent) == ((), ())
    assert every(tmp_path / "none", _silent) == []


def test_another_machine_has_other_speeds(tmp_path: Path) -> None:
    add(tmp_path, Stored(MACHINE, (rates(),)), _silent)
    for change in ({"cores": 8}, {"cpu": "other"}, {"gpus": ()}, {"ram_gib": 64.0}):
        other = type(MACHINE)(**{**_fields(), **change})
        assert own_speeds(tmp_path, other, _silent).rates == ()
    same = type(MACHINE)(**{**_fields(), "ram_gib": 31.3})
    assert fingerprint(same) == fingerprint(MACHINE)


def _fields() -> dict[str, Any]:
    return {name: getattr(MACHINE, name) for name in ("ram_gib", "cpu", "cores", "gpus")}


def test_hosts_speeds_are_no_machines(tmp_path: Path) -> None:
    add(tmp_path, Stored(None, (), (measured(host="globex", runtime=None, quantization=None),)), _silent)
    assert own_speeds(tmp_path, None, _silent).measurements[0].host == "globex"
    assert own_speeds(tmp_path, MACHINE, _silent).measurements[0].host == "globex"


def test_a_newer_row_replaces_one_of_the_same_thing_and_comes_last(tmp_path: Path) -> None:
    other = rates(build="xllamacpp 0.2 (AVX2)")
    faster = rates(rates=RATES._replace(read_gb_s=50.0), measured_on="2026-11-02")
    add(tmp_path, Stored(MACHINE, (rates(), other), (measured(),)), _silent)
    again = measured(decode_tok_s=(19.0, 20.0, 21.0), origin="measure again")
    add(tmp_path, Stored(MACHINE, (faster,), (measured(prompt_tokens=64), again)), _silent)
    own = own_speeds(tmp_path, MACHINE, _silent)
    assert own.rates == (other, faster)
    assert own.measurements == (measured(prompt_tokens=64), again)


def test_forgetting_removes_rows_and_the_empty_file(tmp_path: Path) -> None:
    path = add(tmp_path, Stored(MACHINE, (rates(), rates(precision="q8")), (measured(),)), _silent)
    assert forget(path, lambda row: getattr(row, "precision", "q8") == "q8", _silent) == 1
    assert own_speeds(tmp_path, MACHINE, _silent) == ((rates(precision="q8"),), (measured(),))
    assert forget(path, lambda _: False, _silent) == 2
    assert not path.exists()


def _spoiled(**changes: Any) -> str:
    data = {"format": 1, "hardware": None, "rates": [], "measurements": [], "runs": []}
    return json.dumps({**data, **changes})


_ROW = json.loads(json.dumps({**measured()._asdict()}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        "[" * 100_000,
        _spoiled(rates=[{"device": "cpu"}]),
        _spoiled(measurements=[{**_ROW, "decode_tok_s": [3, 2, 1]}]),
        _spoiled(measurements=[{**_ROW, "decode_tok_s": [-1, 2, 3]}]),
        _spoiled(measurements=[{**_ROW, "concurrency": 1.5}]),
        _spoiled(measurements=[{**_ROW, "more": 1}]),
        _spoiled(hardware={"cpu": "x"}),
        _spoiled(runs=[1]),
        '{"format": 1, "hardware": null, "rates": NaN}',
    ],
)
def test_a_damaged_file_is_set_aside_and_nothing_is_lost(tmp_path: Path, text: str) -> None:
    path = path_of(tmp_path, MACHINE)
    path.write_text(text)
    said: list[str] = []
    assert read(path, said.append) == Stored(None)
    assert len(said) == 1
    assert "damaged" in said[0]
    assert not path.exists()
    assert (tmp_path / f"{path.stem}.damaged-1").read_text() == text
    path.write_text("again")
    add(tmp_path, Stored(MACHINE, (rates(),)), said.append)
    assert (tmp_path / f"{path.stem}.damaged-2").read_text() == "again"
    assert own_speeds(tmp_path, MACHINE, _silent).rates == (rates(),)


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = path_of(tmp_path, MACHINE)
    path.write_text(_spoiled(format=2))
    said: list[str] = []
    assert read(path, said.append) == Stored(None)
    assert "newer llmselect" in said[0]
    with pytest.raises(LlmselectError) as caught:
        add(tmp_path, Stored(MACHINE, (rates(),)), said.append)
    assert caught.value.exit == Exit.MISSING
    assert path.read_text() == _spoiled(format=2)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "speeds").write_text("a file in the way")
    with pytest.raises(LlmselectError, match="cannot be written") as caught:
        add(tmp_path / "speeds", Stored(MACHINE, (rates(),)), _silent)
    assert caught.value.exit == Exit.MISSING


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = add(tmp_path, Stored(MACHINE, (rates(),)), _silent)
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(LlmselectError, match="no space left"):
        add(tmp_path, Stored(MACHINE, (rates(precision="q8"),)), _silent)
    monkeypatch.undo()
    assert read(path, _silent).rates == (rates(),)
    assert [one.name for one in tmp_path.glob(".*.tmp")] == []


def _add_one(folder: Path, number: int) -> None:
    add(folder, Stored(MACHINE, (rates(precision=f"p{number}"),)), _silent)


def test_processes_that_store_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    workers = [context.Process(target=_add_one, args=(tmp_path, number)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert {row.precision for row in own_speeds(tmp_path, MACHINE, _silent).rates} == {f"p{n}" for n in range(6)}


def test_reading_loads_nothing_heavy() -> None:
    code = "import sys, llmselect.probe.store; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in ran.stdout.split()} & {"pydantic", "yaml", "rich", "typer", "numpy"}
    assert "llmselect.catalog" not in ran.stdout


def test_a_file_of_many_runs_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = tuple(rates(precision=f"p{number}") for number in range(40))
    points = tuple(measured(prompt_tokens=number) for number in range(40))
    add(tmp_path, Stored(MACHINE, many, points), _silent)
    parsed: list[str] = []
    loads = json.loads
    monkeypatch.setattr(json, "loads", lambda text: [parsed.append(text), loads(text)][1])
    found = own_speeds(tmp_path, MACHINE, _silent)
    assert (len(found.rates), len(found.measurements), len(parsed)) == (40, 40, 1)
