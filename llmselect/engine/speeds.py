"""Speed of one option in a situation, computed once and remembered."""

from typing import NamedTuple

from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.engine.tokens import answer_tokens
from llmselect.estimate.interval import Interval
from llmselect.estimate.speed import Engine, prefill_s, step_s


class SpeedFigures(NamedTuple):
    """Seconds per decoding step at the asked concurrency, and to the first token (None where unknown).

    `least_ttft_s` is known always: what the prompt takes on the device alone, and no less than one step.
    """

    step_s: Interval
    ttft_s: Interval | None
    least_ttft_s: Interval


def speed_of(option: Option, situation: Situation) -> SpeedFigures | None:
    """The speed of a self-hosted option; None for APIs and for machines of unknown bandwidth."""
    key = ("speed", option.id)
    if key not in situation.memo:
        situation.memo[key] = speed_at(option, situation, situation.workload.concurrency)
    figures: SpeedFigures | None = situation.memo[key]
    return figures


def speed_at(option: Option, situation: Situation, batch: int) -> SpeedFigures | None:
    """The speed with `batch` requests running at once; None as for `speed_of`."""
    machine, plan, weights = situation.machine, option.plan, option.weights
    if plan is None or weights is None or machine.bandwidth_gb_s is None:
        return None
    parallel = machine.count if option.runtime == "vllm" else 1
    kind = machine.kind
    experts = weights.experts > 0
    own = Engine(kind, machine.bandwidth_gb_s * parallel, experts)
    cache = option.kv_bytes_per_sequence * batch
    share = 1.0 if plan.placement in ("gpu", "ram") else plan.device_weight_share
    system = Engine("cpu", machine.ram_bandwidth_gb_s, experts) if machine.ram_bandwidth_gb_s else None
    if share < 1 and system is None:
        return None
    step = step_s(weights.active * share + cache, own, weights.active * (1 - share), system)
    tflops = machine.tflops * parallel if machine.tflops else None
    prompt = situation.workload.prompt_tokens
    prefill = prefill_s(prompt, option.active_parameters, tflops, step)
    return SpeedFigures(step, prefill if share == 1 else None, prefill or step)


def answer_s(option: Option, situation: Situation) -> Interval | None:
    """Seconds for a whole answer: first token, then one step for each further one.

    Where the time to the first token is unknown, it takes at least as long as this.
    """
    speed = speed_of(option, situation)
    if speed is None:
        return None
    return _times(speed.step_s, answer_tokens(option, situation), 1).plus(speed.least_ttft_s)


def _times(step_s: Interval, tokens: Interval, batch: int) -> Interval:
    """Seconds for the tokens after the first, the errors of pace and length taken to go together."""
    return Interval(*((count - 1) / batch * step for count, step in zip(tokens, step_s, strict=True)))
