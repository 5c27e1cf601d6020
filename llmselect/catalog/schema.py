"""What the catalogue's files may say: the one door to its types.

Every fact names the source it came from. Units stand in the names: tokens, GiB (2**30 bytes),
GB/s (10**9 bytes per second), USD, W, TFLOP/s (10**12).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

from llmselect.catalog.abilities.scale import AbilitiesFile, Ability, ScaleTest, ScoresFile
from llmselect.catalog.api_speeds import ApiSpeed, HostedFile, UsualSpeed
from llmselect.catalog.ended import EndedFile, EndedIds
from llmselect.catalog.facts import Fact, Source, SourceKeys, Strict
from llmselect.catalog.glossary import GlossaryFile
from llmselect.catalog.models import (
    Alignment,
    Architecture,
    DataHandling,
    Host,
    Lifecycle,
    Limits,
    Model,
    MovingId,
    Offering,
    Parameters,
    Price,
    PriceConflict,
    Score,
)
from llmselect.catalog.speed_fits import SpeedFile, SpeedFit
from llmselect.catalog.tables import (
    Anchors,
    Artifact,
    Benchmark,
    Claim,
    Device,
    Document,
    DocumentRule,
    DocumentTable,
    Expansion,
    Harness,
    LatencyLimits,
    License,
    Need,
    Preset,
    QualityLoss,
    Quantization,
    ReferenceWorkload,
    Rental,
    Scale,
    Task,
)
from llmselect.catalog.thinking.constants import ThinkingFile
from llmselect.catalog.words import (
    Access,
    Capability,
    CriterionName,
    Deployment,
    Modality,
    NeedName,
    ScaleName,
    TaskName,
    Tuning,
)

__all__ = [
    "AbilitiesFile",
    "Ability",
    "Access",
    "Alignment",
    "Anchors",
    "ApiSpeed",
    "Architecture",
    "Artifact",
    "Benchmark",
    "BenchmarksFile",
    "Capability",
    "Catalog",
    "Claim",
    "CriterionName",
    "DataHandling",
    "Deployment",
    "Device",
    "Document",
    "DocumentRule",
    "DocumentTable",
    "EndedFile",
    "EndedIds",
    "Expansion",
    "Fact",
    "GlossaryFile",
    "HardwareFile",
    "Harness",
    "Host",
    "HostedFile",
    "LatencyLimits",
    "License",
    "LicensesFile",
    "Lifecycle",
    "Limits",
    "Modality",
    "Model",
    "MovingId",
    "Offering",
    "OllamaFile",
    "Parameters",
    "Preset",
    "Price",
    "PriceConflict",
    "QualityLoss",
    "Quantization",
    "QuantizationsFile",
    "ReferenceWorkload",
    "Rental",
    "Scale",
    "ScaleTest",
    "Score",
    "ScoresFile",
    "Source",
    "SourceKeys",
    "SpeedFile",
    "SpeedFit",
    "Strict",
    "Task",
    "TaskName",
    "TasksFile",
    "ThinkingFile",
    "Tuning",
    "UsualSpeed",
    "facts",
]  # fmt: skip


class LicensesFile(Strict):
    """licenses.yaml"""

    sources: dict[str, Source]
    licenses: dict[str, License]


class BenchmarksFile(Strict):
    """benchmarks.yaml"""

    sources: dict[str, Source]
    harnesses: dict[str, Harness]
    benchmarks: dict[str, Benchmark]


class HardwareFile(Strict):
    """hardware.yaml"""

    sources: dict[str, Source]
    presets: dict[Literal["high", "medium", "low"], Preset]
    devices: dict[str, Device]
    rentals: tuple[Rental, ...]


class QuantizationsFile(Strict):
    """quantizations.yaml"""

    sources: dict[str, Source]
    quantizations: dict[str, Quantization]


class TasksFile(Strict):
    """tasks.yaml"""

    sources: dict[str, Source]
    scales: dict[ScaleName, Scale]
    tasks: dict[TaskName, Task]
    needs: dict[NeedName, Need] = Field(default_factory=dict)


class OllamaFile(Strict):
    """ollama.yaml: the repository behind each tag of Ollama's library, by name and tag."""

    sources: dict[str, Source] = Field(default_factory=dict)
    source: SourceKeys = ()
    tags: dict[str, dict[str, str]] = Field(default_factory=dict)


class Catalog(Strict):
    """Everything that is known, on one day (`date` is the newest day on which a source was read)."""

    date: date
    models: dict[str, Model]
    hosts: dict[str, Host]
    licenses: LicensesFile
    benchmarks: BenchmarksFile
    hardware: HardwareFile
    quantizations: QuantizationsFile
    speed: SpeedFile
    tasks: TasksFile
    document: Document
    abilities: AbilitiesFile = AbilitiesFile()
    thinking: ThinkingFile = ThinkingFile()
    glossary: GlossaryFile = GlossaryFile()
    ollama: OllamaFile = OllamaFile()
    ended: EndedFile = EndedFile()
    hosted: HostedFile = HostedFile()


def facts(record: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], tuple[str, ...]]]:
    """Every place in a record that names sources: its path and the keys it names."""
    if isinstance(record, BaseModel):
        for name in type(record).model_fields:
            value = getattr(record, name)
            if name == "source":
                yield path + (name,), value
            else:
                yield from facts(value, path + (name,))
    elif isinstance(record, dict):
        for key, value in record.items():
            yield from facts(value, path + (key,))
    elif isinstance(record, tuple):
        for index, value in enumerate(record):
            yield from facts(value, path + (index,))
