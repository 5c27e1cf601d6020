"""How fast options answer: computed from rates, or measured where this very option was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from llmselect.estimate.intervals import around, inverse
from llmselect.estimate.memory import EXPERTS_IN_RAM, SPLIT
from llmselect.estimate.rates import Rates, at_peak
from llmselect.estimate.rows import Bools, Codes, Floats, take
from llmselect.estimate.speed import (
    ALONE,
    PCIE_GB_S,
    Load,
    Parallel,
    bounded_below,
    decode_parts,
    device_share,
    experts_alone,
    prefill_parts,
    ram_share,
    tpot_s,
    ttft_s,
    ttft_spread,
    without_experts,
)
from llmselect.estimate.work import Work, woken

if TYPE_CHECKING:
    from llmselect.estimate.own_speeds import Measurement

SPLIT_SPREAD = 1.5  # widens intervals of weights in two memories, which no measurement backs
NEAR = 1.5  # a measurement with up to this many times the requests or the prompt, or that much fewer, fits
NEAR_DEPTH_TOKENS = 1024  # decoding slows little over this many tokens


@dataclass(slots=True)
class Speeds:
    """Seconds of n options, (3, n) each; NaN where unknown.

    `step_s` is a decoding step without what the prompts of others take, `tpot_s` a token with it. `least_ttft_s` is
    what the prompt takes by itself, before others wait with it.
    """

    step_s: Floats
    tpot_s: Floats
    ttft_s: Floats
    least_ttft_s: Floats
    measured: Bools
    """(n,): whether this very option was timed."""
    unverified: Bools
    """(n,): whether it lies in two memories, for which there are no measurements."""


@dataclass(slots=True)
class SpeedInputs:
    """All that the speeds of n artifacts are computed from; each (n,) but for the machine's two bandwidths."""

    work: Work
    rates: Rates
    system: Rates
    parallel: Parallel
    placement: NDArray[np.int8]
    device_share: Floats
    prompt_s: Floats
    """Seconds that a prompt takes by itself."""
    bandwidth_gb_s: float
    """What a device's memory is read with at most; infinite where it is unknown."""
    ram_bandwidth_gb_s: float


def prompt_s(work: Work, rates: Rates, load: Load, parallel: Parallel) -> Floats:
    """(n,): seconds that one prompt takes by itself."""
    return prefill_parts(work, rates, load.prompt_tokens, load.cached_tokens, parallel).total_s


def computed(inputs: SpeedInputs, load: Load, batch: Codes) -> Speeds:
    """The speeds of `batch` (n,) requests at once, from rates."""
    found = _in_one_memory(inputs, load, batch)
    rows = np.flatnonzero((inputs.placement == SPLIT) | (inputs.placement == EXPERTS_IN_RAM))
    if len(rows):
        split = take(inputs, rows)
        step, prompt = _in_two_memories(split, load, batch[rows]), _prompt_in_two_memories(split, load)
        found.step_s[:, rows] = found.tpot_s[:, rows] = step
        found.least_ttft_s[:, rows], found.ttft_s[:, rows] = prompt, prompt + step
        found.unverified[rows] = ~np.isnan(step[1])
    return found


def _in_one_memory(inputs: SpeedInputs, load: Load, batch: Codes) -> Speeds:
    work, rates, parallel = inputs.work, inputs.rates, inputs.parallel
    peak = at_peak(rates, inputs.bandwidth_gb_s)
    least_s = decode_parts(work, peak, batch, load.depth_tokens, parallel).total_s
    middle = decode_parts(work, rates, batch, load.depth_tokens, parallel).total_s
    step = bounded_below(around(middle, rates.decode_spread), least_s)
    each = tpot_s(middle, inputs.prompt_s, rates, load, batch)
    first = around(ttft_s(inputs.prompt_s, rates, batch), ttft_spread(rates, batch))
    known = np.isfinite(rates.prefill_tflops)
    return Speeds(
        step_s=step,
        tpot_s=bounded_below(around(each, rates.decode_spread), least_s),
        ttft_s=np.where(known, first, math.nan),
        least_ttft_s=np.where(known, around(inputs.prompt_s, rates.prefill_spread), step),
        measured=np.zeros(len(middle), dtype=bool),
        unverified=np.zeros(len(middle), dtype=bool),
    )


def _in_two_memories(inputs: SpeedInputs, load: Load, batch: Codes) -> Floats:
    """(3, n): a step where layers or experts lie in RAM: the device's and the processor's, one after the other."""
    spread = np.maximum(inputs.rates.decode_spread, inputs.system.decode_spread) * SPLIT_SPREAD
    peaks = at_peak(inputs.rates, inputs.bandwidth_gb_s), at_peak(inputs.system, inputs.ram_bandwidth_gb_s)
    on_device, in_ram = split_steps_s(inputs, inputs.rates, inputs.system, load, batch)
    least = split_steps_s(inputs, *peaks, load, batch)
    return bounded_below(around(on_device + in_ram, spread), least[0] + least[1])


def _prompt_in_two_memories(inputs: SpeedInputs, load: Load) -> Floats:
    """(3, n): reading a prompt where weights lie in RAM: the device does all of it, and each piece of the prompt has
    these weights copied to it, which is how llama.cpp reads prompts of 32 tokens and more.
    """
    in_ram = split_work(inputs)[1]
    chunks = np.maximum(1.0, load.prompt_tokens / in_ram.chunk_tokens)
    experts = in_ram.expert_bytes * woken(in_ram, load.prompt_tokens / chunks)
    copied_s = chunks * (in_ram.dense_bytes + experts) / (PCIE_GB_S * 1e9)
    return around(inputs.prompt_s + copied_s, inputs.rates.prefill_spread * SPLIT_SPREAD)


def split_steps_s(inputs: SpeedInputs, device: Rates, system: Rates, load: Load, batch: Codes) -> tuple[Floats, Floats]:
    """(n,) each: seconds of a step on the device and in RAM; the cache stays on the device."""
    works = split_work(inputs)
    on_device = decode_parts(works[0], device, batch, load.depth_tokens, inputs.parallel)
    return on_device.total_s, decode_parts(works[1], system, batch, load.depth_tokens, ALONE).total_s


def split_work(inputs: SpeedInputs) -> tuple[Work, Work]:
    """What the device and what the processor do."""
    work, share, experts = inputs.work, inputs.device_share, inputs.placement == EXPERTS_IN_RAM
    pairs = (without_experts(work), device_share(work, share)), (experts_alone(work), ram_share(work, share))
    return _where(experts, *pairs[0]), _where(experts, *pairs[1])


def _where(rows: Bools, one: Work, other: Work) -> Work:
    return Work(*(np.where(rows, getattr(one, name), getattr(other, name)) for name in Work.__slots__))


@dataclass(slots=True)
class Timed:
    """A measurement, and the rows (n,) that it is of."""

    measurement: Measurement
    rows: Bools


def timed_on_machine(
    measurements: Sequence[Measurement],
    models: Sequence[str],
    model_no: Codes,
    runtime: Sequence[str],
    level: Sequence[str],
) -> tuple[Timed, ...]:
    """The measurements of weights on the machine, the newest last; `models` are the ids of all models."""
    found = []
    for measurement in measurements:
        if measurement.host == "self" and measurement.model in models:
            rows = model_no == models.index(measurement.model)
            rows &= np.array([measurement.runtime in (None, name) for name in runtime], dtype=bool)
            rows &= np.array([measurement.quantization in (None, name) for name in level], dtype=bool)
            found.append(Timed(measurement, rows))
    return tuple(row for row in found if row.rows.any())


def timed_at_hosts(
    measurements: Sequence[Measurement], models: Sequence[str], hosts: Sequence[str]
) -> tuple[Timed, ...]:
    """The measurements of offerings, given the model and the host of each offering; the newest last."""
    offered = list(zip(models, hosts, strict=True))
    found = [
        Timed(measurement, np.array([pair == (measurement.model, measurement.host) for pair in offered], dtype=bool))
        for measurement in measurements
        if measurement.runtime is None and measurement.quantization is None
    ]
    return tuple(row for row in found if row.rows.any())


def with_measured(speeds: Speeds, timed: Sequence[Timed], load: Load, batch: Codes) -> Speeds:
    """The speeds, with what was measured in place of what was computed where a measurement fits the load."""
    if not timed:
        return speeds
    pace, first = _measured(timed, load, batch)
    known, computed = ~np.isnan(pace[1]), ~np.isnan(speeds.step_s[1])
    ttft = _first_known(first, speeds.ttft_s)
    least = np.where(known, _first_known(ttft, speeds.least_ttft_s, pace), _first_known(first, speeds.least_ttft_s))
    return Speeds(
        step_s=np.where(known, pace, speeds.step_s),
        tpot_s=np.where(known, pace, speeds.tpot_s),
        ttft_s=np.where(known | computed, ttft, math.nan),
        least_ttft_s=np.where(known | computed, least, math.nan),
        measured=known,
        unverified=speeds.unverified & ~known,
    )


def _first_known(*columns: Floats) -> Floats:
    """The first of some columns that is known, row by row."""
    found = columns[0]
    for other in columns[1:]:
        found = np.where(np.isnan(found), other, found)
    return found


def _measured(timed: Sequence[Timed], load: Load, batch: Codes) -> tuple[Floats, Floats]:
    """(3, n) each: seconds per output token and to the first token, NaN where no measurement fits."""
    pace, first = np.full((3, len(batch)), math.nan), np.full((3, len(batch)), math.nan)
    for row in timed:
        measurement = row.measurement
        rows = row.rows & (measurement.concurrency <= batch * NEAR) & (batch <= measurement.concurrency * NEAR)
        if measurement.decode_tok_s and _near_depth(measurement.depth_tokens, load.depth_tokens):
            pace[:, rows] = inverse(np.array(measurement.decode_tok_s))[:, None]
        if measurement.ttft_ms and _near(measurement.prompt_tokens, load.prompt_tokens):
            first[:, rows] = (np.array(measurement.ttft_ms) * 0.001)[:, None]
    return pace, first


def _near(measured: float | None, asked: float) -> bool:
    return measured is not None and measured <= asked * NEAR and asked <= measured * NEAR


def _near_depth(measured: float, asked: float) -> bool:
    return abs(measured - asked) <= max(NEAR_DEPTH_TOKENS, asked * (NEAR - 1))
