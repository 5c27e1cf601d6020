"""What is scored: each criterion's value in its own unit, and its utility by a function with fixed anchors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.engine.columns import DERIVED, ESTIMATED, MEASURED, PUBLISHED, SELF_HOST, UNKNOWN
from llmselect.engine.constraints.fit import machine_origin, price_origin
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.constraints.terms import model_fact, offering_fact
from llmselect.engine.options import bits
from llmselect.engine.request import Json
from llmselect.engine.sources import Origin
from llmselect.estimate.intervals import probability_below

UNKNOWN_UTILITY = 0.5  # the mean of the uniform draw that an unknown value gets in the simulation
_ALIGNMENT_UTILITY = {
    "none": 0.0,
    "distillation": 0.3,
    "sft": 0.4,
    "dpo": 0.7,
    "rlhf": 0.8,
    "rlaif": 0.8,
    "constitutional-ai": 0.8,
}


@dataclass(slots=True)
class Values:
    """A criterion of every option: its interval in `unit` and its utilities, rows low, value and high, (3, n).

    Both are sorted from low to high by themselves: a high cost has a low utility. An unknown interval is NaN, its
    utility anything from 0 to 1.
    """

    unit: str
    interval: Numbers
    utility: Numbers
    evidence: Integers
    """(n,): indices into `EVIDENCE`."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is scored, by its name."""

    name: str
    values: Callable[[Judged], Values]
    origin: Callable[[Judged, int], Origin | None]
    """Who says the value of one option."""


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


def _scaled(scale: Scale, interval: Numbers, evidence: Integers) -> Values:
    """Values on a scale; what is unknown may be anything."""
    utility = np.sort(scale.utility(interval), axis=0)
    return _known(Values(scale.unit, interval, utility, evidence), ~np.isnan(interval[1]))


def _known(values: Values, known: Flags) -> Values:
    """The same where they are known, and unknown elsewhere."""
    anything = np.array([[0.0], [UNKNOWN_UTILITY], [1.0]])
    return Values(
        values.unit,
        np.where(known, values.interval, np.nan),
        np.where(known, values.utility, anything),
        np.where(known, values.evidence, UNKNOWN),
    )


def _level(unit: str, level: Numbers, evidence: int = PUBLISHED) -> Values:
    """Values that are utilities already; NaN where unknown."""
    three = np.stack([level, level, level])
    return _known(Values(unit, three, three, np.full(len(level), evidence)), ~np.isnan(level))


def quality(judged: Judged) -> Values:
    """The expected score on the task's skills less what quantisation costs, between the task's anchors."""
    table, task = judged.table, judged.table.request.task
    rows, at = table.at_task, table.options.at_task_no
    score = np.stack([rows.quality_low_percent[at], rows.quality_percent[at], rows.quality_high_percent[at]])
    loss = np.stack([table.of_own(part, 0.0) for part in table.own.quality_loss_percent])
    interval = np.where(loss[2] > 0, _less(score, loss), score)
    scale = Scale(task.insufficient_percent, task.ample_percent, "%")
    return _scaled(scale, interval, np.full(len(at), ESTIMATED))


def _less(score: Numbers, loss: Numbers) -> Numbers:
    """Scores (3, n) after losses in percent of them, the two errors independent: their squares add."""
    kept = 1 - loss[1] / 100
    value = score[1] * kept
    below = np.hypot((score[1] - score[0]) * kept, score[1] * (loss[2] - loss[1]) / 100)
    above = np.hypot((score[2] - score[1]) * kept, score[1] * (loss[1] - loss[0]) / 100)
    return np.stack([np.maximum(0.0, value - below), value, value + above])


def latency(judged: Judged) -> Values:
    """The probability of meeting the limits of waiting and pace: the user's, or the task's own."""
    target, speeds = judged.table.request.latency, judged.figures.speeds
    n = len(speeds.measured)
    odds = [np.full(n, np.inf)]
    if target.max_ttft_ms:
        first = np.where(np.isnan(speeds.ttft_s), speeds.least_ttft_s, speeds.ttft_s)
        odds.append(probability_below(first, target.max_ttft_ms / 1000))
    if target.min_tok_s:
        odds.append(probability_below(speeds.tpot_s, 1 / target.min_tok_s))
    if target.max_latency_s:
        odds.append(probability_below(speeds.answer_s, target.max_latency_s))
    most = np.min(odds, axis=0)
    part_unknown = np.isnan(speeds.ttft_s[1]) & (target.max_ttft_ms is not None or target.max_latency_s is not None)
    least = np.where(part_unknown, 0.0, most)
    three = np.stack([least, (least + most) / 2, most])  # an unknown part may be anything: its mean
    known = ~np.isnan(speeds.tpot_s[1]) & np.isfinite(most)
    return _known(Values("probability", three, three, np.where(speeds.measured, MEASURED, ESTIMATED)), known)


def cost(judged: Judged) -> Values:
    """The month's bill, or that of 1,000 requests where no volume was given, on a logarithmic scale."""
    table, costs = judged.table, judged.figures.costs
    monthly = table.request.monthly_requests is not None
    scale = scale_of(table.facts.record("scale", "cost_usd_per_month" if monthly else "cost_usd_per_1k_requests"))
    found = _scaled(scale, costs.usd_per_month if monthly else costs.usd_per_1k_requests, costs.evidence)
    free = costs.free & ~np.isnan(found.interval[1])  # within the host's limits; the price beyond them is unknown
    found.utility = np.where(free, np.array([[0.0], [UNKNOWN_UTILITY], [1.0]]), found.utility)
    return found


def context(judged: Judged) -> Values:
    """How many times over the context window holds what the request needs."""
    table = judged.table
    ratio = table.options.context_tokens / table.request.workload.context_tokens
    scale = scale_of(table.facts.record("scale", "context_headroom"))
    return _scaled(scale, np.stack([ratio, ratio, ratio]), np.full(len(ratio), PUBLISHED))


def safety(judged: Judged) -> Values:
    """How the model was aligned, by the strongest method that its developer describes."""
    table, methods = judged.table, judged.table.facts.models.alignment_methods
    levels = {names: _alignment(names) for names in set(methods)}
    each = np.array([levels[names] for names in methods], dtype=np.float64)
    return _level("alignment", each[table.options.model_no])


def _alignment(methods: str) -> float:
    known = [_ALIGNMENT_UTILITY[method] for method in methods.split(", ") if method in _ALIGNMENT_UTILITY]
    return max(known, default=np.nan)


def openness(judged: Judged) -> Values:
    """1 for weights under an OSI-approved licence, 0.6 for weights under another, 0 for none."""
    table, facts = judged.table, judged.table.facts
    approved = np.append(facts.licenses.osi_approved == 1, False)[facts.license_of_model]
    each = np.where(facts.models.open_weights, np.where(approved, 1.0, 0.6), 0.0)
    return _level("openness", each[table.options.model_no])


def adaptability(judged: Judged) -> Values:
    """Fitness for a specific domain: the mean of fine-tuning, derivative rights and room for retrieved context."""
    table = judged.table
    own = table.options.deployment == SELF_HOST
    capabilities = bits(table.of_models(table.facts.models.capability_bits))
    tunable = own | (capabilities & table.facts.bits["fine-tuning"] != 0)
    derivable = own & np.append(table.facts.licenses.derivatives == 1, False)[table.options.license_no]
    room = context(judged).utility[1]
    return _level("adaptability", (tunable.astype(float) + derivable + room) / 3, DERIVED)


def _quality_origin(judged: Judged, row: int) -> Origin:
    """The scores of the model at the effort; of a successor the fact that names its predecessor."""
    table = judged.table
    model, effort = (
        table.facts.models.model[table.options.model_no[row]],
        table.at_task.effort[table.options.at_task_no[row]],
    )
    if table.options.expected[row]:
        return model_fact(table, row, "predecessor")
    return Origin("scores of a model", model, (effort,))


def _context_origin(judged: Judged, row: int) -> Origin:
    table, at = judged.table, int(judged.table.options.offering_no[row])
    stated = at >= 0 and not np.isnan(table.facts.offerings.context_tokens[at])
    return (offering_fact if stated else model_fact)(table, row, "limits", "context_tokens")


CRITERIA: tuple[Criterion, ...] = (
    Criterion("quality", quality, _quality_origin),
    Criterion("latency", latency, lambda judged, row: machine_origin(judged.table)),
    Criterion("cost", cost, price_origin),
    Criterion("context", context, _context_origin),
    Criterion("safety", safety, lambda judged, row: model_fact(judged.table, row, "alignment")),
    Criterion("openness", openness, lambda judged, row: model_fact(judged.table, row, "access")),
    Criterion("adaptability", adaptability, lambda judged, row: model_fact(judged.table, row, "access")),
)
