"""What models can in single natural languages, from tests that are others in one language alone.

In most languages a model does as its mean over all languages makes one expect, but for chance; in some it is better or
worse at it. So a language's test is a curve on the level of the whole test's skill, and a model has a deviation from it
where the differences between models are more than chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import fmean
from typing import NamedTuple

from llmselect.catalog.abilities.curves import Z_90, Levels, log_odds, reading_error, share, test_id
from llmselect.catalog.abilities.scale import AbilitiesFile, LanguageTest
from llmselect.catalog.schema import BenchmarksFile, Model

LEAST_RUNS = 20  # fewer say too little of a curve
LEAST_CHANCE = 0.01  # of a run, a variance of log-odds: no curve is truer


class _Run(NamedTuple):
    """A run of a test in a language: log-odds there and at the whole test, and the variance of chance."""

    model: str
    whole: float
    part: float
    chance: float


def language_tests(scale: AbilitiesFile, models: Iterable[Model], tables: BenchmarksFile) -> dict[str, LanguageTest]:
    """The curve of each language and the deviations of models from it, by the language's code."""
    runs: dict[tuple[str, str], list[_Run]] = {}
    for model in models:
        for key, run in _runs(model, tables):
            runs.setdefault(key, []).append(run)
    return {
        language: _fitted(test, scale, rows)
        for (language, test), rows in sorted(runs.items())
        if test in scale.tests and len(rows) >= LEAST_RUNS
    }


def expected_in_language(
    ability: Levels, scale: AbilitiesFile, language: str, model: str
) -> tuple[float, float, float]:
    """The expected score in percent at a language's test: low, middle and high of a 90 % interval."""
    test = scale.languages[language]
    at = scale.skills.index(test.skill)
    odds = test.a * (ability.level[at] - test.b) + test.deviations.get(model, 0.0)
    reach = Z_90 * math.hypot(test.a * ability.error[at], test.left if model in test.deviations else test.spread)
    low, middle, high = (100 / (1 + math.exp(-found)) for found in (odds - reach, odds, odds + reach))
    return low, middle, high


def _runs(model: Model, tables: BenchmarksFile) -> Iterable[tuple[tuple[str, str], _Run]]:
    """The runs of tests in one language that have their whole test beside them, by language and whole test."""
    scores = {(row.benchmark, row.harness, row.effort): row.value for row in model.scores}
    for (name, harness_id, effort), value in scores.items():
        test = tables.benchmarks[name]
        if test.language is None or test.part_of is None or (test.part_of, harness_id, effort) not in scores:
            continue
        harness, whole = tables.harnesses[harness_id], tables.benchmarks[test.part_of]
        right = value / 100
        points = math.sqrt(right * (1 - right) / (test.questions or 1)) / (1 - test.chance / 100)
        part = share(value, test, harness)
        yield (
            (test.language, test_id(test.part_of, harness_id, harness)),
            _Run(
                model.id,
                log_odds(share(scores[test.part_of, harness_id, effort], whole, harness)),
                log_odds(part),
                reading_error(part, points) ** 2,
            ),
        )


def _fitted(test: str, scale: AbilitiesFile, runs: list[_Run]) -> LanguageTest:
    """Least squares of the language's log-odds on the whole test's; what is left over beyond chance is the models'.

    Runs near guessing, of which chance says most, weigh little.
    """
    whole, skill = scale.tests[test], next(name for name, reference in scale.reference.items() if reference == test)
    slope, offset = _line(runs)
    left: dict[str, list[tuple[float, float]]] = {}
    for run in runs:
        left.setdefault(run.model, []).append((run.part - slope * run.whole - offset, run.chance))
    rows = [row for found in left.values() for row in found]
    weights = [1 / (LEAST_CHANCE + chance) ** 2 for _, chance in rows]
    beyond = sum(w * (away**2 - chance) for w, (away, chance) in zip(weights, rows, strict=True)) / sum(weights)
    spread = math.sqrt(max(0.0, beyond))
    return LanguageTest(
        skill=skill,
        a=round(slope * whole.a, 3),
        b=round(whole.b - offset / (slope * whole.a), 3),
        spread=round(spread, 3),
        left=round(math.sqrt(fmean(_kept(spread, chance) * chance for _, chance in rows)), 3),
        deviations={model: _deviation(spread, found) for model, found in sorted(left.items())} if spread else {},
    )


def _line(runs: list[_Run]) -> tuple[float, float]:
    """Slope and offset of the line through the runs, by weighted least squares."""
    weights = [1 / (LEAST_CHANCE + run.chance) for run in runs]
    x = fmean((run.whole for run in runs), weights)
    y = fmean((run.part for run in runs), weights)
    across = sum(w * (run.whole - x) * (run.part - y) for w, run in zip(weights, runs, strict=True))
    slope = across / sum(w * (run.whole - x) ** 2 for w, run in zip(weights, runs, strict=True))
    return slope, y - slope * x


def _kept(spread: float, chance: float) -> float:
    """The share of a difference that is no chance: the posterior mean of a normal prior."""
    return spread**2 / (spread**2 + chance)


def _deviation(spread: float, found: list[tuple[float, float]]) -> float:
    """A model's deviation in log-odds, from its differences at one or more efforts and the variance of each."""
    mean, chance = fmean(away for away, _ in found), fmean(chance for _, chance in found) / len(found)
    return round(_kept(spread, chance) * mean, 3)
