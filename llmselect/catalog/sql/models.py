"""Tables of models: their facts, their scores, their abilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from llmselect.catalog.sql.table import CAPABILITIES, MODALITIES, Row, bits, days, listed, row_of, value
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
    yield row_of(ModelRow, model, **_own(model))
    for score in model.scores:
        yield row_of(ScoreRow, score, model=model.id, date=score.date.isoformat())


def _own(model: Model) -> dict[str, Any]:
    total, active = _counts(model)
    alignment = value(model.alignment)
    return {
        "model": model.id,
        **days(release=value(model.release_date)),
        "modalities_in_bits": bits(value(model.modalities_in), MODALITIES),
        "modalities_out_bits": bits(value(model.modalities_out), MODALITIES),
        "capability_bits": bits(value(model.capabilities), CAPABILITIES),
        "lacks_bits": bits(value(model.lacks), CAPABILITIES),
        "context_tokens": value(model.limits.context_tokens),
        "input_tokens": value(model.limits.input_tokens),
        "output_tokens": value(model.limits.output_tokens),
        "alignment_methods": listed(alignment.methods if alignment else None),
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
                found = {"effort": effort, "skill": skill, "level": level, "error": error}
                yield row_of(AbilityRow, ability, model=model, independent_tests=ability.independent, **found)
