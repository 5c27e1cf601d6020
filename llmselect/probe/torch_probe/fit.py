"""From times to rates, and how far the rates mislead on a decoder that they were not taken from."""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np

from llmselect.estimate.columns.intervals import Z_90
from llmselect.estimate.columns.memory import Precision, weight_bytes
from llmselect.estimate.columns.rates import of_device
from llmselect.estimate.columns.rows import take
from llmselect.estimate.columns.runtimes import RUNTIMES
from llmselect.estimate.columns.shapes import known_shape, shapes_of
from llmselect.estimate.columns.speed import ALONE, decode_parts, prefill_parts
from llmselect.estimate.columns.work import kv_bytes, pair_layers, token_layers, woken, work_of
from llmselect.estimate.own_speeds import DeviceRates
from llmselect.probe.decoder.shape import DecoderShape
from llmselect.probe.torch_probe.visits import Times
from llmselect.probe.torch_probe.work import ELEMENT_BYTES, Run, Timed

RUNTIME = "transformers"
# Standard errors, as logarithms, of a prediction for a real model whatever the probe's own check says;
# docs/probe.md has the comparisons that they rest on.
KNOWN_ERROR = 0.10
UNCHECKED_ERROR = 0.20
DISTURBED_ERROR = 0.30  # besides, where others were busy all the while
USUAL_TOKENS = 64  # shorter prompts are checks that widen no interval: their time is short anyway
SEEN = ("short", "wide")  # dense decoders whose steps the rate of reading rests on, beside the held-out one
LEAST_SHARE = 0.05  # of a time, that is left to what is sought when all else is subtracted


class Check(NamedTuple):
    """Seconds of a run that no rate was taken from: as the rates predict it, and as it was."""

    role: str
    run: Run
    predicted_s: float
    measured_s: float

    @property
    def error(self) -> float:
        """Logarithm of predicted over measured."""
        return math.log(self.predicted_s / self.measured_s)


def work(shape: DecoderShape, precision: str) -> Any:
    """What one token of a decoder takes when all its weights and its cache have one precision: a row of `Work`."""
    bits, shapes = 8 * ELEMENT_BYTES[precision], shapes_of([known_shape(shape)])
    weights = weight_bytes(shapes, Precision(*(np.array([float(bits)]) for _ in range(3))))
    chunk_tokens = RUNTIMES[RUNTIME].chunk_tokens
    return take(work_of(shapes, weights, last_token_alone=False, chunk_tokens=chunk_tokens, kv_bits=bits), 0)


def fitted(timed: Sequence[Timed], *, contended: bool = False) -> tuple[DeviceRates, tuple[Check, ...]]:
    """The rates of one precision from all that was timed at it, and what was timed but not used for them.

    On a machine that was `contended` meanwhile the intervals are wider. The held-out decoder is foretold without its
    own time; the rate of reading rests on it too in the end.
    """
    times, precision = Times(timed), timed[0].precision
    checks = tuple(_checks(_rates(times, precision, SEEN), times, precision))
    rates = _rates(times, precision, (*SEEN, "held-out"))
    decode = [check.error for check in checks if check.role == "held-out" and check.run == Run(1, 1)]
    prefill = [check.error for check in checks if not check.run.decodes and check.run.tokens >= USUAL_TOKENS]
    steps, prompts = (
        math.hypot(times.drift.error(prompt=prompt), times.error(prompt=prompt)) for prompt in (False, True)
    )
    return rates._replace(
        decode_spread=spread(decode, contended, steps), prefill_spread=spread(prefill, contended, prompts)
    ), checks


def spread(errors: Sequence[float], contended: bool = False, drift: float = 0.0) -> float:
    """The factor that nine predictions of ten keep to, from the logarithms of the errors that were seen.

    `drift` is the standard error that another moment of the machine adds.
    """
    seen = math.sqrt(fmean(error**2 for error in errors)) if errors else UNCHECKED_ERROR
    return math.exp(Z_90 * math.hypot(KNOWN_ERROR, seen, DISTURBED_ERROR if contended else 0.0, drift))


def _rates(times: Times, precision: str, roles: Sequence[str]) -> DeviceRates:
    """All rates, that of reading from the steps of dense decoders in these roles."""
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


def _overheads(times: Times) -> tuple[float, float]:
    """Seconds of a step and of a layer beside what they read, from narrow decoders that read next to nothing.

    They are part of a step that reads, and so no more than all of it.
    """
    (shallow, shallow_s), (deep, deep_s), (short, short_s) = map(times.step, ("shallow", "deep", "short"))
    layer_s = max(0.0, (deep_s - shallow_s) / (deep.layers - shallow.layers))
    step_s = max(0.0, shallow_s - shallow.layers * layer_s)
    share = min(1.0, short_s / (step_s + short.layers * layer_s))
    return share * step_s, share * layer_s


def _read_gb_s(times: Times, rates: DeviceRates, precision: str, roles: Sequence[str]) -> float:
    """All bytes that dense decoders read over all the time it took, overheads apart.

    A sum is steadier than the difference of two times of two moments, which may be all noise.
    """
    steps = [one for role in roles for one in times.of(role) if one[1] == Run(1, 1)]
    size = sum(work(shape, precision).dense_bytes for shape, _, _ in steps)
    return float(size) / sum(_left(total_s, _overhead_s(rates, shape)) for shape, _, total_s in steps) / 1e9


def _left(total_s: float, known_s: float) -> float:
    """What remains of a time when known parts are subtracted, noise kept from making it nothing."""
    return max(total_s - known_s, total_s * LEAST_SHARE)


def _attention_s(times: Times, precision: str, read_gb_s: float) -> float:
    """Seconds per GFLOP of the look at a context, beside the reading of its cache: a step with one and without."""
    shape, without_s = times.step("attentive")
    with_context = [(run, seconds) for _, run, seconds in times.of("attentive") if run.depth_tokens]
    run, seconds = with_context[-1]
    task = work(shape, precision)
    look_s = seconds - without_s - float(kv_bytes(task, run.depth_tokens)) / 1e9 / read_gb_s
    return max(0.0, look_s) / float(task.pair_flops * token_layers(task, run.depth_tokens) / 1e9)


def _prompts(times: Times, rates: DeviceRates, precision: str) -> tuple[float, float]:
    """Seconds to lay out a GB of weights, and operations per second in TFLOP/s, from two lengths of a prompt.

    A prompt of any length lays out the weights once; what more tokens add is arithmetic alone.
    """
    (shape, short, short_s), (_, long, long_s) = _shortest(times, "prompt"), _longest(times, "prompt")
    known_s, flops = _overhead_s(rates, shape), _prompt_flops(shape, long.tokens, precision)
    more = flops - _prompt_flops(shape, short.tokens, precision)
    spent_s = max(0.0, _left(long_s, known_s) - flops * max(0.0, long_s - short_s) / more) if more else 0.0
    return spent_s / _layout_gb(work(shape, precision)), flops / _left(long_s, known_s + spent_s) / 1e12


def _layout_gb(task: Any) -> float:
    """GB of weights that a prompt lays out: all but the head, which one token sees."""
    return float(task.dense_bytes / 1e9 * task.dense_flops / (task.dense_flops + task.head_flops))


def _shortest(times: Times, role: str) -> tuple[DecoderShape, Run, float]:
    return min((one for one in times.of(role) if not one[1].decodes), key=lambda one: one[1].tokens)


def _longest(times: Times, role: str) -> tuple[DecoderShape, Run, float]:
    return max((one for one in times.of(role) if not one[1].decodes), key=lambda one: one[1].tokens)


def _prompt_flops(shape: DecoderShape, tokens: int, precision: str) -> float:
    task = work(shape, precision)
    return float(tokens * task.dense_flops + task.head_flops + task.pair_flops * pair_layers(task, tokens, 0))


def _overhead_s(rates: DeviceRates, shape: DecoderShape) -> float:
    return rates.step_overhead_s + shape.layers * rates.layer_overhead_s


def _with_experts(rates: DeviceRates, times: Times, precision: str) -> DeviceRates:
    """Rates of routed experts: what a step or a prompt takes beyond the parts that are not experts.

    The kernels are those of dense weights, on less at a time: never faster. Where what is left of a time says so,
    what was subtracted was too much.
    """
    kinds = {run.decodes for _, run, _ in times.of("experts")}
    if kinds != {True, False}:
        return rates
    shape, step_s = times.step("experts")
    task = work(shape, precision)
    dense = decode_parts(task, of_device(rates), 1, 0, ALONE)
    read_s = _left(step_s, float(dense.total_s - dense.expert_s))
    shape, run, prompt_s = _longest(times, "experts")
    prompt_task = work(shape, precision)
    prompt = prefill_parts(prompt_task, of_device(rates), run.tokens, 0, ALONE)
    laid_out_s = float(prompt_task.expert_bytes * woken(prompt_task, run.tokens) / 1e9) * rates.layout_s
    compute_s = _left(prompt_s, float(prompt.total_s - prompt.expert_s) + laid_out_s)
    flops = run.tokens * float(prompt_task.expert_flops)
    return rates._replace(
        expert_read_gb_s=min(rates.read_gb_s, float(task.expert_bytes) / read_s / 1e9),
        expert_prefill_tflops=min(rates.prefill_tflops, flops / compute_s / 1e12),
    )


def _checks(rates: DeviceRates, times: Times, precision: str) -> list[Check]:
    """Batches, the held-out decoder, and all prompts but the shortest and the longest."""
    used = {("wide", Run(1, 1)), *(("prompt", end(times, "prompt")[1]) for end in (_shortest, _longest))}
    return [
        Check(role, run, predicted_s(shape, run, rates, precision), seconds)
        for role in ("wide", "prompt", "held-out")
        for shape, run, seconds in times.of(role)
        if (role, run) not in used
    ]


def predicted_s(shape: DecoderShape, run: Run, rates: DeviceRates, precision: str) -> float:
    """Seconds that the rates say a run takes."""
    task = work(shape, precision)
    if run.decodes:
        return float(decode_parts(task, of_device(rates), run.batch, run.depth_tokens, ALONE).total_s)
    return float(prefill_parts(task, of_device(rates), run.tokens, run.depth_tokens, ALONE).total_s)
