"""Tables of licences, benchmarks and quantisation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llmselect.catalog.sql.table import Row, row_of

if TYPE_CHECKING:
    from llmselect.catalog.schema import AbilitiesFile, BenchmarksFile, LicensesFile, QuantizationsFile


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseRow(Row):
    """A licence of weights, or the terms of a provider's API (`kind`)."""

    table: ClassVar[str] = "licenses"
    indexed: ClassVar[tuple[str, ...]] = ("license",)

    license: str
    name: str
    kind: str
    spdx: str | None
    url: str
    osi_approved: bool | None
    commercial_use: bool | None
    derivatives: bool | None
    outputs_may_train: bool | None
    monthly_active_users_limit: int | None
    annual_revenue_limit_usd: int | None
    excluded_domiciles: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkRow(Row):
    """A test: the skill that it measures, the unit of its scores, what guessing scores in percent."""

    table: ClassVar[str] = "benchmarks"
    indexed: ClassVar[tuple[str, ...]] = ("benchmark",)

    benchmark: str
    name: str
    skill: str
    unit: str
    higher_is_better: bool
    chance_percent: float
    exposure: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HarnessRow(Row):
    """A fixed way of running tests; scores of different harnesses are never mixed."""

    table: ClassVar[str] = "harnesses"
    indexed: ClassVar[tuple[str, ...]] = ("harness",)

    harness: str
    name: str
    independent: bool
    opponent: str | None
    opponent_elo: float | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleTestRow(Row):
    """A test on the scale of abilities: at level t a share 1 / (1 + exp(-a (t - b))) of its points is expected.

    `reference_of` is the skill whose levels are told by this test, `noise` the scatter of log-odds about the curve.
    """

    table: ClassVar[str] = "scale_tests"

    test: str
    a: float
    b: float
    noise: float
    subjects: int
    reference_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizationRow(Row):
    """A level of quantisation in a runtime's file format: bits per weight of its parts, block overhead included."""

    table: ClassVar[str] = "quantizations"

    level: str
    position: int
    name: str
    runtime: str
    artifact: str
    bits_per_weight: float
    embedding_bits: float
    head_bits: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizationLossRow(Row):
    """What a level costs of a model's score, in percent of it, as a 90 % interval; by size, the first that holds."""

    table: ClassVar[str] = "quantization_losses"

    level: str
    up_to_billion_params: float | None
    low_percent: float
    value_percent: float
    high_percent: float
    source: str


def license_rows(file: LicensesFile) -> Iterator[Row]:
    """Every licence."""
    return (row_of(LicenseRow, row, license=name) for name, row in file.licenses.items())


def benchmark_rows(file: BenchmarksFile) -> Iterator[Row]:
    """Every benchmark, then every harness."""
    for name, row in file.benchmarks.items():
        yield row_of(BenchmarkRow, row, benchmark=name, chance_percent=row.chance)
    for name, harness in file.harnesses.items():
        yield row_of(HarnessRow, harness, harness=name)


def scale_test_rows(scale: AbilitiesFile) -> Iterator[Row]:
    """Every test on the scale."""
    skills = {test: skill for skill, test in scale.reference.items()}
    return (row_of(ScaleTestRow, row, test=name, reference_of=skills.get(name)) for name, row in scale.tests.items())


def quantization_rows(file: QuantizationsFile) -> Iterator[Row]:
    """Every level in every runtime's format, then what each costs."""
    for level, row in file.quantizations.items():
        named = {"level": level, "name": row.name, "position": row.order}
        for runtime, artifact in row.artifacts.items():
            yield row_of(QuantizationRow, artifact, runtime=runtime, artifact=artifact.name, **named)
    for level, row in file.quantizations.items():
        for loss in row.losses:
            percent = {"low_percent": loss.low, "value_percent": loss.value, "high_percent": loss.high}
            yield row_of(QuantizationLossRow, loss, level=level, up_to_billion_params=loss.up_to_billion, **percent)
