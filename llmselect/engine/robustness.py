"""How sure the order is: a seeded simulation over uncertain values and uncertain weights."""

import math
import random
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import repeat
from operator import add, mul

from llmselect.catalog.words import CriterionName
from llmselect.engine.criteria import Value
from llmselect.engine.score import Scored, Weights
from llmselect.estimate.interval import Z_90
from llmselect.frozen import NamedTuple

SEED = 20240430
DRAWS = 1000
ROWS = 20
WEIGHT_SPREAD = 0.3  # standard deviation of a weight's logarithm: two thirds lie within a factor of 1.35
LEVELS = 256  # parts of equal probability from which values are drawn, each by a byte
_SHARES = tuple((level + 0.5) / LEVELS for level in range(LEVELS))
Column = Iterable[float]
Drawn = Sequence[list[float] | float]  # by criterion: one number where it is sure


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
    drawn = [_draws(row, names, seed) for row in rows]
    low, high = {}, {}
    for row, utilities in zip(rows[:shown], drawn, strict=False):
        scores = sorted(_scores(weight, utilities))
        low[row.option.id], high[row.option.id] = scores[DRAWS // 20], scores[-1 - DRAWS // 20]
    varied = _weight_draws(weight, seed)
    pool = [_varied_scores(varied, utilities) for utilities in _apart(drawn[:ROWS])]
    wins = Counter(scores.index(max(scores)) for scores in zip(*pool, strict=True))
    share = {row.option.id: wins[place] / DRAWS for place, row in enumerate(rows[:ROWS])}
    return Robustness(share, low, high)


def _scores(weights: Sequence[float], utilities: Drawn) -> list[float]:
    """The score in each draw."""
    sure = sum(weight * each for weight, each in zip(weights, utilities, strict=True) if isinstance(each, float))
    total: Column = repeat(sure, DRAWS)
    for weight, each in zip(weights, utilities, strict=True):
        if not isinstance(each, float):
            total = map(add, total, map(mul, repeat(weight), each))
    return list(total)


def _varied_scores(weights: Sequence[Column], utilities: Drawn) -> list[float]:
    """The same with the weights of each draw."""
    total: Column = repeat(0.0, DRAWS)
    for weight, each in zip(weights, utilities, strict=True):
        if each:
            total = map(add, total, map(mul, weight, repeat(each) if isinstance(each, float) else each))
    return list(total)


def _apart(drawn: Sequence[Drawn]) -> list[Drawn]:
    """Utilities less what the first option is sure of: what options have alike decides no draw, and costs no time."""
    alike = [each if isinstance(each, float) else 0.0 for each in drawn[0]]
    return [
        [_less(each, common) if common else each for each, common in zip(utilities, alike, strict=True)]
        for utilities in drawn
    ]


def _less(utilities: list[float] | float, common: float) -> list[float] | float:
    return utilities - common if isinstance(utilities, float) else [each - common for each in utilities]


def _draws(row: Scored, names: Sequence[CriterionName], seed: int) -> Drawn:
    """The utilities of an option in each draw."""
    return [_column(row.values[name], zlib.crc32(f"{seed}:{row.option.id}:{name}".encode())) for name in names]


def _column(value: Value, stream: int) -> list[float] | float:
    if value.utility_low == value.utility_high:
        return value.utility
    levels = _SHARES if value.interval is None else _levels(value)
    return [levels[byte] for byte in random.Random(stream).randbytes(DRAWS)]


def _levels(value: Value) -> list[float]:
    """A utility's quantiles: normal on each side of the middle with a spread of its own, within 0 and 1."""
    middle = value.utility
    below, above = (middle - value.utility_low) / Z_90, (value.utility_high - middle) / Z_90
    points = [middle + z * (above if z > 0 else below) for z in _quantiles()]
    return [0.0 if point < 0 else 1.0 if point > 1 else point for point in points]


def _weight_draws(given: Sequence[float], seed: int) -> list[Column]:
    """Each weight in each draw, one column a criterion."""
    generator = random.Random(seed)
    factors = [math.exp(WEIGHT_SPREAD * z) for z in _quantiles()]
    return [[weight * factors[byte] for byte in generator.randbytes(DRAWS)] for weight in given]


@cache
def _quantiles() -> tuple[float, ...]:
    """The middle of each of LEVELS equal parts of a normal distribution."""
    from statistics import NormalDist  # takes longer to import than an empty answer has time for

    return tuple(map(NormalDist().inv_cdf, _SHARES))
