"""What can be chosen: a model at a host, or its weights at a quantisation on the machine; at an effort."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from llmselect.engine.situation import Situation
from llmselect.estimate.memory import (
    MemoryPlan,
    Precision,
    WeightBytes,
    kv_bytes,
    overhead_bytes,
    place,
    weight_bytes,
    weight_bytes_by_count,
)
from llmselect.estimate.parameters import ParameterParts, parameter_parts
from llmselect.estimate.work import Work, work_by_count, work_of
from llmselect.requirements import QUANTIZATION_LEVELS

if TYPE_CHECKING:
    from llmselect.catalog.schema import Artifact, Catalog, Model, Offering

Level = tuple[str, Precision]
Deployment = Literal["api", "managed", "self-host", "app", "device", "none"]
TYPICAL_VOCABULARY = 128_000
TYPICAL_HIDDEN_SIZE = 8_192
TYPICAL_KV_BYTES_PER_TOKEN = 320 * 1024


class Site:
    """A model at a host, or on a machine: what rules look at that look at no quantisation and no effort."""

    __slots__ = ("deployment", "host", "model", "offering")

    def __init__(self, model: Model, deployment: Deployment, host: str, offering: Offering | None) -> None:
        self.model, self.deployment, self.host, self.offering = model, deployment, host, offering

    @property
    def place(self) -> Hashable:
        """What is the same for all options of a model at one place: its offering, or its weights on the machine."""
        return (self.model.id, self.host) if self.offering is None else id(self.offering)


class Option(Site):
    """One thing that can be chosen. `plan` and `weights` are there for self-hosting only.

    `base` is the same option without its effort, None where this is it.
    """

    __slots__ = (
        *("id", "quantization", "runtime", "plan", "weights", "kv_bytes_per_sequence", "active_parameters"),
        *("effort", "base"),
    )

    def __init__(
        self,
        id: str,
        model: Model,
        deployment: Deployment,
        host: str,
        offering: Offering | None = None,
        quantization: str | None = None,
        runtime: str | None = None,
        plan: MemoryPlan | None = None,
        weights: WeightBytes | None = None,
        kv_bytes_per_sequence: float = 0.0,
        active_parameters: int = 0,
        effort: str = "default",
        base: Option | None = None,
    ) -> None:
        self.id, self.model, self.deployment, self.host = id, model, deployment, host
        self.offering, self.quantization, self.runtime, self.plan = offering, quantization, runtime, plan
        self.weights, self.kv_bytes_per_sequence = weights, kv_bytes_per_sequence
        self.active_parameters, self.effort, self.base = active_parameters, effort, base

    @property
    def base_id(self) -> str:
        """The id without the effort: what does not depend on it is found once for all efforts."""
        return self.base.id if self.base is not None else self.id


def at_effort(option: Option, effort: str) -> Option:
    """The same option at another effort than `default`, which its id names."""
    if effort == "default":
        return option
    same = (option.model, option.deployment, option.host, option.offering, option.quantization, option.runtime)
    sizes = (option.plan, option.weights, option.kv_bytes_per_sequence, option.active_parameters)
    return Option(id_at_effort(option.id, effort), *same, *sizes, effort, option)  # `replace` takes five times as long


def base_of(efforts: Sequence[Option]) -> Option:
    """The option without its effort that others at an effort are made from."""
    return efforts[0].base or efforts[0]


def id_at_effort(id: str, effort: str) -> str:
    """The id of an option at an effort, from that without one."""
    return id if effort == "default" else f"{id}:{effort}"


class _Offerings(NamedTuple):
    """Offerings as (host id, offering) by model, and the (model, host) of those that are not alone at their host."""

    of_model: dict[str, list[tuple[str, Offering]]]
    several: set[tuple[str, str]]


def offerings_of(model_id: str, situation: Situation) -> list[tuple[str, Offering]]:
    """A model's offerings as (host id, offering), by host and API id whatever the catalogue's order."""
    return _offerings(situation).of_model.get(model_id, [])


def name_at(site: Site, situation: Situation) -> str:
    """An option's id without quantisation and effort; a host's own id of the model tells apart those of one host."""
    name, offering = f"{site.model.id}@{site.host}", site.offering
    if offering is None or (site.model.id, site.host) not in _offerings(situation).several:
        return name
    return f"{name}/{offering.api_id.value if offering.api_id else ''}"


def _offerings(situation: Situation) -> _Offerings:
    found: _Offerings | None = situation.known.of_catalog.get("offerings")
    if found is None:
        found = situation.known.of_catalog["offerings"] = _indexed(situation.catalog)
    return found


def _indexed(catalog: Catalog) -> _Offerings:
    index: dict[str, list[tuple[str, Offering]]] = {}
    several: set[tuple[str, str]] = set()
    for host_id, host in sorted(catalog.hosts.items()):
        for offering in host.offerings:
            index.setdefault(offering.model, []).append((host_id, offering))
    for model_id, found in index.items():
        if len(dict(found)) < len(found):
            found.sort(key=lambda row: (row[0], row[1].api_id.value or "" if row[1].api_id else ""))
            hosts = [host_id for host_id, _ in found]
            several |= {(model_id, host_id) for host_id in hosts if hosts.count(host_id) > 1}
    return _Offerings(index, several)


def _levels(situation: Situation) -> list[tuple[str, Artifact]]:
    """The levels of quantisation that are allowed and that the machine's runtime knows, finest first."""
    runtime, levels = situation.machine.runtime, situation.catalog.quantizations.quantizations
    allowed = QUANTIZATION_LEVELS[: QUANTIZATION_LEVELS.index(situation.needs.coarsest) + 1]
    known = (level for level in allowed if level in levels and runtime in levels[level].artifacts)
    return [(level, levels[level].artifacts[runtime]) for level in known]


def worth_levels(model: Model, situation: Situation) -> list[Level]:
    """The levels of quantisation that are allowed: the weights as released, and those that make them smaller."""
    bits = _released_bits(model)
    key = ("levels", bits)
    if key not in situation.memo:
        situation.memo[key] = [
            (level, _precision(level, artifact, bits))
            for level, artifact in _levels(situation)
            if level == "none" or artifact.bits_per_weight < bits
        ]
    found: list[Level] = situation.memo[key]
    return found


def _released_bits(model: Model) -> float:
    """Bits per weight as released: 16 unless the model's facts say otherwise (FP8, MXFP4)."""
    fact = model.weights_bits
    return fact.value if fact is not None and fact.value is not None else 16.0


def rebuilt(option: Option, situation: Situation) -> Iterator[Option]:
    """The same option in another situation: what is self-hosted has its memory planned anew.

    At the coarsest level allowed that its runtime knows, which needs the least memory, and at its own, which may
    read a prompt faster.
    """
    if option.quantization is None or option.runtime is None:
        yield option
        return
    worth = dict(worth_levels(option.model, situation))
    for level in dict.fromkeys((list(worth)[-1], option.quantization)):
        if level in worth:
            sizes = sizes_of(option.model, situation.machine.runtime, situation)
            yield at_effort(option_of(hold(sizes, level, worth[level], situation), situation), option.effort)


def local_option(model: Model, level: str, runtime: str, artifact: Artifact, situation: Situation) -> Option:
    """A model's weights at a level of quantisation on the machine; they are those released where `level` is none."""
    precision = _precision(level, artifact, _released_bits(model))
    return option_of(hold(sizes_of(model, runtime, situation), level, precision, situation), situation)


class Held(NamedTuple):
    """A model's weights at a level of quantisation, and where the machine holds them."""

    sizes: Sizes
    level: str
    weights: WeightBytes
    plan: MemoryPlan


def hold(sizes: Sizes, level: str, precision: Precision, situation: Situation) -> Held:
    """A model's weights at a level's precision, with room for their cache and the runtime's own memory."""
    weights = _weight_bytes(sizes, precision)
    split = sizes.runtime == "llama.cpp" and not situation.needs.gpu_only
    cache = sizes.kv_per_sequence * situation.workload.concurrency
    estimated = sizes.parts is None
    plan = place(weights, cache, sizes.overhead_bytes, situation.machine.room, split=split, estimated=estimated)
    return Held(sizes, level, weights, plan)


def _precision(level: str, artifact: Artifact, released_bits: float) -> Precision:
    """Bits per weight: those of a level's artifact, or as released."""
    if level == "none" and released_bits != 16:
        return Precision(released_bits, released_bits, released_bits)
    return Precision(artifact.bits_per_weight, artifact.embedding_bits, artifact.head_bits)


def option_of(held: Held, situation: Situation) -> Option:
    """The option of weights that the machine holds."""
    sizes, level, weights, plan = held
    model, runtime, machine = sizes.model, sizes.runtime, situation.machine
    placement = "" if plan.placement == "gpu" else f":{plan.placement}"
    name = f"{model.id}@self:{level}:{runtime}:{machine.count}x{machine.id}{placement}"
    own = (level, runtime, plan, weights, sizes.kv_per_sequence, sizes.active)
    return Option(name, model, "self-host", "self", None, *own)


class Sizes(NamedTuple):
    """What a model takes whatever its quantisation; `parts` are None without an architecture.

    Bytes of one sequence's KV cache at the asked context, and of the runtime's own memory.
    """

    model: Model
    runtime: str
    parts: ParameterParts | None
    total: int
    active: int
    kv_per_sequence: float
    overhead_bytes: float


def sizes_of(model: Model, runtime: str, situation: Situation) -> Sizes:
    """A model's sizes at the asked context: exact from the architecture, else from its count."""
    key = ("sizes", model.id, runtime)
    if key not in situation.memo:
        situation.memo[key] = _sized(model, runtime, situation)
    sizes: Sizes = situation.memo[key]
    return sizes


def _sized(model: Model, runtime: str, situation: Situation) -> Sizes:
    shape = model.architecture.value if model.architecture else None
    tokens = situation.workload.context_tokens
    if shape is not None:
        parts = _parts(model, situation)
        own = overhead_bytes(runtime, shape.vocabulary_size, shape.hidden_size)
        return Sizes(model, runtime, parts, parts.total, parts.active, kv_bytes(shape, tokens), own)
    count = model.parameters.value if model.parameters else None
    if count is None:
        raise ValueError(f"{model.id} has neither an architecture nor a parameter count")
    own = overhead_bytes(runtime, TYPICAL_VOCABULARY, TYPICAL_HIDDEN_SIZE)
    return Sizes(model, runtime, None, count.total, count.active, float(TYPICAL_KV_BYTES_PER_TOKEN * tokens), own)


def _weight_bytes(sizes: Sizes, precision: Precision) -> WeightBytes:
    if sizes.parts is None:
        return weight_bytes_by_count(sizes.total, sizes.active, precision.layers)
    return weight_bytes(sizes.parts, precision)


def _parts(model: Model, situation: Situation) -> ParameterParts:
    key, known = ("parts", model.id), situation.known.of_catalog
    if key not in known:
        assert model.architecture is not None
        assert model.architecture.value is not None
        known[key] = parameter_parts(model.architecture.value)
    parts: ParameterParts = known[key]
    return parts


def option_work(option: Option, situation: Situation) -> Work:
    """What a self-hosted option's runtime does for one token."""
    model, weights = option.model, option.weights
    assert weights is not None
    assert option.runtime is not None
    key = ("work", model.id, option.quantization, option.runtime)
    if key not in situation.memo:
        shape = model.architecture.value if model.architecture else None
        if shape is not None:
            situation.memo[key] = work_of(shape, _parts(model, situation), weights, option.runtime)
        else:
            count = model.parameters.value if model.parameters else None
            assert count is not None
            situation.memo[key] = work_by_count(count.total, count.active, weights, option.runtime)
    work: Work = situation.memo[key]
    return work
