"""From timings to rates, and how far the rates mislead about a decoder that they were not taken from."""

import math
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean, median
from typing import Any, NamedTuple

import numpy as np

from llmselect.estimate.columns.intervals import Z_90
from llmselect.estimate.columns.memory import WeightBytes
from llmselect.estimate.columns.rates import of_device
from llmselect.estimate.columns.rows import take
from llmselect.estimate.columns.runtimes import RUNTIMES
from llmselect.estimate.columns.shapes import known_shape, shapes_of
from llmselect.estimate.columns.speed import ALONE, decode_parts, prefill_parts
from llmselect.estimate.columns.work import kv_bytes, lookups, pair_layers, token_layers, work_of
from llmselect.estimate.own_speeds import DeviceRates
from llmselect.probe.drift import Drift, drift_of_repeats
from llmselect.probe.llamacpp.mixes import file_bytes
from llmselect.probe.llamacpp.subjects import Role, Subject
from llmselect.probe.llamacpp.timings import Timed, Timing

RUNTIME = "llama.cpp"
# Standard errors, as logarithms, of a prediction for a real model whatever the probe's own check says;
# docs/probe-llamacpp.md has the comparisons that they rest on.
KNOWN_ERROR = 0.06
UNCHECKED_ERROR = 0.10
ONE_SHAPE = 1e-6  # of a determinant: looks whose FLOPs and lookups stand in one and the same proportion
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
        return math.log(self.predicted_s / self.timing.typical_s)


class _Point(NamedTuple):
    """What one token of a file takes (a row of `Work`), and one timing of it."""

    role: Role
    work: Any
    timing: Timing


def file_work(subject: Subject) -> Any:
    """What one token of a file takes, its bytes exact: a row of `Work`."""
    size, runtime = file_bytes(subject.decoder, subject.artifact), RUNTIMES[RUNTIME]
    weights = WeightBytes(*(np.array([float(part)]) for part in (size.total, size.experts, size.active)))
    shapes = shapes_of([known_shape(subject.decoder)])
    return take(work_of(shapes, weights, runtime.last_token_alone, runtime.chunk_tokens), 0)


def fitted(samples: Sequence[Sample]) -> tuple[dict[str, DeviceRates], tuple[Check, ...]]:
    """The rates of each level, and how those of a level without its held-out files foretell these.

    What a step, a layer and the context cost does not depend on the weights' type: all levels share the median.
    Timings count as at the usual pace of the processor in this run. The rates rest on all files in the end, the
    spread on the checks of all levels together.
    """
    drift = drift_of_repeats([timing.repeats for one in samples for timing in one.timed.timings])
    levels = dict.fromkeys(one.subject.level for one in samples)
    points = {level: list(_points(samples, level, drift)) for level in levels}
    shared = _shared(list(points.values()))
    blind = {level: _rates([p for p in found if p not in _held_out(found)], shared) for level, found in points.items()}
    checks = tuple(
        Check(level, role, timing, predicted_s(work, timing, blind[level]))
        for level, found in points.items()
        for role, work, timing in _held_out(found)
    )
    seeing = shared._replace(
        decode_spread=spread([one.error for one in checks if one.timing.decode_tokens], drift.error(prompt=False)),
        prefill_spread=spread([one.error for one in checks if one.timing.prompt_tokens], drift.error(prompt=True)),
    )
    return {level: _rates(found, seeing) for level, found in points.items()}, checks


def spread(errors: Sequence[float], drift: float = 0.0) -> float:
    """The factor that nine predictions of ten keep to, from the logarithms of the errors that were seen.

    `drift` is the standard error that the processor's changing pace adds.
    """
    seen = math.sqrt(fmean(error**2 for error in errors)) if errors else UNCHECKED_ERROR
    return math.exp(Z_90 * math.hypot(KNOWN_ERROR, seen, drift))


def predicted_s(work: Any, timing: Timing, rates: DeviceRates) -> float:
    """Seconds that the rates say a step or a prompt takes."""
    if timing.decode_tokens:
        return float(decode_parts(work, of_device(rates), 1, timing.depth_tokens, ALONE).total_s)
    return float(prefill_parts(work, of_device(rates), timing.prompt_tokens, 0, ALONE).total_s)


def _points(samples: Sequence[Sample], level: str, drift: Drift) -> Iterator[_Point]:
    for sample in samples:
        if sample.subject.level == level:
            work = file_work(sample.subject)
            for timing in sample.timed.timings:
                yield _Point(sample.subject.role, work, timing.at_typical_pace(drift))


def _steps(points: Sequence[_Point], role: Role, depth_tokens: int = 0) -> list[_Point]:
    return [p for p in points if p.role == role and p.timing.decode_tokens and p.timing.depth_tokens == depth_tokens]


def _held_out(points: Sequence[_Point]) -> list[_Point]:
    return [point for point in points if point.role.startswith("held-out")]


def _shared(levels: Sequence[Sequence[_Point]]) -> DeviceRates:
    """Rates of which those parts are right that do not depend on the weights' type."""
    every = [point for points in levels for point in points]
    overheads = [_overheads(points) for points in levels]
    step_s, layer_s = (max(0.0, median(found)) for found in zip(*overheads, strict=True))
    attention_s, lookup_s = _look(list(_looks(every)))
    shared = DeviceRates(step_s, layer_s, 1.0, 1.0, attention_s, 1.0, 1.0, 1.0, 1.0, "measured")
    return shared._replace(lookup_s=lookup_s)


def _looks(points: Sequence[_Point]) -> Iterator[tuple[float, float, float]]:
    """GFLOPs of each look at a context, its millions of lookups, and its seconds beside the reading of its cache.

    The cache is taken to be read as fast as the weights of the same file.
    """
    for deep in (point for point in points if point.timing.depth_tokens):
        work, depth = deep.work, deep.timing.depth_tokens
        flat = next(p for p in points if p.work == work and _is_step(p))
        read_s = float(kv_bytes(work, depth)) / (work.dense_bytes / flat.timing.typical_s)
        seconds = deep.timing.typical_s - flat.timing.typical_s - read_s
        flops = float(work.pair_flops * token_layers(work, depth))
        yield flops / 1e9, float(lookups(work, depth)) / 1e6, seconds


def _look(looks: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Seconds of a GFLOP and of a million lookups, by least squares; neither is less than nothing.

    A head's keys and values of one position lie apart from those of the next and of other heads, so that the processor
    waits for each of them and not for their bytes. Looks of one shape cannot tell the two apart: what they took then
    counts as lookups, which take the most of it.
    """

    def total(a: int, b: int) -> float:
        return sum(look[a] * look[b] for look in looks)

    flops, both, lookups, of_flops, of_lookups = total(0, 0), total(0, 1), total(1, 1), total(0, 2), total(1, 2)
    whole = flops * lookups - both**2
    alone = max(0.0, of_lookups) / lookups if lookups else 0.0
    if whole <= ONE_SHAPE * flops * lookups:
        return 0.0, alone
    flop_s, lookup_s = (of_flops * lookups - of_lookups * both) / whole, (of_lookups * flops - of_flops * both) / whole
    if flop_s < 0:
        return 0.0, alone
    return (flop_s, lookup_s) if lookup_s >= 0 else (max(0.0, of_flops) / flops, 0.0)


def _overheads(points: Sequence[_Point]) -> tuple[float, float]:
    """Seconds that a step costs, and those that a layer costs, however small they are; noise may make them negative.

    Three steps, of few layers and many, with few bytes and many, are three equations: step + layers x layer +
    bytes x time of a byte = seconds. They are solved by Cramer's rule. Without a thin file layers count as free: in
    the other two they grow with the bytes, and what they cost is part of the rate of reading.
    """
    wide, short, *thin = (point for role in ("wide", "short", "thin") for point in points if _is(point, role))
    if not thin:
        byte_s = (wide.timing.typical_s - short.timing.typical_s) / (wide.work.dense_bytes - short.work.dense_bytes)
        return short.timing.typical_s - short.work.dense_bytes * byte_s, 0.0
    steps = (wide, short, *thin)
    ones, seconds = (1.0, 1.0, 1.0), tuple(point.timing.typical_s for point in steps)
    layers, sizes = (tuple(float(one) for one in column) for column in zip(*map(_size, steps), strict=True))
    whole = _determinant(ones, layers, sizes)
    return _determinant(seconds, layers, sizes) / whole, _determinant(ones, seconds, sizes) / whole


def _is(point: _Point, role: str) -> bool:
    return point.role == role and _is_step(point)


def _size(point: _Point) -> tuple[float, float]:
    return float(point.work.layers), float(point.work.dense_bytes)


def _determinant(*columns: tuple[float, ...]) -> float:
    (a, b, c), (d, e, f), (g, h, i) = columns
    return a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e)


def _is_step(point: _Point) -> bool:
    return point.timing.decode_tokens > 0 and point.timing.depth_tokens == 0


def _rates(points: Sequence[_Point], shared: DeviceRates) -> DeviceRates:
    """The shared rates and those of one level, first of dense files, then of experts beside them.

    Experts are read by the same kernels, here and there in the file: never faster than what lies in a row. Where what
    is left of a step says so, what was subtracted was too much.
    """
    dense = [point for point in points if point.work.experts == 0]
    read = _ratio(dense, _is_step, lambda p: (float(p.work.dense_bytes), _overhead_s(p, shared)))
    rates = shared._replace(read_gb_s=read / 1e9, expert_read_gb_s=read / 1e9)
    flops = _ratio(dense, _is_prompt, lambda p: _prompt_flops(p, rates))
    rates = rates._replace(prefill_tflops=flops / 1e12, expert_prefill_tflops=flops / 1e12)
    experts = [point for point in points if point.work.experts]
    if not experts:
        return rates
    expert_read = _ratio(experts, _is_step, lambda p: _expert_bytes(p, rates))
    return rates._replace(
        expert_read_gb_s=min(expert_read, read) / 1e9,
        expert_prefill_tflops=_ratio(experts, _is_prompt, lambda p: _expert_flops(p, rates)) / 1e12,
    )


def _is_prompt(point: _Point) -> bool:
    return point.timing.prompt_tokens > 0


def _ratio(
    points: Sequence[_Point], take: Callable[[_Point], bool], split: Callable[[_Point], tuple[float, float]]
) -> float:
    """All work over all the time it took; `split` gives a point's work, and seconds that went to something else."""
    chosen = [point for point in points if take(point)]
    parts = [(*split(point), point.timing.typical_s) for point in chosen]
    return sum(work for work, _, _ in parts) / sum(_left(total_s, other_s) for _, other_s, total_s in parts)


def _overhead_s(point: _Point, rates: DeviceRates) -> float:
    return rates.step_overhead_s + float(point.work.layers) * rates.layer_overhead_s


def _prompt_flops(point: _Point, rates: DeviceRates) -> tuple[float, float]:
    """A prompt's operations, and the seconds that are overheads."""
    work, tokens = point.work, point.timing.prompt_tokens
    flops = tokens * work.dense_flops + work.head_flops + work.pair_flops * pair_layers(work, tokens, 0)
    return float(flops), float(prefill_parts(work, of_device(rates), tokens, 0, ALONE).overhead_s)


def _expert_bytes(point: _Point, rates: DeviceRates) -> tuple[float, float]:
    """Bytes of the chosen experts, and the seconds of a step that are not theirs."""
    parts = decode_parts(point.work, of_device(rates), 1, 0, ALONE)
    return float(point.work.expert_bytes), float(parts.total_s - parts.expert_s)


def _expert_flops(point: _Point, rates: DeviceRates) -> tuple[float, float]:
    """Operations of a prompt's experts, and the seconds that are not theirs."""
    tokens = point.timing.prompt_tokens
    parts = prefill_parts(point.work, of_device(rates), tokens, 0, ALONE)
    return tokens * float(point.work.expert_flops), float(parts.total_s - parts.expert_s)


def _left(total_s: float, known_s: float) -> float:
    """What remains of a time when known parts are subtracted, noise kept from making it nothing."""
    return max(total_s - known_s, total_s * LEAST_SHARE)
