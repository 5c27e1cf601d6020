"""The quality of a model by itself: its expected score at a task, whatever it runs on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from llmselect.engine.facts import Efforts
from llmselect.estimate.interval import Interval


class Quality(NamedTuple):
    """The expected score in percent with its 90 % interval, and the effort at which the model reaches it."""

    score: Interval
    effort: str


def best_quality(efforts: Efforts, model_no: int, effort: str | None = None) -> Quality | None:
    """A model's quality at the effort that is asked for, or else, if it has no scores there, at its best quality.

    None if its scores say too little of the task.
    """
    rows, first = efforts.at_task, int(efforts.first[model_no])
    every = range(first, first + int(efforts.count[model_no]))
    among = [row for row in every if rows.effort[row] == effort] or list(every)
    ends = rows.quality_low_percent, rows.quality_percent, rows.quality_high_percent
    found = [
        Quality(Interval(*(float(end[row]) for end in ends)), rows.effort[row])
        for row in among
        if not np.isnan(rows.quality_percent[row])
    ]
    return max(found, key=lambda quality: (quality.score.value, quality.effort), default=None)
