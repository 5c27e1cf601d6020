"""The llama.cpp probe: writes, times and deletes one file after another, then fits the rates."""

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
from llmselect.probe.llamacpp.fit import RUNTIME, Check, Sample, fit_rates
from llmselect.probe.llamacpp.gguf_files import write_gguf
from llmselect.probe.llamacpp.leftovers import PREFIX, remove_leftovers, stopped_by_signals
from llmselect.probe.llamacpp.probe_files import REQUIRED_ROLES, Depth, ProbeFile, probe_files
from llmselect.probe.llamacpp.runtimes import Runtime, find_runtime
from llmselect.probe.llamacpp.timings import FileTimings, merge_rounds
from llmselect.probe.load import combined_load
from llmselect.probe.outcome import Outcome, Progress, Report
from llmselect.probe.usage import peak_rss_bytes

# Time for waiting for a quiet machine and for repeating disturbed timings.
PATIENCE_S: dict[Depth, float] = {"quick": 1.5, "default": 8.0, "thorough": 60.0}
ROUNDS: dict[Depth, int] = {"quick": 1, "default": 1, "thorough": 2}  # apart in time, because a machine's speed drifts
SPARE_BYTES = 2**28
MEMORY_PER_FILE = 2.2  # a file in the page cache, and a repacked copy of its weights


class LlamaCppProbe(NamedTuple):
    """The probe's outcome, all its timings, and checks of the rates against timings held out of the fit."""

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
    """Times llama.cpp on files of random weights, of which one at a time is in the temporary folder.

    `quantization` is a level such as `q4`; None means q4, or all levels if `depth` is thorough. `threads` defaults to
    the number of physical cores. Takes about `max_s` at most. Raises LlmselectError: `missing-llamacpp`,
    `missing-gguf`, `no-room` (exit 5), `unknown-quantization`, `probe-failed`.
    """
    start, start_cpu = time.perf_counter(), time.process_time()
    runtime = runtime or find_runtime()
    known_cache = last_cache_bytes()
    plan = list(probe_files(depth, quantization, known_cache or ASSUMED_BYTES))
    remove_leftovers(Path(tempfile.gettempdir()))
    require_room(max(probe_file.file_bytes for probe_file in plan))
    runner = JobRunner[Sample](Deadline(max_s), PATIENCE_S[depth], report)
    done = runner.run_all(_jobs(plan, ROUNDS[depth], _Files(runtime, threads or physical_cores())))
    samples = merge_samples([one.result for one in done])
    rates, checks = fit_rates(samples)
    report(Progress(1.0, RUNTIME))
    last, today = samples[-1].timed, date.today().isoformat()
    outcome = Outcome(
        runtime=RUNTIME,
        device=last.device,
        build=last.build,
        versions={runtime.name: last.build},
        rates=tuple(ProbedRates(last.device, RUNTIME, last.build, level, one, today) for level, one in rates.items()),
        bytes_written=round(sum(one.result.probe_file.file_bytes for one in done)),
        bytes_read_per_step=round(max(probe_file.step_bytes for probe_file in plan)),
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
    """Physical cores that this process may use; more threads than that slow llama.cpp down."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    usable = (len(affinity(0)) if affinity else os.cpu_count()) or 1
    try:
        import psutil
    except ImportError:
        return usable
    return min(usable, psutil.cpu_count(logical=False) or usable)


def _jobs(plan: Sequence[ProbeFile], rounds: int, files: "_Files") -> list[Job[Sample]]:
    """A job for each file and round; the files that the rates require come first."""
    first = sorted(plan, key=lambda probe_file: probe_file.role not in REQUIRED_ROLES)
    found = [(one, one.role in REQUIRED_ROLES) for one in first] + [(one, False) for one in plan] * (rounds - 1)
    return [
        Job(f"{files.runtime.name}, {one.artifact}, {one.role} file", one.cost, needed, partial(files.timed, one))
        for one, needed in found
    ]


def merge_samples(samples: Sequence[Sample]) -> list[Sample]:
    """One sample per file, with the repeats of all rounds."""
    by_file: dict[ProbeFile, list[FileTimings]] = {}
    for probe_file, timed in samples:
        by_file.setdefault(probe_file, []).append(timed)
    return [Sample(probe_file, merge_rounds(rounds)) for probe_file, rounds in by_file.items()]


class _Files:
    """Writes, times and deletes files one at a time; remembers the device that they ran on."""

    def __init__(self, runtime: Runtime, threads: int) -> None:
        self.runtime, self.threads = runtime, threads
        self.device: str | None = None

    def timed(self, planned: ProbeFile, max_s: float) -> Sample:
        """A file's timings, in about `max_s` at most."""
        probe_file, deadline = planned.for_device(self.device), Deadline(max_s)
        with _file(probe_file) as path:
            found = self.runtime.time(path, probe_file.tasks, self.threads, deadline.left_s)
        self.device = found.device
        return Sample(probe_file, found)


@contextmanager
def _file(probe_file: ProbeFile) -> Iterator[Path]:
    """Writes the file and deletes it at the end in any case."""
    with stopped_by_signals(), tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as folder:
        path = Path(folder) / f"{probe_file.role.replace(' ', '-')}-{probe_file.artifact}.gguf"
        write_gguf(path, probe_file.decoder, probe_file.artifact)
        yield path


def require_room(file_bytes: float) -> None:
    """Raises LlmselectError `no-room` (exit 5) if the disk or the memory cannot hold the largest file."""
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
    """The peak memory of llama.cpp, or of this process while it wrote files, whichever is larger."""
    peaks = [peak_rss_bytes(), *(sample.timed.peak_rss_bytes for sample in samples)]
    return max((peak for peak in peaks if peak is not None), default=None)
