"""A catalogue's scores as readings of tests, the input of the fit."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from llmselect.catalog.abilities.curves import share, test_id
from llmselect.catalog.abilities.scale import ScoresFile
from llmselect.catalog.schema import BenchmarksFile, Model


class Reading(NamedTuple):
    """A subject's share of points at a test; the subject is `model` at `effort`.

    `points` is the standard error of a share of this kind, `floor` its least scatter about any curve (log-odds).
    """

    model: str
    effort: str
    test: str
    skill: str
    share: float
    points: float
    floor: float
    independent: bool


# Errors by kind of score: standard error of the share, and the least scatter in log-odds.
RENEWED = (0.02, 0.10)  # independent harness, questions renewed or unpublished
PUBLIC = (0.03, 0.20)  # independent harness, questions may be in training data
VENDOR = (0.05, 0.35)  # the vendor's own run, with its own prompts and choice of what to publish


def kind_of(exposure: str, independent: bool) -> tuple[float, float]:
    """The errors of a score by its kind."""
    if not independent:
        return VENDOR
    return PUBLIC if exposure == "public" else RENEWED


def readings(models: Iterable[Model], extra: Iterable[ScoresFile], tables: BenchmarksFile) -> list[Reading]:
    """Every score as a reading; of several with the same test and effort (shots, vendors) only the newest."""
    newest: dict[tuple[str, str, str], tuple[tuple[object, ...], Reading]] = {}
    for model in models:
        for row in model.scores:
            if tables.benchmarks[row.benchmark].part_of is not None:
                continue  # the whole test says it already
            reading = _reading(model.id, row.effort, row.benchmark, row.harness, row.value, tables)
            key, age = (model.id, row.effort, reading.test), (row.date, row.value)
            if key not in newest or newest[key][0] < age:
                newest[key] = (age, reading)
    return [reading for _, reading in newest.values()] + [row for file in extra for row in _linking(file, tables)]


def _linking(file: ScoresFile, tables: BenchmarksFile) -> Iterator[Reading]:
    for subject, values in file.subjects.items():
        name, _, effort = subject.partition(":")
        for benchmark, value in values.items():
            yield _reading(f"~{name}", effort or "default", benchmark, file.harness, value, tables)


def _reading(
    model: str, effort: str, benchmark_id: str, harness_id: str, value: float, tables: BenchmarksFile
) -> Reading:
    benchmark, harness = tables.benchmarks[benchmark_id], tables.harnesses[harness_id]
    points, floor = kind_of(benchmark.exposure, harness.independent)
    return Reading(
        model=model,
        effort=effort,
        test=test_id(benchmark_id, harness_id, harness),
        skill=benchmark.skill,
        share=share(value, benchmark, harness),
        points=points / (1 - benchmark.chance / 100),
        floor=floor,
        independent=harness.independent,
    )
