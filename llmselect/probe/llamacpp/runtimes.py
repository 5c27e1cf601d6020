"""The llama.cpp to time: the user's own `llama-bench` on PATH, else the one inside the xllamacpp wheel.

Both run as a process of their own, so that a crash, an interrupt or their memory stays theirs.
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
from llmselect.probe.llamacpp.processes import Finished, run_process
from llmselect.probe.llamacpp.subjects import CPU
from llmselect.probe.llamacpp.timings import Ask, Timed, Timing

PROGRAM = "llama-bench"
INSTALL = 'Install llama.cpp (llama-bench on PATH), or run: pip install "llmselect[llamacpp]"'
TIMEOUT_S = 900.0
LEAST_TIMEOUT_S = 15.0
WORKER = ("-m", "llmselect.probe.llamacpp.worker")
WIDEST_TAIL = 300


class Runtime(Protocol):
    """A llama.cpp that can time a file."""

    @property
    def name(self) -> str:
        """What it is called in reports."""

    def time(self, model: Path, asks: Sequence[Ask], threads: int, max_s: float) -> Timed:
        """Time a file with that many threads, for about so many seconds at most, each ask once at least."""


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
        """What it is called in reports."""
        return PROGRAM

    def time(self, model: Path, asks: Sequence[Ask], threads: int, max_s: float) -> Timed:
        """Time a file; raises LlmselectError `probe-failed` where llama-bench fails or answers nonsense."""
        ran, rows = [], []
        deadline = Deadline(max_s)
        for group in _batches(asks):
            if deadline.left_s == 0:
                group = [ask._replace(repeats=1) for ask in group]
            finished = run_process(bench_command(self.program, model, group, threads), _timeout_s(max_s))
            ran.append(finished)
            rows += _answer(finished, PROGRAM)
        return timed(rows, ran)


def bench_command(program: str, model: Path, asks: Sequence[Ask], threads: int) -> list[str]:
    """One llama-bench run of asks that share depth and repeats."""
    prompts = [str(ask.prompt_tokens) for ask in asks if ask.prompt_tokens] or ["0"]
    decodes = [str(ask.decode_tokens) for ask in asks if ask.decode_tokens] or ["0"]
    options = {
        "-m": str(model),
        "-t": str(threads),
        "-p": ",".join(prompts),
        "-n": ",".join(decodes),
        "-d": str(asks[0].depth_tokens),
        "-r": str(asks[0].repeats),
        "-o": "json",
    }
    return [program, *(word for pair in options.items() for word in pair)]


def _batches(asks: Sequence[Ask]) -> Iterable[list[Ask]]:
    def key(ask: Ask) -> tuple[int, int]:
        return ask.depth_tokens, ask.repeats

    return (list(group) for _, group in groupby(sorted(asks, key=key), key))


class Xllamacpp(NamedTuple):
    """The llama.cpp inside the wheel `xllamacpp`, in a process of this Python."""

    python: str = sys.executable

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return "xllamacpp"

    def time(self, model: Path, asks: Sequence[Ask], threads: int, max_s: float) -> Timed:
        """Time a file; raises LlmselectError `probe-failed` where the wheel fails."""
        asked = {"model": str(model), "threads": threads, "asks": [list(ask) for ask in asks]}
        request = json.dumps({**asked, "max_s": min(max_s, TIMEOUT_S)})
        finished = run_process([self.python, *WORKER], _timeout_s(max_s), request)
        answer = _answer(finished, self.name)
        timings = tuple(
            Timing(prompt, decoded, depth, tuple(seconds), tuple(paces))
            for prompt, decoded, depth, seconds, paces in answer["timings"]
        )
        return Timed(timings, answer["build"], answer["device"], finished.cpu_s, finished.peak_rss_bytes)


def _timeout_s(max_s: float) -> float:
    """When a process is killed that should have ended after `max_s`: a slow machine takes longer for each ask."""
    return min(TIMEOUT_S, LEAST_TIMEOUT_S + 3 * max_s)


def _answer(finished: Finished, name: str) -> Any:
    try:
        if finished.status == 0:
            return json.loads(finished.stdout)
        said = f"ended with status {finished.status}"
    except ValueError:
        said = "gave no readable answer"
    tail = " ".join(finished.stderr.split())[-WIDEST_TAIL:]
    hint = "A llama-bench must know -d and -o json; without one on PATH, xllamacpp is taken."
    raise LlmselectError("probe-failed", f"{name} {said}: {tail or 'it said nothing'}", hint, Exit.MISSING)


def timed(rows: Sequence[Mapping[str, Any]], ran: Sequence[Finished]) -> Timed:
    """The timings in rows of `llama-bench -o json`; raises LlmselectError `probe-failed` for rows without them."""
    try:
        timings = tuple(_timing(row) for row in rows)
        build, device = bench_build(rows[0]), bench_device(rows[0])
    except (LookupError, TypeError, ValueError, ZeroDivisionError) as error:
        hint = "It may be too old: samples_ns, n_depth, build_commit and build_number must be in its JSON."
        message = f"{PROGRAM} gave rows without what is needed ({type(error).__name__}: {error})"
        raise LlmselectError("probe-failed", message, hint, Exit.MISSING) from error
    cpu = [one.cpu_s for one in ran if one.cpu_s is not None]
    peaks = [one.peak_rss_bytes for one in ran if one.peak_rss_bytes is not None]
    return Timed(timings, build, device, sum(cpu) if cpu else None, max(peaks, default=None))


def _timing(row: Mapping[str, Any]) -> Timing:
    prompt, decoded = int(row["n_prompt"]), int(row["n_gen"])
    pieces = decoded or 1
    seconds = tuple(float(one) / 1e9 / pieces for one in row["samples_ns"])
    if not seconds or min(seconds) <= 0:
        raise ValueError("no samples_ns")
    return Timing(prompt, decoded, int(row.get("n_depth", 0)), seconds)


def bench_build(row: Mapping[str, Any]) -> str:
    """The build in words, such as `llama.cpp b6000 (a1b2c3d), CPU`."""
    return f"llama.cpp b{row['build_number']} ({row['build_commit']}), {row.get('backends') or 'CPU'}"


def bench_device(row: Mapping[str, Any]) -> str:
    """`cpu`, or the GPU's name where layers went to one."""
    return str(row.get("gpu_info") or "").strip() or CPU if row.get("n_gpu_layers") else CPU
