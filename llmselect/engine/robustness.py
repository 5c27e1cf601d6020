"""How sure the order is: a seeded simulation over uncertain values and uncertain weights."""

import math
import random
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import add, mul
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
LEVELS = 256  # parts of equal probability from which values are drawn, each by a byte
_SHARES = tuple((level + 0.5) / LEVELS for level in range(LEVELS))
_QUANTILES = tuple(map(NormalDist().inv_cdf, _SHARES))
Column = Iterable[float]


class Robustness(NamedTuple):
    """Per option id: share of draws in which it comes first, and the 5th and 95th percentile of its score."""

    win_share: dict[str, float]
    score_low: dict[str, float]
    score_high: dict[str, float]


def simulate(rows: Sequence[Scored], weights: Weights, shown: int | None = None, seed: int = SEED) -> Robustness:
    """Score bounds of the first `shown` rows (one per model, best first), and wins of the first `ROWS`.

    Over `DRAWS` draws: values vary within their own intervals, unknown ones uniformly from 0 to 1; weights vary for the
    wins only. Each option draws from a stream of its own, so another option in the pool changes none of them.
    """
    if not rows:
        return Robustness({}, {}, {})
    names = [name for name, weight in weights.items() if weight > 0]
    weight = [weights[name] for name in names]
    given, varied = _Weighing([repeat(each) for each in weight]), _Weighing(_weight_draws(weight, seed))
    drawn = [_draws(row, names, seed) for row in rows]
    low, high = {}, {}
    for row, columns in zip(rows[:shown], drawn, strict=False):
        scores = sorted(given.scores(columns))
        low[row.option.id], high[row.option.id] = scores[DRAWS // 20], scores[-1 - DRAWS // 20]
    pool = [varied.scores(columns) for columns in drawn[:ROWS]]
    wins = Counter(scores.index(max(scores)) for scores in zip(*pool, strict=True))
    share = {row.option.id: wins[place] / DRAWS for place, row in enumerate(rows[:ROWS])}
    return Robustness(share, low, high)


class _Weighing:
    """Weights in each draw, one column a criterion, and the sums of what is sure, which many options share."""

    def __init__(self, weights: Sequence[Column]) -> None:
        self._weights = weights
        self._sure: dict[tuple[float | None, ...], list[float]] = {}

    def scores(self, utilities: Sequence[Column | float]) -> list[float]:
        """The score in each draw: the sum over criteria of weight times utility, a number where that is sure."""
        key = tuple(each if isinstance(each, float) else None for each in utilities)
        if key not in self._sure:
            self._sure[key] = self._plus([0.0] * DRAWS, [None if each is None else repeat(each) for each in key])
        return self._plus(self._sure[key], [None if isinstance(each, float) else each for each in utilities])

    def _plus(self, start: Column, columns: Sequence[Column | None]) -> list[float]:
        total = start
        for column, weight in zip(columns, self._weights, strict=True):
            if column is not None:
                total = map(add, total, map(mul, column, weight))
        return list(total)


def _draws(row: Scored, names: Sequence[CriterionName], seed: int) -> list[Column | float]:
    """The utilities of an option in each draw, one column a criterion; one number where it is sure."""
    return [_column(row.values[name], zlib.crc32(f"{seed}:{row.option.id}:{name}".encode())) for name in names]


def _column(value: Value, stream: int) -> Column | float:
    if value.utility_low == value.utility_high:
        return value.utility
    levels = _SHARES if value.interval is None else _levels(value)
    return [levels[byte] for byte in random.Random(stream).randbytes(DRAWS)]


def _levels(value: Value) -> list[float]:
    """A utility's quantiles: normal on each side of the middle with a spread of its own, within 0 and 1."""
    middle = value.utility
    below, above = (middle - value.utility_low) / Z_90, (value.utility_high - middle) / Z_90
    points = [middle + z * (above if z > 0 else below) for z in _QUANTILES]
    return [0.0 if point < 0 else 1.0 if point > 1 else point for point in points]


def _weight_draws(given: Sequence[float], seed: int) -> list[Column]:
    """Each weight in each draw, one column a criterion."""
    generator = random.Random(seed)
    factors = [math.exp(WEIGHT_SPREAD * z) for z in _QUANTILES]
    return [[weight * factors[byte] for byte in generator.randbytes(DRAWS)] for weight in given]
