"""How sure the order is: a seeded simulation over uncertain values and uncertain weights."""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.engine.columns import PRIOR, UNKNOWN
from llmselect.estimate.intervals import Z_90, normal_cdf

SEED = 20240430
DRAWS = 1000
ROWS = 20
LEVEL_SHARE = 0.6  # of the draws of two options, the most that either wins where they are level
WEIGHT_SPREAD = 0.3  # standard deviation of a weight's logarithm: two thirds lie within a factor of 1.35
_OF_PRIORS = (0.0, 0.05, 0.25, 0.95, 1.0)  # the shares of draws below the low, value and high of a prior, and the ends
LEVELS = 256  # parts of equal probability from which values are drawn, each by a byte
_LOWEST, _HIGHEST = DRAWS // 20, DRAWS - 1 - DRAWS // 20


@dataclass(slots=True)
class Robustness:
    """The 5th and 95th percentile of each option's score, and the shares of draws that it wins; best first, (n,)."""

    score_low: Numbers
    score_high: Numbers
    win_share: Numbers
    """0 beyond the first `ROWS`."""
    level_with_next: Flags
    """Whether neither it nor the next one is ahead of the other in more than `LEVEL_SHARE` of the draws."""


def simulate(
    names: Sequence[str],
    models: Sequence[str],
    utilities: Mapping[str, Numbers],
    evidence: Mapping[str, Integers],
    weights: Mapping[str, float],
    seed: int = SEED,
) -> Robustness:
    """Score bounds of options, one a model and best first, and wins of the first `ROWS`.

    `names` are their ids, `models` those of their models; `utilities` by criterion are (3, n), their `evidence` (n,).
    Over `DRAWS` draws values vary within their own intervals, priors over their whole range, unknown ones uniformly
    from 0 to 1; weights vary for the wins only. Each option draws from a stream of its own, so another option in the
    pool changes none of them; what a model can do is drawn once for all its hosts and efforts.
    """
    criteria = [name for name, weight in weights.items() if weight > 0]
    given = np.array([weights[name] for name in criteria])
    varied = _weight_draws(given, seed)
    low, high, wins = np.empty(len(names)), np.empty(len(names)), np.zeros(len(names))
    level = np.zeros(len(names), dtype=bool)
    before = np.zeros(DRAWS)
    leading = np.full(DRAWS, -np.inf)
    winner = np.zeros(DRAWS, dtype=np.int64)
    for row, (name, model) in enumerate(zip(names, models, strict=True)):
        streams = [_stream_seed(seed, model if criterion == "quality" else name, criterion) for criterion in criteria]
        drawn = np.array(
            [
                _drawn(utilities[criterion][:, row], int(evidence[criterion][row]), stream)
                for criterion, stream in zip(criteria, streams, strict=True)
            ]
        )
        scores = np.partition(given @ drawn, (_LOWEST, _HIGHEST))
        low[row], high[row] = scores[_LOWEST], scores[_HIGHEST]
        under_weights = np.einsum("cd,cd->d", varied, drawn)
        if row:
            level[row - 1] = are_level(before, under_weights)
        before = under_weights
        if row < ROWS:
            better = under_weights > leading + 1e-12
            leading[better], winner[better] = under_weights[better], row
    if names:
        wins[: min(ROWS, len(names))] = np.bincount(winner, minlength=ROWS)[: len(names)] / DRAWS
    return Robustness(low, high, wins, level)


def are_level(one: Numbers, other: Numbers) -> bool:
    """Whether of two options neither has the higher score in more than `LEVEL_SHARE` of their draws, (DRAWS,) each."""
    ahead = one - other
    return bool(max(np.mean(ahead > 1e-12), np.mean(ahead < -1e-12)) <= LEVEL_SHARE)


def _stream_seed(seed: int, option: str, criterion: str) -> int:
    """The seed of the numbers that are drawn for one option in one criterion."""
    return zlib.crc32(f"{seed}:{option}:{criterion}".encode())


def _drawn(utility: Numbers, evidence: int, stream: int) -> Numbers:
    """The utility (low, value, high) of one option in each draw, (DRAWS,).

    Normal on each side of the middle with a spread of its own, within 0 and 1. The three numbers of a prior are its
    5th, 25th and 95th percentile; between them it is uniform.
    """
    low, value, high = utility
    if low == high:
        return np.full(DRAWS, value)
    draws = np.frombuffer(random.Random(stream).randbytes(DRAWS), dtype=np.uint8)
    if evidence == UNKNOWN:
        found: Numbers = _shares()[draws]
        return found
    if evidence == PRIOR:
        usual: Numbers = np.interp(_shares(), _OF_PRIORS, (low, low, value, high, high))[draws]
        return usual
    z = quantiles()
    spread = np.where(z < 0, value - low, high - value) / Z_90
    levels: Numbers = np.clip(value + z * spread, 0.0, 1.0)
    return levels[draws]


def _weight_draws(weights: Numbers, seed: int) -> Numbers:
    """Each weight in each draw, (criteria, DRAWS)."""
    generator = random.Random(seed)
    factors = np.exp(WEIGHT_SPREAD * quantiles())
    draws = [np.frombuffer(generator.randbytes(DRAWS), dtype=np.uint8) for _ in weights]
    return weights[:, None] * factors[np.array(draws).reshape(len(weights), DRAWS)]


def _shares() -> Numbers:
    """(LEVELS,): the middles of equal parts of the range from 0 to 1."""
    return (np.arange(LEVELS) + 0.5) / LEVELS


@cache
def quantiles() -> NDArray[np.float64]:
    """The middle of each of LEVELS equal parts of a standard normal distribution, by Newton's method from above 0."""
    share = _shares()[LEVELS // 2 :]
    z = np.zeros(len(share))
    step = np.ones(1)
    while np.max(np.abs(step)) > 1e-12:  # the function bends away from its tangent: each step falls short
        step = (share - normal_cdf(z)) * math.sqrt(2 * math.pi) * np.exp(z * z / 2)
        z = z + step
    return np.concatenate([-z[::-1], z])
