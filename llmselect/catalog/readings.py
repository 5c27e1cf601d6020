"""All scores of a catalogue as readings of tests, ready for the fit."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from llmselect.catalog.abilities import share, test_id
from llmselect.catalog.scale import ScoresFile
from llmselect.catalog.schema import BenchmarksFile, Model


class Reading(NamedTuple):
    """A subject's share of points at a test. `model` and `effort` are the subject; `points` says how far a share of
    this kind may be off by itself, `floor` how far at least it scatters about any curve (log-odds).
    """

    model: str
    effort: str
    test: str
    skill: str
    share: float
    points: float
    floor: float
    independent: bool


# How far a score may be off, by kind: points of a share, and the least scatter in log-odds.
RENEWED = (0.02, 0.10)  # an independent harness, questions renewed or never published
PUBLIC = (0.03, 0.20)  # an independent harness, questions that may stand in training data
VENDOR = (0.05, 0.35)  # the vendor's own run: its prompt, its choice of what to publish


def kind_of(exposure: str, independent: bool) -> tuple[float, float]:
    """The errors of a score's kind."""
    if not independent:
        return VENDOR
    return PUBLIC if exposure == "public" else RENEWED


def readings(models: Iterable[Model], extra: Iterable[ScoresFile], tables: BenchmarksFile) -> list[Reading]:
    """Every score as a reading; of several of one test and effort (shots, vendors) the newest counts."""
    newest: dict[tuple[str, str, str], tuple[tuple[object, ...], Reading]] = {}
    for model in models:
        for row in model.scores:
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
