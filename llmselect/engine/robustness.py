"""How sure the order is: a seeded simulation over uncertain values and uncertain weights."""

import math
import random
import zlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from llmselect.catalog.words import CriterionName
from llmselect.engine.criteria import Value
from llmselect.engine.score import Scored, Weights
from llmselect.estimate.interval import Z_90, normal_cdf

SEED = 20240430
DRAWS = 1000
ROWS = 20
WEIGHT_SPREAD = 0.3  # standard deviation of a weight's logarithm: two thirds lie within a factor of 1.35
LEVELS = 256  # parts of equal probability from which values are drawn, each by a byte
_SHARES = tuple((level + 0.5) / LEVELS for level in range(LEVELS))
_FIRST = bytes(DRAWS)


class Drawn(NamedTuple):
    """A utility: its quantiles, and which of them each draw takes. Where it is sure there is one."""

    levels: Sequence[float]
    draws: bytes


_NOTHING = Drawn((0.0,), _FIRST)


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


def _scores(weights: Sequence[float], utilities: Sequence[Drawn]) -> list[float]:
    """The score in each draw."""
    sure, varying = 0.0, []
    for weight, each in zip(weights, utilities, strict=True):
        levels = [weight * level for level in each.levels]
        if len(levels) == 1:
            sure += levels[0]
        else:
            varying.append((levels, each.draws))
    scores = [sure] * DRAWS
    for levels, draws in varying:
        scores = [score + levels[byte] for score, byte in zip(scores, draws, strict=True)]
    return scores


def _varied_scores(weights: Sequence[list[float]], utilities: Sequence[Drawn]) -> list[float]:
    """The same with the weights of each draw; four utilities at once, as a column of sums takes longer than a sum."""
    terms = [(weight, *each) for weight, each in zip(weights, utilities, strict=True) if any(each.levels)]
    if len(terms) % 2:
        terms.append((weights[0], *_NOTHING))
    scores = [0.0] * DRAWS
    if len(terms) > 2:
        (one, ones, at_one), (two, twos, at_two), (three, threes, at_three), (four, fours, at_four), *terms = terms
        columns = zip(one, at_one, two, at_two, three, at_three, four, at_four, strict=True)
        scores = [a * ones[i] + b * twos[j] + c * threes[k] + d * fours[n] for a, i, b, j, c, k, d, n in columns]
    for (one, ones, at_one), (two, twos, at_two) in zip(terms[::2], terms[1::2], strict=True):
        rows = zip(scores, one, at_one, two, at_two, strict=True)
        scores = [score + a * ones[i] + b * twos[j] for score, a, i, b, j in rows]
    return scores


def _apart(rows: Sequence[Sequence[Drawn]]) -> list[list[Drawn]]:
    """Utilities less what the first option is sure of: what options have alike decides no draw, and costs no time."""
    alike = [each.levels[0] if len(each.levels) == 1 else 0.0 for each in rows[0]]
    return [[_less(each, common) for each, common in zip(utilities, alike, strict=True)] for utilities in rows]


def _less(utility: Drawn, common: float) -> Drawn:
    return Drawn([level - common for level in utility.levels], utility.draws) if common else utility


def _draws(row: Scored, names: Sequence[CriterionName], seed: int) -> list[Drawn]:
    """The utilities of an option in each draw."""
    return [_drawn(row.values[name], zlib.crc32(f"{seed}:{row.option.id}:{name}".encode())) for name in names]


def _drawn(value: Value, stream: int) -> Drawn:
    if value.utility_low == value.utility_high:
        return Drawn((value.utility,), _FIRST)
    levels = _SHARES if value.interval is None else _levels(value)
    return Drawn(levels, random.Random(stream).randbytes(DRAWS))


def _levels(value: Value) -> list[float]:
    """A utility's quantiles: normal on each side of the middle with a spread of its own, within 0 and 1."""
    middle, (negative, positive) = value.utility, _quantiles()
    below, above = (middle - value.utility_low) / Z_90, (value.utility_high - middle) / Z_90
    points = [middle + z * below for z in negative] + [middle + z * above for z in positive]
    start, end = bisect_left(points, 0.0), bisect_right(points, 1.0)
    return [0.0] * start + points[start:end] + [1.0] * (LEVELS - end)


def _weight_draws(given: Sequence[float], seed: int) -> list[list[float]]:
    """Each weight in each draw, one column a criterion."""
    generator = random.Random(seed)
    negative, positive = _quantiles()
    factors = [math.exp(WEIGHT_SPREAD * z) for z in negative + positive]
    return [[weight * factors[byte] for byte in generator.randbytes(DRAWS)] for weight in given]


@cache
def _quantiles() -> tuple[list[float], list[float]]:
    """The middle of each of LEVELS equal parts of a normal distribution, those below and those above its mean."""
    positive = [0.0]
    for share in _SHARES[LEVELS // 2 :]:
        positive.append(_quantile(share, positive[-1]))
    return [-z for z in reversed(positive[1:])], positive[1:]


def _quantile(share: float, z: float) -> float:
    """The inverse of `normal_cdf` for a share above one half, by Newton's method from that of a smaller one.

    Whatever has it (`statistics`) takes longer to import than an empty answer has time for.
    """
    step = 1.0
    while step > 1e-9:  # the function bends away from its tangent: each step falls short
        step = (share - normal_cdf(z)) * math.sqrt(2 * math.pi) * math.exp(z * z / 2)
        z += step
    return z
