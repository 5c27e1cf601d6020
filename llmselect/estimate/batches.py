"""Requests that run together on one machine: how many fit into memory, and how long each of them takes."""

from collections.abc import Callable

import numpy as np

from llmselect.estimate.rows import Bools, Codes, Floats


def room(spare_bytes: Floats, kv_bytes_per_sequence: Floats) -> Codes:
    """(n,): sequences whose cache fits into the memory that is left; 0 where either is unknown."""
    known = (kv_bytes_per_sequence > 0) & ~np.isnan(spare_bytes)
    each = np.where(known, kv_bytes_per_sequence, 1.0)
    return np.floor(np.where(known, spare_bytes, 0.0) / each).astype(np.int64)


def largest(low: Codes, high: Codes, meets: Callable[[Codes, Codes], Bools]) -> Codes:
    """(n,): the largest batch from `low` to `high` that meets limits which only get harder with larger batches.

    `meets` takes row numbers and a batch for each of them. `low` is never tested: it is the smallest there is.
    """
    low, high = low.copy(), high.copy()
    rows = np.flatnonzero(low < high)
    while len(rows):
        middle = (low[rows] + high[rows] + 1) // 2
        met = meets(rows, middle)
        low[rows], high[rows] = np.where(met, middle, low[rows]), np.where(met, high[rows], middle - 1)
        rows = rows[low[rows] < high[rows]]
    return low


def busy_s(step_s: Floats, prompt_s: Floats, answer_tokens: Floats, batch: Codes) -> Floats:
    """(3, n): machine seconds of one request: its prompt alone, its decoding steps shared by a batch."""
    return np.maximum(0.0, answer_tokens - 1) / batch * step_s + prompt_s


def pace_and_answer_s(step_s: Floats, prompt_s: Floats, answer_tokens: Floats, batch: Codes) -> tuple[Floats, Floats]:
    """Seconds per token and per answer in a full batch, in which the prompts of all others are read meanwhile."""
    later = np.maximum(1.0, answer_tokens - 1)
    return step_s + (batch - 1) * prompt_s / later, batch * prompt_s + later * step_s
