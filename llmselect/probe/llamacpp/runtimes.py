"""The llama.cpp to time: the user's own `llama-bench` on PATH, else the one inside the xllamacpp wheel.

Both run in a process of their own, so that their crashes and memory do not affect this one.
"""

import importlib.util
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from llmselect.errors import Exit, LlmselectError
from llmselect.probe.jobs import Deadline
from llmselect.probe.llamacpp.probe_files import CPU
from llmselect.probe.llamacpp.processes import Finished, run_process
from llmselect.probe.llamacpp.timings import FileTimings, Timing, TimingTask

PROGRAM = "llama-bench"
INSTALL = 'Install llama.cpp (llama-bench on PATH), or run: pip install "llmselect[llamacpp]"'
TIMEOUT_S = 900.0
MIN_TIMEOUT_S = 15.0
WORKER = ("-m", "llmselect.probe.llamacpp.worker")
MAX_TAIL_CHARS = 300


class Runtime(Protocol):
    """A llama.cpp that can time a file."""

    @property
    def name(self) -> str:
        """Its name in reports."""

    def time(self, model: Path, tasks: Sequence[TimingTask], threads: int, max_s: float) -> FileTimings:
        """Times a file for about `max_s` at most, but each task at least once."""


def find_runtime(which: Callable[[str], str | None] = shutil.which) -> Runtime:
    """The user's llama-bench, else xllamacpp; raises LlmselectError `missing-llamacpp` (exit 5) without both."""
    program = which(PROGRAM)
    if program:
        return LlamaBench(program)
    if importlib.util.find_spec("xllamacpp") is not None:
        return Xllamacpp()
    raise LlmselectError("missing-llamacpp", "there is no llama.cpp to time", INSTALL, Exit.MISSING)


class LlamaBench(NamedTuple):
    """The `llama-bench` at a path."""

    program: str

    @property
    def name(self) -> str:
        """Its name in reports."""
        return PROGRAM

    def time(self, model: Path, tasks: Sequence[TimingTask], threads: int, max_s: float) -> FileTimings:
        """Times a file; raises LlmselectError `probe-failed` if llama-bench fails or its output is unreadable."""
        ran, rows = [], []
        deadline = Deadline(max_s)
        for group in _batches(tasks):
            if deadline.left_s == 0:
                group = [task._replace(repeats=1) for task in group]
            finished = run_process(bench_command(self.program, model, group, threads), _timeout_s(max_s))
            ran.append(finished)
            rows += _answer(finished, PROGRAM)
        return timings_from_rows(rows, ran)


def bench_command(program: str, model: Path, tasks: Sequence[TimingTask], threads: int) -> list[str]:
    """The command line of one llama-bench run of tasks with the same depth and repeats."""
    prompts = [str(task.prompt_tokens) for task in tasks if task.prompt_tokens] or ["0"]
    decodes = [str(task.decode_tokens) for task in tasks if task.decode_tokens] or ["0"]
    options = {
        "-m": str(model),
        "-t": str(threads),
        "-p": ",".join(prompts),
        "-n": ",".join(decodes),
        "-d": str(tasks[0].depth_tokens),
        "-r": str(tasks[0].repeats),
        "-o": "json",
    }
    return [program, *(word for pair in options.items() for word in pair)]


def _batches(tasks: Sequence[TimingTask]) -> Iterable[list[TimingTask]]:
    def key(task: TimingTask) -> tuple[int, int]:
        return task.depth_tokens, task.repeats

    return (list(group) for _, group in groupby(sorted(tasks, key=key), key))


class Xllamacpp(NamedTuple):
    """The llama.cpp inside the wheel `xllamacpp`, in a process of this Python."""

    python: str = sys.executable

    @property
    def name(self) -> str:
        """Its name in reports."""
        return "xllamacpp"

    def time(self, model: Path, tasks: Sequence[TimingTask], threads: int, max_s: float) -> FileTimings:
        """Times a file; raises LlmselectError `probe-failed` if the wheel fails."""
        content = {"model": str(model), "threads": threads, "tasks": [list(task) for task in tasks]}
        request = json.dumps({**content, "max_s": min(max_s, TIMEOUT_S)})
        finished = run_process([self.python, *WORKER], _timeout_s(max_s), request)
        answer = _answer(finished, self.name)
        timings = tuple(
            Timing(prompt, decoded, depth, tuple(seconds), tuple(paces))
            for prompt, decoded, depth, seconds, paces in answer["timings"]
        )
        return FileTimings(timings, answer["build"], answer["device"], finished.cpu_s, finished.peak_rss_bytes)


def _timeout_s(max_s: float) -> float:
    """When to kill a process that should end after `max_s`, with time for the last task on a slow machine."""
    return min(TIMEOUT_S, MIN_TIMEOUT_S + 3 * max_s)


def _answer(finished: Finished, name: str) -> Any:
    try:
        if finished.status == 0:
            return json.loads(finished.stdout)
        failure = f"ended with status {finished.status}"
    except ValueError:
        failure = "gave no readable answer"
    tail = " ".join(finished.stderr.split())[-MAX_TAIL_CHARS:]
    hint = "A llama-bench must know -d and -o json; without one on PATH, xllamacpp is taken."
    raise LlmselectError("probe-failed", f"{name} {failure}: {tail or 'it said nothing'}", hint, Exit.MISSING)


def timings_from_rows(rows: Sequence[Mapping[str, Any]], ran: Sequence[Finished]) -> FileTimings:
    """The timings in rows of `llama-bench -o json`; raises LlmselectError `probe-failed` if fields are missing."""
    try:
        timings = tuple(_timing(row) for row in rows)
        build, device = bench_build(rows[0]), bench_device(rows[0])
    except (LookupError, TypeError, ValueError, ZeroDivisionError) as error:
        hint = "It may be too old: samples_ns, n_depth, build_commit and build_number must be in its JSON."
        message = f"{PROGRAM} gave rows without what is needed ({type(error).__name__}: {error})"
        raise LlmselectError("probe-failed", message, hint, Exit.MISSING) from error
    cpu = [one.cpu_s for one in ran if one.cpu_s is not None]
    peaks = [one.peak_rss_bytes for one in ran if one.peak_rss_bytes is not None]
    return FileTimings(timings, build, device, sum(cpu) if cpu else None, max(peaks, default=None))


def _timing(row: Mapping[str, Any]) -> Timing:
    prompt, decoded = int(row["n_prompt"]), int(row["n_gen"])
    pieces = decoded or 1
    seconds = tuple(float(one) / 1e9 / pieces for one in row["samples_ns"])
    if not seconds or min(seconds) <= 0:
        raise ValueError("no samples_ns")
    return Timing(prompt, decoded, int(row.get("n_depth", 0)), seconds)


def bench_build(row: Mapping[str, Any]) -> str:
    """The build as text, such as `llama.cpp b6000 (a1b2c3d), CPU`."""
    return f"llama.cpp b{row['build_number']} ({row['build_commit']}), {row.get('backends') or 'CPU'}"


def bench_device(row: Mapping[str, Any]) -> str:
    """The GPU's name if layers ran on one, else `cpu`."""
    return str(row.get("gpu_info") or "").strip() or CPU if row.get("n_gpu_layers") else CPU
