"""The catalogue's SQLite file: opened read-only, and built if there is no complete one."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from llmselect.errors import Exit, LlmselectError

FILE = "_catalog.sqlite"  # in a wheel, beside the package's modules
FORMAT = "1"  # of the tables; it changes when a column changes its meaning
ABANDONED_S = 3600.0  # temporary files older than this are leftovers
Fill = Callable[[sqlite3.Connection], None]


def opened(path: Path) -> sqlite3.Connection:
    """A read-only connection to a finished file; raises sqlite3.Error if it is incomplete or of another format."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        found = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        if found != (FORMAT,):
            raise sqlite3.DatabaseError("a catalogue of another format")
        if path.stat().st_size != _size(connection):  # SQLite takes a last page that is cut for one of zeros
            raise sqlite3.DatabaseError("not as long as it was written")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _size(connection: sqlite3.Connection) -> int:
    """The size of a database in bytes according to its header."""
    (pages,), (bytes_each,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    size: int = pages * bytes_each
    return size


def connection_file(connection: sqlite3.Connection) -> str:
    """The file behind a connection; "" for an in-memory database."""
    file: str = connection.execute("PRAGMA database_list").fetchone()[2]
    return file


def damaged(file: str, error: Exception) -> LlmselectError:
    """The error for a compiled file that cannot be read."""
    hint = "install llmselect again" if os.path.basename(file) == FILE else "remove it: it is made again"
    message = f"the compiled catalogue {file} cannot be read: {error}"
    return LlmselectError("invalid-catalog", message, hint, Exit.INVALID_CATALOG)


def write_file(path: Path, fill: Fill) -> None:
    """Creates a file atomically: under a temporary name, then renamed. Raises OSError."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".catalog-", suffix=".tmp")
    os.close(handle)
    try:
        with contextlib.closing(sqlite3.connect(temporary)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")  # an unfinished file is discarded anyway
            connection.execute("PRAGMA synchronous = OFF")
            fill(connection)
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, sqlite3.OperationalError):  # such as a full disk
            raise OSError(str(error)) from error
        raise


def copy(content: bytes, connection: sqlite3.Connection) -> None:
    """Fill a database with the bytes of another one's file."""
    with tempfile.TemporaryDirectory(prefix="llmselect-") as folder:
        file = Path(folder, FILE)
        file.write_bytes(content)
        with contextlib.closing(opened(file)) as source:
            source.backup(connection)


def in_memory(fill: Fill) -> sqlite3.Connection:
    """The catalogue in memory, for when no file can be written."""
    connection = sqlite3.connect(":memory:")
    fill(connection)
    return connection


def through_cache(entry: Path | None, fill: Fill) -> sqlite3.Connection:
    """A connection to the cache's entry, built if missing or damaged; in memory if it cannot be written."""
    if entry is None:
        return in_memory(fill)
    with contextlib.suppress(sqlite3.Error):
        return opened(entry)
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        write_file(entry, fill)
        connection = opened(entry)
    except (OSError, sqlite3.Error):
        return in_memory(fill)
    _remove_older(entry)
    return connection


def _remove_older(entry: Path) -> None:
    """Removes older entries of the same folders (names agree up to the second dash) and unfinished files."""
    prefix = "-".join(entry.name.split("-")[:2])
    older = [old for old in entry.parent.glob(f"{prefix}-*") if old.name != entry.name]
    for old in (*older, *entry.parent.glob(".catalog-*.tmp")):
        with contextlib.suppress(OSError):
            if old in older or time.time() - old.stat().st_mtime > ABANDONED_S:
                old.unlink()
