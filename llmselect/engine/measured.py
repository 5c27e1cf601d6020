"""Speeds that were timed on this machine or at a host, where they fit an option."""

from typing import NamedTuple

from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.estimate.interval import Interval
from llmselect.estimate.own_speeds import Measurement
from llmselect.estimate.speed import Load

NEAR = 1.5  # a measurement with up to this many times the requests or the prompt, or that much fewer, fits
NEAR_DEPTH_TOKENS = 1024  # decoding slows little over this many tokens


class Timed(NamedTuple):
    """Measured seconds per output token and to the first token, each None where it was not timed."""

    tpot_s: Interval | None
    ttft_s: Interval | None


def measured_speed(option: Option, situation: Situation, load: Load) -> Timed | None:
    """The newest measurements that fit an option and a load; None where there is none."""
    rows = [row for row in situation.machine.own_speeds.measurements if _fits(row, option, load)]
    if not rows:
        return None
    paces = [row.decode_tok_s for row in rows if row.decode_tok_s and _near_depth(row.depth_tokens, load.depth_tokens)]
    firsts = [row.ttft_ms for row in rows if row.ttft_ms and _near(row.prompt_tokens, load.prompt_tokens)]
    pace = Interval(*paces[-1]).inverse() if paces else None
    return Timed(pace, Interval(*firsts[-1]).scaled(0.001) if firsts else None)


def _fits(row: Measurement, option: Option, load: Load) -> bool:
    return (
        row.model == option.model.id
        and row.host == option.host
        and row.runtime in (None, option.runtime)
        and row.quantization in (None, option.quantization)
        and _near(row.concurrency, load.concurrency)
    )


def _near(measured: float | None, asked: float) -> bool:
    return measured is not None and measured <= asked * NEAR and asked <= measured * NEAR


def _near_depth(measured: float, asked: float) -> bool:
    return abs(measured - asked) <= max(NEAR_DEPTH_TOKENS, asked * (NEAR - 1))
