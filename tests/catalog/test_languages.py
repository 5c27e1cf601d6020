"""Curves of natural languages and deviations of models, from runs whose truth is known."""

import json
import math
import random
from typing import Any

import pytest

from llmselect.catalog.abilities.languages import expected_in_language, language_tests
from llmselect.catalog.abilities.scale import AbilitiesFile, Ability
from llmselect.catalog.schema import BenchmarksFile, Model
from tests.factories import model

SOURCES = {"s": {"url": "https://example.com/", "title": "A title", "kind": "judgement", "retrieved": "2026-01-01"}}
TABLES = BenchmarksFile.model_validate_json(
    json.dumps(
        {
            "sources": SOURCES,
            "harnesses": {"lab": {"name": "Lab", "independent": True, "source": ["s"]}},
            "benchmarks": {
                "whole": {"name": "Whole", "skill": "multilingual", "unit": "percent", "chance": 25, "source": ["s"]},
                "whole-sw": {"name": "Whole, Swahili", "skill": "multilingual", "language": "sw", "part_of": "whole",
                             "questions": 400, "unit": "percent", "chance": 25, "source": ["s"]},
            },
        }
    )
)  # fmt: skip
SCALE = AbilitiesFile.model_validate(
    {
        "skills": ("multilingual",),
        "reference": {"multilingual": "whole@lab"},
        "spread": ((1.0,),),
        "tests": {"whole@lab": {"a": 0.5, "b": -1.0, "noise": 0.2, "subjects": 60}},
    }
)


def percent(odds: float) -> float:
    return 25 + 75 / (1 + math.exp(-odds))


def runs(slope: float, offset: float, spread: float, count: int = 60) -> list[Model]:
    """Models that differ in Swahili by a spread of their own, each asked 400 questions."""
    drawn, found = random.Random(1), []
    for number in range(count):
        whole, own = drawn.gauss(1.0, 0.8), drawn.gauss(0.0, spread)
        right = percent(slope * whole + offset + own) / 100
        scored = sum(drawn.random() < right for _ in range(400)) / 4
        rows = [("whole", percent(whole)), ("whole-sw", scored)]
        scores: list[dict[str, Any]] = [
            {"benchmark": name, "harness": "lab", "shots": "0", "value": round(value, 2), "date": "2026-01-01",
             "source": ["s"]}
            for name, value in rows
        ]  # fmt: skip
        record = model(f"m{number}", **{"scores": scores})
        found.append(Model.model_validate_json(json.dumps(record)))
    return found


def test_the_curve_and_the_spread_of_models_are_found_again() -> None:
    test = language_tests(SCALE, runs(slope=1.2, offset=-0.8, spread=0.4), TABLES)["sw"]
    assert test.a == pytest.approx(0.6, rel=0.1)
    assert test.a * (0.0 - test.b) == pytest.approx(1.2 * 0.5 - 0.8, abs=0.12), "log-odds of a model of level 0"
    assert test.spread == pytest.approx(0.4, abs=0.12)
    assert 0 < test.left < test.spread
    assert len(test.deviations) == 60


def test_where_models_differ_by_chance_alone_they_have_next_to_no_deviation() -> None:
    test = language_tests(SCALE, runs(slope=1.0, offset=0.0, spread=0.0), TABLES)["sw"]
    assert test.spread < 0.1
    assert all(abs(deviation) < 0.1 for deviation in test.deviations.values())


def test_too_few_runs_say_nothing() -> None:
    assert language_tests(SCALE, runs(1.0, 0.0, 0.1, count=19), TABLES) == {}


def test_a_models_own_deviation_counts_and_narrows_its_interval() -> None:
    test = language_tests(SCALE, runs(slope=1.2, offset=-0.8, spread=0.4), TABLES)
    scale = SCALE.model_copy(update={"languages": test})
    able = Ability(level=(0.0,), error=(0.1,), tests=3, independent=3)
    best = max(test["sw"].deviations, key=lambda name: test["sw"].deviations[name])
    tested, unknown = (expected_in_language(able, scale, "sw", name) for name in (best, "acme/unknown"))
    assert tested[1] > unknown[1]
    assert tested[2] - tested[0] < unknown[2] - unknown[0]
