"""Serving a load with one's own or rented machines: how many requests one holds, and how many machines it takes."""

import math
from typing import NamedTuple

from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.engine.speeds import SpeedFigures, least_step_s, speed_at
from llmselect.engine.tokens import answer_tokens, thinking_tokens
from llmselect.estimate.cost import SECONDS_PER_MONTH
from llmselect.estimate.interval import Interval
from llmselect.estimate.memory import GIB

MAX_BATCH = 256  # sequences that vLLM runs together unless told otherwise (max_num_seqs)


class Fleet(NamedTuple):
    """What one machine does: requests that run in it together, and the machine seconds that each one takes.

    `unit_requests` is how many a machine serves in a month and still holds at the peak.
    """

    batch: int
    busy_s: Interval
    unit_requests: Interval


def fleet_of(option: Option, situation: Situation) -> Fleet | None:
    """A machine's part of a fleet; None where its speed is unknown."""
    key = ("fleet", option.id)
    if key not in situation.memo:
        situation.memo[key] = _fleet(option, situation)
    fleet: Fleet | None = situation.memo[key]
    return fleet


def _fleet(option: Option, situation: Situation) -> Fleet | None:
    return fleet_at(option, situation, largest_batch(option, situation))


def fleet_at(option: Option, situation: Situation, batch: int) -> Fleet | None:
    """The same with so many requests together in a machine; the more there are, the more it serves."""
    busy = busy_s(option, situation, batch)
    if busy is None:
        return None
    seconds = use_seconds(situation) / peak_factor(situation)
    return Fleet(batch, busy, Interval(seconds / busy.high, seconds / busy.value, seconds / busy.low))


def use_seconds(situation: Situation) -> float:
    """Seconds of a month in which requests come."""
    return SECONDS_PER_MONTH * situation.needs.hours_per_day / 24


def peak_factor(situation: Situation) -> float:
    """How many times the mean load the machines must hold: deferred requests wait until the peak is over."""
    live = 1 - situation.batch_share
    return max(1.0, live * situation.needs.peak_to_mean)


def busy_s(option: Option, situation: Situation, batch: int) -> Interval | None:
    """Machine seconds that one request takes: its prompt alone, its decoding steps shared by a batch."""
    speed = speed_at(option, situation, batch)
    if speed is None:
        return None
    tokens, first_s = answer_tokens(option, situation), speed.least_ttft_s
    rows = zip(tokens, speed.step_s, first_s, strict=True)
    return Interval(*[max(0.0, count - 1) / batch * step + first for count, step, first in rows])


def least_busy_s(option: Option, situation: Situation) -> float:
    """Less than the machine seconds of any request: those of its answer, of a batch as large as can be."""
    tokens = situation.workload.output_tokens + thinking_tokens(option, situation).value
    return max(0.0, tokens - 1) / _most_together(option, situation) * least_step_s(option, situation)


def largest_batch(option: Option, situation: Situation) -> int:
    """Requests that run together: as asked, and with vLLM as many more as the KV cache and the latency allow."""
    low, high = situation.workload.concurrency, _most_together(option, situation)
    while low < high:  # the largest that meets the limits, which a larger batch is further from
        middle = (low + high + 1) // 2
        if _meets(option, situation, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _most_together(option: Option, situation: Situation) -> int:
    return max(situation.workload.concurrency, min(MAX_BATCH, _room(option)))


def _room(option: Option) -> int:
    """Sequences whose KV cache fits beside the weights, where the runtime shares its memory among them."""
    plan = option.plan
    if plan is None or option.runtime != "vllm" or plan.placement != "gpu" or option.kv_bytes_per_sequence <= 0:
        return 0
    spare = (plan.available_gib - plan.weights_gib - plan.overhead_gib) * GIB
    return math.floor(spare / option.kv_bytes_per_sequence)


def _meets(option: Option, situation: Situation, batch: int) -> bool:
    """Whether the middle estimate keeps within the latency limits; deferred requests have none."""
    if situation.batch_share == 1:
        return True
    speed = speed_at(option, situation, batch)
    if speed is None:
        return False
    target, pace_s, answer_s = situation.latency, *_in_a_batch(speed, answer_tokens(option, situation).value, batch)
    limits = (
        (pace_s, target.min_tok_s and 1 / target.min_tok_s),
        (speed.least_ttft_s.value + speed.step_s.value, target.max_ttft_ms and target.max_ttft_ms / 1000),
        (answer_s, target.max_latency_s),
    )
    return all(seconds <= limit for seconds, limit in limits if limit)


def _in_a_batch(speed: SpeedFigures, tokens: float, batch: int) -> tuple[float, float]:
    """Seconds per token and per answer as a user sees them: while it is written, the others' prompts are read too."""
    later = max(1.0, tokens - 1)
    first, step = speed.least_ttft_s.value, speed.step_s.value
    return step + (batch - 1) * first / later, batch * first + later * step
