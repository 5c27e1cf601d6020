"""One process at a time changes a folder of catalogue files."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

LOCK = ".lock"
MAX_WAIT_S = 30.0


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes from changing a folder between what is read of it and what is written into it.

    Raises OSError where nothing may be written there, TimeoutError where another process does not end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / LOCK, timeout=MAX_WAIT_S):
        yield
