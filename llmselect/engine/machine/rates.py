"""The rates that weights on a machine are judged with: the machine's own where it was probed, else the catalogue's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from llmselect.engine.machine.artifacts import RELEASED, OwnFacts
from llmselect.errors import fold
from llmselect.estimate.rates import Rates, rates_of, widened
from llmselect.estimate.rows import Bools, Codes, Floats
from llmselect.estimate.runtimes import RUNTIMES
from llmselect.estimate.speed import PCIE_GB_S, Parallel

if TYPE_CHECKING:
    from llmselect.engine.machine.machines import Machine
    from llmselect.estimate.own_speeds import ProbedRates

PROBED_PRECISIONS = {RELEASED: ("bf16", "fp16"), "q8": ("q8",)}
LINKED_GB_S = 1500.0  # devices with stacked memory, this fast or faster, are sold in boards with NVLink or the like


@dataclass(slots=True)
class MachineRates:
    """The rates of n artifacts on a machine, and how its devices share the work; each (n,)."""

    rates: Rates
    """Of one device; NaN where nothing is known of it."""
    system: Rates
    """Of the processor beside it, for what lies in RAM."""
    parallel: Parallel
    fit_no: Codes
    """Row of the speed constants; -1 where there is none."""
    probe_no: Codes
    """Row of the machine's probes that stands in for them; -1 where there is none."""


def machine_rates(
    facts: OwnFacts, machine: Machine, artifact_no: Codes, mixture: Bools, bits: Floats, assumed: Bools
) -> MachineRates:
    """The rates of artifacts on a machine.

    `mixture` tells where there are routed experts, `bits` are those of a weight as it is multiplied, `assumed` is where
    no architecture is published.
    """
    fit_no = _fit_rows(facts, machine.kind, artifact_no, mixture)
    probe_no = _probes(facts, machine)[artifact_no]
    bandwidth_gb_s = math.nan if machine.bandwidth_gb_s is None else machine.bandwidth_gb_s
    rates = rates_of(facts.constants.shares_of(fit_no), bandwidth_gb_s, _tflops(facts, machine, artifact_no, bits))
    rates = widened(_probed(rates, machine.own_speeds.rates, probe_no), assumed)
    ram_gb_s = math.nan if machine.ram_bandwidth_gb_s is None else machine.ram_bandwidth_gb_s
    system = rates_of(facts.constants.shares_of(_fit_rows(facts, "cpu", artifact_no, mixture)), ram_gb_s, math.inf)
    return MachineRates(rates, system, _parallel(facts, machine, artifact_no, fit_no), fit_no, probe_no)


def _fit_rows(facts: OwnFacts, kind: str, artifact_no: Codes, mixture: Bools) -> Codes:
    """(n,): rows of the speed constants."""
    names = list(zip(facts.artifacts.runtime, facts.artifacts.level, strict=True))
    found = [[facts.constants.find(runtime, kind, level, one) for runtime, level in names] for one in (False, True)]
    return np.array(found, dtype=np.int64)[mixture.astype(np.int64), artifact_no]


def _tflops(facts: OwnFacts, machine: Machine, artifact_no: Codes, bits: Floats) -> Floats:
    """(n,): a device's rate in the precision in which the runtime multiplies; infinite where it is unknown."""
    plain = math.inf if machine.tflops is None else machine.tflops
    if not machine.fp8_tflops:
        return np.full(len(artifact_no), plain)
    able = np.array([RUNTIMES[runtime].multiplies_in_fp8 for runtime in facts.artifacts.runtime])[artifact_no]
    return np.where(able & (bits == 8), machine.fp8_tflops, plain)


def _probes(facts: OwnFacts, machine: Machine) -> Codes:
    """By artifact, the newest probe of the machine's device in its runtime and precision; -1 without one."""
    names = {"cpu"} if machine.kind == "cpu" else {fold(machine.name), fold(machine.id)}
    found = np.full(len(facts.artifacts.level), -1)
    for number, probe in enumerate(machine.own_speeds.rates):
        for at, (runtime, level) in enumerate(zip(facts.artifacts.runtime, facts.artifacts.level, strict=True)):
            precisions = (level,) if runtime == "llama.cpp" else PROBED_PRECISIONS.get(level, ())
            if probe.runtime == runtime and probe.precision in precisions and fold(probe.device) in names:
                found[at] = number
    return found


def _probed(rates: Rates, probes: Sequence[ProbedRates], probe_no: Codes) -> Rates:
    """The rates, with those of the probes in their place."""
    for number in sorted(set(probe_no[probe_no >= 0].tolist())):
        own, at = probes[number].rates, probe_no == number
        columns = [np.where(at, getattr(own, field.name), getattr(rates, field.name)) for field in fields(Rates)]
        rates = Rates(*columns)
    return rates


def _parallel(facts: OwnFacts, machine: Machine, artifact_no: Codes, fit_no: Codes) -> Parallel:
    """The devices that share every layer, where the runtime lets them."""
    able = np.array([RUNTIMES[runtime].splits_layers for runtime in facts.artifacts.runtime])[artifact_no]
    shared = able & (fit_no >= 0) & (machine.count > 1)
    linked = machine.datacenter and (machine.bandwidth_gb_s or 0) >= LINKED_GB_S
    link = facts.constants.link_gb_s[fit_no] if linked else PCIE_GB_S
    return Parallel(
        devices=np.where(shared, float(machine.count), 1.0),
        sum_s=np.where(shared, facts.constants.sum_s[fit_no], 0.0),
        link_gb_s=np.where(shared, link, 0.0),
    )
