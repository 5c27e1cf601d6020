"""Whenever the writing process is killed, every file is as before or new, and the next run puts things right."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.refresh.store import ABANDONED_S, MARKER, STAGING, recover, write_all
from tests.catalog.refresh.conftest import EXCERPT

FILES = {"hosts/a.yaml": "a", "hosts/b.yaml": "b", "hardware.yaml": "c"}
# Counts everything that touches the disk and kills the process at a given point, before or after it is done. What all
# runs need is imported once: each is a fork that a line on stdin asks for, and is told of by its wait status and count.
KILLER = """
import json, os, pathlib, shutil, signal, sys
from llmselect.catalog.refresh import store
count, last = -10**9, 0
def at_point():
    global count
    count += 1
    if count == last:
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
def run(point, folder, *rest):
    global count, last
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        work = prepared(*rest)
        count, last = 0, point
        work(pathlib.Path(folder))
        os.write(writing, b"%d" % count)
        os._exit(0)
    os.close(writing)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with open(reading) as counted:
        print(json.dumps([status, int(counted.read() or 0)]), flush=True)
def serve():
    for line in sys.stdin:
        run(*json.loads(line))
"""
WRITE = (
    KILLER
    + """
def prepared(*names):
    new = {name: 'new ' + name for name in names}
    return lambda folder: store.write_all(folder, new)
serve()
"""
)
REFRESH = (
    KILLER
    + """
import datetime
from llmselect.catalog.load import load
from llmselect.catalog.refresh.run import refresh
def prepared(file):
    catalog, raw = load(own=False), pathlib.Path(file).read_bytes()
    day = datetime.date(2026, 11, 17)
    return lambda folder: refresh(catalog, raw, 'prices.json', day, folder, dry_run=False)
serve()
"""
)


class Ran(NamedTuple):
    """The exit status of a run, -9 if it was killed, and how many points it came by."""

    status: int
    points: int


Killed = Callable[..., Ran]


@contextmanager
def _server(code: str) -> Iterator[Killed]:
    """Runs the code in a process of its own each time, with the point at which to kill it and its arguments."""
    server = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin
    assert server.stdout

    def run(point: int, *arguments: object) -> Ran:
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps([point, *map(str, arguments)]) + "\n")
        server.stdin.flush()
        return Ran(*json.loads(server.stdout.readline()))

    with server:
        yield run


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
    with _server(WRITE) as run:
        _kill_at_every_point(run, tmp_path)


def _kill_at_every_point(run: Killed, tmp_path: Path) -> None:
    new = {name: f"new {name}" for name in FILES}
    points = run(0, _make(tmp_path / "whole"), *FILES).points
    assert points >= 20
    outcomes = set()
    for point in range(1, points + 1):
        folder = _make(tmp_path / str(point))
        assert run(point, folder, *FILES).status == -signal.SIGKILL
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
    with _server(REFRESH) as run:
        _load_after_every_kill(run, user)


def _load_after_every_kill(run: Killed, user: Path) -> None:
    points = run(0, user, EXCERPT).points
    prices = set()
    for point in range(1, points + 1, points // 12):
        shutil.rmtree(user)
        user.mkdir()
        assert run(point, user, EXCERPT).status == -signal.SIGKILL
        five = [row for row in load().hosts["acme"].offerings if row.model == "acme/five"]
        prices.add(len(five[0].prices))
        assert run(0, user, EXCERPT).status == 0
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
