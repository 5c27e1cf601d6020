"""One model in one placement, as it is asked for: the level of its weights, its runtime, how its GPUs work together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from llmselect.catalog.names.models import ModelNames
from llmselect.catalog.names.quantizations import LEVELS, find_level, level_of
from llmselect.catalog.names.runtimes import find_runtime
from llmselect.engine.facts import Facts
from llmselect.engine.machine.artifacts import artifact_of, facts_of_one, with_artifact
from llmselect.engine.machine.machines import Detected, Machine, machine_of
from llmselect.engine.request import Request, make_request
from llmselect.engine.single.estimate import estimate_model, estimate_own_model
from llmselect.engine.single.estimate_words import Subject
from llmselect.errors import LlmselectError
from llmselect.estimate.shapes import assumed_shape, known_shape
from llmselect.requirements import Requirements
from llmselect.results.citations import Citation
from llmselect.results.estimate import Estimate

if TYPE_CHECKING:
    from llmselect.catalog.schema import Artifact, Model

DEFAULT_LEVEL = {"llama.cpp": "q4", "vllm": "none", "transformers": "none"}


@dataclass(frozen=True, slots=True)
class Placed:
    """How a model is to run: on which machine, at which level of quantisation, in which runtime.

    `groups` of such machines share the requests; `typed` is the name of the format that was asked for.
    """

    needs: Requirements
    machine: Machine
    level: str
    runtime: str
    groups: int = 1
    typed: str | None = None

    def request(self, facts: Facts) -> Request:
        """What one of the machines is asked."""
        needs = self.needs.model_copy(update={"concurrency": -(-self.needs.concurrency // self.groups)})
        return make_request(needs, facts.records_of(needs.task), self.machine)


def estimate_named(
    facts: Facts, name: str, needs: Requirements, level: str | None, runtime: str | None, detected: Detected | None
) -> Estimate:
    """The speed and memory of a model of the catalogue on the machine that the requirements name."""
    asked, found = chosen_level(level), ModelNames(facts.catalog).find(name)
    model, machine = with_open_weights(facts.catalog.models[found.id]), machine_of(needs, facts.hardware, detected)
    runs = chosen_runtime(runtime, machine)
    chosen = asked or level_of(found.quantization or "") or DEFAULT_LEVEL[runs]
    return estimate_single(facts, model.id, Placed(needs, machine, chosen, runs, typed=level or found.quantization))


def estimate_single(facts: Facts, model: str, placed: Placed) -> Estimate:
    """The same of a model by its id, as it is placed."""
    found = estimate_model(facts, placed.request(facts), model, placed.level, placed.runtime)
    if not found.memory.fits:
        found = replace(found, fits_with=tuple(_fits_with(facts, model, placed)))
    return _as_typed(found, placed)


def _fits_with(facts: Facts, model: str, placed: Placed) -> Iterator[str]:
    """The finest coarser quantisation with which it fits, and the fewest devices."""
    artifacts, machine = facts.on_machines.artifacts, placed.machine
    known = {
        level for level, runtime in zip(artifacts.level, artifacts.runtime, strict=True) if runtime == placed.runtime
    }
    coarser = [level for level in LEVELS[LEVELS.index(placed.level) + 1 :] if level in known]
    counts = [count for count in (2, 4, 8) if count > machine.count and machine.kind == "gpu"]
    tries = (
        [(f"--quantization {level}", replace(placed, level=level)) for level in coarser],
        [(f"--gpus {count}", replace(placed, machine=replace(machine, count=count))) for count in counts],
    )
    for changes in tries:
        fitting = (flag for flag, changed in changes if _fits(facts, model, changed))
        yield from islice(fitting, 1)


def _fits(facts: Facts, model: str, placed: Placed) -> bool:
    return estimate_model(facts, placed.request(facts), model, placed.level, placed.runtime).memory.fits


def estimate_described(facts: Facts, model: Model, placed: Placed, artifact: Artifact | None = None) -> Estimate:
    """The same of a model that is not in the catalogue; `artifact` is its weights' form where that is none of it."""
    shape = _shape(model)
    total = shape["embedding_params"] + shape["head_params"] + shape["layer_params"]
    bits = model.weights_bits.value if model.weights_bits is not None else None
    alone = facts_of_one(facts.on_machines, shape, total, bits or 16.0)
    if artifact is None:
        row = artifact_of(alone, placed.level, placed.runtime)
    else:
        own_bits = (artifact.bits_per_weight, artifact.embedding_bits, artifact.head_bits)
        alone, row = with_artifact(alone, placed.level, placed.runtime, artifact.name, own_bits)
    subject = Subject(model.id, model.name, model.id, alone.artifacts.artifact[row])
    source = next(iter(model.sources.values()))
    cited = Citation(source.url, source.title, source.locator, source.retrieved.isoformat())
    found = estimate_own_model(facts, placed.request(facts), subject, alone, row, cited)
    return found if artifact is not None else _as_typed(found, placed)


def _as_typed(found: Estimate, placed: Placed) -> Estimate:
    """With the format under the name that was asked for, where it stands in for one that is not in the catalogue."""
    typed, level = placed.typed, placed.level
    if typed is None or typed.lower() in f"{level} {found.artifact}".lower() or level_of(typed) != level:
        return found
    return replace(found, artifact=f"{typed}, taken as {found.artifact}")


def _shape(model: Model) -> dict[str, float]:
    if model.architecture is not None and model.architecture.value is not None:
        return known_shape(model.architecture.value)
    assert model.parameters is not None
    assert model.parameters.value is not None
    return assumed_shape(model.parameters.value.total, model.parameters.value.active)


def with_open_weights(model: Model) -> Model:
    """The same model; raises LlmselectError for one whose weights or size are not published."""
    if not model.open_weights:
        hint = "Hosts' speeds stand in no price list; measure one with `llmselect measure`."
        raise LlmselectError("no-weights", f"{model.name} has no weights to download", hint)
    if model.architecture is None and model.parameters is None:
        hint = "Give what you know: --params 8B, --config or --gguf."
        raise LlmselectError("unknown-size", f"the size of {model.name} is not known", hint)
    return model


def chosen_level(name: str | None) -> str | None:
    """A level of quantisation by any of its names; raises LlmselectError for another."""
    return find_level(name) if name is not None else None


def chosen_runtime(name: str | None, machine: Machine) -> str:
    """A runtime by any of its names, or the usual one of a machine; raises LlmselectError for another."""
    return find_runtime(name) if name is not None else machine.runtime
