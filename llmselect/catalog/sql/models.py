"""Tables of models: their facts, their scores, their abilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from llmselect.catalog.sql.table import CAPABILITIES, MODALITIES, Row, as_json, bits, iso, listed, ordinal, value
from llmselect.estimate.parameters import parameter_parts, total_parameters

if TYPE_CHECKING:
    from llmselect.catalog.schema import AbilitiesFile, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow(Row):
    """A model: facts that do not change once true.

    `open_weights` tells whether anybody may download them, `weights` and `gguf` from which repositories.
    `released_bits` are bits per weight as released where they are not 16. `total_params` and `active_params` are
    the developer's count, else the architecture's.
    """

    table: ClassVar[str] = "models"
    indexed: ClassVar[tuple[str, ...]] = ("model",)

    model: str
    name: str
    developer: str | None
    family: str | None
    access: str | None
    open_weights: bool
    tuning: str | None
    release_date: str | None
    release_day: int | None
    license: str | None
    modalities_in: str | None
    modalities_in_bits: int | None
    modalities_out: str | None
    modalities_out_bits: int | None
    capabilities: str | None
    capability_bits: int | None
    lacks: str | None
    lacks_bits: int | None
    languages: str | None
    context_tokens: int | None
    input_tokens: int | None
    output_tokens: int | None
    alignment_methods: str | None
    knowledge_cutoff: str | None
    predecessor: str | None
    weights: str | None
    gguf: str | None
    released_bits: float | None
    total_params: int | None
    active_params: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow(Row):
    """A published result of a model at a benchmark; it compares only with those of the same harness and shots."""

    table: ClassVar[str] = "scores"
    indexed: ClassVar[tuple[str, ...]] = ("model", "benchmark")

    score_no: int | None = None
    model: str
    benchmark: str
    harness: str
    shots: str
    effort: str
    value: float
    date: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AbilityRow(Row):
    """A model's level in one skill at one effort, on the scale that all tests share, with its standard error."""

    table: ClassVar[str] = "abilities"
    indexed: ClassVar[tuple[str, ...]] = ("model",)

    model: str
    effort: str
    skill: str
    level: float
    error: float
    tests: int
    independent_tests: int


def model_rows(model: Model) -> Iterator[Row]:
    """What the tables say of a model and its scores."""
    yield ModelRow(**_facts(model))
    for score in model.scores:
        yield ScoreRow(
            model=model.id,
            benchmark=score.benchmark,
            harness=score.harness,
            shots=score.shots,
            effort=score.effort,
            value=score.value,
            date=score.date.isoformat(),
            source=as_json(score.source),
        )


def _facts(model: Model) -> dict[str, Any]:
    takes, gives = value(model.modalities_in), value(model.modalities_out)
    can, lacks = value(model.capabilities), value(model.lacks)
    released, alignment, total, active = value(model.release_date), value(model.alignment), *_counts(model)
    return {
        "model": model.id,
        "name": model.name,
        "developer": model.developer.value,
        "family": model.family.value,
        "access": model.access.value,
        "open_weights": model.open_weights,
        "tuning": model.tuning.value,
        "release_date": iso(released),
        "release_day": ordinal(released),
        "license": value(model.license),
        "modalities_in": listed(takes),
        "modalities_in_bits": bits(takes, MODALITIES),
        "modalities_out": listed(gives),
        "modalities_out_bits": bits(gives, MODALITIES),
        "capabilities": listed(can),
        "capability_bits": bits(can, CAPABILITIES),
        "lacks": listed(lacks),
        "lacks_bits": bits(lacks, CAPABILITIES),
        "languages": listed(value(model.languages)),
        "context_tokens": value(model.limits.context_tokens),
        "input_tokens": value(model.limits.input_tokens),
        "output_tokens": value(model.limits.output_tokens),
        "alignment_methods": listed(alignment.methods if alignment else None),
        "knowledge_cutoff": value(model.knowledge_cutoff),
        "predecessor": value(model.predecessor),
        "weights": value(model.weights),
        "gguf": value(model.gguf),
        "released_bits": value(model.weights_bits),
        "total_params": total,
        "active_params": active,
    }


def _counts(model: Model) -> tuple[int | None, int | None]:
    """All weights and those of one token, as the developer counts them, else from the architecture."""
    count, shape = value(model.parameters), value(model.architecture)
    if count is not None:
        return count.total, count.active
    return (total_parameters(shape), parameter_parts(shape).active) if shape is not None else (None, None)


def ability_rows(scale: AbilitiesFile) -> Iterator[Row]:
    """Every level on the scale."""
    for model, efforts in scale.models.items():
        for effort, ability in efforts.items():
            for skill, level, error in zip(scale.skills, ability.level, ability.error, strict=True):
                yield AbilityRow(
                    model=model,
                    effort=effort,
                    skill=skill,
                    level=level,
                    error=error,
                    tests=ability.tests,
                    independent_tests=ability.independent,
                )
