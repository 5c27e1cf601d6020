"""What is scored: each criterion's value in its own unit, and its utility by a function with fixed anchors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.catalog.words import AMPLE_UTILITY
from llmselect.engine import traits
from llmselect.engine.columns import ESTIMATED, PRIOR, UNKNOWN
from llmselect.engine.constraints.fit import machine_origin, price_origin
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.constraints.terms import model_fact
from llmselect.engine.request import Task
from llmselect.engine.sources import Origin
from llmselect.engine.values import Scale, Values, scale_of
from llmselect.estimate.intervals import lower_quartile, upper_quartile


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is scored, by its name."""

    name: str
    values: Callable[[Judged], Values]
    origin: Callable[[Judged, int], Origin | None]
    """Who says the value of one option."""
    less_is_better: bool = False
    """Of the value in its unit; of utilities more is always better."""


def _scaled(scale: Scale, interval: Numbers, evidence: Integers) -> Values:
    """Values on a scale; what is unknown counts as the worst."""
    utility = np.sort(scale.utility(interval), axis=0)
    return _known(Values(scale.unit, interval, utility, evidence), ~np.isnan(interval[1]))


def quality_utility(task: Task, percent: Numbers) -> Numbers:
    """What expected scores in percent, of any shape, are worth: 0 up to insufficient, 1 from excellent on.

    Linear from insufficient to ample, and from there to excellent, where a point is worth less. NaN stays NaN.
    """
    anchors = (task.insufficient_percent, task.ample_percent, task.excellent_percent)
    return np.interp(percent, anchors, (0.0, AMPLE_UTILITY, 1.0))


def _known(values: Values, known: Flags) -> Values:
    """The same where they are known, and unknown elsewhere."""
    anything = np.array([[0.0], [0.0], [1.0]])  # the least of it counts
    return Values(
        values.unit,
        np.where(known, values.interval, np.nan),
        np.where(known, values.utility, anything),
        np.where(known, values.evidence, UNKNOWN),
    )


def quality(judged: Judged) -> Values:
    """The expected score on the task's skills less what quantisation costs, on the curve of the task.

    Of a model that nobody has scored the unfavourable quartile counts of what is expected.
    """
    table, task = judged.table, judged.table.request.task
    rows, at = table.at_task, table.options.at_task_no
    score = np.stack([rows.quality_low_percent[at], rows.quality_percent[at], rows.quality_high_percent[at]])
    loss = np.stack([table.of_own(part, 0.0) for part in table.own.quality_loss_percent])
    interval = np.where(loss[2] > 0, _less(score, loss), score)
    scored = np.where(table.expected, np.stack([interval[0], lower_quartile(interval), interval[2]]), interval)
    evidence = np.where(table.expected, PRIOR, ESTIMATED)
    return _known(Values("%", interval, quality_utility(task, scored), evidence), ~np.isnan(interval[1]))


def _less(score: Numbers, loss: Numbers) -> Numbers:
    """Scores (3, n) after losses in percent of them, the two errors independent: their squares add."""
    kept = 1 - loss[1] / 100
    value = score[1] * kept
    below = np.hypot((score[1] - score[0]) * kept, score[1] * (loss[2] - loss[1]) / 100)
    above = np.hypot((score[2] - score[1]) * kept, score[1] * (loss[1] - loss[0]) / 100)
    return np.stack([np.maximum(0.0, value - below), value, value + above])


def latency(judged: Judged) -> Values:
    """The seconds that a person waits, on a logarithmic scale from one second to the task's patience.

    What is usual of hosts counts by its unfavourable quartile.
    """
    speeds, patience_s = judged.figures.speeds, judged.table.request.task.patience_s
    scale = Scale(worst=patience_s, best=1.0, unit="s", log=True)
    low, value, high = speeds.waited_s
    scored = np.where(speeds.evidence == PRIOR, upper_quartile(speeds.waited_s), value)
    utility = scale.utility(np.stack([high, scored, low]))
    return _known(Values(scale.unit, speeds.waited_s, utility, speeds.evidence), ~np.isnan(value))


def _latency_origin(judged: Judged, row: int) -> Origin | None:
    """What was seen at the host, or the machine's data sheet."""
    if judged.table.options.offering_no[row] < 0:
        return machine_origin(judged.table)
    speed_no = int(judged.figures.speeds.speed_no[row])
    return Origin("api_speeds", str(speed_no)) if speed_no >= 0 else None


def cost(judged: Judged) -> Values:
    """The month's bill on a logarithmic scale; what is unknown, or free within limits that nobody states, is worst."""
    table, costs = judged.table, judged.figures.costs
    scale = scale_of(table.facts.record("scale", "cost_usd_per_month"))
    found = _scaled(scale, costs.usd_per_month, costs.evidence)
    unsure = np.isnan(found.interval[1]) | costs.free
    found.utility = np.where(unsure & (table.request.needs.budget != 0), np.array([[0.0], [0.0], [1.0]]), found.utility)
    return found


def _quality_origin(judged: Judged, row: int) -> Origin:
    """The scores of the model at the effort; of a successor the fact that names its predecessor."""
    table = judged.table
    model, effort = (
        table.facts.models.model[table.options.model_no[row]],
        table.at_task.effort[table.options.at_task_no[row]],
    )
    if table.expected[row]:
        return model_fact(table, row, "predecessor")
    return Origin("scores of a model", model, (effort,))


CRITERIA: tuple[Criterion, ...] = (
    Criterion("quality", quality, _quality_origin),
    Criterion("latency", latency, _latency_origin, less_is_better=True),
    Criterion("cost", cost, price_origin, less_is_better=True),
    Criterion("context", traits.context, traits.context_origin),
    Criterion("safety", traits.safety, traits.safety_origin),
    Criterion("openness", traits.openness, lambda judged, row: model_fact(judged.table, row, "access")),
    Criterion("adaptability", traits.adaptability, lambda judged, row: model_fact(judged.table, row, "access")),
)
