"""Deletes a probe's files when a signal ends it, and those of killed probes when the next probe starts."""

import contextlib
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

PREFIX = "llmselect-probe-"


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Makes SIGTERM and SIGHUP unwind the stack like an interrupt, so that files are deleted."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        names = []
    names = [name for name in names if signal.getsignal(getattr(signal, name)) != signal.SIG_IGN]
    before = {name: signal.signal(getattr(signal, name), _stop) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def remove_leftovers(folder: Path) -> list[Path]:
    """Deletes the folders of killed probes and returns them; those of running processes stay."""
    removed = []
    for path in folder.glob(f"{PREFIX}*-*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(path, ignore_errors=True)
            removed.append(path)
    return removed


def _alive(process: int) -> bool:
    """Whether a process is running; True if that cannot be determined."""
    try:
        import psutil
    except ImportError:
        return True
    return bool(psutil.pid_exists(process))
