"""What can be chosen: each model at its hosts, and open weights at each quantisation on the machine."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from llmselect.engine.quality import efforts_of
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
from llmselect.frozen import NamedTuple
from llmselect.requirements import QUANTIZATION_LEVELS

if TYPE_CHECKING:
    from llmselect.catalog.schema import Artifact, Model, Offering

Level = tuple[str, Precision]
TYPICAL_VOCABULARY = 128_000
TYPICAL_HIDDEN_SIZE = 8_192
TYPICAL_KV_BYTES_PER_TOKEN = 320 * 1024


class Option:
    """One thing that can be chosen. `plan` and `weights` are there for self-hosting only.

    `base` is the same option without its effort, None where this is it.
    """

    __slots__ = (
        *("id", "model", "deployment", "host", "offering", "quantization", "runtime", "plan", "weights"),
        *("kv_bytes_per_sequence", "active_parameters", "effort", "base"),
    )

    def __init__(
        self,
        id: str,
        model: Model,
        deployment: Literal["api", "managed", "self-host", "app", "device", "none"],
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

    @property
    def place(self) -> Hashable:
        """What is the same for all options of a model at one place: its offering, or its weights on the machine."""
        return (self.model.id, self.host) if self.offering is None else id(self.offering)


class Place:
    """Where a model can run.

    `sample` stands for its options in all that depends neither on quantisation nor on effort. They are made when
    somebody asks for them; `size` is how many there are.
    """

    def __init__(self, sample: Option, efforts: tuple[str, ...], levels: int = 1) -> None:
        self.sample, self.efforts = sample, efforts
        self._made: list[list[Option]] = [[] for _ in range(levels)]

    @property
    def size(self) -> int:
        """How many options there are."""
        return len(self._made) * len(self.efforts)

    @property
    def fits(self) -> bool:
        """Whether there may be room for some option."""
        return True

    def options(self) -> Iterator[list[Option]]:
        """The options, those together that differ in their effort alone."""
        return map(self._at, range(len(self._made)))

    def fitting(self) -> Iterator[list[Option]]:
        """The same without those for which there is no room, which are not made."""
        return self.options()

    def _at(self, level: int) -> list[Option]:
        made = self._made[level]
        if not made:
            base = self._base(level)
            made += [at_effort(base, effort) for effort in self.efforts]
        return made

    def _base(self, level: int) -> Option:
        return self.sample


class OwnPlace(Place):
    """A model's weights on the machine, at each level of quantisation, the one that needs the least memory last."""

    def __init__(self, sample: Option, efforts: tuple[str, ...], levels: Sequence[Level], situation: Situation) -> None:
        super().__init__(sample, efforts, len(levels))
        self._levels, self._situation = levels, situation
        self._held: dict[int, _Held] = {}

    @property
    def fits(self) -> bool:
        """Whether the machine has room for some option."""
        return self._hold(len(self._levels) - 1).plan.fits

    def fitting(self) -> Iterator[list[Option]]:
        """The options for which the machine has room; no others are made."""
        if not self.fits:
            return iter(())
        return (self._at(level) for level in range(len(self._levels)) if self._hold(level).plan.fits)

    def _base(self, level: int) -> Option:
        return _option_of(self._hold(level), self._situation)

    def _hold(self, level: int) -> _Held:
        if level not in self._held:
            sizes = _sizes(self.sample.model, self.sample.runtime or "", self._situation)
            self._held[level] = _hold(sizes, *self._levels[level], self._situation)
        return self._held[level]


def expand(model: Model, situation: Situation) -> Iterator[Option]:
    """The options of a model: at each place, on a machine at each quantisation, at each effort that was scored.

    The effort is named at the end of the id unless it is `default`.
    """
    for found in places_of(model, situation):
        for efforts in found.options():
            yield from efforts


def places_of(model: Model, situation: Situation) -> list[Place]:
    """The places of a model; one that is neither served nor downloadable has one that no rule admits."""
    efforts = efforts_of(model, situation.catalog.abilities)
    places = [Place(option, efforts) for option in _offered(model, situation)]
    if model.open_weights:
        sample = Option(f"{model.id}@self", model, "self-host", "self", runtime=situation.machine.runtime)
        sized = model.parameters is not None or model.architecture is not None
        levels = _worth_levels(model, situation) if sized else []
        if levels:
            places.append(OwnPlace(sample, efforts, levels, situation))
        elif not sized:
            places.append(Place(sample, efforts))
    return places or [Place(Option(f"{model.id}@none", model, "none", "none"), efforts)]


def at_effort(option: Option, effort: str) -> Option:
    """The same option at another effort than `default`, which its id names."""
    if effort == "default":
        return option
    same = (option.model, option.deployment, option.host, option.offering, option.quantization, option.runtime)
    sizes = (option.plan, option.weights, option.kv_bytes_per_sequence, option.active_parameters)
    return Option(f"{option.id}:{effort}", *same, *sizes, effort, option)  # `replace` takes five times as long


def _offered(model: Model, situation: Situation) -> Iterator[Option]:
    offerings = offerings_of(model.id, situation)
    hosts = [host_id for host_id, _ in offerings]
    for host_id, offering in offerings:
        alone = hosts.count(host_id) == 1
        suffix = "" if alone else f"/{offering.api_id.value if offering.api_id else ''}"
        yield Option(f"{model.id}@{host_id}{suffix}", model, offering.deployment, host_id, offering)


def offerings_of(model_id: str, situation: Situation) -> list[tuple[str, Offering]]:
    """A model's offerings as (host id, offering), by host and API id whatever the catalogue's order."""
    index: dict[str, list[tuple[str, Offering]]] | None = situation.known.of_catalog.get("offerings")
    if index is None:
        index = {}
        for host_id, host in sorted(situation.catalog.hosts.items()):
            for offering in host.offerings:
                index.setdefault(offering.model, []).append((host_id, offering))
        for found in index.values():
            if len(dict(found)) < len(found):  # more than one at a host
                found.sort(key=lambda row: (row[0], row[1].api_id.value or "" if row[1].api_id else ""))
        situation.known.of_catalog["offerings"] = index
    return index.get(model_id, [])


def _levels(situation: Situation) -> list[tuple[str, Artifact]]:
    """The levels of quantisation that are allowed and that the machine's runtime knows, finest first."""
    runtime, levels = situation.machine.runtime, situation.catalog.quantizations.quantizations
    allowed = QUANTIZATION_LEVELS[: QUANTIZATION_LEVELS.index(situation.needs.coarsest) + 1]
    known = (level for level in allowed if level in levels and runtime in levels[level].artifacts)
    return [(level, levels[level].artifacts[runtime]) for level in known]


def _worth_levels(model: Model, situation: Situation) -> list[Level]:
    """Of these the weights as released, and those that make them smaller."""
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
    worth = dict(_worth_levels(option.model, situation))
    for level in dict.fromkeys((list(worth)[-1], option.quantization)):
        if level in worth:
            sizes = _sizes(option.model, situation.machine.runtime, situation)
            yield at_effort(_option_of(_hold(sizes, level, worth[level], situation), situation), option.effort)


def local_option(model: Model, level: str, runtime: str, artifact: Artifact, situation: Situation) -> Option:
    """A model's weights at a level of quantisation on the machine; they are those released where `level` is none."""
    precision = _precision(level, artifact, _released_bits(model))
    return _option_of(_hold(_sizes(model, runtime, situation), level, precision, situation), situation)


class _Held(NamedTuple):
    """A model's weights at a level of quantisation, and where the machine holds them."""

    sizes: _Sizes
    level: str
    weights: WeightBytes
    plan: MemoryPlan


def _hold(sizes: _Sizes, level: str, precision: Precision, situation: Situation) -> _Held:
    weights = _weight_bytes(sizes, precision)
    split = sizes.runtime == "llama.cpp" and not situation.needs.gpu_only
    cache = sizes.kv_per_sequence * situation.workload.concurrency
    estimated = sizes.parts is None
    plan = place(weights, cache, sizes.overhead_bytes, situation.machine.room, split=split, estimated=estimated)
    return _Held(sizes, level, weights, plan)


def _precision(level: str, artifact: Artifact, released_bits: float) -> Precision:
    """Bits per weight: those of a level's artifact, or as released."""
    if level == "none" and released_bits != 16:
        return Precision(released_bits, released_bits, released_bits)
    return Precision(artifact.bits_per_weight, artifact.embedding_bits, artifact.head_bits)


def _option_of(held: _Held, situation: Situation) -> Option:
    sizes, level, weights, plan = held
    model, runtime, machine = sizes.model, sizes.runtime, situation.machine
    placement = "" if plan.placement == "gpu" else f":{plan.placement}"
    return Option(
        f"{model.id}@self:{level}:{runtime}:{machine.count}x{machine.id}{placement}",
        model,
        "self-host",
        "self",
        quantization=level,
        runtime=runtime,
        plan=plan,
        weights=weights,
        kv_bytes_per_sequence=sizes.kv_per_sequence,
        active_parameters=sizes.active,
    )


class _Sizes(NamedTuple):
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


def _sizes(model: Model, runtime: str, situation: Situation) -> _Sizes:
    """A model's sizes at the asked context: exact from the architecture, else from its count."""
    key = ("sizes", model.id, runtime)
    if key not in situation.memo:
        situation.memo[key] = _sized(model, runtime, situation)
    sizes: _Sizes = situation.memo[key]
    return sizes


def _sized(model: Model, runtime: str, situation: Situation) -> _Sizes:
    shape = model.architecture.value if model.architecture else None
    tokens = situation.workload.context_tokens
    if shape is not None:
        parts = _parts(model, situation)
        own = overhead_bytes(runtime, shape.vocabulary_size, shape.hidden_size)
        return _Sizes(model, runtime, parts, parts.total, parts.active, kv_bytes(shape, tokens), own)
    count = model.parameters.value if model.parameters else None
    if count is None:
        raise ValueError(f"{model.id} has neither an architecture nor a parameter count")
    own = overhead_bytes(runtime, TYPICAL_VOCABULARY, TYPICAL_HIDDEN_SIZE)
    return _Sizes(model, runtime, None, count.total, count.active, float(TYPICAL_KV_BYTES_PER_TOKEN * tokens), own)


def _weight_bytes(sizes: _Sizes, precision: Precision) -> WeightBytes:
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
