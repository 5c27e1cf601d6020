"""Writing several files as one: all of them are new, or all are as before, whenever the process dies.

New contents are staged in a folder of their own beside their places; a marker that is renamed into place is the
moment of decision. Before it, leftovers mean nothing; after it, the moves are finished by whoever comes next.
"""

import contextlib
import errno
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

STAGING = ".refresh-staging-"
MARKER = "commit.json"
ABANDONED_S = 3600.0  # an undecided staging folder of this age belongs to no process that still runs
_NAME = re.compile(r"[a-z0-9][a-z0-9./-]*\.yaml")


def write_all(folder: Path, contents: Mapping[str, str]) -> None:
    """Replaces files of a folder atomically, given by their paths in it; raises OSError with nothing changed."""
    folder.mkdir(parents=True, exist_ok=True)
    recover(folder)
    _sweep(folder)
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=folder))
    try:
        for name in contents:
            _make_room(folder / name)
        for number, text in enumerate(contents.values()):
            _write_synced(staging / f"{number}.new", text)
        _write_synced(staging / "marker.tmp", json.dumps(list(contents)))
        os.replace(staging / "marker.tmp", staging / MARKER)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    _sync_folder(staging)
    _finish(folder, staging)


def recover(folder: Path) -> None:
    """Finish the replacements that had been decided when their process died; raises OSError where it cannot."""
    for staging in _stagings(folder):
        if (staging / MARKER).exists():
            _finish(folder, staging)


def _finish(folder: Path, staging: Path) -> None:
    """Move a decided staging folder's files to their places; another process may be doing the same."""
    try:
        names = json.loads((staging / MARKER).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return
    for number, name in enumerate(names if isinstance(names, list) else ()):
        staged, place = staging / f"{number}.new", folder / str(name)
        if not _NAME.fullmatch(str(name)) or ".." in str(name) or not staged.exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.replace(staged, place)
        _sync_folder(place.parent)
    shutil.rmtree(staging, ignore_errors=True)


def _make_room(place: Path) -> None:
    """Checks before the commit whether a file can be replaced; raises OSError if not."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder is in the way", str(place))
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "nothing may be written there", str(place.parent))


def _sweep(folder: Path) -> None:
    """Removes leftovers of processes that died long ago without committing."""
    for staging in _stagings(folder):
        with contextlib.suppress(OSError):
            if time.time() - staging.stat().st_mtime > ABANDONED_S:
                shutil.rmtree(staging, ignore_errors=True)


def _stagings(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        yield from sorted(path for path in folder.iterdir() if path.name.startswith(STAGING))


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Syncs a folder, so that renames survive a power loss, if the system supports it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
