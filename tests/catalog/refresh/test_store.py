"""Whenever the writing process is killed, every file is as before or new, and the next run puts things right."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from llmselect.catalog.load import load_checked as load
from llmselect.catalog.refresh.store import ABANDONED_S, MARKER, STAGING, recover, write_all
from tests.catalog.refresh.conftest import EXCERPT

FILES = {"hosts/a.yaml": "a", "hosts/b.yaml": "b", "hardware.yaml": "c"}
# Counts everything that touches the disk and kills the process at a given point, before or after it is done.
KILLER = """
import os, pathlib, shutil, signal, sys
from llmselect.catalog.refresh import store
count = -10**9
def at_point():
    global count
    count += 1
    if count == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
def killing(call):
    def wrapped(*arguments, **named):
        at_point()
        result = call(*arguments, **named)
        at_point()
        return result
    return wrapped
for name in ("replace", "fsync", "unlink", "rmdir"):
    setattr(os, name, killing(getattr(os, name)))
for name in ("open", "mkdir", "read_text"):
    setattr(pathlib.Path, name, killing(getattr(pathlib.Path, name)))
store.tempfile.mkdtemp = killing(store.tempfile.mkdtemp)
"""
WRITE = KILLER + (
    "count = 0\nnew = {name: 'new ' + name for name in sys.argv[3:]}\n"
    "store.write_all(pathlib.Path(sys.argv[2]), new)\nprint(count)"
)
REFRESH = KILLER + (
    "import datetime\nfrom llmselect.catalog.load import load_checked as load\n"
    "from llmselect.catalog.refresh.run import refresh\n"
    "catalog, raw = load(own=False), pathlib.Path(sys.argv[3]).read_bytes()\ncount = 0\n"
    "refresh(catalog, raw, 'prices.json', datetime.date(2026, 11, 17), pathlib.Path(sys.argv[2]), dry_run=False)\n"
    "print(count)"
)


def _run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True)


def _content(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def _make(folder: Path) -> Path:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_all_are_written(tmp_path: Path) -> None:
    folder = _make(tmp_path / "catalog")
    write_all(folder, {"hosts/a.yaml": "new", "models/x/y.yaml": "ü\n"})
    assert _content(folder) == {**FILES, "hosts/a.yaml": "new", "models/x/y.yaml": "ü\n"}
    assert (folder / "models/x/y.yaml").read_bytes() == "ü\n".encode()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_at_every_point(tmp_path: Path) -> None:
    new = {name: f"new {name}" for name in FILES}
    points = int(_run(WRITE, 0, _make(tmp_path / "whole"), *FILES).stdout)
    assert points >= 20
    outcomes = set()
    for point in range(1, points + 1):
        folder = _make(tmp_path / str(point))
        done = _run(WRITE, point, folder, *FILES)
        assert done.returncode == -signal.SIGKILL, done.stderr
        shown = {name: (folder / name).read_text() for name in FILES}
        assert all(shown[name] in (FILES[name], new[name]) for name in FILES)  # never half a file
        recover(folder)
        after = {name: (folder / name).read_text() for name in FILES}
        assert after in (FILES, new)  # all or none
        outcomes.add(after == new)
        write_all(folder, {"hosts/a.yaml": "last"})
        assert (folder / "hosts/a.yaml").read_text() == "last"
    assert outcomes == {True, False}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_the_catalogue_loads_after_every_kill(user: Path) -> None:
    user.mkdir(parents=True)
    points = int(_run(REFRESH, 0, user, EXCERPT).stdout)
    prices = set()
    for point in range(1, points + 1, points // 12):
        shutil.rmtree(user)
        user.mkdir()
        assert _run(REFRESH, point, user, EXCERPT).returncode == -signal.SIGKILL
        five = [row for row in load().hosts["acme"].offerings if row.model == "acme/five"]
        prices.add(len(five[0].prices))
        assert _run(REFRESH, 0, user, EXCERPT).returncode == 0
        assert len(load().hosts["acme"].offerings[2].prices) == 3
    assert prices == {1, 3}


@pytest.mark.parametrize("broken", ["hosts", "hosts/a.yaml"])
def test_what_cannot_be_written_changes_nothing(tmp_path: Path, broken: str) -> None:
    folder = tmp_path / "catalog"
    folder.mkdir()
    (folder / "hardware.yaml").write_text("old")
    if broken == "hosts":
        (folder / "hosts").write_text("a file where a folder would be")
    else:
        (folder / "hosts/a.yaml").mkdir(parents=True)
    with pytest.raises(OSError, match="hosts"):
        write_all(folder, {"hardware.yaml": "new", "hosts/a.yaml": "new"})
    assert (folder / "hardware.yaml").read_text() == "old"
    assert not list(folder.glob(f"{STAGING}*"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    folder = _make(tmp_path / "catalog")
    (folder / "hosts").chmod(0o500)
    with pytest.raises(PermissionError):
        write_all(folder, {"hardware.yaml": "new", "hosts/a.yaml": "new"})
    (folder / "hosts").chmod(0o700)
    assert _content(folder) == FILES


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _make(tmp_path / "catalog")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        write_all(folder, {"hosts/a.yaml": "new"})
    assert _content(folder) == FILES
    monkeypatch.undo()
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        write_all(folder, {"hosts/a.yaml": "new"})
    assert _content(folder) == FILES


def test_what_lies_in_a_staging_folder_is_not_trusted(tmp_path: Path) -> None:
    folder = _make(tmp_path / "catalog")
    staging = folder / f"{STAGING}x"
    staging.mkdir()
    names = '["../outside.yaml", "/etc/x.yaml", "hosts/../../y.yaml", 5, "hosts/A B.yaml", "hosts/b.yaml"]'
    for number in range(6):
        (staging / f"{number}.new").write_text("evil")
    (staging / MARKER).write_text(names)
    recover(folder)
    assert _content(tmp_path) == {f"catalog/{name}": text for name, text in FILES.items()} | {
        "catalog/hosts/b.yaml": "evil"
    }
    for marker in ("{", "5", "null"):
        staging.mkdir(exist_ok=True)
        (staging / MARKER).write_text(marker)
        recover(folder)


def test_only_old_leftovers_are_swept(tmp_path: Path) -> None:
    folder = _make(tmp_path / "catalog")
    old, young = folder / f"{STAGING}old", folder / f"{STAGING}young"
    for staging in (old, young):
        staging.mkdir()
        (staging / "0.new").write_text("half")
    os.utime(old, (0, 0))
    write_all(folder, {"hosts/a.yaml": "new"})
    assert not old.exists()
    assert young.exists()  # it may belong to a process that still writes
    assert ABANDONED_S >= 600
