"""Open weights on the machine of a request: each model at each level of quantisation that its runtime knows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from llmselect.engine.machine.artifacts import RELEASED, OwnFacts
from llmselect.engine.machine.rates import MachineRates, machine_rates
from llmselect.engine.machine.speeds import (
    SpeedInputs,
    Speeds,
    Timed,
    computed,
    prompt_s,
    timed_on_machine,
    with_measured,
)
from llmselect.estimate.memory import (
    GIB,
    PLACEMENTS,
    Placement,
    Precision,
    WeightBytes,
    kv_bytes,
    overhead_bytes,
    place,
    weight_bytes,
)
from llmselect.estimate.rows import Bools, Codes, Floats, take
from llmselect.estimate.runtimes import RUNTIMES
from llmselect.estimate.shapes import Shapes
from llmselect.estimate.speed import Load
from llmselect.estimate.work import work_of
from llmselect.requirements import QUANTIZATION_LEVELS

if TYPE_CHECKING:
    from llmselect.engine.machine.machines import Machine
    from llmselect.engine.request import Request


@dataclass(slots=True)
class Own:
    """Weights on the machine, by model, the finest level first; each column (n,), or (3, n) for low, value and high."""

    model_no: Codes
    """Row in `Models`."""
    artifact_no: Codes
    """Row in `Artifacts`."""
    level: list[str]
    """The level of quantisation."""
    runtime: list[str]
    weights_bytes: Floats
    """All weights."""
    expert_bytes: Floats
    """The routed experts'."""
    active_bytes: Floats
    """Those that one token reads."""
    kv_bytes_per_sequence: Floats
    """KV cache of one request at the asked context."""
    kv_bytes: Floats
    """That of all requests at once."""
    overhead_bytes: Floats
    """The runtime's own memory."""
    placement: NDArray[np.int8]
    """Index into `PLACEMENTS`."""
    device_share: Floats
    """The part of the active weights that lies in the devices' memory."""
    needed_gib: Floats
    available_gib: Floats
    fits: Bools
    assumed: Bools
    """Whether no architecture is published, so that sizes and speeds are those of a usual model as large."""
    quality_loss_percent: Floats
    """(3, n): what the level costs of a score, in percent of it."""
    speed_inputs: SpeedInputs
    """What the speeds are computed from."""
    fit_no: Codes
    """Row in `SpeedConstants`; -1 where none is fitted."""
    probe_no: Codes
    """Row of the machine's own probes that stands in for it; -1 without one."""
    timed: tuple[Timed, ...]
    """Measurements of these rows."""
    speeds: Speeds
    """At the asked concurrency."""

    def __len__(self) -> int:
        return len(self.model_no)

    @property
    def weights_gib(self) -> Floats:
        """(n,)"""
        return self.weights_bytes / GIB

    @property
    def kv_gib(self) -> Floats:
        """(n,)"""
        return self.kv_bytes / GIB

    @property
    def overhead_gib(self) -> Floats:
        """(n,)"""
        return self.overhead_bytes / GIB

    def label(self, row: int, machine: Machine) -> str:
        """How options of a row are told apart in their ids: level, runtime, machine, and where weights lie in RAM."""
        place = PLACEMENTS[self.placement[row]]
        end = "" if place == "gpu" else f":{place}"
        return f"{self.level[row]}:{self.runtime[row]}:{machine.count}x{machine.id}{end}"


def load_of(request: Request) -> Load:
    """The workload's requests; the context asked for is full when an answer ends."""
    work = request.workload
    cached = work.context_tokens - work.prompt_tokens - work.output_tokens
    return Load(work.prompt_tokens, work.output_tokens, max(0, cached))


def own_table(facts: OwnFacts, models: list[str], request: Request, among: Codes | None = None) -> Own:
    """All open models on the request's machine, or those `among` some, at each level that is allowed.

    `models` are the ids of all.
    """
    model_no, artifact_no = worth_rows(facts, request)
    if among is not None:
        some = np.isin(model_no, among)
        model_no, artifact_no = model_no[some], artifact_no[some]
    return own_rows(facts, models, request, model_no, artifact_no)


def worth_rows(facts: OwnFacts, request: Request) -> tuple[Codes, Codes]:
    """Models and artifacts in the machine's runtime: the weights as released, and the levels that make them smaller.

    Models of unknown size have none.
    """
    artifacts = facts.artifacts
    allowed = QUANTIZATION_LEVELS[: QUANTIZATION_LEVELS.index(request.needs.coarsest) + 1]
    names = list(zip(artifacts.runtime, artifacts.level, strict=True))
    rows = [names.index(name) for level in allowed if (name := (request.machine.runtime, level)) in names]
    usable = np.array(rows, dtype=np.int64)
    released = np.array([level == RELEASED for level in artifacts.level])[usable]
    smaller = artifacts.bits_per_weight[usable] < facts.released_bits[:, None]
    sized = facts.open_weights & ~np.isnan(facts.shapes.layers)
    model_no, column = np.nonzero((released | smaller) & sized[:, None])
    return model_no, usable[column]


def own_rows(facts: OwnFacts, models: list[str], request: Request, model_no: Codes, artifact_no: Codes) -> Own:
    """The table of these artifacts (n,) of these models (n,)."""
    machine, load = request.machine, load_of(request)
    shapes, released = take(facts.shapes, model_no), facts.released_bits[model_no]
    names = facts.artifacts.level, facts.artifacts.runtime
    level, runtime = ([column[row] for row in artifact_no.tolist()] for column in names)
    weights, held = _held(facts, artifact_no, shapes, released, request)
    known = machine_rates(
        facts, machine, artifact_no, weights.experts > 0, _multiplied_bits(level, released), shapes.assumed
    )
    inputs = _speed_inputs(facts, artifact_no, shapes, weights, held.placed, known, request)
    timed = timed_on_machine(machine.own_speeds.measurements, models, model_no, runtime, level)
    batch = np.full(len(model_no), request.workload.concurrency)
    return Own(
        model_no=model_no,
        artifact_no=artifact_no,
        level=level,
        runtime=runtime,
        weights_bytes=weights.total,
        expert_bytes=weights.experts,
        active_bytes=weights.active,
        kv_bytes_per_sequence=held.kv_bytes_per_sequence,
        kv_bytes=held.kv_bytes,
        overhead_bytes=held.overhead_bytes,
        placement=held.placed.placement,
        device_share=held.placed.device_share,
        needed_gib=held.placed.needed_gib,
        available_gib=held.placed.available_gib,
        fits=held.placed.fits,
        assumed=shapes.assumed,
        quality_loss_percent=_losses(facts, level, facts.total_params[model_no]),
        speed_inputs=inputs,
        fit_no=known.fit_no,
        probe_no=known.probe_no,
        timed=timed,
        speeds=with_measured(computed(inputs, load, batch), timed, load, batch),
    )


@dataclass(slots=True)
class _Held:
    """What n artifacts need beside their weights, in bytes, and where all of it lies."""

    kv_bytes_per_sequence: Floats
    kv_bytes: Floats
    overhead_bytes: Floats
    placed: Placement


def _held(
    facts: OwnFacts, artifact_no: Codes, shapes: Shapes, released_bits: Floats, request: Request
) -> tuple[WeightBytes, _Held]:
    """The weights' bytes, and what the machine holds with them for all requests at once."""
    machine, load = request.machine, request.workload
    weights = weight_bytes(shapes, _precision(facts, artifact_no, released_bits))
    each = kv_bytes(shapes, load.context_tokens)
    base, batch = (_of_runtimes(name, facts)[artifact_no] for name in ("base_bytes", "batch_tokens"))
    every, own = each * load.concurrency, overhead_bytes(shapes, base, batch)
    may_split = _of_runtimes("splits_with_ram", facts)[artifact_no].astype(bool) & (not request.needs.gpu_only)
    return weights, _Held(
        each, every, own, place(weights, every, own, machine.device_gib, machine.system_gib, may_split)
    )


def _speed_inputs(
    facts: OwnFacts,
    artifact_no: Codes,
    shapes: Shapes,
    weights: WeightBytes,
    placed: Placement,
    known: MachineRates,
    request: Request,
) -> SpeedInputs:
    """What the speeds are computed from."""
    alone, chunk = (_of_runtimes(name, facts)[artifact_no] for name in ("last_token_alone", "chunk_tokens"))
    work = work_of(shapes, weights, alone.astype(bool), chunk)
    return SpeedInputs(
        work=work,
        rates=known.rates,
        system=known.system,
        parallel=known.parallel,
        placement=placed.placement,
        device_share=placed.device_share,
        prompt_s=prompt_s(work, known.rates, load_of(request), known.parallel),
        bandwidth_gb_s=request.machine.bandwidth_gb_s or math.inf,
        ram_bandwidth_gb_s=request.machine.ram_bandwidth_gb_s or math.inf,
    )


def _precision(facts: OwnFacts, artifact_no: Codes, released_bits: Floats) -> Precision:
    """Bits per weight: those of an artifact, or as released where that is not in 16 bits."""
    artifacts = facts.artifacts
    as_released = np.array([level == RELEASED for level in artifacts.level])[artifact_no] & (released_bits != 16)
    parts = (artifacts.bits_per_weight, artifacts.embedding_bits, artifacts.head_bits)
    return Precision(*(np.where(as_released, released_bits, part[artifact_no]) for part in parts))


def _multiplied_bits(level: list[str], released_bits: Floats) -> Floats:
    """(n,): bits in which the runtime multiplies."""
    eight, plain = (np.array([name == one for name in level], dtype=bool) for one in ("q8", RELEASED))
    return np.where(eight, 8.0, np.where(plain, released_bits, 16.0))


def _of_runtimes(name: str, facts: OwnFacts) -> Floats:
    """A property of each artifact's runtime."""
    return np.array([getattr(RUNTIMES[runtime], name) for runtime in facts.artifacts.runtime], dtype=np.float64)


def _losses(facts: OwnFacts, level: list[str], total_params: Floats) -> Floats:
    found = np.full((3, len(level)), math.nan)
    for name in set(level):
        rows = np.array([own_level == name for own_level in level])
        found[:, rows] = facts.losses.of(name, total_params[rows])
    return found
