"""What the catalogue says of running weights on one's own: shapes, quantisations, speed constants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from llmselect.errors import LlmselectError
from llmselect.estimate.rates import Shares
from llmselect.estimate.rows import Bools, Codes, Floats, take
from llmselect.estimate.shapes import Shapes, shapes_of

RELEASED = "none"  # the level of weights as they were released


@dataclass(slots=True)
class Artifacts:
    """Levels of quantisation in the file format of a runtime, finest first."""

    level: list[str]
    runtime: list[str]
    artifact: list[str]
    """The file format's name."""
    bits_per_weight: Floats
    """Of the layers; those of the parts below may differ."""
    embedding_bits: Floats
    head_bits: Floats


@dataclass(slots=True)
class QualityLosses:
    """What a level costs of a model's score, by size: the first row of a level that holds the model counts."""

    level: list[str]
    up_to_billion_params: Floats
    """NaN: of any size."""
    low_percent: Floats
    value_percent: Floats
    high_percent: Floats

    def of(self, level: str, total_params: Floats) -> Floats:
        """(3, n): what a level costs models of these sizes, in percent of their score."""
        found = np.full((3, len(total_params)), np.nan)
        for row in reversed([at for at, name in enumerate(self.level) if name == level]):
            most = self.up_to_billion_params[row]
            holds = np.isnan(most) | (total_params <= most * 1e9)
            loss = (self.low_percent[row], self.value_percent[row], self.high_percent[row])
            found = np.where(holds, np.array(loss)[:, None], found)
        return found


@dataclass(slots=True)
class SpeedConstants:
    """What a runtime reaches on a kind of device, for mixtures of experts or dense models."""

    fit_no: Codes
    """Number of the row in the file."""
    runtime: list[str]
    kind: list[str]
    levels: list[str]
    """Quantisations that they are for, with commas; empty: all others."""
    mixture: Bools
    shares: Shares
    sum_s: Floats
    link_gb_s: Floats

    def find(self, runtime: str, kind: str, level: str, mixture: bool) -> int:
        """The row for a level, else the one for all; -1 where none is fitted."""
        rows = [
            row
            for row, name in enumerate(self.runtime)
            if (name, self.kind[row], bool(self.mixture[row])) == (runtime, kind, mixture)
        ]
        named = [row for row in rows if level in self.levels[row].split(", ")]
        return next(iter([*named, *(row for row in rows if not self.levels[row])]), -1)

    def shares_of(self, rows: Codes) -> Shares:
        """The constants of some rows; NaN for row -1."""
        unknown = Shares(**{name: np.append(getattr(self.shares, name), np.nan) for name in Shares.__slots__})
        return take(unknown, rows)


@dataclass(slots=True)
class OwnFacts:
    """All facts on running weights; the first four columns have a row for each model."""

    shapes: Shapes
    released_bits: Floats
    """Bits per weight as released; 16 where no source states them."""
    total_params: Floats
    open_weights: Bools
    artifacts: Artifacts
    losses: QualityLosses
    constants: SpeedConstants


def artifact_of(facts: OwnFacts, level: str, runtime: str) -> int:
    """The row of a level in a runtime's format; raises LlmselectError with the levels that the runtime knows."""
    names = list(zip(facts.artifacts.runtime, facts.artifacts.level, strict=True))
    if (runtime, level) in names:
        return names.index((runtime, level))
    known = ", ".join(name for own, name in names if own == runtime)
    message = f"{runtime} has no {level} weights"
    raise LlmselectError("bad-value", message, f"With {runtime} --quantization may be {known}.")


def facts_of_one(facts: OwnFacts, shape: Mapping[str, float], total_params: float, released_bits: float) -> OwnFacts:
    """The same of a single model that is not in the catalogue."""
    return replace(
        facts,
        shapes=shapes_of([shape]),
        released_bits=np.array([released_bits]),
        total_params=np.array([total_params]),
        open_weights=np.array([True]),
    )


def with_artifact(
    facts: OwnFacts, level: str, runtime: str, artifact: str, bits: tuple[float, float, float]
) -> tuple[OwnFacts, int]:
    """The same with one more artifact, given its bits per weight, of the embedding and of the head; and its row."""
    known = facts.artifacts
    names = ([*known.level, level], [*known.runtime, runtime], [*known.artifact, artifact])
    columns = (known.bits_per_weight, known.embedding_bits, known.head_bits)
    more = Artifacts(*names, *(np.append(column, own) for column, own in zip(columns, bits, strict=True)))
    return replace(facts, artifacts=more), len(known.level)
