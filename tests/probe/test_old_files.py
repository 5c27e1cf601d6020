"""Own speeds in files of older versions: carried over once, kept, and never in the way."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from llmselect.errors import Exit, LlmselectError
from llmselect.probe.store.speeds import (
    FILE,
    OLD_FOLDER,
    StoredSpeeds,
    add,
    all_stored,
    fingerprint,
    forget,
    own_speeds,
)
from tests.probe.records import HOSTS_ROW, MACHINE, RATES, RUN, add_one, at_once, measured, rates, silent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "llmselect" / FILE


HARDWARE = {"cpu": MACHINE.cpu, "cores": MACHINE.cores, "ram_gib": MACHINE.ram_gib, "gpus": MACHINE.gpus}
OLD_RATES = {**rates()._asdict(), "rates": RATES._asdict()}
OLD_ROW = measured()._asdict()


def _old(path: Path, **changes: Any) -> Path:
    """A file of the first format beside the store, of this machine unless changed."""
    name = f"{fingerprint(MACHINE)}.json" if changes.get("hardware", HARDWARE) else "hosts.json"
    data = {"format": 1, "hardware": HARDWARE, "rates": [OLD_RATES], "measurements": [OLD_ROW], "runs": [RUN._asdict()]}
    place = path.parent / OLD_FOLDER / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({**data, **changes}))
    return place


def test_older_files_are_carried_over_once_and_kept(path: Path) -> None:
    old = _old(path)
    hosts = _old(path, hardware=None, rates=[], measurements=[HOSTS_ROW._asdict()], runs=[])
    text = old.read_text()
    for _ in range(2):
        assert own_speeds(path, MACHINE, silent) == ((rates(),), (HOSTS_ROW, measured()))
    assert all_stored(path, silent) == [
        StoredSpeeds(None, (), (HOSTS_ROW,)), StoredSpeeds(MACHINE, (rates(),), (measured(),), (RUN,)),
    ]  # fmt: skip
    assert (old.with_suffix(".carried-over").read_text(), old.exists(), hosts.exists()) == (text, False, False)
    assert forget(path, None, silent) == 3
    old.write_text(text)  # as if the process had died before the renaming
    assert all_stored(path, silent) == []


def test_rows_from_before_a_field_was_there(path: Path) -> None:
    few = {name: value for name, value in RATES._asdict().items() if name not in RATES._field_defaults}
    _old(path, rates=[{**OLD_RATES, "rates": few}])
    assert own_speeds(path, MACHINE, silent).rates == (rates(),)


def test_what_is_newer_is_not_replaced_by_older_files(path: Path) -> None:
    newer = measured(decode_tok_s=(19.0, 20.0, 21.0))
    add(path, StoredSpeeds(MACHINE, (), (newer,)), silent)
    _old(path)
    assert own_speeds(path, MACHINE, silent) == ((rates(),), (newer,))


def test_processes_that_carry_over_at_once_do_so_once(path: Path) -> None:
    _old(path)
    at_once(add_one, path, 4)
    (machine,) = all_stored(path, silent)
    assert machine.measurements == (measured(),)
    assert {row.precision for row in machine.rates} == {"q4", "p0", "p1", "p2", "p3"}
    assert machine.runs == (RUN,)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"rates": [{"device": "cpu"}, OLD_RATES]}, "rates[0]"),
        ({"measurements": [OLD_ROW, {**OLD_ROW, "prompt_tokens": 64, "decode_tok_s": [3, 2, 1]}]}, "measurements[1]"),
        ({"measurements": [{**OLD_ROW, "prompt_tokens": 64, "depth_tokens": -1}, OLD_ROW]}, "measurements[0]"),
        ({"measurements": [{**OLD_ROW, "concurrency": 1.5}, OLD_ROW]}, "measurements[0]"),
        ({"measurements": [{**OLD_ROW, "depth_tokens": "5"}, OLD_ROW]}, "measurements[0]"),
        ({"measurements": [{**OLD_ROW, "more": 1}, OLD_ROW]}, "measurements[0]"),
        ({"runs": [1]}, "runs[0]"),
    ],
)
def test_a_damaged_row_of_an_older_file_is_named(path: Path, changes: dict[str, Any], place: str) -> None:
    old = _old(path, **changes)
    said: list[str] = []
    assert own_speeds(path, MACHINE, said.append) == ((rates(),), (measured(),))
    assert [f"{old}: {place} is damaged and left out: " in line for line in said] == [True]
    assert old.with_suffix(".carried-over").exists()


@pytest.mark.parametrize("text", ["", "{", "[1]", "[" * 100_000, '{"format": 1, "hardware": {"cpu": "x"}}'])
def test_a_damaged_older_file_is_kept_apart(path: Path, text: str) -> None:
    old = _old(path)
    for number in (1, 2):
        old.write_text(text)
        said: list[str] = []
        assert own_speeds(path, MACHINE, said.append) == ((), ())
        assert ["is damaged" in line for line in said] == [True]
        assert not old.exists()
        assert old.with_name(f"{old.stem}.damaged{'' if number == 1 else '-2'}").read_text() == text
    add(path, StoredSpeeds(MACHINE, (rates(),)), silent)


def test_an_older_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    old = _old(path, format=2)
    said: list[str] = []
    assert own_speeds(path, MACHINE, said.append) == ((), ())
    assert ["newer llmselect" in line for line in said] == [True]
    assert old.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_home_is_read(path: Path) -> None:
    add(path, StoredSpeeds(MACHINE, (rates(),)), silent)
    _old(path)
    _read_only(path.parent, True)
    try:
        assert own_speeds(path, MACHINE, silent) == ((rates(),), (measured(),))
        with pytest.raises(LlmselectError, match="cannot be") as caught:
            add(path, StoredSpeeds(MACHINE, (rates(precision="q8"),)), silent)
        assert caught.value.exit == Exit.MISSING
    finally:
        _read_only(path.parent, False)
    assert own_speeds(path, MACHINE, silent) == ((rates(),), (measured(),))


def _read_only(folder: Path, on: bool) -> None:
    for place in (*folder.rglob("*"), folder):
        mode = stat.S_IMODE(place.stat().st_mode)
        place.chmod(mode & ~0o222 if on else mode | 0o200)
