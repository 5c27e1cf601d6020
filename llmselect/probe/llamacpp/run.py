"""The llama.cpp probe from beginning to end: write a file, time it, delete it, and so on; then the rates."""

import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from llmselect.errors import Exit, LlmselectError
from llmselect.estimate.own_speeds import ProbedRates
from llmselect.hardware.caches import ASSUMED_BYTES, last_cache_bytes
from llmselect.probe.jobs import Deadline, Job, JobRunner
from llmselect.probe.llamacpp.fit import RUNTIME, Check, Sample, fitted
from llmselect.probe.llamacpp.gguf_files import write_gguf
from llmselect.probe.llamacpp.leftovers import PREFIX, stopped_by_signals, sweep
from llmselect.probe.llamacpp.runtimes import Runtime, find_runtime
from llmselect.probe.llamacpp.subjects import NEEDED, Depth, Subject, subjects
from llmselect.probe.llamacpp.timings import Timed, together
from llmselect.probe.load import combined_load
from llmselect.probe.outcome import Outcome, Progress, Report
from llmselect.probe.usage import peak_rss_bytes

# How long it waits for quiet, and repeats what was disturbed.
PATIENCE_S: dict[Depth, float] = {"quick": 1.5, "default": 8.0, "thorough": 60.0}
ROUNDS: dict[Depth, int] = {"quick": 1, "default": 1, "thorough": 2}  # minutes apart, because machines drift
SPARE_BYTES = 2**28
MEMORY_PER_FILE = 2.2  # a file in the page cache, and its weights repacked beside it


class LlamaCppProbe(NamedTuple):
    """What the probe hands back, every timing, and how well the rates foretell those not used for them."""

    outcome: Outcome
    samples: tuple[Sample, ...]
    checks: tuple[Check, ...]


def probe_llamacpp(
    depth: Depth,
    quantization: str | None,
    threads: int | None,
    report: Report,
    runtime: Runtime | None = None,
    max_s: float = math.inf,
) -> LlamaCppProbe:
    """Time llama.cpp on files of random weights, which lie in the temporary folder one at a time.

    `quantization` is a level such as `q4`; None means that one, or all of them when thorough. `threads` are as
    many as there are physical cores unless given. It takes about `max_s` at most. Raises LlmselectError:
    `missing-llamacpp`, `missing-gguf`, `no-room` (exit 5), `unknown-quantization`, `probe-failed`.
    """
    start, start_cpu = time.perf_counter(), time.process_time()
    runtime = runtime or find_runtime()
    known_cache = last_cache_bytes()
    plan = list(subjects(depth, quantization, known_cache or ASSUMED_BYTES))
    sweep(Path(tempfile.gettempdir()))
    check_room(max(subject.file_bytes for subject in plan))
    runner = JobRunner[Sample](Deadline(max_s), PATIENCE_S[depth], report)
    done = runner.run_all(_jobs(plan, ROUNDS[depth], _Files(runtime, threads or physical_cores())))
    samples = merged([one.result for one in done])
    rates, checks = fitted(samples)
    report(Progress(1.0, RUNTIME))
    last, today = samples[-1].timed, date.today().isoformat()
    outcome = Outcome(
        runtime=RUNTIME,
        device=last.device,
        build=last.build,
        versions={runtime.name: last.build},
        rates=tuple(ProbedRates(last.device, RUNTIME, last.build, level, one, today) for level, one in rates.items()),
        bytes_written=round(sum(one.result.subject.file_bytes for one in done)),
        bytes_read_per_step=round(max(subject.step_bytes for subject in plan)),
        cache_bytes=known_cache,
        samples=sum(len(timing.seconds) for sample in samples for timing in sample.timed.timings),
        seconds=time.perf_counter() - start,
        cpu_seconds=time.process_time() - start_cpu + sum(sample.timed.cpu_s or 0.0 for sample in samples),
        peak_rss_bytes=_peak(samples),
        load=combined_load([one.load for one in done]),
        left_out=tuple(runner.left_out),
    )
    return LlamaCppProbe(outcome, tuple(samples), checks)


def physical_cores() -> int:
    """Cores that this process may use: threads beyond them slow llama.cpp down."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    usable = (len(affinity(0)) if affinity else os.cpu_count()) or 1
    try:
        import psutil
    except ImportError:
        return usable
    return min(usable, psutil.cpu_count(logical=False) or usable)


def _jobs(plan: Sequence[Subject], rounds: int, files: "_Files") -> list[Job[Sample]]:
    """A job for each file and round, in the first those before others without which there are no rates."""
    first = sorted(plan, key=lambda subject: subject.role not in NEEDED)
    found = [(one, one.role in NEEDED) for one in first] + [(one, False) for one in plan] * (rounds - 1)
    return [
        Job(f"{files.runtime.name}, {one.artifact}, {one.role} file", one.cost, needed, partial(files.timed, one))
        for one, needed in found
    ]


def merged(samples: Sequence[Sample]) -> list[Sample]:
    """One sample for each subject, with the repeats of all rounds."""
    by_subject: dict[Subject, list[Timed]] = {}
    for subject, timed in samples:
        by_subject.setdefault(subject, []).append(timed)
    return [Sample(subject, together(rounds)) for subject, rounds in by_subject.items()]


class _Files:
    """Writes files, one at a time, has them timed and deletes them; remembers the device that they ran on."""

    def __init__(self, runtime: Runtime, threads: int) -> None:
        self.runtime, self.threads = runtime, threads
        self.device: str | None = None

    def timed(self, planned: Subject, max_s: float) -> Sample:
        """A subject's timings, in about so many seconds at most."""
        subject, deadline = planned.on(self.device), Deadline(max_s)
        with _file(subject) as path:
            found = self.runtime.time(path, subject.asks, self.threads, deadline.left_s)
        self.device = found.device
        return Sample(subject, found)


@contextmanager
def _file(subject: Subject) -> Iterator[Path]:
    """The subject's file, gone afterwards whatever happens."""
    with stopped_by_signals(), tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as folder:
        path = Path(folder) / f"{subject.role.replace(' ', '-')}-{subject.artifact}.gguf"
        write_gguf(path, subject.decoder, subject.artifact)
        yield path


def check_room(file_bytes: float) -> None:
    """Raises LlmselectError `no-room` (exit 5) where the disk or the memory cannot hold the largest file."""
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if free < file_bytes + SPARE_BYTES:
        message = f"{folder} has {free / 1e9:.1f} GB free; the probe needs {(file_bytes + SPARE_BYTES) / 1e9:.1f} GB"
        raise LlmselectError("no-room", message, "Free some, or name another folder in TMPDIR.", Exit.MISSING)
    available, needed = _available_bytes(), MEMORY_PER_FILE * file_bytes
    if available is not None and available < needed:
        message = f"{available / 1e9:.1f} GB of memory are free; the probe needs {needed / 1e9:.1f} GB"
        hint = "Close something, or probe smaller files alone with --quantization, such as q4."
        raise LlmselectError("no-room", message, hint, Exit.MISSING)


def _available_bytes() -> int | None:
    try:
        import psutil
    except ImportError:
        return None
    return int(psutil.virtual_memory().available)


def _peak(samples: Sequence[Sample]) -> int | None:
    """The most memory that llama.cpp held, or this process while it wrote."""
    peaks = [peak_rss_bytes(), *(sample.timed.peak_rss_bytes for sample in samples)]
    return max((peak for peak in peaks if peak is not None), default=None)
