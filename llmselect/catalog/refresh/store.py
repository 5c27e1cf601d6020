"""Writing several files as one: all of them are new, or all are as before, whenever the process dies.

New contents are staged in a folder beside their places; a marker that is renamed into place is the moment
of decision. Before it, leftovers are thrown away; after it, the moves are finished by whoever comes next.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

STAGING = ".refresh-staging"
MARKER = "commit.json"


def write_all(folder: Path, contents: Mapping[str, str]) -> None:
    """Replace files of a folder, by their paths in it; raises OSError with nothing changed."""
    recover(folder)
    staging = folder / STAGING
    staging.mkdir(parents=True)
    try:
        for number, text in enumerate(contents.values()):
            _synced(staging / f"{number}.new", text)
        _synced(staging / "marker.tmp", json.dumps(list(contents)))
        os.replace(staging / "marker.tmp", staging / MARKER)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    recover(folder)


def recover(folder: Path) -> None:
    """Finish a replacement that had been decided, or remove what an undecided one left."""
    staging = folder / STAGING
    if not staging.is_dir():
        return
    with contextlib.suppress(FileNotFoundError):
        names = json.loads((staging / MARKER).read_text(encoding="utf-8"))
        for number, name in enumerate(names):
            staged = staging / f"{number}.new"
            if staged.exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(staged, folder / name)
    shutil.rmtree(staging)


def _synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
