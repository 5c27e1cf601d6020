"""From times to rates, and how far the rates mislead on a decoder that they were not taken from."""

import math
from collections.abc import Sequence
from statistics import fmean

from llmselect.estimate.interval import Z_90
from llmselect.estimate.memory import Precision, weight_bytes
from llmselect.estimate.rates import Rates
from llmselect.estimate.speed import decode_parts, prefill_parts
from llmselect.estimate.work import Work, work_of
from llmselect.frozen import NamedTuple
from llmselect.probe.decoder.shape import DecoderShape
from llmselect.probe.drift import drift_of_paces
from llmselect.probe.torch_probe.work import ELEMENT_BYTES, Run, Timed

RUNTIME = "transformers"
# Standard errors, as logarithms, of a prediction for a real model whatever the probe's own check says;
# docs/probe.md has the comparisons that they rest on.
KNOWN_ERROR = 0.10
UNCHECKED_ERROR = 0.20
DISTURBED_ERROR = 0.30  # besides, where others were busy all the while
USUAL_TOKENS = 64  # shorter prompts are checks that widen no interval: their time is short anyway
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


class Times:
    """The typical time of each thing that was timed at one precision, at the usual pace of the processor."""

    def __init__(self, timed: Sequence[Timed]) -> None:
        self.timed = timed
        self.drift = drift_of_paces(one.pace_s for one in timed)

    def of(self, role: str) -> list[tuple[DecoderShape, Run, float]]:
        """Shape, run and typical seconds of all that was timed in a role."""
        return [(one.shape, one.run, self._seconds(one)) for one in self.timed if one.role == role]

    def _seconds(self, one: Timed) -> float:
        return one.typical_s / self.drift.slower(one.pace_s, prompt=not one.run.decodes)

    def step(self, role: str) -> tuple[DecoderShape, float]:
        """Shape and typical seconds of one sequence's decoding step without a context."""
        return next((shape, seconds) for shape, run, seconds in self.of(role) if run == Run(1, 1))


def work(shape: DecoderShape, precision: str) -> Work:
    """What one token of a decoder takes when all its weights and its cache have one precision."""
    bits = 8 * ELEMENT_BYTES[precision]
    weights = weight_bytes(shape.parts, Precision(bits, bits, bits))
    return work_of(shape, shape.parts, weights, RUNTIME, kv_bits=bits)


def fitted(timed: Sequence[Timed], *, contended: bool = False) -> tuple[Rates, tuple[Check, ...]]:
    """The rates of one precision from all that was timed at it, and what was timed but not used for them.

    On a machine that was `contended` meanwhile the intervals are wider. The held-out decoder is foretold without its
    own time; the rate of reading rests on it too in the end.
    """
    times, precision = Times(timed), timed[0].precision
    blind = _with_experts(_dense(times, precision), times, precision)
    checks = tuple(_checks(blind, times, precision))
    rates = _with_experts(_pooled(blind, times, precision), times, precision)
    decode = [check.error for check in checks if check.role == "held-out" and check.run == Run(1, 1)]
    prefill = [check.error for check in checks if not check.run.decodes and check.run.tokens >= USUAL_TOKENS]
    steps, prompts = (times.drift.error(prompt=prompt) for prompt in (False, True))
    return rates._replace(
        decode_spread=spread(decode, contended, steps), prefill_spread=spread(prefill, contended, prompts)
    ), checks


def spread(errors: Sequence[float], contended: bool = False, drift: float = 0.0) -> float:
    """The factor that nine predictions of ten keep to, from the logarithms of the errors that were seen.

    `drift` is the standard error that the processor's changing pace adds.
    """
    seen = math.sqrt(fmean(error**2 for error in errors)) if errors else UNCHECKED_ERROR
    return math.exp(Z_90 * math.hypot(KNOWN_ERROR, seen, DISTURBED_ERROR if contended else 0.0, drift))


def _dense(times: Times, precision: str) -> Rates:
    """Rates without experts: overheads from narrow decoders, reading from what more layers of weights take more.

    A step that reads from memory costs more than one that has all in the cache, whatever it reads: that goes into
    the overhead of a step.
    """
    (shallow, shallow_s), (deep, deep_s) = times.step("shallow"), times.step("deep")
    layer_s = max(0.0, (deep_s - shallow_s) / (deep.layers - shallow.layers))
    (short, short_s), (wide, wide_s) = times.step("short"), times.step("wide")
    short_bytes, wide_bytes = (work(shape, precision).dense_bytes for shape in (short, wide))
    more_s = _left(wide_s - short_s, (wide.layers - short.layers) * layer_s)
    fastest_s = short_s * LEAST_SHARE  # noise may make more weights take no longer
    read = (wide_bytes - short_bytes) / max(more_s, fastest_s) / 1e9
    step_s = max(0.0, shallow_s - shallow.layers * layer_s, short_s - short.layers * layer_s - short_bytes / read / 1e9)
    rates = Rates(
        step_overhead_s=step_s,
        layer_overhead_s=layer_s,
        read_gb_s=read,
        expert_read_gb_s=read,
        attention_s=_attention_s(times, precision, read),
        prefill_tflops=1.0,
        expert_prefill_tflops=1.0,
        decode_spread=1.0,
        prefill_spread=1.0,
        evidence="measured",
    )
    layout_s, prefill = _prompts(times, rates, precision)
    return rates._replace(layout_s=layout_s, prefill_tflops=prefill, expert_prefill_tflops=prefill)


def _pooled(rates: Rates, times: Times, precision: str) -> Rates:
    """The rates with all bytes that dense decoders read over all the time it took, overheads apart."""
    roles = ("short", "wide", "held-out")
    steps = [(shape, seconds) for role in roles for shape, run, seconds in times.of(role) if run == Run(1, 1)]
    size = sum(work(shape, precision).dense_bytes for shape, _ in steps)
    seconds = sum(_left(total_s, _overhead_s(rates, shape)) for shape, total_s in steps)
    return rates._replace(read_gb_s=size / seconds / 1e9, expert_read_gb_s=size / seconds / 1e9)


def _left(total_s: float, known_s: float) -> float:
    """What remains of a time when known parts are subtracted, noise kept from making it nothing."""
    return max(total_s - known_s, total_s * LEAST_SHARE)


def _attention_s(times: Times, precision: str, read_gb_s: float) -> float:
    """Seconds per GFLOP of the look at a context, beside the reading of its cache: a step with one and without."""
    shape, without_s = times.step("attentive")
    with_context = [(run, seconds) for _, run, seconds in times.of("attentive") if run.depth_tokens]
    run, seconds = with_context[-1]
    task = work(shape, precision)
    look_s = seconds - without_s - task.kv_bytes(run.depth_tokens) / 1e9 / read_gb_s
    return max(0.0, look_s) / (task.pair_flops * task.token_layers(run.depth_tokens) / 1e9)


def _prompts(times: Times, rates: Rates, precision: str) -> tuple[float, float]:
    """Seconds to lay out a GB of weights, and operations per second in TFLOP/s, from two lengths of a prompt.

    A prompt of any length lays out the weights once; what more tokens add is arithmetic alone.
    """
    (shape, short, short_s), (_, long, long_s) = _shortest(times, "prompt"), _longest(times, "prompt")
    known_s, flops = _overhead_s(rates, shape), _prompt_flops(shape, long.tokens, precision)
    more = flops - _prompt_flops(shape, short.tokens, precision)
    spent_s = max(0.0, _left(long_s, known_s) - flops * max(0.0, long_s - short_s) / more) if more else 0.0
    return spent_s / _layout_gb(work(shape, precision)), flops / _left(long_s, known_s + spent_s) / 1e12


def _layout_gb(task: Work) -> float:
    """GB of weights that a prompt lays out: all but the head, which one token sees."""
    return task.dense_bytes / 1e9 * task.dense_flops / (task.dense_flops + task.head_flops)


def _shortest(times: Times, role: str) -> tuple[DecoderShape, Run, float]:
    return min((one for one in times.of(role) if not one[1].decodes), key=lambda one: one[1].tokens)


def _longest(times: Times, role: str) -> tuple[DecoderShape, Run, float]:
    return max((one for one in times.of(role) if not one[1].decodes), key=lambda one: one[1].tokens)


def _prompt_flops(shape: DecoderShape, tokens: int, precision: str) -> float:
    task = work(shape, precision)
    return tokens * task.dense_flops + task.head_flops + task.pair_flops * task.pair_layers(tokens, 0)


def _overhead_s(rates: Rates, shape: DecoderShape) -> float:
    return rates.step_overhead_s + shape.layers * rates.layer_overhead_s


def _with_experts(rates: Rates, times: Times, precision: str) -> Rates:
    """Rates of routed experts: what a step or a prompt takes beyond the parts that are not experts."""
    kinds = {run.decodes for _, run, _ in times.of("experts")}
    if kinds != {True, False}:
        return rates
    shape, step_s = times.step("experts")
    task = work(shape, precision)
    dense = decode_parts(task, rates, 1, 0)
    read_s = _left(step_s, dense.total_s - dense.expert_s)
    shape, run, prompt_s = _longest(times, "experts")
    prompt_task = work(shape, precision)
    prompt = prefill_parts(prompt_task, rates, run.tokens)
    laid_out_s = prompt_task.expert_bytes * prompt_task.woken(run.tokens) / 1e9 * rates.layout_s
    compute_s = _left(prompt_s, prompt.total_s - prompt.expert_s + laid_out_s)
    return rates._replace(
        expert_read_gb_s=task.expert_bytes / read_s / 1e9,
        expert_prefill_tflops=run.tokens * prompt_task.expert_flops / compute_s / 1e12,
    )


def _checks(rates: Rates, times: Times, precision: str) -> list[Check]:
    """Batches, the held-out decoder, and all prompts but the shortest and the longest."""
    used = {("wide", Run(1, 1)), *(("prompt", end(times, "prompt")[1]) for end in (_shortest, _longest))}
    return [
        Check(role, run, predicted_s(shape, run, rates, precision), seconds)
        for role in ("wide", "prompt", "held-out")
        for shape, run, seconds in times.of(role)
        if (role, run) not in used
    ]


def predicted_s(shape: DecoderShape, run: Run, rates: Rates, precision: str) -> float:
    """Seconds that the rates say a run takes."""
    task = work(shape, precision)
    if run.decodes:
        return decode_parts(task, rates, run.batch, run.depth_tokens).total_s
    return prefill_parts(task, rates, run.tokens, run.depth_tokens).total_s
