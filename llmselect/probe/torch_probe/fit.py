"""Fits rates to timings, and checks how well they predict a decoder that was held out of the fit."""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np

from llmselect.estimate.intervals import Z_90
from llmselect.estimate.memory import Precision, weight_bytes
from llmselect.estimate.own_speeds import DeviceRates
from llmselect.estimate.rates import of_device
from llmselect.estimate.rows import take
from llmselect.estimate.runtimes import RUNTIMES
from llmselect.estimate.shapes import known_shape, shapes_of
from llmselect.estimate.speed import ALONE, decode_parts, prefill_parts
from llmselect.estimate.work import kv_bytes, pair_layers, token_layers, woken, work_of
from llmselect.probe.decoder.shape import DecoderShape
from llmselect.probe.torch_probe.visits import TypicalTimes
from llmselect.probe.torch_probe.work import ELEMENT_BYTES, Run, RunTimings

RUNTIME = "transformers"
# Standard errors, as logarithms, of predictions for real models, beyond the probe's own checks;
# docs/probe.md has the comparisons behind them.
KNOWN_ERROR = 0.10
UNCHECKED_ERROR = 0.20
DISTURBED_ERROR = 0.30  # in addition, if other processes were busy meanwhile
MIN_CHECK_TOKENS = 64  # checks of shorter prompts do not widen the interval, because their time hardly matters
READ_RATE_ROLES = ("short", "wide")  # dense decoders whose steps give the read rate, in addition to the held-out one
MIN_SHARE = 0.05  # of a measured time, that stays when known parts are subtracted


class Check(NamedTuple):
    """A run that was held out of the fit: the seconds that the rates predict, and the measured seconds."""

    role: str
    run: Run
    predicted_s: float
    measured_s: float

    @property
    def error(self) -> float:
        """Logarithm of predicted over measured."""
        return math.log(self.predicted_s / self.measured_s)


def token_work(shape: DecoderShape, precision: str) -> Any:
    """The work of one token of a decoder with weights and cache in one precision: a row of `Work`."""
    bits, shapes = 8 * ELEMENT_BYTES[precision], shapes_of([known_shape(shape)])
    weights = weight_bytes(shapes, Precision(*(np.array([float(bits)]) for _ in range(3))))
    chunk_tokens = RUNTIMES[RUNTIME].chunk_tokens
    return take(work_of(shapes, weights, last_token_alone=False, chunk_tokens=chunk_tokens, kv_bits=bits), 0)


def fit_rates(timed: Sequence[RunTimings], *, contended: bool = False) -> tuple[DeviceRates, tuple[Check, ...]]:
    """The rates of one precision from all its timings, and checks against timings that were not used.

    `contended` widens the intervals. The held-out decoder is predicted by rates fitted without it; the final read
    rate uses it too.
    """
    times, precision = TypicalTimes(timed), timed[0].precision
    checks = tuple(_checks(_rates(times, precision, READ_RATE_ROLES), times, precision))
    rates = _rates(times, precision, (*READ_RATE_ROLES, "held-out"))
    decode = [check.error for check in checks if check.role == "held-out" and check.run == Run(1, 1)]
    prefill = [check.error for check in checks if not check.run.decodes and check.run.tokens >= MIN_CHECK_TOKENS]
    steps, prompts = (
        math.hypot(times.drift.error(prompt=prompt), times.error(prompt=prompt)) for prompt in (False, True)
    )
    return rates._replace(
        decode_spread=error_factor(decode, contended, steps), prefill_spread=error_factor(prefill, contended, prompts)
    ), checks


def error_factor(errors: Sequence[float], contended: bool = False, drift: float = 0.0) -> float:
    """The factor within which 90 % of predictions lie, from the logarithms of the observed errors.

    `drift` is the standard error from measuring at another time.
    """
    seen = math.sqrt(fmean(error**2 for error in errors)) if errors else UNCHECKED_ERROR
    return math.exp(Z_90 * math.hypot(KNOWN_ERROR, seen, DISTURBED_ERROR if contended else 0.0, drift))


def _rates(times: TypicalTimes, precision: str, roles: Sequence[str]) -> DeviceRates:
    """All rates; the read rate comes from the steps of dense decoders with these roles."""
    step_s, layer_s = _overheads(times)
    rates = DeviceRates(
        step_overhead_s=step_s,
        layer_overhead_s=layer_s,
        read_gb_s=1.0,
        expert_read_gb_s=1.0,
        attention_s=0.0,
        prefill_tflops=1.0,
        expert_prefill_tflops=1.0,
        decode_spread=1.0,
        prefill_spread=1.0,
        evidence="measured",
    )
    read = _read_gb_s(times, rates, precision, roles)
    rates = rates._replace(read_gb_s=read, expert_read_gb_s=read, attention_s=_attention_s(times, precision, read))
    layout_s, prefill = _prompts(times, rates, precision)
    rates = rates._replace(layout_s=layout_s, prefill_tflops=prefill, expert_prefill_tflops=prefill)
    return _with_experts(rates, times, precision)


def _overheads(times: TypicalTimes) -> tuple[float, float]:
    """Overheads in seconds of a step and of a layer, from narrow decoders that read almost nothing.

    They are scaled down if together they exceed the time of a step that does read.
    """
    (shallow, shallow_s), (deep, deep_s), (short, short_s) = map(times.step, ("shallow", "deep", "short"))
    layer_s = max(0.0, (deep_s - shallow_s) / (deep.layers - shallow.layers))
    step_s = max(0.0, shallow_s - shallow.layers * layer_s)
    share = min(1.0, short_s / (step_s + short.layers * layer_s))
    return share * step_s, share * layer_s


def _read_gb_s(times: TypicalTimes, rates: DeviceRates, precision: str, roles: Sequence[str]) -> float:
    """Total bytes that dense decoders read, divided by their total time without overheads.

    A sum is more robust than the difference of two times, which may be all noise.
    """
    steps = [one for role in roles for one in times.of(role) if one[1] == Run(1, 1)]
    size = sum(token_work(shape, precision).dense_bytes for shape, _, _ in steps)
    return float(size) / sum(_remaining_s(total_s, _overhead_s(rates, shape)) for shape, _, total_s in steps) / 1e9


def _remaining_s(total_s: float, known_s: float) -> float:
    """A time without its known parts, at least MIN_SHARE of it, so that noise cannot make it zero."""
    return max(total_s - known_s, total_s * MIN_SHARE)


def _attention_s(times: TypicalTimes, precision: str, read_gb_s: float) -> float:
    """Seconds per GFLOP of attention over a context without reading its cache, from steps with and without one."""
    shape, without_s = times.step("attentive")
    with_context = [(run, seconds) for _, run, seconds in times.of("attentive") if run.depth_tokens]
    run, seconds = with_context[-1]
    task = token_work(shape, precision)
    look_s = seconds - without_s - float(kv_bytes(task, run.depth_tokens)) / 1e9 / read_gb_s
    return max(0.0, look_s) / float(task.pair_flops * token_layers(task, run.depth_tokens) / 1e9)


def _prompts(times: TypicalTimes, rates: DeviceRates, precision: str) -> tuple[float, float]:
    """Seconds to lay out a GB of weights, and TFLOP/s of arithmetic, from two prompt lengths.

    Each prompt lays out the weights once, whatever its length; additional tokens only add arithmetic.
    """
    (shape, short, short_s), (_, long, long_s) = _shortest(times, "prompt"), _longest(times, "prompt")
    known_s, flops = _overhead_s(rates, shape), _prompt_flops(shape, long.tokens, precision)
    more = flops - _prompt_flops(shape, short.tokens, precision)
    spent_s = max(0.0, _remaining_s(long_s, known_s) - flops * max(0.0, long_s - short_s) / more) if more else 0.0
    return spent_s / _layout_gb(token_work(shape, precision)), flops / _remaining_s(long_s, known_s + spent_s) / 1e12


def _layout_gb(task: Any) -> float:
    """GB of weights that a prompt lays out: all but the head, which only the last token uses."""
    return float(task.dense_bytes / 1e9 * task.dense_flops / (task.dense_flops + task.head_flops))


def _shortest(times: TypicalTimes, role: str) -> tuple[DecoderShape, Run, float]:
    return min((one for one in times.of(role) if not one[1].decodes), key=lambda one: one[1].tokens)


def _longest(times: TypicalTimes, role: str) -> tuple[DecoderShape, Run, float]:
    return max((one for one in times.of(role) if not one[1].decodes), key=lambda one: one[1].tokens)


def _prompt_flops(shape: DecoderShape, tokens: int, precision: str) -> float:
    task = token_work(shape, precision)
    return float(tokens * task.dense_flops + task.head_flops + task.pair_flops * pair_layers(task, tokens, 0))


def _overhead_s(rates: DeviceRates, shape: DecoderShape) -> float:
    return rates.step_overhead_s + shape.layers * rates.layer_overhead_s


def _with_experts(rates: DeviceRates, times: TypicalTimes, precision: str) -> DeviceRates:
    """The rates with those of routed experts, from the time of a step or prompt beyond its other parts.

    Experts run the kernels of dense weights on smaller pieces, so they are never faster. If the remaining time
    suggests otherwise, too much was subtracted.
    """
    kinds = {run.decodes for _, run, _ in times.of("experts")}
    if kinds != {True, False}:
        return rates
    shape, step_s = times.step("experts")
    task = token_work(shape, precision)
    dense = decode_parts(task, of_device(rates), 1, 0, ALONE)
    read_s = _remaining_s(step_s, float(dense.total_s - dense.expert_s))
    shape, run, prompt_s = _longest(times, "experts")
    prompt_task = token_work(shape, precision)
    prompt = prefill_parts(prompt_task, of_device(rates), run.tokens, 0, ALONE)
    laid_out_s = float(prompt_task.expert_bytes * woken(prompt_task, run.tokens) / 1e9) * rates.layout_s
    compute_s = _remaining_s(prompt_s, float(prompt.total_s - prompt.expert_s) + laid_out_s)
    flops = run.tokens * float(prompt_task.expert_flops)
    return rates._replace(
        expert_read_gb_s=min(rates.read_gb_s, float(task.expert_bytes) / read_s / 1e9),
        expert_prefill_tflops=min(rates.prefill_tflops, flops / compute_s / 1e12),
    )


def _checks(rates: DeviceRates, times: TypicalTimes, precision: str) -> list[Check]:
    """Checks of batches, of the held-out decoder, and of all prompts but the shortest and the longest."""
    used = {("wide", Run(1, 1)), *(("prompt", end(times, "prompt")[1]) for end in (_shortest, _longest))}
    return [
        Check(role, run, predicted_s(shape, run, rates, precision), seconds)
        for role in ("wide", "prompt", "held-out")
        for shape, run, seconds in times.of(role)
        if (role, run) not in used
    ]


def predicted_s(shape: DecoderShape, run: Run, rates: DeviceRates, precision: str) -> float:
    """The seconds of a run that the rates predict."""
    task = token_work(shape, precision)
    if run.decodes:
        return float(decode_parts(task, of_device(rates), run.batch, run.depth_tokens, ALONE).total_s)
    return float(prefill_parts(task, of_device(rates), run.tokens, run.depth_tokens, ALONE).total_s)
