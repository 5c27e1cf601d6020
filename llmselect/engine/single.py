"""One model in one placement, as it is asked for: the level of its weights, its runtime, how its GPUs work together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmselect.catalog.names.models import ModelNames
from llmselect.catalog.names.quantizations import find_level, level_of
from llmselect.catalog.names.runtimes import find_runtime
from llmselect.engine.estimate import estimate
from llmselect.engine.machine import Detected, Machine, resolve
from llmselect.engine.situation import Situation, situate
from llmselect.errors import LlmselectError
from llmselect.requirements import QUANTIZATION_LEVELS, Requirements
from llmselect.results.estimate import Estimate

if TYPE_CHECKING:
    from llmselect.catalog.schema import Artifact, Catalog, Model

DEFAULT_LEVEL = {"llama.cpp": "q4", "vllm": "none", "transformers": "none"}


def estimate_single(
    model: Model, needs: Requirements, catalog: Catalog, machine: Machine, level: str, runtime: str,
    artifact: Artifact | None = None, groups: int = 1, typed: str | None = None,
) -> Estimate:  # fmt: skip
    """The speed and memory of a model on a machine; `groups` of such machines share the requests.

    `artifact` is the form of its weights where it is none of the catalogue's, `typed` the name of the one that was
    asked for.
    """
    needs = needs.model_copy(update={"concurrency": -(-needs.concurrency // groups)})
    situation = situate(needs, catalog, machine=machine)
    artifact = artifact or _as_typed(artifact_of(situation, level, runtime), level, typed)
    return estimate(model, level, runtime, artifact, situation)


def estimate_named(
    catalog: Catalog, name: str, needs: Requirements, level: str | None, runtime: str | None, detected: Detected | None
) -> Estimate:
    """The same of a model of the catalogue on the machine that the requirements name."""
    asked, found = chosen_level(level), ModelNames(catalog).find(name)
    model, machine = with_open_weights(catalog.models[found.id]), resolve(needs, catalog, detected)
    runs = chosen_runtime(runtime, machine)
    chosen = asked or level_of(found.quantization or "") or DEFAULT_LEVEL[runs]
    return estimate_single(model, needs, catalog, machine, chosen, runs, typed=level or found.quantization)


def _as_typed(artifact: Artifact, level: str, typed: str | None) -> Artifact:
    """The format under the name that was asked for, where it stands in for one that the catalogue does not have."""
    if typed is None or typed.lower() in f"{level} {artifact.name}".lower() or level_of(typed) != level:
        return artifact
    return artifact.model_copy(update={"name": f"{typed}, taken as {artifact.name}"})


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


def artifact_of(situation: Situation, level: str, runtime: str) -> Artifact:
    """The file format of a level; raises LlmselectError with the levels that the runtime knows."""
    levels = situation.catalog.quantizations.quantizations
    artifact = levels[level].artifacts.get(runtime) if level in levels else None  # type: ignore[call-overload]
    if artifact is None:
        known = [name for name in QUANTIZATION_LEVELS if name in levels and runtime in levels[name].artifacts]
        message = f"{runtime} has no {level} weights"
        raise LlmselectError("bad-value", message, f"With {runtime} --quantization may be {', '.join(known)}.")
    found: Artifact = artifact
    return found
