"""What is scored: each criterion's value in its own unit, and its utility by a function with fixed anchors."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NamedTuple

from llmselect.catalog.words import CriterionName
from llmselect.engine.cite import NO_REF, Cited, Ref, ref
from llmselect.engine.costs import cost_of
from llmselect.engine.options import Option
from llmselect.engine.quality import Quality, quality_from
from llmselect.engine.rules_fit import limit
from llmselect.engine.rules_terms import license_of
from llmselect.engine.situation import LatencyTarget, Situation
from llmselect.engine.speeds import answer_s, speed_of
from llmselect.estimate.interval import Interval
from llmselect.estimate.parameters import total_parameters

if TYPE_CHECKING:
    from llmselect.catalog.promises import Promise
    from llmselect.catalog.schema import Fact, Model, QualityLoss, Scale

UNKNOWN_UTILITY = 0.5  # the mean of the uniform draw that an unknown value gets in the simulation


class Value(NamedTuple):
    """A criterion of an option: its value in `unit` (None when unknown) and utilities at low, value and high."""

    interval: Interval | None
    unit: str
    utility_low: float
    utility: float
    utility_high: float
    evidence: str
    ref: Cited = NO_REF


class PercentScale(NamedTuple):
    """A linear scale in percent, as `Scale` is one in any unit."""

    worst: float
    best: float
    log: bool = False
    unit: str = "%"


def unknown(unit: str) -> Value:
    """A value that nobody has said: its utility may be anything."""
    return Value(None, unit, 0.0, UNKNOWN_UTILITY, 1.0, "unknown")


def utility(scale: Scale | PercentScale, value: float) -> float:
    """0 at the scale's worst, 1 at its best, clipped; linear in the value or in its logarithm."""
    if scale.log:
        if value <= 0:
            return 1.0 if scale.best < scale.worst else 0.0
        position = math.log(value / scale.worst) / math.log(scale.best / scale.worst)
    else:
        position = (value - scale.worst) / (scale.best - scale.worst)
    return 0.0 if position <= 0.0 else 1.0 if position > 1.0 else position


def _scaled(scale: Scale | PercentScale, interval: Interval, evidence: str, origin: Cited) -> Value:
    middle = utility(scale, interval.value)
    if interval.low == interval.high:
        return Value(interval, scale.unit, middle, middle, middle, evidence, origin)
    low, high = utility(scale, interval.low), utility(scale, interval.high)
    return Value(interval, scale.unit, min(low, high), middle, max(low, high), evidence, origin)


def quality(option: Option, situation: Situation) -> Value:
    """The expected score on the task's skills less what quantisation costs, between the task's anchors."""
    found = option_quality(option, situation)
    return unknown("%") if found is None else quality_value(found, option, situation)


def quality_value(found: Quality, option: Option, situation: Situation) -> Value:
    """A quality as a criterion of an option."""
    interval, origin = found.score, found.ref
    loss = quantization_loss(option, situation)
    if loss is not None:
        interval = _less(interval, loss)
    return _scaled(quality_scale(situation), interval, "estimated", origin)


def quality_scale(situation: Situation) -> PercentScale:
    """The task's anchors."""
    known = situation.known.of_task
    if "quality-scale" not in known:
        anchors = situation.task.anchors
        known["quality-scale"] = PercentScale(anchors.insufficient, anchors.ample)
    found: PercentScale = known["quality-scale"]
    return found


def option_quality(option: Option, situation: Situation) -> Quality | None:
    """What the weights as released promise at an option's effort."""
    return model_quality(option.model, option.effort, situation)


def model_quality(model: Model, effort: str, situation: Situation) -> Quality | None:
    """What a model promises at an effort, computed once."""
    key, known = (model.id, effort), situation.known.of_task
    if key not in known:
        found = promise_of(model, effort, situation)
        known[key] = None if found is None else quality_from(found, model, effort)
    quality: Quality | None = known[key]
    return quality


def promise_of(model: Model, effort: str, situation: Situation) -> Promise | None:
    """The same as plain figures."""
    efforts = situation.promises.get(model.id)
    return efforts.get(effort) if efforts is not None else None


def can_be_ranked(option: Option, situation: Situation) -> bool:
    """Whether an option's quality is known, or counts for nothing."""
    return effort_can_be_ranked(option.model, option.effort, situation)


def effort_can_be_ranked(model: Model, effort: str, situation: Situation) -> bool:
    """The same of all options of a model at an effort."""
    return not situation.weights.get("quality") or promise_of(model, effort, situation) is not None


def _less(score: Interval, loss: QualityLoss) -> Interval:
    """A score after a loss in percent of it, the two errors independent: their squares add."""
    kept = 1 - loss.value / 100
    value = score.value * kept
    low = math.hypot((score.value - score.low) * kept, score.value * (loss.high - loss.value) / 100)
    high = math.hypot((score.high - score.value) * kept, score.value * (loss.value - loss.low) / 100)
    return Interval(max(0.0, value - low), value, value + high)


def quantization_loss(option: Option, situation: Situation) -> QualityLoss | None:
    """What an option's quantisation costs a model of its size."""
    if option.quantization is None or option.active_parameters == 0:
        return None
    losses = situation.catalog.quantizations.quantizations[option.quantization].losses
    fact, shape = option.model.parameters, option.model.architecture
    if fact is not None and fact.value is not None:
        total = fact.value.total
    else:
        total = total_parameters(shape.value) if shape and shape.value else option.active_parameters
    return next(row for row in losses if row.up_to_billion is None or total <= row.up_to_billion * 1e9)


def latency(option: Option, situation: Situation) -> Value:
    """The probability of meeting the latency limits: the user's, or the task's own."""
    target = situation.latency
    speed = speed_of(option, situation)
    if speed is None:
        return unknown("probability")
    odds = [
        odd
        for odd in (
            _odds(speed.ttft_s or speed.least_ttft_s, target.max_ttft_ms and target.max_ttft_ms / 1000),
            _odds(speed.tpot_s, target.min_tok_s and 1 / target.min_tok_s),
            _odds(answer_s(option, situation) if target.max_latency_s else None, target.max_latency_s),
        )
        if odd is not None
    ]
    if not odds:
        return unknown("probability")
    p = min(odds)
    low = 0.0 if _part_unknown(target, speed.ttft_s) else p
    expected = (low + p) / 2  # an unknown part may be anything: its mean, as in the simulation
    return Value(
        Interval(low, expected, p), "probability", low, expected, p, speed.evidence, situation_machine_ref(situation)
    )


def _odds(interval: Interval | None, seconds: float | None) -> float | None:
    return interval.probability_below(seconds) if interval is not None and seconds else None


def _part_unknown(target: LatencyTarget, ttft_s: Interval | None) -> bool:
    return ttft_s is None and (target.max_ttft_ms is not None or target.max_latency_s is not None)


def situation_machine_ref(situation: Situation) -> Ref:
    """Who says what the machine's bandwidth and rates are."""
    return Ref(situation.catalog.hardware, situation.machine.sources)


def cost(option: Option, situation: Situation) -> Value:
    """The month's bill, or that of 1,000 requests where no volume was given, on a logarithmic scale."""
    scale = cost_scale(situation)
    figures = cost_of(option, situation)
    if figures is None:
        return unknown(scale.unit)
    monthly = situation.needs.monthly_requests is not None
    interval = figures.usd_per_month if monthly else figures.usd_per_1k_requests
    if interval is None:
        return unknown(scale.unit)
    if figures.free_tier:  # nothing within the host's limits; beyond them nobody says what
        return Value(interval, scale.unit, 0.0, UNKNOWN_UTILITY, 1.0, figures.evidence, figures.ref)
    return _scaled(scale, interval, figures.evidence, figures.ref)


def cost_scale(situation: Situation) -> Scale:
    """The scale of a month's bill, or of 1,000 requests' where no volume was given."""
    monthly = situation.needs.monthly_requests is not None
    return situation.catalog.tasks.scales["cost_usd_per_month" if monthly else "cost_usd_per_1k_requests"]


def context(option: Option, situation: Situation) -> Value:
    """How many times over the context window holds what the request needs."""
    window = limit(option, "context_tokens", situation)
    alike = headroom(window.fact if window else None, situation)
    return Value(*alike[:-1], window.ref) if window else alike


def headroom(window_tokens: Fact[int] | None, situation: Situation) -> Value:
    """The same of a context window, whoever says how large it is."""
    scale = situation.catalog.tasks.scales["context_headroom"]
    tokens = window_tokens.value if window_tokens is not None else None
    key = ("headroom", tokens)
    if key not in situation.memo:
        ratio = tokens / situation.workload.context_tokens if tokens is not None else None
        known = _scaled(scale, Interval.exact(ratio), "published", NO_REF) if ratio is not None else None
        situation.memo[key] = known or unknown(scale.unit)
    found: Value = situation.memo[key]
    return found


_ALIGNMENT_UTILITY = {
    "none": 0.0,
    "distillation": 0.3,
    "sft": 0.4,
    "dpo": 0.7,
    "rlhf": 0.8,
    "rlaif": 0.8,
    "constitutional-ai": 0.8,
}


def safety(option: Option, situation: Situation) -> Value:
    """How the model was aligned, by the strongest method that its developer describes."""
    level, fact = _alignment(option.model), option.model.alignment
    return unknown("alignment") if level is None else _level("alignment", level, ref(option.model, fact))


def safety_utility(option: Option, situation: Situation) -> float:
    """That of `safety`."""
    level = _alignment(option.model)
    return UNKNOWN_UTILITY if level is None else level


def _alignment(model: Model) -> float | None:
    fact = model.alignment
    known = (
        [_ALIGNMENT_UTILITY[m] for m in fact.value.methods if m in _ALIGNMENT_UTILITY] if fact and fact.value else []
    )
    return max(known) if known else None


def openness(option: Option, situation: Situation) -> Value:
    """1 for weights under an OSI-approved licence, 0.6 for weights under another, 0 for none."""
    return _level("openness", openness_utility(option, situation), ref(option.model, option.model.access))


def openness_utility(option: Option, situation: Situation) -> float:
    """That of `openness`."""
    model = option.model
    if not model.open_weights:
        return 0.0
    row = situation.catalog.licenses.licenses.get(model.license.value or "") if model.license else None
    return 1.0 if row is not None and row.osi_approved.value else 0.6


def _level(unit: str, level: float, origin: Ref, evidence: str = "published") -> Value:
    """A value that is a utility already."""
    return Value(Interval.exact(level), unit, level, level, level, evidence, origin)


def adaptability(option: Option, situation: Situation) -> Value:
    """Fitness for a specific domain: the mean of fine-tuning, derivative rights and room for retrieved context."""
    model = option.model
    row = license_of(option, situation)
    capabilities = model.capabilities.value if model.capabilities else None
    tunable = 1.0 if option.deployment == "self-host" else float("fine-tuning" in (capabilities or ()))
    derivable = 0.0
    if option.deployment == "self-host" and row is not None and row.derivatives is not None:
        derivable = float(bool(row.derivatives.value))
    room = context(option, situation).utility
    level = (tunable + derivable + room) / 3
    return _level("adaptability", level, ref(model, model.access), "derived")


CRITERIA: dict[CriterionName, Callable[[Option, Situation], Value]] = {
    "quality": quality,
    "latency": latency,
    "cost": cost,
    "context": context,
    "safety": safety,
    "openness": openness,
    "adaptability": adaptability,
}


OF_MODEL: tuple[CriterionName, ...] = ("safety", "openness")
_OF_PLACE: tuple[CriterionName, ...] = ("context", "adaptability")  # whatever an option's quantisation and effort
SHARED: dict[CriterionName, Callable[[Option], Hashable]] = {
    **dict.fromkeys(OF_MODEL, lambda option: option.model.id),
    **dict.fromkeys(_OF_PLACE, lambda option: option.place),
}


def values_of(option: Option, situation: Situation) -> dict[CriterionName, Value]:
    """Every criterion of an option; what options share is found once for all of them."""
    return {name: value_of(name, option, situation) for name in CRITERIA}


def value_of(name: CriterionName, option: Option, situation: Situation) -> Value:
    """One criterion of an option."""
    if name not in SHARED:
        return CRITERIA[name](option, situation)
    key = (name, SHARED[name](option))
    memo = situation.known.of_catalog if name in OF_MODEL else situation.memo
    if key not in memo:
        memo[key] = CRITERIA[name](option, situation)
    found: Value = memo[key]
    return found
