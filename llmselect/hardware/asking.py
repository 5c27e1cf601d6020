"""Asking programs of the system, patiently but not for ever."""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

COMMAND_TIMEOUT_S = 5.0


def output_of(command: Sequence[str]) -> str:
    """What a program prints within the time limit; nothing where it is absent, fails or hangs."""
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        process = subprocess.Popen(
            (program, *command[1:]), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return ""
    with contextlib.suppress(subprocess.TimeoutExpired):
        printed, _ = process.communicate(timeout=COMMAND_TIMEOUT_S)
        return printed.decode("utf-8", "replace") if process.returncode == 0 else ""
    process.kill()
    if process.stdout is not None:
        process.stdout.close()
    with contextlib.suppress(subprocess.TimeoutExpired):  # a broken driver can keep it from ending
        process.wait(timeout=1.0)
    return ""


def as_json(text: str) -> Any:
    """What a program's JSON says; None where it is none. Words that some print before it do not matter."""
    starts = [place for place in (text.find("{"), text.find("[")) if place >= 0]
    try:
        return json.loads(text[min(starts) :]) if starts else None
    except (ValueError, RecursionError):
        return None
