"""How sure the order is: a seeded simulation over uncertain values and uncertain weights."""

import math
import random
import zlib
from collections.abc import Sequence
from operator import mul
from statistics import NormalDist
from typing import NamedTuple

from llmselect.catalog.words import CriterionName
from llmselect.engine.criteria import Value
from llmselect.engine.score import Scored, Weights
from llmselect.estimate.interval import Z_90

SEED = 20240430
DRAWS = 1000
ROWS = 20
WEIGHT_SPREAD = 0.3  # standard deviation of a weight's logarithm: two thirds lie within a factor of 1.35
_QUANTILES = tuple(NormalDist().inv_cdf((i + 0.5) / DRAWS) for i in range(DRAWS))


class Robustness(NamedTuple):
    """Per option id: share of draws in which it comes first, and the 5th and 95th percentile of its score."""

    win_share: dict[str, float]
    score_low: dict[str, float]
    score_high: dict[str, float]


def simulate(rows: Sequence[Scored], weights: Weights, seed: int = SEED) -> Robustness:
    """Score bounds of all rows (one per model, best first), and wins of the first `ROWS`, over `DRAWS` draws.

    Values vary within their own intervals, unknown ones uniformly from 0 to 1; weights vary for the wins
    only. Each option draws from a stream of its own, so another option in the pool changes none of them.
    """
    if not rows:
        return Robustness({}, {}, {})
    names = [name for name, weight in weights.items() if weight > 0]
    given = [weights[name] for name in names]
    columns = [_draws(row, names, seed) for row in rows]
    low, high = {}, {}
    for row, draws in zip(rows, columns, strict=True):
        scores = sorted(sum(map(mul, given, utilities)) for utilities in draws)
        low[row.option.id], high[row.option.id] = scores[DRAWS // 20], scores[-1 - DRAWS // 20]
    pool = rows[:ROWS]
    wins = [0] * len(pool)
    for varied, utilities_of_all in zip(_weight_draws(given, seed), zip(*columns[:ROWS], strict=True), strict=True):
        scores = [sum(map(mul, varied, utilities)) for utilities in utilities_of_all]
        wins[scores.index(max(scores))] += 1
    share = {row.option.id: count / DRAWS for row, count in zip(pool, wins, strict=True)}
    return Robustness(share, low, high)


def _draws(row: Scored, names: Sequence[CriterionName], seed: int) -> list[tuple[float, ...]]:
    """The utilities of an option in each draw, one tuple a draw."""
    columns = [_column(row.values[name], zlib.crc32(f"{seed}:{row.option.id}:{name}".encode())) for name in names]
    return list(zip(*columns, strict=True))


def _column(value: Value, stream: int) -> list[float]:
    if value.utility_low == value.utility_high:
        return [value.utility] * DRAWS
    uniform = random.Random(stream).random
    if value.interval is None:
        return [uniform() for _ in range(DRAWS)]
    middle = value.utility
    below, above = (middle - value.utility_low) / Z_90, (value.utility_high - middle) / Z_90
    deviates = [_QUANTILES[int(uniform() * DRAWS)] for _ in range(DRAWS)]
    return [min(1.0, max(0.0, middle + z * (above if z > 0 else below))) for z in deviates]


def _weight_draws(given: Sequence[float], seed: int) -> list[list[float]]:
    gauss = random.Random(seed).gauss
    return [[weight * math.exp(gauss(0.0, WEIGHT_SPREAD)) for weight in given] for _ in range(DRAWS)]
