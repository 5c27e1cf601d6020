"""What one machine of a fleet does: how many requests it runs together, and how many it serves in a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from llmselect.engine.machine.own import Own, load_of
from llmselect.engine.machine.speeds import Speeds, Timed, computed, with_measured
from llmselect.estimate.batches import busy_s, largest, pace_and_answer_s, room
from llmselect.estimate.bills import unit_requests
from llmselect.estimate.cost import SECONDS_PER_MONTH
from llmselect.estimate.memory import GIB, GPU
from llmselect.estimate.rows import Bools, Codes, Floats, take
from llmselect.estimate.runtimes import RUNTIMES

if TYPE_CHECKING:
    from llmselect.engine.request import Request

MAX_BATCH = 256  # sequences that vLLM runs together unless told otherwise (max_num_seqs)


@dataclass(slots=True)
class Fleets:
    """What one machine does with n options of weights on it; (3, n) unless noted, NaN where its speed is unknown.

    `unit_requests` is how many requests a machine serves in a month and still holds at the peak.
    """

    batch: Codes
    """(n,): requests that run in it together."""
    busy_s: Floats
    """Machine seconds that each of them takes."""
    unit_requests: Floats
    unit_requests_as_asked: Floats
    """With no more of them together than were asked for."""


def fleets(own: Own, own_no: Codes, answer_tokens: Floats, request: Request) -> Fleets:
    """What a machine does with options (n,), given their rows in `Own` and the tokens of their answers (3, n)."""
    asked = np.full(len(own_no), request.workload.concurrency)
    speeds = take(own.speeds, own_no)
    busy_asked = busy_s(speeds.step_s, speeds.least_ttft_s, answer_tokens, asked)
    batch = largest_batch(own, own_no, answer_tokens, request)
    busy, more = busy_asked.copy(), np.flatnonzero(batch > asked)
    if len(more):
        full = speeds_at(own, own_no[more], batch[more], request)
        busy[:, more] = busy_s(full.step_s, full.least_ttft_s, answer_tokens[:, more], batch[more])
    seconds = use_seconds(request) / request.peak_factor
    return Fleets(batch, busy, unit_requests(busy, seconds), unit_requests(busy_asked, seconds))


def use_seconds(request: Request) -> float:
    """Seconds of a month in which requests come."""
    return SECONDS_PER_MONTH * request.needs.hours_per_day / 24


def speeds_at(own: Own, own_no: Codes, batch: Codes, request: Request) -> Speeds:
    """The speeds of rows of `Own` (n,) with so many requests (n,) at once."""
    load = load_of(request)
    timed = [Timed(one.measurement, one.rows[own_no]) for one in own.timed]
    return with_measured(computed(take(own.speed_inputs, own_no), load, batch), timed, load, batch)


def largest_batch(own: Own, own_no: Codes, answer_tokens: Floats, request: Request) -> Codes:
    """(n,): requests that run together: as asked, and as many more as the KV cache and the limits of waiting allow.

    Deferred requests have no such limits.
    """
    asked = np.full(len(own_no), request.workload.concurrency)
    most: Codes = np.maximum(asked, np.minimum(MAX_BATCH, _room(own)[own_no]))
    if request.traffic.batch_share == 1:
        return most

    def holds(rows: Codes, batch: Codes) -> Bools:
        return meets(speeds_at(own, own_no[rows], batch, request), answer_tokens[1, rows], batch, request)

    return largest(asked, most, holds)


def _room(own: Own) -> Codes:
    """(rows of `Own`,): sequences for whose KV cache there is room beside the weights."""
    shares = np.array([RUNTIMES[name].shares_cache for name in own.runtime], dtype=bool) & (own.placement == GPU)
    spare = own.available_gib * GIB - own.weights_bytes - own.overhead_bytes
    return room(np.where(shares, spare, 0.0), own.kv_bytes_per_sequence)


def meets(speeds: Speeds, answer_tokens: Floats, batch: Codes, request: Request) -> Bools:
    """(n,): whether the middle estimate keeps within the limits; never where the speed is unknown."""
    target, step, prompt = request.latency, speeds.step_s[1], speeds.least_ttft_s[1]
    pace, answer = pace_and_answer_s(step, prompt, answer_tokens, batch)
    met: Bools = ~np.isnan(step)
    if target.min_tok_s:
        met &= pace <= 1 / target.min_tok_s
    if target.max_ttft_ms:
        met &= prompt + step <= target.max_ttft_ms / 1000
    if target.max_latency_s:
        met &= answer <= target.max_latency_s
    return met
