"""The torch probe from beginning to end."""

import math
import time
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Literal, NamedTuple

import torch

from llmselect.errors import Exit, LlmselectError
from llmselect.estimate.own_speeds import DeviceRates, ProbedRates
from llmselect.probe.jobs import Deadline, Job, JobRunner
from llmselect.probe.load import Load, combined_load
from llmselect.probe.outcome import Outcome, Progress, Report
from llmselect.probe.torch_probe.devices import Device, choose
from llmselect.probe.torch_probe.fit import RUNTIME, Check, fitted
from llmselect.probe.torch_probe.runs import timed
from llmselect.probe.torch_probe.work import (
    ELEMENT_BYTES,
    NEEDED,
    PACES,
    VISITS,
    Depth,
    Pace,
    Subject,
    Timed,
    subjects,
)
from llmselect.probe.usage import peak_rss_bytes

# How long it waits for quiet, and repeats what was disturbed.
PATIENCE_S: dict[Depth, float] = {"quick": 3.0, "default": 10.0, "thorough": 120.0}
AGAIN = ", again"
DOUBTFUL_CPUS = 0.05  # processors that others may keep busy before medians are doubted


class TorchProbe(NamedTuple):
    """What the probe hands back, every time it took, and how well the rates foretell those not used for them."""

    outcome: Outcome
    timed: tuple[Timed, ...]
    checks: dict[str, tuple[Check, ...]]


def probe_torch(
    asked: Literal["cpu", "cuda", "mps", "auto"], depth: Depth, report: Report, max_s: float = math.inf
) -> TorchProbe:
    """Time small decoders on a device at each precision that its torch models run at, for about `max_s` at most.

    Raises LlmselectError where torch does not see the device. Nothing is downloaded or written.
    """
    start, start_cpu = time.perf_counter(), time.process_time()
    device = choose(asked)
    runner = JobRunner[list[Timed]](Deadline(max_s), PATIENCE_S[depth], report)
    done = runner.run_all(_jobs(device, depth))
    report(Progress(1.0, "torch"))
    found = [timing._replace(disturbed=_disturbed(one.load)) for one in done for timing in one.result]
    load = combined_load([one.load for one in done])
    fits = {name: _fitted(found, name, load) for name in _precisions(device, depth)}
    today = date.today().isoformat()
    outcome = Outcome(
        runtime=RUNTIME,
        device=device.name,
        build=device.build,
        versions={"torch": torch.__version__},
        rates=tuple(
            ProbedRates(device.name, RUNTIME, device.build, name, rates, today) for name, (rates, _) in fits.items()
        ),
        bytes_written=0,
        bytes_read_per_step=round(max(one.shape.step_bytes(ELEMENT_BYTES[one.precision]) for one in found)),
        cache_bytes=device.cache_bytes if device.cache_known else None,
        samples=sum(len(one.seconds) for one in found),
        seconds=time.perf_counter() - start,
        cpu_seconds=time.process_time() - start_cpu,
        peak_rss_bytes=peak_rss_bytes(),
        load=load,
        left_out=_named(runner.left_out),
    )
    checks = {name: checks for name, (_, checks) in fits.items()}
    return TorchProbe(outcome, tuple(found), checks)


def _fitted(found: list[Timed], precision: str, load: Load | None) -> tuple[DeviceRates, tuple[Check, ...]]:
    contended = load is not None and bool(load.contended)
    return fitted([one for one in found if one.precision == precision], contended=contended)


def _precisions(device: Device, depth: Depth) -> tuple[str, ...]:
    """All of the device's, but the one in which models are released when quick."""
    return device.precisions[1:2] if depth == "quick" else device.precisions


def _jobs(device: Device, depth: Depth) -> list[Job[list[Timed]]]:
    """Every subject at every precision of the device, first those without which there are no rates; then all again."""
    work = [
        (precision, subject)
        for precision in _precisions(device, depth)
        for subject in subjects(device.kind, depth, ELEMENT_BYTES[precision], device.cache_bytes)
    ]
    first = sorted(work, key=lambda one: one[1].role not in NEEDED)
    return [
        Job(
            f"torch {precision}, {subject.role} decoder{AGAIN if visit else ''}",
            subject.cost(precision),
            subject.role in NEEDED and not visit,
            partial(_listed, subject, precision, device, PACES[depth]),
        )
        for visit in range(VISITS[depth])
        for precision, subject in first
    ]


def _named(left_out: Sequence[str]) -> tuple[str, ...]:
    """What there was no time for; of further visits their number."""
    again = [name for name in left_out if name.endswith(AGAIN)]
    once = [name for name in left_out if name not in again]
    return (*once, *([f"another look at {len(again)} torch decoders"] if again else []))


def _listed(subject: Subject, precision: str, device: Device, pace: Pace, max_s: float) -> list[Timed]:
    try:
        return list(timed(subject, precision, device, pace, max_s))
    except torch.OutOfMemoryError as error:
        size = subject.shape.weight_bytes(ELEMENT_BYTES[precision])
        raise LlmselectError(
            "out-of-memory",
            f"{device.name} has no memory left for a decoder of {size:,} bytes",
            "end what else uses its memory, or --device cpu",
            Exit.MISSING,
        ) from error


def _disturbed(load: Load) -> bool:
    """Whether enough happened to doubt a median, though perhaps not enough to mark the result."""
    return bool(load.contended) or (load.others_cpus or 0.0) > DOUBTFUL_CPUS
