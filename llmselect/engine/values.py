"""What a criterion says of every option, and the scales that turn values into utilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from llmselect.catalog.sql.read import Integers, Numbers
from llmselect.engine.request import Json


@dataclass(slots=True)
class Values:
    """A criterion of every option: its interval in `unit` and its utilities, rows low, value and high, (3, n).

    Both are sorted from low to high by themselves: a high cost has a low utility. An unknown interval is NaN, its
    utility anything from 0 to 1. The interval of a prior is the range that is usual, its middle utility that of the
    unfavourable quartile.
    """

    unit: str
    interval: Numbers
    utility: Numbers
    evidence: Integers
    """(n,): indices into `EVIDENCE`."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A value function: utility 0 at `worst`, 1 at `best`, between them linear or linear in the logarithm."""

    worst: float
    best: float
    unit: str
    log: bool = False

    def utility(self, value: Numbers) -> Numbers:
        """Utilities of values of any shape; NaN stays NaN."""
        if not self.log:
            return np.clip((value - self.worst) / (self.best - self.worst), 0.0, 1.0)
        ends = 1.0 if self.best < self.worst else 0.0
        position = np.log(np.where(value > 0, value, np.nan) / self.worst) / np.log(self.best / self.worst)
        return np.where(value <= 0, ends, np.clip(position, 0.0, 1.0))


def scale_of(row: Json) -> Scale:
    """A scale from its record."""
    return Scale(row["worst"], row["best"], row["unit"], row.get("log", False))
