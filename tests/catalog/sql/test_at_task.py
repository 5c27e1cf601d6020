"""What the table of tasks says is what the arithmetic of abilities, successions and thinking gives."""

import random
import sqlite3

import pytest

from llmselect.catalog.abilities.curves import expected_scores
from llmselect.catalog.abilities.expected import ancestor_of, raised
from llmselect.catalog.abilities.gaps import best_effort, predecessors
from llmselect.catalog.abilities.promises import promises, task_aims
from llmselect.catalog.load import load
from llmselect.catalog.schema import Catalog
from llmselect.catalog.thinking.task import thinkers

QUALITY = ("quality_low_percent", "quality_percent", "quality_high_percent")
THINKING = ("thinking_low_tokens", "thinking_tokens", "thinking_high_tokens")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def test_every_model_has_a_row_at_every_task(rows: list[sqlite3.Row], catalog: Catalog) -> None:
    expected, before = set(), predecessors(catalog.models.values())
    for model in catalog.models:
        ancestor = ancestor_of(model, catalog.abilities, before)
        scored = model if model in catalog.abilities.models or ancestor is None else ancestor.model
        for effort in catalog.abilities.models.get(scored) or {"default": None}:
            expected |= {(task, model, effort) for task in catalog.tasks.tasks}
    found = [(row["task"], row["model"], row["effort"]) for row in rows]
    assert len(found) == len(expected)
    assert set(found) == expected


def test_measured_quality(rows: list[sqlite3.Row], catalog: Catalog) -> None:
    found = {name: promises(catalog.abilities, task) for name, task in catalog.tasks.tasks.items()}
    seen = set()
    for row in random.Random(1).sample([row for row in rows if row["evidence"] != "expected"], 300):
        promise = found[row["task"]].get(row["model"], {}).get(row["effort"])
        seen.add(row["evidence"])
        assert row["evidence"] == ("unknown" if promise is None else "measured")
        assert tuple(row[name] for name in QUALITY) == (promise[:3] if promise else (None, None, None))
    assert seen == {"measured", "unknown"}


def test_expected_quality(rows: list[sqlite3.Row], catalog: Catalog) -> None:
    scale, before = catalog.abilities, predecessors(catalog.models.values())
    expected = [row for row in rows if row["evidence"] == "expected"]
    assert expected
    for row in random.Random(2).sample(expected, min(50, len(expected))):
        assert row["model"] not in scale.models
        ancestor = ancestor_of(row["model"], scale, before)
        assert ancestor is not None
        efforts = scale.models[ancestor.model]
        aims = task_aims(scale, catalog.tasks.tasks[row["task"]])
        ability = raised(efforts[row["effort"]], ancestor)
        assert tuple(row[name] for name in QUALITY) == pytest.approx(expected_scores(ability, aims))
        assert (row["predecessor"], row["successions"]) == (ancestor.model, ancestor.successions)
        assert row["ablest"] == (row["effort"] == best_effort(efforts))


def test_thinking(rows: list[sqlite3.Row], catalog: Catalog) -> None:
    thinking = thinkers(catalog)
    for row in random.Random(3).sample(rows, 300):
        model, task = catalog.models[row["model"]], catalog.tasks.tasks[row["task"]]
        found = thinking.at(model, row["effort"], catalog.abilities.models.get(model.id, {}), task)
        assert tuple(row[name] for name in THINKING) == found[:3]
        assert row["thinking_evidence"] == found.evidence
        assert row["thinking_low_tokens"] <= row["thinking_tokens"] <= row["thinking_high_tokens"]
    assert {bool(row["thinking_measured"]) for row in rows} == {True, False}
