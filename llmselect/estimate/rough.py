"""Speed without constants for each runtime: decode and prefill from bandwidth and compute, as wide intervals."""

from typing import NamedTuple

from llmselect.estimate.interval import Interval

# Share of the vendor's peak that runtimes reach, as a 90 % interval; docs/speed.md says where it comes from.
BANDWIDTH_SHARE = {
    "gpu": Interval(0.40, 0.72, 0.85),
    "soc": Interval(0.38, 0.70, 0.86),
    "cpu": Interval(0.28, 0.56, 0.80),
}
EXPERTS_BANDWIDTH_SHARE = {
    "gpu": Interval(0.14, 0.38, 0.70),
    "soc": Interval(0.34, 0.50, 0.72),
    "cpu": Interval(0.10, 0.35, 0.70),
}
COMPUTE_SHARE = Interval(0.20, 0.45, 0.75)
STEP_OVERHEAD_S = Interval(0.0003, 0.0008, 0.002)


class Engine(NamedTuple):
    """One memory and its processor: `kind` gpu, soc or cpu; GB/s. `experts` when it reads a mixture of experts."""

    kind: str
    bandwidth_gb_s: float
    experts: bool = False


def step_s(device_bytes: float, device: Engine | None, system_bytes: float, system: Engine | None) -> Interval:
    """Time of one decoding step in seconds: overhead plus the bytes of each memory over its bandwidth.

    Memory-bound decoding after the roofline model (Williams et al. 2009, doi 10.1145/1498765.1498785).
    """
    total = STEP_OVERHEAD_S
    for size, engine in ((device_bytes, device), (system_bytes, system)):
        if size > 0 and engine is not None:
            total = total.plus(_read_s(size, engine))
    return total


def _read_s(size_bytes: float, engine: Engine) -> Interval:
    shares = EXPERTS_BANDWIDTH_SHARE if engine.experts else BANDWIDTH_SHARE
    return shares[engine.kind].scaled(engine.bandwidth_gb_s * 1e9).inverse().scaled(size_bytes)


def prefill_s(prompt_tokens: int, active_parameters: int, tflops: float | None, floor: Interval) -> Interval | None:
    """Time to first token in seconds: 2 FLOPs per active weight and token (arXiv 2001.08361, table 1),
    never below one reading of the weights; None where the vendor states no rate.
    """
    if tflops is None:
        return None
    flops = 2.0 * active_parameters * prompt_tokens
    compute = COMPUTE_SHARE.scaled(tflops * 1e12).inverse().scaled(flops)
    return Interval(max(compute.low, floor.low), max(compute.value, floor.value), max(compute.high, floor.high))
