"""From timings to rates, and how far the rates mislead about a decoder that they were not taken from."""

import math
from collections.abc import Iterator, Sequence
from statistics import fmean, median
from typing import NamedTuple

from llmselect.estimate.interval import Z_90
from llmselect.estimate.parameters import parameter_parts
from llmselect.estimate.rates import Rates
from llmselect.estimate.speed import decode_parts, prefill_parts
from llmselect.estimate.work import Work, work_of
from llmselect.probe.llamacpp.mixes import file_bytes
from llmselect.probe.llamacpp.subjects import Role, Subject
from llmselect.probe.llamacpp.timings import Timed, Timing

RUNTIME = "llama.cpp"
# Standard errors, as logarithms, of a prediction for a real model whatever the probe's own check says;
# docs/probe-llamacpp.md has the comparisons that they rest on.
KNOWN_ERROR = 0.06
UNCHECKED_ERROR = 0.10
LEAST_SHARE = 0.05  # of a time, that is left to what is sought when all else is subtracted


class Sample(NamedTuple):
    """A subject and what the runtime said of its file."""

    subject: Subject
    timed: Timed


class Check(NamedTuple):
    """Seconds of something that no rate was taken from: as the rates predict it, and as it was."""

    level: str
    role: Role
    timing: Timing
    predicted_s: float

    @property
    def error(self) -> float:
        """Logarithm of predicted over measured."""
        return math.log(self.predicted_s / self.timing.median_s)


class _Point(NamedTuple):
    """What one token of a file takes, and one timing of it."""

    role: Role
    work: Work
    timing: Timing


def file_work(subject: Subject) -> Work:
    """What one token of a file takes, its bytes exact."""
    decoder = subject.decoder
    return work_of(decoder, parameter_parts(decoder), file_bytes(decoder, subject.artifact), RUNTIME)


def fitted(samples: Sequence[Sample]) -> tuple[dict[str, Rates], tuple[Check, ...]]:
    """The rates of each level, and what was timed but not used for them.

    The cost of a step and that of the context do not depend on the weights' type: all levels share them. The
    spread is that of the checks of all levels together.
    """
    points = {level: list(_points(samples, level)) for level in dict.fromkeys(one.subject.level for one in samples)}
    every = [point for found in points.values() for point in found]
    step_s = next((point.timing.median_s for point in every if point.role == "empty"), 0.0)
    attention_s = _attention_s(every)
    rates = {level: _rates(found, step_s, attention_s) for level, found in points.items()}
    checks = tuple(check for level, found in points.items() for check in _checks(level, found, rates[level]))
    decode_spread = spread([check.error for check in checks if check.timing.decode_tokens])
    prefill_spread = spread([check.error for check in checks if check.timing.prompt_tokens])
    spreads = {"decode_spread": decode_spread, "prefill_spread": prefill_spread}
    return {level: one._replace(**spreads) for level, one in rates.items()}, checks


def spread(errors: Sequence[float]) -> float:
    """The factor that nine predictions of ten keep to, from the logarithms of the errors that were seen."""
    seen = math.sqrt(fmean(error**2 for error in errors)) if errors else UNCHECKED_ERROR
    return math.exp(Z_90 * math.hypot(KNOWN_ERROR, seen))


def predicted_s(work: Work, timing: Timing, rates: Rates) -> float:
    """Seconds that the rates say a step or a prompt takes."""
    if timing.decode_tokens:
        return decode_parts(work, rates, 1, timing.depth_tokens).total_s
    return prefill_parts(work, rates, timing.prompt_tokens).total_s


def _points(samples: Sequence[Sample], level: str) -> Iterator[_Point]:
    for sample in samples:
        if sample.subject.level == level:
            work = file_work(sample.subject)
            yield from (_Point(sample.subject.role, work, timing) for timing in sample.timed.timings)


def _steps(points: Sequence[_Point], role: Role, depth_tokens: int = 0) -> list[_Point]:
    return [p for p in points if p.role == role and p.timing.decode_tokens and p.timing.depth_tokens == depth_tokens]


def _attention_s(points: Sequence[_Point]) -> float:
    """Seconds per layer, query head and position: the median over all steps that were timed with a context."""
    found = []
    for deep in (point for point in points if point.timing.depth_tokens):
        flat = next(p for p in points if p.work == deep.work and p.timing.decode_tokens and not p.timing.depth_tokens)
        looked_at = deep.work.layers * deep.work.attention_heads * deep.timing.depth_tokens
        found.append(max(0.0, deep.timing.median_s - flat.timing.median_s) / looked_at)
    return median(found) if found else 0.0


def _rates(points: Sequence[_Point], step_s: float, attention_s: float) -> Rates:
    layer_s, byte_s = _layers_and_bytes(points, step_s)
    read = 1e-9 / byte_s
    dense = Rates(step_s, layer_s, read, read, attention_s, 1.0, 1.0, 1.0, 1.0, "measured")
    tflops = median(_prefill_tflops(point, dense) for point in points if _is_dense_prompt(point))
    return _with_experts(points, dense._replace(prefill_tflops=tflops, expert_prefill_tflops=tflops))


def _is_dense_prompt(point: _Point) -> bool:
    return point.role in ("wide", "thin") and point.timing.prompt_tokens > 0


def _layers_and_bytes(points: Sequence[_Point], step_s: float) -> tuple[float, float]:
    """Seconds per layer and per byte from the wide file's step and the thin one's, neither below nothing.

    Two equations, layers x a + bytes x r = time. Where noise would make a layer cost less than nothing, it costs
    nothing, and where it would make the bytes free, the wide file alone tells.
    """
    (wide,), (thin,) = _steps(points, "wide"), _steps(points, "thin")
    wide_s, thin_s = (_left(point.timing.median_s, step_s) for point in (wide, thin))
    wide_bytes, thin_bytes = wide.work.dense_bytes, thin.work.dense_bytes
    determinant = wide.work.layers * thin_bytes - thin.work.layers * wide_bytes
    layer_s = max(0.0, (wide_s * thin_bytes - thin_s * wide_bytes) / determinant)
    return layer_s, _left(wide_s, wide.work.layers * layer_s) / wide_bytes


def _prefill_tflops(point: _Point, rates: Rates) -> float:
    work, tokens = point.work, point.timing.prompt_tokens
    flops = tokens * work.dense_flops + work.head_flops + work.pair_flops * work.pair_layers(tokens, 0)
    overhead_s = prefill_parts(work, rates, tokens).overhead_s
    return flops / _left(point.timing.median_s, overhead_s) / 1e12


def _with_experts(points: Sequence[_Point], rates: Rates) -> Rates:
    """Rates of routed experts: what a step or a prompt takes beyond the parts that are not experts."""
    changes: dict[str, float] = {}
    for point in (point for point in points if point.role == "experts"):
        work, timing = point.work, point.timing
        if timing.decode_tokens:
            parts = decode_parts(work, rates, 1, 0)
            seconds = _left(timing.median_s, parts.total_s - parts.expert_s)
            changes["expert_read_gb_s"] = work.expert_bytes / seconds / 1e9
        else:
            prompt = prefill_parts(work, rates, timing.prompt_tokens)
            seconds = _left(timing.median_s, prompt.total_s - prompt.expert_s)
            changes["expert_prefill_tflops"] = timing.prompt_tokens * work.expert_flops / seconds / 1e12
    return rates._replace(**changes)


def _left(total_s: float, known_s: float) -> float:
    """What remains of a time when known parts are subtracted, noise kept from making it nothing."""
    return max(total_s - known_s, total_s * LEAST_SHARE)


def _checks(level: str, points: Sequence[_Point], rates: Rates) -> Iterator[Check]:
    for role, work, timing in points:
        if role.startswith("held-out"):
            yield Check(level, role, timing, predicted_s(work, timing, rates))
