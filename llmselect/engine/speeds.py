"""Speed of one option in a situation, computed once and remembered."""

from typing import Literal, NamedTuple

from llmselect.engine.measured import measured_speed
from llmselect.engine.options import Option, option_work
from llmselect.engine.rates import SPLIT_SPREAD, Basis, at_peak, basis, system_rates
from llmselect.engine.situation import Situation
from llmselect.engine.tokens import answer_tokens, thinking_tokens
from llmselect.estimate.interval import Interval
from llmselect.estimate.own_speeds import DeviceRates as Rates
from llmselect.estimate.speed import (
    Load,
    Parallel,
    Parts,
    answer_intervals,
    around,
    decode_parts,
)
from llmselect.estimate.work import Work


class SpeedFigures(NamedTuple):
    """Seconds per decoding step, per output token at the asked concurrency, and to the first token (None: unknown).

    `step_s` leaves out what the prompts of others take, `tpot_s` holds it. `least_ttft_s` is known always: what the
    prompt takes on the device alone, and no less than one step. `evidence` is `measured` where this very option was
    timed; `unverified` tells of a placement that nobody has measured.
    """

    step_s: Interval
    tpot_s: Interval
    ttft_s: Interval | None
    least_ttft_s: Interval
    evidence: Literal["measured", "estimated"] = "estimated"
    unverified: bool = False


def speed_of(option: Option, situation: Situation) -> SpeedFigures | None:
    """The speed of an option; None for APIs that nobody measured and for machines of unknown bandwidth."""
    return speed_at(option, situation, situation.workload.concurrency)


def may_be_known(option: Option, situation: Situation) -> bool:
    """Whether anything tells an option's speed: the machine that it runs on, or measurements."""
    return option.plan is not None or bool(situation.machine.own_speeds.measurements)


def speed_at(option: Option, situation: Situation, batch: int) -> SpeedFigures | None:
    """The speed with `batch` requests running at once; None as for `speed_of`."""
    if not may_be_known(option, situation):
        return None
    key = ("speed", option.base_id, batch)
    if key not in situation.memo:
        situation.memo[key] = _speed(option, situation, load_of(situation, batch))
    figures: SpeedFigures | None = situation.memo[key]
    return figures


def _speed(option: Option, situation: Situation, load: Load) -> SpeedFigures | None:
    """A measurement of the option itself where there is one, else what is computed."""
    timed = measured_speed(option, situation, load)
    computed = _computed(option, situation, load)
    if timed is None or timed.tpot_s is None:
        if computed is not None and timed is not None and timed.ttft_s is not None:
            return computed._replace(ttft_s=timed.ttft_s, least_ttft_s=timed.ttft_s)
        return computed
    first = timed.ttft_s or (computed.ttft_s if computed else None)
    least = first or (computed.least_ttft_s if computed else timed.tpot_s)
    return SpeedFigures(timed.tpot_s, timed.tpot_s, first, least, "measured")


def load_of(situation: Situation, batch: int) -> Load:
    """The workload's requests, `batch` of them at once; the context asked for is full when an answer ends."""
    work = situation.workload
    cached = work.context_tokens - work.prompt_tokens - work.output_tokens
    return Load(work.prompt_tokens, work.output_tokens, max(0, cached), batch)


def _computed(option: Option, situation: Situation, load: Load) -> SpeedFigures | None:
    plan = option.plan
    ground = basis(option, situation) if plan is not None else None
    if plan is None or ground is None:
        return None
    work, rates, parallel = option_work(option, situation), ground.rates, ground.parallel
    if plan.placement in ("split", "experts-in-ram"):
        return _split(option, situation, load, ground)
    peak = at_peak(rates, situation.machine.bandwidth_gb_s)
    least_s = decode_parts(work, peak, load.concurrency, load.depth_tokens, parallel).total_s
    found = answer_intervals(work, rates, load, parallel)
    step, each = _no_less(found.step_s, least_s), _no_less(found.tpot_s, least_s)
    known = rates.prefill_tflops != float("inf")
    return SpeedFigures(step, each, found.ttft_s if known else None, found.prompt_s if known else step)


def least_step_s(option: Option, situation: Situation) -> float:
    """Less than the middle estimate of a decoding step, whatever the batch: its overhead, and the weights read once.

    Nothing where the memories of two devices share them, or where measurements may say anything.
    """
    plan, machine, weights = option.plan, situation.machine, option.weights
    if plan is None or weights is None or plan.placement not in ("gpu", "ram") or machine.own_speeds.measurements:
        return 0.0
    ground = basis(option, situation)
    if ground is None:
        return 0.0
    rates = ground.rates
    read_gb_s = max(rates.read_gb_s, rates.expert_read_gb_s) * machine.count
    return rates.step_overhead_s + weights.active / (read_gb_s * 1e9)


def _no_less(interval: Interval, least_s: float) -> Interval:
    """The interval without what the memory's full bandwidth rules out."""
    return interval if interval.low >= least_s else Interval(*[max(bound, least_s) for bound in interval])


def _split(option: Option, situation: Situation, load: Load, ground: Basis) -> SpeedFigures | None:
    """Layers or experts in RAM: the device's step and the processor's, one after the other."""
    system = system_rates(option, situation)
    if system is None:
        return None
    work = option_work(option, situation)
    on_device, in_ram = split_parts(option, work, ground.rates, system, load, ground.parallel)
    spread = max(ground.rates.decode_spread, system.decode_spread) * SPLIT_SPREAD
    machine = situation.machine
    peaks = at_peak(ground.rates, machine.bandwidth_gb_s), at_peak(system, machine.ram_bandwidth_gb_s)
    least = split_parts(option, work, *peaks, load, ground.parallel)
    step = _no_less(around(on_device.total_s + in_ram.total_s, spread), least[0].total_s + least[1].total_s)
    return SpeedFigures(step, step, None, step, unverified=True)


def split_parts(
    option: Option, work: Work, device: Rates, system: Rates, load: Load, parallel: Parallel
) -> tuple[Parts, Parts]:
    """A decoding step's parts on the device and in RAM; the cache stays on the device."""
    assert option.plan is not None
    share = option.plan.device_weight_share
    if option.plan.placement == "experts-in-ram":
        on_device, in_ram = work._replace(expert_bytes=0.0, expert_flops=0.0), work._replace(dense_bytes=0.0)
    else:
        on_device, in_ram = _scaled(work, share), _scaled(work, 1 - share)
        on_device = on_device._replace(
            layers=work.layers, windowed_layers=work.windowed_layers, linear_layers=work.linear_layers
        )
    in_ram = in_ram._replace(
        kv_bytes_per_token_layer=0.0, state_bytes=0.0, dense_flops=0.0, head_flops=0.0, expert_flops=0.0
    )
    sizes = load.concurrency, load.depth_tokens
    return decode_parts(on_device, device, *sizes, parallel), decode_parts(in_ram, system, *sizes)


def _scaled(work: Work, share: float) -> Work:
    """A share of a model's layers."""
    return work._replace(
        layers=max(1, round(work.layers * share)),
        windowed_layers=round(work.windowed_layers * share),
        linear_layers=round(work.linear_layers * share),
        dense_bytes=work.dense_bytes * share,
        expert_bytes=work.expert_bytes * share,
        dense_flops=work.dense_flops * share,
        expert_flops=work.expert_flops * share,
    )


def answer_s(option: Option, situation: Situation) -> Interval | None:
    """Seconds for a whole answer: first token, then one step for each further one.

    Where the time to the first token is unknown, it takes at least as long as this.
    """
    speed = speed_of(option, situation)
    if speed is None:
        return None
    return _times(speed.tpot_s, answer_tokens(option, situation), 1).plus(speed.ttft_s or speed.least_ttft_s)


def seconds_to_answer(option: Option, situation: Situation, tpot_s: Interval, ttft_s: Interval) -> Interval:
    """Seconds to the first token of the answer itself: the first token of all, and what is thought before it."""
    thinking = thinking_tokens(option, situation)
    return Interval(*(first + count * step for first, count, step in zip(ttft_s, thinking, tpot_s, strict=True)))


def _times(step_s: Interval, tokens: Interval, batch: int) -> Interval:
    """Seconds for the tokens after the first, the errors of pace and length taken to go together."""
    return Interval(*((count - 1) / batch * step for count, step in zip(tokens, step_s, strict=True)))
