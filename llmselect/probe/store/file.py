"""Opens, creates and changes the SQLite file of own speeds in transactions, and words its errors."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from llmselect.errors import Exit, LlmselectError
from llmselect.probe.store import tables

BUSY_S = 10.0  # how long to wait for another process's transaction


class NewerFormatError(Exception):
    """The store has a format that this version does not know."""


class NotOursError(Exception):
    """The SQLite file belongs to another program."""


@contextlib.contextmanager
def write_transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """The store within one transaction, which is committed as a whole or not at all.

    Raises LlmselectError (exit 5) if it cannot be written, is damaged, or is of a newer version or another program.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(connect(path, "rwc")) as store, transaction(store, "IMMEDIATE"):
            make_tables(store)
            yield store
    except (OSError, sqlite3.Error, NewerFormatError, NotOursError) as error:
        raise _unwritable_error(path, error) from error


@contextlib.contextmanager
def transaction(store: sqlite3.Connection, kind: str) -> Iterator[None]:
    """One transaction; SQLite rolls it back if the process dies."""
    store.execute(f"BEGIN {kind}")
    try:
        yield
        store.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # a full disk may have ended it already
            store.execute("ROLLBACK")
        raise


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection in autocommit mode, so that transactions are explicit.

    Use `rw` for reading too: the next process that opens the file rolls back what a killed one left. SQLite falls
    back to reading if the file may not be written.
    """
    store = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_S, isolation_level=None)
    _configure(store)
    return store


def memory_store() -> sqlite3.Connection:
    """An empty store in memory."""
    store = sqlite3.connect(":memory:", isolation_level=None)
    _configure(store)
    return store


def _configure(store: sqlite3.Connection) -> None:
    store.row_factory = sqlite3.Row
    store.text_factory = lambda raw: raw.decode(errors="replace")  # do not fail on damaged text


def has_our_tables(store: sqlite3.Connection) -> bool:
    """Whether the file has our tables, False if it is empty; raises NewerFormatError or NotOursError otherwise."""
    (application,) = store.execute("PRAGMA application_id").fetchone()
    (version,) = store.execute("PRAGMA user_version").fetchone()
    if application != tables.APPLICATION_ID:
        if application or version or store.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise NotOursError
        return False
    if version > tables.FORMAT:
        raise NewerFormatError
    return True


def make_tables(store: sqlite3.Connection) -> None:
    """Creates our tables in an empty file, within the current transaction."""
    if not has_our_tables(store):
        for table in tables.ALL:
            store.execute(tables.create(table))
        store.execute(f"PRAGMA application_id = {tables.APPLICATION_ID}")
        store.execute(f"PRAGMA user_version = {tables.FORMAT}")


def _unwritable_error(path: Path, error: Exception) -> LlmselectError:
    reason, hint = _reason_and_hint(error)
    return LlmselectError("unwritable-store", f"{path} {reason}", f"Nothing was stored. {hint}", Exit.MISSING)


def unreadable_message(path: Path, error: Exception) -> str:
    """The message for a store that cannot be read."""
    reason, hint = _reason_and_hint(error)
    return f"{path} {reason}; the speeds in it are not used. {hint}"


def _reason_and_hint(error: Exception) -> tuple[str, str]:
    """What is wrong with the file, and what the user can do."""
    if isinstance(error, NewerFormatError):
        return "is from a newer llmselect", "Update llmselect, or move the file away."
    if isinstance(error, NotOursError):
        return "is a database of another program", "Move it away."
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return f"cannot be used: {error.filename or 'its folder'}: {reason}", "See to its folder."
    kind = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"has been in use by another process for {BUSY_S:.0f} s", "Run it again when that is done."
    if kind in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return f"is damaged ({error})", "Move it away; `sqlite3 FILE .recover` may save what is in it."
    if kind == sqlite3.SQLITE_FULL:
        return "cannot be written: the disk is full", "Make room and run it again."
    if kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return f"cannot be opened or written ({error})", "See to the rights of the file and of its folder."
    return f"cannot be used ({error})", "Move it away if that goes on."
