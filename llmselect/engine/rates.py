"""The rates that an option's speed is computed from: this machine's own if probed, else the catalogue's."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from llmselect.engine.machine import Machine
from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.errors import fold
from llmselect.estimate.own_speeds import DeviceRates as Rates
from llmselect.estimate.own_speeds import ProbedRates
from llmselect.estimate.speed import ALONE, Parallel

if TYPE_CHECKING:
    from llmselect.catalog.schema import SpeedFit

PROBED_PRECISIONS = {"none": ("bf16", "fp16"), "q8": ("q8",)}
LINKED_GB_S = 1500.0  # devices with stacked memory, this fast or faster, are sold in boards with NVLink or the like
PCIE_GB_S = 25.0  # of PCIe 4.0 with 16 lanes, 31.5 GB/s one way
COUNT_SPREAD = 1.3  # what a shape that is assumed from a count of weights adds
SPLIT_SPREAD = 1.5  # what two memories at once add: no measurement tells


class Basis(NamedTuple):
    """Rates, how devices share the work, and where they come from: a probe, or a row of speed.yaml."""

    rates: Rates
    parallel: Parallel
    fit: SpeedFit | None
    probe: ProbedRates | None = None


def basis(option: Option, situation: Situation) -> Basis | None:
    """What a self-hosted option's speed is computed from; None where nothing is known of its runtime or memory."""
    if option.runtime is None or option.weights is None:
        return None
    estimated = option.plan is not None and option.plan.estimated
    key = ("basis", option.runtime, option.quantization, option.weights.experts > 0, _weight_bits(option), estimated)
    if key not in situation.memo:
        situation.memo[key] = _basis(option, option.runtime, option.weights.experts > 0, situation)
    found: Basis | None = situation.memo[key]
    return found


def _basis(option: Option, runtime: str, mixture: bool, situation: Situation) -> Basis | None:
    machine, level = situation.machine, option.quantization or "none"
    fit = fit_for(situation, runtime, machine.kind, mixture, level)
    probe = _probed(machine, runtime, level)
    if probe is not None:
        return Basis(_widened(probe.rates, option), _parallel(machine, runtime, fit), fit, probe)
    if fit is None or machine.bandwidth_gb_s is None:
        return None
    rates = catalog_rates(fit, machine.bandwidth_gb_s, _tflops(option, machine))
    return Basis(_widened(rates, option), _parallel(machine, runtime, fit), fit)


def _widened(rates: Rates, option: Option) -> Rates:
    """The rates with wider intervals where a model's shape is not known."""
    if option.plan is None or not option.plan.estimated:
        return rates
    return rates._replace(
        decode_spread=rates.decode_spread * COUNT_SPREAD,
        prefill_spread=rates.prefill_spread * COUNT_SPREAD,
        queue_spread=rates.queue_spread * COUNT_SPREAD,
    )


def system_rates(option: Option, situation: Situation) -> Rates | None:
    """Rates of the processor beside a GPU, for what lies in RAM."""
    machine = situation.machine
    if machine.ram_bandwidth_gb_s is None or option.runtime is None or option.weights is None:
        return None
    fit = fit_for(situation, option.runtime, "cpu", option.weights.experts > 0, option.quantization or "none")
    return catalog_rates(fit, machine.ram_bandwidth_gb_s, None) if fit else None


def fit_for(situation: Situation, runtime: str, kind: str, mixture: bool, level: str) -> SpeedFit | None:
    """The catalogue's constants for a runtime, a kind of device and a level of quantisation."""
    index: dict[tuple[str, str, bool], list[SpeedFit]] | None = situation.known.of_catalog.get("speed-fits")
    if index is None:
        index = {}
        for fit in situation.catalog.speed.fits:
            index.setdefault((fit.runtime, fit.kind, fit.mixture), []).append(fit)
        situation.known.of_catalog["speed-fits"] = index
    rows = index.get((runtime, kind, mixture), [])
    named = (fit for fit in rows if level in fit.levels)
    return next(named, next((fit for fit in rows if not fit.levels), None))


def catalog_rates(fit: SpeedFit, bandwidth_gb_s: float, tflops: float | None) -> Rates:
    """Rates from shares of a device's peaks; without a rate of arithmetic, that part counts as free."""
    peak = math.inf if tflops is None else tflops
    return Rates(
        step_overhead_s=fit.step_overhead_s,
        layer_overhead_s=fit.layer_overhead_s,
        read_gb_s=fit.read_share * bandwidth_gb_s,
        expert_read_gb_s=fit.expert_read_share * bandwidth_gb_s,
        attention_s=0.0,
        prefill_tflops=fit.compute_share * peak,
        expert_prefill_tflops=fit.expert_compute_share * peak,
        decode_spread=fit.decode_spread,
        prefill_spread=fit.prefill_spread,
        evidence="estimated",
        sequence_s=fit.sequence_s,
        first_token_s=fit.first_token_s,
        stall_share=fit.stall_share,
        queue_spread=fit.queue_spread,
    )


@lru_cache(maxsize=256)
def at_peak(rates: Rates, bandwidth_gb_s: float | None) -> Rates:
    """The rates that no runtime exceeds: the full bandwidth, nothing else taking time; 0 s where it is unknown."""
    peak = bandwidth_gb_s or math.inf
    return rates._replace(
        step_overhead_s=0.0,
        layer_overhead_s=0.0,
        sequence_s=0.0,
        attention_s=0.0,
        read_gb_s=peak,
        expert_read_gb_s=peak,
        prefill_tflops=math.inf,
        expert_prefill_tflops=math.inf,
    )


def _tflops(option: Option, machine: Machine) -> float | None:
    """The device's rate at the precision in which the runtime multiplies: FP8 weights in FP8, others in 16 bits."""
    eight = option.runtime == "vllm" and machine.fp8_tflops and _weight_bits(option) == 8
    return machine.fp8_tflops if eight else machine.tflops


def _weight_bits(option: Option) -> float:
    if option.quantization == "q8":
        return 8.0
    released = option.model.weights_bits
    return released.value if option.quantization == "none" and released is not None and released.value else 16.0


def _parallel(machine: Machine, runtime: str, fit: SpeedFit | None) -> Parallel:
    if runtime != "vllm" or machine.count == 1 or fit is None:
        return ALONE
    linked = machine.datacenter and (machine.bandwidth_gb_s or 0) >= LINKED_GB_S
    return Parallel(machine.count, fit.sum_s, fit.link_gb_s if linked else PCIE_GB_S)


def _probed(machine: Machine, runtime: str, level: str) -> ProbedRates | None:
    """The newest probe of this device, runtime and precision."""
    precisions = (level,) if runtime == "llama.cpp" else PROBED_PRECISIONS.get(level, ())
    names = {"cpu"} if machine.kind == "cpu" else {fold(machine.name), fold(machine.id)}
    for probe in reversed(machine.own_speeds.rates):
        if probe.runtime == runtime and probe.precision in precisions and fold(probe.device) in names:
            return probe
    return None
