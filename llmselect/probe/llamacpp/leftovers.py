"""No file of a probe stays behind: not after a signal, and not longer than the next probe after a hard end."""

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
    """Within, a request to terminate unwinds the stack like an interrupt does, so that files are deleted."""
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


def sweep(folder: Path) -> list[Path]:
    """Delete what probes left that were ended the hard way, and return it; those of living processes stay."""
    swept = []
    for path in folder.glob(f"{PREFIX}*-*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(path, ignore_errors=True)
            swept.append(path)
    return swept


def _alive(process: int) -> bool:
    """Whether a process runs; so it is said where nothing can be found out."""
    try:
        import psutil
    except ImportError:
        return True
    return bool(psutil.pid_exists(process))
