"""Fits rates to timings, and checks how well they predict a decoder that was held out of the fit."""

import math
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean, median
from typing import Any, NamedTuple

import numpy as np

from llmselect.estimate.intervals import Z_90
from llmselect.estimate.memory import WeightBytes
from llmselect.estimate.own_speeds import DeviceRates
from llmselect.estimate.rates import of_device
from llmselect.estimate.rows import take
from llmselect.estimate.runtimes import RUNTIMES
from llmselect.estimate.shapes import known_shape, shapes_of
from llmselect.estimate.speed import ALONE, decode_parts, prefill_parts
from llmselect.estimate.work import kv_bytes, lookups, pair_layers, token_layers, work_of
from llmselect.probe.drift import Drift, drift_of_repeats
from llmselect.probe.llamacpp.mixes import file_bytes
from llmselect.probe.llamacpp.probe_files import ProbeFile, Role
from llmselect.probe.llamacpp.timings import FileTimings, Timing

RUNTIME = "llama.cpp"
# Standard errors, as logarithms, of predictions for real models, beyond the probe's own checks;
# docs/probe-llamacpp.md has the comparisons behind them.
KNOWN_ERROR = 0.06
UNCHECKED_ERROR = 0.10
ONE_SHAPE = 1e-6  # of a determinant: below it all samples have the same ratio of FLOPs to lookups
MIN_SHARE = 0.05  # of a measured time, that stays when known parts are subtracted


class Sample(NamedTuple):
    """A file and the runtime's timings of it."""

    probe_file: ProbeFile
    timed: FileTimings


class Check(NamedTuple):
    """A timing that was held out of the fit, and the seconds that the rates predict for it."""

    level: str
    role: Role
    timing: Timing
    predicted_s: float

    @property
    def error(self) -> float:
        """Logarithm of predicted over measured."""
        return math.log(self.predicted_s / self.timing.typical_s)


class _Point(NamedTuple):
    """One timing of a file, with the work of one of its tokens (a row of `Work`)."""

    role: Role
    work: Any
    timing: Timing


def file_work(probe_file: ProbeFile) -> Any:
    """The work of one token of a file, with its exact bytes: a row of `Work`."""
    size, runtime = file_bytes(probe_file.decoder, probe_file.artifact), RUNTIMES[RUNTIME]
    weights = WeightBytes(*(np.array([float(part)]) for part in (size.total, size.experts, size.active)))
    shapes = shapes_of([known_shape(probe_file.decoder)])
    return take(work_of(shapes, weights, runtime.last_token_alone, runtime.chunk_tokens), 0)


def fit_rates(samples: Sequence[Sample]) -> tuple[dict[str, DeviceRates], tuple[Check, ...]]:
    """The rates of each level, and checks of rates fitted without the held-out files against these files.

    Overheads and the cost of attention do not depend on the weights' type, so all levels share them. Timings are
    first converted to the processor's typical pace in this run. The final rates use all files, the spread uses the
    checks of all levels.
    """
    drift = drift_of_repeats([timing.repeats for one in samples for timing in one.timed.timings])
    levels = dict.fromkeys(one.probe_file.level for one in samples)
    points = {level: list(_points(samples, level, drift)) for level in levels}
    shared = _shared_rates(list(points.values()))
    held_out_rates = {
        level: _rates([p for p in found if p not in _held_out(found)], shared) for level, found in points.items()
    }
    checks = tuple(
        Check(level, role, timing, predicted_s(work, timing, held_out_rates[level]))
        for level, found in points.items()
        for role, work, timing in _held_out(found)
    )
    with_spread = shared._replace(
        decode_spread=error_factor(
            [one.error for one in checks if one.timing.decode_tokens], drift.error(prompt=False)
        ),
        prefill_spread=error_factor(
            [one.error for one in checks if one.timing.prompt_tokens], drift.error(prompt=True)
        ),
    )
    return {level: _rates(found, with_spread) for level, found in points.items()}, checks


def error_factor(errors: Sequence[float], drift: float = 0.0) -> float:
    """The factor within which 90 % of predictions lie, from the logarithms of the observed errors.

    `drift` is the standard error from the processor's changing pace.
    """
    seen = math.sqrt(fmean(error**2 for error in errors)) if errors else UNCHECKED_ERROR
    return math.exp(Z_90 * math.hypot(KNOWN_ERROR, seen, drift))


def predicted_s(work: Any, timing: Timing, rates: DeviceRates) -> float:
    """The seconds of a step or a prompt that the rates predict."""
    if timing.decode_tokens:
        return float(decode_parts(work, of_device(rates), 1, timing.depth_tokens, ALONE).total_s)
    return float(prefill_parts(work, of_device(rates), timing.prompt_tokens, 0, ALONE).total_s)


def _points(samples: Sequence[Sample], level: str, drift: Drift) -> Iterator[_Point]:
    for sample in samples:
        if sample.probe_file.level == level:
            work = file_work(sample.probe_file)
            for timing in sample.timed.timings:
                yield _Point(sample.probe_file.role, work, timing.at_typical_pace(drift))


def _steps(points: Sequence[_Point], role: Role, depth_tokens: int = 0) -> list[_Point]:
    return [p for p in points if p.role == role and p.timing.decode_tokens and p.timing.depth_tokens == depth_tokens]


def _held_out(points: Sequence[_Point]) -> list[_Point]:
    return [point for point in points if point.role.startswith("held-out")]


def _shared_rates(levels: Sequence[Sequence[_Point]]) -> DeviceRates:
    """Rates with the parts that do not depend on the weights' type; the others are placeholders."""
    every = [point for points in levels for point in points]
    overheads = [_overheads(points) for points in levels]
    step_s, layer_s = (max(0.0, median(found)) for found in zip(*overheads, strict=True))
    attention_s, lookup_s = _attention_rates(list(_attention_samples(every)))
    shared = DeviceRates(step_s, layer_s, 1.0, 1.0, attention_s, 1.0, 1.0, 1.0, 1.0, "measured")
    return shared._replace(lookup_s=lookup_s)


def _attention_samples(points: Sequence[_Point]) -> Iterator[tuple[float, float, float]]:
    """GFLOPs, millions of lookups and seconds of attention over a context, without the time to read the cache.

    Assumes that the cache is read as fast as the weights of the same file.
    """
    for deep in (point for point in points if point.timing.depth_tokens):
        work, depth = deep.work, deep.timing.depth_tokens
        flat = next(p for p in points if p.work == work and _is_step(p))
        read_s = float(kv_bytes(work, depth)) / (work.dense_bytes / flat.timing.typical_s)
        seconds = deep.timing.typical_s - flat.timing.typical_s - read_s
        flops = float(work.pair_flops * token_layers(work, depth))
        yield flops / 1e9, float(lookups(work, depth)) / 1e6, seconds


def _attention_rates(samples: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Seconds per GFLOP and per million lookups of attention, by least squares; neither is negative.

    A lookup is one head's keys or values at one position: they are scattered in memory, so the processor waits for
    each of them rather than for their bytes. Samples of a single shape cannot separate the two costs; then all time
    counts as lookups, the larger part.
    """

    def total(a: int, b: int) -> float:
        return sum(look[a] * look[b] for look in samples)

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
    """Overheads in seconds of a step and of a layer; noise may make them negative.

    Three files with different numbers of layers and bytes give three equations, step + layers x layer + bytes x
    seconds per byte = seconds, solved by Cramer's rule. Without the thin file the overhead of a layer is taken as 0:
    in the other two files layers grow with bytes, so it becomes part of the read rate.
    """
    wide, short, *thin = (point for role in ("wide", "short", "thin") for point in points if _is_role_step(point, role))
    if not thin:
        byte_s = (wide.timing.typical_s - short.timing.typical_s) / (wide.work.dense_bytes - short.work.dense_bytes)
        return short.timing.typical_s - short.work.dense_bytes * byte_s, 0.0
    steps = (wide, short, *thin)
    ones, seconds = (1.0, 1.0, 1.0), tuple(point.timing.typical_s for point in steps)
    layers, sizes = (tuple(float(one) for one in column) for column in zip(*map(_layers_and_bytes, steps), strict=True))
    whole = _determinant(ones, layers, sizes)
    return _determinant(seconds, layers, sizes) / whole, _determinant(ones, seconds, sizes) / whole


def _is_role_step(point: _Point, role: str) -> bool:
    return point.role == role and _is_step(point)


def _layers_and_bytes(point: _Point) -> tuple[float, float]:
    return float(point.work.layers), float(point.work.dense_bytes)


def _determinant(*columns: tuple[float, ...]) -> float:
    (a, b, c), (d, e, f), (g, h, i) = columns
    return a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e)


def _is_step(point: _Point) -> bool:
    return point.timing.decode_tokens > 0 and point.timing.depth_tokens == 0


def _rates(points: Sequence[_Point], shared: DeviceRates) -> DeviceRates:
    """The shared rates completed with those of one level: first of dense weights, then of experts.

    Experts are read by the same kernels from scattered places, so never faster than dense weights. If the remaining
    time of a step suggests otherwise, too much was subtracted.
    """
    dense = [point for point in points if point.work.experts == 0]
    read = _rate(dense, _is_step, lambda p: (float(p.work.dense_bytes), _overhead_s(p, shared)))
    rates = shared._replace(read_gb_s=read / 1e9, expert_read_gb_s=read / 1e9)
    flops = _rate(dense, _is_prompt, lambda p: _prompt_flops(p, rates))
    rates = rates._replace(prefill_tflops=flops / 1e12, expert_prefill_tflops=flops / 1e12)
    experts = [point for point in points if point.work.experts]
    if not experts:
        return rates
    expert_read = _rate(experts, _is_step, lambda p: _expert_bytes(p, rates))
    return rates._replace(
        expert_read_gb_s=min(expert_read, read) / 1e9,
        expert_prefill_tflops=_rate(experts, _is_prompt, lambda p: _expert_flops(p, rates)) / 1e12,
    )


def _is_prompt(point: _Point) -> bool:
    return point.timing.prompt_tokens > 0


def _rate(
    points: Sequence[_Point], take: Callable[[_Point], bool], split: Callable[[_Point], tuple[float, float]]
) -> float:
    """Total work divided by its total time; `split` gives a point's work and the seconds spent on other things."""
    chosen = [point for point in points if take(point)]
    parts = [(*split(point), point.timing.typical_s) for point in chosen]
    return sum(work for work, _, _ in parts) / sum(_remaining_s(total_s, other_s) for _, other_s, total_s in parts)


def _overhead_s(point: _Point, rates: DeviceRates) -> float:
    return rates.step_overhead_s + float(point.work.layers) * rates.layer_overhead_s


def _prompt_flops(point: _Point, rates: DeviceRates) -> tuple[float, float]:
    """A prompt's FLOPs, and the seconds of its overheads."""
    work, tokens = point.work, point.timing.prompt_tokens
    flops = tokens * work.dense_flops + work.head_flops + work.pair_flops * pair_layers(work, tokens, 0)
    return float(flops), float(prefill_parts(work, of_device(rates), tokens, 0, ALONE).overhead_s)


def _expert_bytes(point: _Point, rates: DeviceRates) -> tuple[float, float]:
    """Bytes of the selected experts, and the seconds of a step spent on everything else."""
    parts = decode_parts(point.work, of_device(rates), 1, 0, ALONE)
    return float(point.work.expert_bytes), float(parts.total_s - parts.expert_s)


def _expert_flops(point: _Point, rates: DeviceRates) -> tuple[float, float]:
    """FLOPs of a prompt's experts, and the seconds spent on everything else."""
    tokens = point.timing.prompt_tokens
    parts = prefill_parts(point.work, of_device(rates), tokens, 0, ALONE)
    return tokens * float(point.work.expert_flops), float(parts.total_s - parts.expert_s)


def _remaining_s(total_s: float, known_s: float) -> float:
    """A time without its known parts, at least MIN_SHARE of it, so that noise cannot make it zero."""
    return max(total_s - known_s, total_s * MIN_SHARE)
