"""The torch probe: times small decoders and fits the rates."""

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
from llmselect.probe.torch_probe.devices import Device, choose_device
from llmselect.probe.torch_probe.fit import RUNTIME, Check, fit_rates
from llmselect.probe.torch_probe.runs import time_decoder
from llmselect.probe.torch_probe.work import (
    ELEMENT_BYTES,
    REQUIRED_ROLES,
    RUN_COUNTS,
    VISITS,
    Depth,
    RunCounts,
    RunTimings,
    TimedDecoder,
    timed_decoders,
)
from llmselect.probe.usage import peak_rss_bytes

# Time for waiting for a quiet machine and for repeating disturbed timings.
PATIENCE_S: dict[Depth, float] = {"quick": 3.0, "default": 10.0, "thorough": 120.0}
REVISIT = ", again"
DOUBTFUL_CPUS = 0.05  # processors kept busy by others, above which medians are not trusted


class TorchProbe(NamedTuple):
    """The probe's outcome, all its timings, and checks of the rates against timings held out of the fit."""

    outcome: Outcome
    timed: tuple[RunTimings, ...]
    checks: dict[str, tuple[Check, ...]]


def probe_torch(
    asked: Literal["cpu", "cuda", "mps", "auto"], depth: Depth, report: Report, max_s: float = math.inf
) -> TorchProbe:
    """Times small decoders on a device in each precision that it supports, for about `max_s` at most.

    Raises LlmselectError if torch does not see the device. Nothing is downloaded or written.
    """
    start, start_cpu = time.perf_counter(), time.process_time()
    device = choose_device(asked)
    runner = JobRunner[list[RunTimings]](Deadline(max_s), PATIENCE_S[depth], report)
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


def _fitted(found: list[RunTimings], precision: str, load: Load | None) -> tuple[DeviceRates, tuple[Check, ...]]:
    contended = load is not None and bool(load.contended)
    return fit_rates([one for one in found if one.precision == precision], contended=contended)


def _precisions(device: Device, depth: Depth) -> tuple[str, ...]:
    """The device's precisions; a quick probe takes only the one in which models are usually released."""
    return device.precisions[1:2] if depth == "quick" else device.precisions


def _jobs(device: Device, depth: Depth) -> list[Job[list[RunTimings]]]:
    """A job for each visit, precision and decoder; in each visit the decoders that the rates require come first."""
    work = [
        (precision, case)
        for precision in _precisions(device, depth)
        for case in timed_decoders(device.kind, depth, ELEMENT_BYTES[precision], device.cache_bytes)
    ]
    first = sorted(work, key=lambda one: one[1].role not in REQUIRED_ROLES)
    return [
        Job(
            f"torch {precision}, {case.role} decoder{REVISIT if visit else ''}",
            case.cost(precision),
            case.role in REQUIRED_ROLES and not visit,
            partial(_time_decoder, case, precision, device, RUN_COUNTS[depth]),
        )
        for visit in range(VISITS[depth])
        for precision, case in first
    ]


def _named(left_out: Sequence[str]) -> tuple[str, ...]:
    """The names of skipped jobs; for repeated visits only their number."""
    again = [name for name in left_out if name.endswith(REVISIT)]
    once = [name for name in left_out if name not in again]
    return (*once, *([f"another look at {len(again)} torch decoders"] if again else []))


def _time_decoder(
    case: TimedDecoder, precision: str, device: Device, pace: RunCounts, max_s: float
) -> list[RunTimings]:
    try:
        return list(time_decoder(case, precision, device, pace, max_s))
    except torch.OutOfMemoryError as error:
        size = case.shape.weight_bytes(ELEMENT_BYTES[precision])
        raise LlmselectError(
            "out-of-memory",
            f"{device.name} has no memory left for a decoder of {size:,} bytes",
            "end what else uses its memory, or --device cpu",
            Exit.MISSING,
        ) from error


def _disturbed(load: Load) -> bool:
    """Whether the load is enough to distrust a median, even if not enough to mark the result."""
    return bool(load.contended) or (load.others_cpus or 0.0) > DOUBTFUL_CPUS
