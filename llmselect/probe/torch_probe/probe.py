"""The torch probe from beginning to end."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Literal, NamedTuple

import torch

from llmselect.estimate.rates import ProbedRates
from llmselect.probe.load import combined
from llmselect.probe.outcome import Outcome, Progress, Report
from llmselect.probe.timing import watched
from llmselect.probe.torch_probe.devices import Device, choose
from llmselect.probe.torch_probe.fit import RUNTIME, Check, fitted
from llmselect.probe.torch_probe.runs import timed
from llmselect.probe.torch_probe.work import ELEMENT_BYTES, PACES, Depth, Subject, Timed, subjects
from llmselect.probe.usage import peak_rss_bytes

MOST_WAIT_S: dict[Depth, float] = {"quick": 3.0, "default": 8.0, "thorough": 60.0}


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
    found, load = watched(lambda: _all(device, depth, report), _words(report), most_wait_s=MOST_WAIT_S[depth])
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
        load=combined([load]),
    )
    return TorchProbe(outcome, tuple(found), {name: checks for name, (_, checks) in fits.items()})


def _all(device: Device, depth: Depth, report: Report) -> list[Timed]:
    """Times of every subject at every precision of the device, reported one by one."""
    work = list(_work(device, depth))
    total = sum(len(subject.runs) for _, subject in work)
    found: list[Timed] = []
    for precision, subject in work:
        report(Progress(len(found) / total, f"torch {precision}, {subject.role} decoder"))
        found.extend(timed(subject, precision, device, PACES[depth]))
    report(Progress(1.0, "torch"))
    return found


def _work(device: Device, depth: Depth) -> Iterator[tuple[str, Subject]]:
    for precision in device.precisions:
        for subject in subjects(device.kind, depth, ELEMENT_BYTES[precision], device.cache_bytes):
            yield precision, subject


def _words(report: Report) -> Callable[[str], None]:
    """Says what a wait says, before anything is done."""
    return lambda words: report(Progress(0.0, words))
