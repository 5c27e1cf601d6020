"""What the catalogue says of running weights on one's own: shapes, quantisations, speed constants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from llmselect.estimate.columns.rates import Shares
from llmselect.estimate.columns.rows import Bools, Codes, Floats, take
from llmselect.estimate.columns.shapes import Shapes

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

    runtime: list[str]
    kind: list[str]
    levels: list[str]
    """Quantisations that they are for, with commas; empty: all others."""
    mixture: Bools
    shares: Shares
    sum_s: Floats
    link_gb_s: Floats

    def find(self, runtime: str, kind: str, level: str, mixture: bool) -> int:
        """The row for a level, else the one for all; -1 where nobody has fitted any."""
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
    """All of it; `shapes`, `released_bits`, `total_params` and `open_weights` have a row for each model."""

    shapes: Shapes
    released_bits: Floats
    """Bits per weight as released; 16 where nothing else is said."""
    total_params: Floats
    open_weights: Bools
    artifacts: Artifacts
    losses: QualityLosses
    constants: SpeedConstants
