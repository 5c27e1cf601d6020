"""The llama.cpp probe from beginning to end: write a file, time it, delete it, and so on; then the rates."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from llmselect.errors import Exit, LlmselectError
from llmselect.estimate.rates import ProbedRates
from llmselect.hardware.caches import ASSUMED_BYTES, last_cache_bytes
from llmselect.probe.llamacpp.fit import RUNTIME, Check, Sample, fitted
from llmselect.probe.llamacpp.gguf_files import write_gguf
from llmselect.probe.llamacpp.leftovers import PREFIX, stopped_by_signals, sweep
from llmselect.probe.llamacpp.runtimes import Runtime, find_runtime
from llmselect.probe.llamacpp.subjects import Depth, Subject, subjects
from llmselect.probe.load import Load, combined
from llmselect.probe.outcome import Outcome, Progress, Report
from llmselect.probe.timing import Watch, wait_for_quiet
from llmselect.probe.usage import peak_rss_bytes

MOST_WAIT_S: dict[Depth, float] = {"quick": 1.5, "default": 6.0, "thorough": 60.0}  # for a quiet machine, in all
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
) -> LlamaCppProbe:
    """Time llama.cpp on files of random weights, which lie in the temporary folder one at a time.

    `quantization` is a level such as `q4`; None means that one, or all of them when thorough. `threads` are as
    many as there are physical cores unless given. Raises LlmselectError: `missing-llamacpp`, `missing-gguf`,
    `no-room` (exit 5), `unknown-quantization`, `probe-failed`.
    """
    start, start_cpu = time.perf_counter(), time.process_time()
    runtime = runtime or find_runtime()
    known_cache = last_cache_bytes()
    plan = list(subjects(depth, quantization, known_cache or ASSUMED_BYTES))
    samples, loads = _all(plan, runtime, threads or physical_cores(), MOST_WAIT_S[depth], report)
    rates, checks = fitted(samples)
    report(Progress(1.0, RUNTIME))
    last, today = samples[-1].timed, date.today().isoformat()
    outcome = Outcome(
        runtime=RUNTIME,
        device=last.device,
        build=last.build,
        versions={runtime.name: last.build},
        rates=tuple(ProbedRates(last.device, RUNTIME, last.build, level, one, today) for level, one in rates.items()),
        bytes_written=round(sum(subject.file_bytes for subject in plan)),
        bytes_read_per_step=round(max(subject.step_bytes for subject in plan)),
        cache_bytes=known_cache,
        samples=sum(len(timing.seconds) for sample in samples for timing in sample.timed.timings),
        seconds=time.perf_counter() - start,
        cpu_seconds=time.process_time() - start_cpu + sum(sample.timed.cpu_s or 0.0 for sample in samples),
        peak_rss_bytes=_peak(samples),
        load=combined(loads),
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


def _all(
    plan: Sequence[Subject], runtime: Runtime, threads: int, most_wait_s: float, report: Report
) -> tuple[list[Sample], list[Load]]:
    """Timings of every file of a plan, and what else the machine did meanwhile."""
    sweep(Path(tempfile.gettempdir()))
    check_room(max(subject.file_bytes for subject in plan))
    total, done, wait_s = sum(subject.file_bytes for subject in plan), 0.0, most_wait_s
    samples, loads = [], []
    device = None
    for planned in plan:
        subject = planned.on(device)
        report(Progress(done / total, f"{runtime.name}, {subject.artifact}, {subject.role} file"))
        with _file(subject) as path:
            wait_s -= _wait(_words(report, done / total), wait_s)
            with Watch() as watch:
                timed = runtime.time(path, subject.asks, threads)
        device = timed.device
        samples.append(Sample(subject, timed))
        loads.append(watch.load)
        done += subject.file_bytes
    return samples, loads


def _wait(say: Callable[[str], None], most_s: float) -> float:
    """Wait for a quiet machine; returns how long that took."""
    start = time.perf_counter()
    wait_for_quiet(say, max(0.0, most_s))
    return time.perf_counter() - start


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


def _words(report: Report, share: float) -> Callable[[str], None]:
    """Says what a wait says, without moving on."""
    return lambda words: report(Progress(share, words))
