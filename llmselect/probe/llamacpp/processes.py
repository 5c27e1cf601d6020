"""Runs child processes that never outlive this one, and reports their resource usage."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from typing import NamedTuple

KILOBYTE = 1024
RSS_UNIT = 1 if sys.platform == "darwin" else KILOBYTE  # getrusage(2): bytes on macOS, kilobytes on Linux


class Finished(NamedTuple):
    """How a process ended; CPU seconds and peak memory are None if the system does not report them."""

    status: int
    stdout: str
    stderr: str
    cpu_s: float | None = None
    peak_rss_bytes: int | None = None


def run_process(command: Sequence[str], timeout_s: float, stdin: str = "") -> Finished:
    """Runs a command to its end; it is killed after `timeout_s` and when this process is interrupted."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        source.write(stdin.encode())
        source.seek(0)
        process = subprocess.Popen(command, stdin=source, stdout=out, stderr=err)
        timer = threading.Timer(timeout_s, process.kill)
        timer.start()
        try:
            status, cpu_s, peak = _wait(process)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            timer.cancel()
        out.seek(0)
        err.seek(0)
        printed, errors = (file.read().decode(errors="replace") for file in (out, err))
        return Finished(status, printed, errors, cpu_s, peak)


def _wait(process: "subprocess.Popen[bytes]") -> tuple[int, float | None, int | None]:
    """Exit status, CPU seconds and peak memory in bytes."""
    wait4 = getattr(os, "wait4", None)
    if wait4 is None:
        return process.wait(), None, None
    _, status, usage = wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * RSS_UNIT
