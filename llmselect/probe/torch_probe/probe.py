"""The torch probe from beginning to end."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Literal, NamedTuple, TypeVar

import torch

from llmselect.errors import Exit, LlmselectError
from llmselect.estimate.rates import ProbedRates
from llmselect.probe.load import Load, combined
from llmselect.probe.outcome import Outcome, Progress, Report
from llmselect.probe.timing import Watch, wait_for_quiet
from llmselect.probe.torch_probe.devices import Device, choose
from llmselect.probe.torch_probe.fit import RUNTIME, Check, fitted
from llmselect.probe.torch_probe.runs import timed
from llmselect.probe.torch_probe.work import ELEMENT_BYTES, PACES, Depth, Pace, Subject, Timed, subjects
from llmselect.probe.usage import peak_rss_bytes

MOST_WAIT_S: dict[Depth, float] = {"quick": 3.0, "default": 8.0, "thorough": 60.0}
# How long what was disturbed is repeated.
REPEAT_S: dict[Depth, float] = {"quick": 4.0, "default": 10.0, "thorough": 120.0}
DOUBTFUL_CPUS = 0.05  # processors that others may keep busy before medians are doubted
Result = TypeVar("Result")


class TorchProbe(NamedTuple):
    """What the probe hands back, every time it took, and how well the rates foretell those not used for them."""

    outcome: Outcome
    timed: tuple[Timed, ...]
    checks: dict[str, tuple[Check, ...]]


def probe_torch(asked: Literal["cpu", "cuda", "mps", "auto"], depth: Depth, report: Report) -> TorchProbe:
    """Time small decoders on a device at each precision that its torch models run at.

    Raises LlmselectError where torch does not see the device. Nothing is downloaded or written.
    """
    start, start_cpu = time.perf_counter(), time.process_time()
    device = choose(asked)
    watched = _all(device, depth, report)
    found = [one._replace(disturbed=_disturbed(load)) for times, load in watched for one in times]
    fits = {name: fitted([one for one in found if one.precision == name]) for name in device.precisions}
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
        load=combined([load for _, load in watched]),
    )
    return TorchProbe(outcome, tuple(found), {name: checks for name, (_, checks) in fits.items()})


def _all(device: Device, depth: Depth, report: Report) -> list[tuple[list[Timed], Load]]:
    """Times of every subject at every precision of the device, each with what else the machine did meanwhile."""
    wait_for_quiet(lambda words: report(Progress(0.0, words)), MOST_WAIT_S[depth])
    work = list(_work(device, depth))
    patience_ends = time.monotonic() + REPEAT_S[depth]
    found = []
    for done, (precision, subject) in enumerate(work):
        report(Progress(done / len(work), f"torch {precision}, {subject.role} decoder"))
        found.append(undisturbed(partial(_listed, subject, precision, device, PACES[depth]), patience_ends))
    report(Progress(1.0, "torch"))
    return found


def _listed(subject: Subject, precision: str, device: Device, pace: Pace) -> list[Timed]:
    try:
        return list(timed(subject, precision, device, pace))
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


def undisturbed(
    run: Callable[[], Result], patience_ends: float, watch: Callable[[], Watch] = Watch
) -> tuple[Result, Load]:
    """The result of the first run during which the machine did nothing else, or of the least disturbed one.

    Runs once in any case, and again only while `time.monotonic()` has not reached `patience_ends`.
    """
    found: list[tuple[Result, Load]] = []
    while not found or time.monotonic() < patience_ends:
        with watch() as watching:
            result = run()
        found.append((result, watching.load))
        if not watching.load.contended:
            return found[-1]
    return min(found, key=lambda one: one[1].others_cpus or 0.0)


def _work(device: Device, depth: Depth) -> Iterator[tuple[str, Subject]]:
    for precision in device.precisions:
        for subject in subjects(device.kind, depth, ELEMENT_BYTES[precision], device.cache_bytes):
            yield precision, subject
