"""Runs system tools with a time limit and reads what they print."""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

COMMAND_TIMEOUT_S = 5.0


def output_of(command: Sequence[str]) -> str:
    """A program's standard output; empty if the program is missing, fails or exceeds the time limit."""
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


def parse_json(text: str) -> Any:
    """The JSON value that a program printed, after any warnings in front of it; None where there is none."""
    starts = [index for index in (text.find("{"), text.find("[")) if index >= 0]
    try:
        return json.loads(text[min(starts) :]) if starts else None
    except (ValueError, RecursionError):
        return None
