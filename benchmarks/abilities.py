"""How well the scale of abilities predicts LiveBench scores that were hidden from the fit, on five seeds.

    python benchmarks/abilities.py [--catalog catalog] [--seeds 5]

Three ways of hiding: cells at random (20 %); a model's category in all releases at once (20 % of the pairs); all but
one category of a model (20 % of the models). For each it prints the mean absolute error in points of the full fit, of
overall ability alone, of the test's mean and of the model's mean, and how often a 90 % interval holds the hidden
score. Only LiveBench's scores take part, so that the figures compare with other work on that table.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import fmean, median

from llmselect.catalog.abilities.fit import fit
from llmselect.catalog.abilities.fit_catalog import SKILLS, catalog_readings
from llmselect.catalog.abilities.fit_layout import make_layout
from llmselect.catalog.abilities.fit_predict import predict
from llmselect.catalog.abilities.readings import Reading
from llmselect.catalog.checks.files import read_files

SHARE_HIDDEN = 0.2
Hiding = Callable[[Sequence[Reading], Random], set[int]]


@dataclass(frozen=True)
class Trial:
    """One seed of one way of hiding: mean absolute errors in points, coverage and median width of the intervals."""

    full: float
    overall: float
    test_mean: float
    model_mean: float
    covered: float
    width: float
    hidden: float


def cells(rows: Sequence[Reading], random: Random) -> set[int]:
    """Scores at random."""
    return {i for i in range(len(rows)) if random.random() < SHARE_HIDDEN}


def pairs(rows: Sequence[Reading], random: Random) -> set[int]:
    """A subject's category in all releases."""
    every = sorted({(row.model, row.effort, row.skill) for row in rows})
    chosen = {pair for pair in every if random.random() < SHARE_HIDDEN}
    return {i for i, row in enumerate(rows) if (row.model, row.effort, row.skill) in chosen}


def all_but_one(rows: Sequence[Reading], random: Random) -> set[int]:
    """All categories but one of some subjects."""
    skills: dict[tuple[str, str], list[str]] = {}
    for row in sorted(rows):
        known = skills.setdefault((row.model, row.effort), [])
        if row.skill not in known:
            known.append(row.skill)
    kept = {subject: random.choice(known) for subject, known in skills.items() if random.random() < SHARE_HIDDEN}
    return {
        i for i, row in enumerate(rows) if (row.model, row.effort) in kept and kept[row.model, row.effort] != row.skill
    }


WAYS: dict[str, Hiding] = {
    "cells at random": cells,
    "a model's category in all releases": pairs,
    "all but one category": all_but_one,
}


def _known(rows: Sequence[Reading], hidden: set[int]) -> tuple[list[Reading], list[Reading]]:
    """What is fitted, and the hidden scores whose subject and test still stand in it."""
    kept = [row for i, row in enumerate(rows) if i not in hidden]
    subjects, tests = {(row.model, row.effort) for row in kept}, {row.test for row in kept}
    asked = [rows[i] for i in sorted(hidden)]
    return kept, [row for row in asked if (row.model, row.effort) in subjects and row.test in tests]


def _points(rows: Sequence[Reading], guesses: Sequence[float]) -> float:
    return 100 * fmean(abs(row.share - guess) for row, guess in zip(rows, guesses, strict=True))


def _means(kept: Sequence[Reading], key: Callable[[Reading], object]) -> dict[object, float]:
    groups: dict[object, list[float]] = {}
    for row in kept:
        groups.setdefault(key(row), []).append(row.share)
    return {name: fmean(values) for name, values in groups.items()}


def trial(rows: Sequence[Reading], way: Hiding, seed: int) -> Trial:
    """One fit with scores hidden."""
    kept, asked = _known(rows, way(rows, Random(seed)))
    skills = [skill for skill in SKILLS if any(row.skill == skill for row in kept)]
    low, middle, high = predict(fit(make_layout(kept, skills)), asked)
    alone = predict(fit(make_layout(kept, skills, one_skill=True)), asked)[1]
    tests, models = _means(kept, lambda row: row.test), _means(kept, lambda row: (row.model, row.effort))
    inside = [a <= row.share <= b for row, a, b in zip(asked, low, high, strict=True)]
    return Trial(
        _points(asked, middle.tolist()),
        _points(asked, alone.tolist()),
        _points(asked, [tests[row.test] for row in asked]),
        _points(asked, [models[row.model, row.effort] for row in asked]),
        100 * fmean(inside),
        100 * median((high - low).tolist()),
        len(asked),
    )


def livebench(directory: Path) -> list[Reading]:
    """LiveBench's readings of a catalogue."""
    return [row for row in catalog_readings(read_files(directory)) if "@livebench-" in row.test]


def main() -> None:
    """Prints one table per way of hiding."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--catalog", type=Path, default=Path(__file__).parent.parent / "catalog")
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    rows = livebench(given.catalog)
    print(f"{len(rows)} LiveBench scores of {len({(row.model, row.effort) for row in rows})} subjects")
    for name, way in WAYS.items():
        print(f"\n{name}\n| seed | hidden | fit | overall alone | test's mean | model's mean | in 90 % | width |")
        print("|---:|" * 1 + "---:|" * 7)
        trials = [trial(rows, way, seed) for seed in range(given.seeds)]
        lines = [(str(seed), t) for seed, t in enumerate(trials)]
        for label, t in lines:
            print(_line(label, t))
        print(_line("mean", Trial(*(fmean(getattr(t, field) for t in trials) for field in Trial.__annotations__))))


def _line(label: str, t: Trial) -> str:
    errors = " | ".join(f"{value:.2f}" for value in (t.full, t.overall, t.test_mean, t.model_mean))
    return f"| {label} | {t.hidden:.0f} | {errors} | {t.covered:.1f} | {t.width:.1f} |"


if __name__ == "__main__":
    main()
