"""What models think at an effort: measured, else from other efforts, else from models like them; rising with effort."""

import itertools
import random
import sqlite3
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest
from pydantic import ValidationError

from llmselect.catalog.checks.run import check
from llmselect.catalog.load import load
from llmselect.catalog.schema import Catalog, Model, ThinkingFile
from llmselect.catalog.thinking.constants import ANY_EFFORT, EFFORTS
from llmselect.catalog.thinking.fit import (
    Trial,
    counted_twice,
    effort_ratios,
    held_out,
    skill_ratios,
    spreads,
    two_ways,
)
from llmselect.catalog.thinking.levels import Usual, at_effort, levels_of, measured_levels, rising
from llmselect.catalog.thinking.task import thinkers
from tests.factories import catalog as small
from tests.factories import exam, fact, model

RATIOS = {"low": 0.1, "medium": 0.4, "high": 1.0, "max": 2.0, "default": 1.2}
GPQA_QUESTIONS = 198


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def record(name: str, **changes: Any) -> Model:
    return Model.model_validate(model(name, **changes))


# Levels


@pytest.mark.parametrize(
    ("known", "effort", "expected"),
    [
        ({"high": 1000}, "low", 100),
        ({"high": 1000}, "max", 2000),
        ({"high": 1000}, "default", 1200),
        ({"default": 1200}, "low", 100),
        ({"default": 5000, "high": 1000}, "max", 2000),  # nobody says which effort the default is
        ({"low": 100, "high": 10_000}, "low", 100),
        ({"low": 100, "max": 2000}, "medium", 400),  # on the line that the usual ratios draw
        ({"low": 50, "max": 1000}, "medium", 200),
        ({"low": 10, "high": 1000}, "max", 2000),  # beyond: the usual ratio, from the nearest
    ],
)
def test_an_effort_from_others(known: dict[str, float], effort: str, expected: float) -> None:
    assert at_effort(known, effort, RATIOS) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ({"low": 1, "high": 9}, {"low": 1, "high": 9}),
        ({"low": 9, "high": 1}, {"low": 3, "high": 3}),
        ({"low": 1, "medium": 16, "max": 4}, {"low": 1, "medium": 8, "max": 8}),
        ({"default": 9, "max": 1}, {"default": 3, "max": 3}),
        ({"low": 4, "max": 1, "default": 8}, {"low": 2, "max": 4, "default": 4}),
        ({"default": 9, "high": 1}, {"default": 9, "high": 1}),  # the default may be max
    ],
)
def test_measurements_that_contradict_the_order_are_pooled(
    measured: dict[str, float], expected: dict[str, float]
) -> None:
    assert rising(measured) == pytest.approx(expected)


def test_levels_rise_with_effort_whatever_was_measured() -> None:
    chance = random.Random(1)
    for _ in range(500):
        measured = {effort: chance.lognormvariate(8, 2) for effort in chance.sample(ANY_EFFORT, chance.randint(1, 5))}
        found = levels_of(record("m"), rising(measured), Usual((), RATIOS), RATIOS)
        tokens = [found[effort].tokens for effort in EFFORTS]
        assert tokens == pytest.approx(sorted(tokens))
        assert tokens[0] > 0
        assert found["default"].tokens <= found["max"].tokens * (1 + 1e-9)


def test_a_models_own_figure_beats_others() -> None:
    like = [(record(f"like-{number}"), {"high": 100.0}) for number in range(5)]
    usual = Usual(like, RATIOS)
    own = levels_of(record("m"), {"medium": 4000.0}, usual, RATIOS)
    assert own["medium"] == (4000.0, "measured")
    assert own["high"] == (pytest.approx(10_000), "other-effort")
    assert levels_of(record("n"), {}, usual, RATIOS)["high"] == (pytest.approx(100), "family")


def test_who_stands_for_a_model_that_was_not_measured() -> None:
    def named(name: str, developer: str, family: str, total: int | None = None) -> Model:
        counts = {"parameters": fact({"total": total, "active": total})} if total else {}
        return record(name, developer=fact(developer), family=fact(family), **counts)

    measured = [(named(f"f{number}", "A", "one"), {"high": 100.0}) for number in range(2)]
    measured += [(named(f"d{number}", "A", "two", 8_000_000_000), {"high": 300.0}) for number in range(2)]
    measured += [(named(f"c{number}", "B", "three", 9_000_000_000), {"high": 900.0}) for number in range(5)]
    usual = Usual(measured, RATIOS)
    found = [
        usual.of(named("x", "A", "one", 9_000_000_000)),
        usual.of(named("x", "A", "new", 7_000_000_000)),
        usual.of(named("x", "C", "new", 7_000_000_000)),
        usual.of(named("x", "C", "new", 400_000_000_000)),
    ]
    assert found == [(100, "family"), (300, "developer"), (900, "class"), (900, "class")]
    assert Usual((), RATIOS).of(named("x", "A", "one")) is None


# Tasks


def test_thinking_at_a_task_is_its_share_of_what_the_boards_questions_take() -> None:
    able = {"capabilities": fact(["reasoning"])}
    counted = model("counted", None, scores=[exam(60)], effort_tokens={"default": fact({"knowledge": 8000})}, **able)
    timed = model("timed", None, scores=[exam(60), exam(70, effort="high"), exam(50, effort="none")], **able)
    world = small([counted, timed]).model_copy(
        update={
            "thinking": ThinkingFile(
                efforts=RATIOS,
                skills={"knowledge": 2.0},
                spread={"other-effort": 2.0},
                tokens={"acme/timed": {"high": 1000}},
            )
        }
    )
    task = world.tasks.tasks["qa"].model_copy(update={"thinking_share": 0.5, "skills": {"knowledge": 1.0}})
    thinking = thinkers(world)

    def at(name: str, effort: str) -> Any:
        return thinking.at(world.models[f"acme/{name}"], effort, world.abilities.models[f"acme/{name}"], task)

    own = at("counted", "default")
    assert own == (pytest.approx(4000 / 3), pytest.approx(4000), pytest.approx(12_000), "measured")
    assert at("timed", "high").middle == pytest.approx(1000 * 2 * 0.5)
    low = at("timed", "low")
    assert (low.middle, low.evidence) == (pytest.approx(100), "other-effort")
    assert low.high / low.middle == pytest.approx(low.middle / low.low)
    assert low.high / low.middle > own.high / own.middle
    assert at("timed", "none") == (0, 0, 0, "nothing")


def test_every_model_thinks_more_at_a_higher_effort(rows: list[sqlite3.Row]) -> None:
    found: dict[tuple[str, str], dict[str, sqlite3.Row]] = {}
    for row in rows:
        found.setdefault((row["task"], row["model"]), {})[row["effort"]] = row
    several = 0
    for efforts in found.values():
        named = [efforts[effort] for effort in ("none", *EFFORTS) if effort in efforts]
        several += len(named) > 1
        for below, above in itertools.pairwise(named):
            assert below["thinking_tokens"] < above["thinking_tokens"], (below["model"], above["effort"])
        if "default" in efforts:
            assert (
                efforts["default"]["thinking_tokens"] >= efforts.get("none", {"thinking_tokens": 0})["thinking_tokens"]
            )
            most = efforts["max"]["thinking_tokens"] if "max" in efforts else float("inf")
            assert efforts["default"]["thinking_tokens"] <= most * (1 + 1e-9)
    assert several > 100


def test_what_rests_on_others_has_a_wide_interval(rows: list[sqlite3.Row]) -> None:
    kinds = ("measured", "other-effort", "family", "developer", "class")
    widths = {
        kind: {
            round(row["thinking_high_tokens"] / row["thinking_tokens"], 6)
            for row in rows
            if row["thinking_evidence"] == kind and row["thinking_tokens"] > 0
        }
        for kind in kinds
    }
    assert [len(width) for width in widths.values()] == [1] * len(kinds)
    ordered = [width.pop() for width in widths.values()]
    assert ordered == sorted(ordered)
    assert ordered[1] > ordered[0]
    nothing = [row for row in rows if row["thinking_evidence"] == "nothing"]
    assert nothing
    assert {row["thinking_high_tokens"] for row in nothing} == {0}


# What ships


@pytest.mark.parametrize(
    ("name", "effort", "gpqa_tokens"),
    [
        ("deepseek/deepseek-v4-flash", "max", 5_761_852),
        ("deepseek/deepseek-v4-flash", "high", 2_018_122),
        ("openai/gpt-oss-120b", "high", 2_122_957),
        ("openai/gpt-oss-120b", "low", 136_150),
        ("xai/grok-4.3", "low", 238_698),
    ],
)
def test_known_values(catalog: Catalog, name: str, effort: str, gpqa_tokens: int) -> None:
    """Reasoning tokens of Artificial Analysis' runs of GPQA diamond, which is one of six evaluations in a level.

    https://github.com/oolong-tea-2026/artificial-analysis-leaderboards, commit ed1690f, 2026-07-10.
    """
    level = catalog.thinking.tokens[name][effort]
    assert level == pytest.approx(gpqa_tokens / GPQA_QUESTIONS, rel=0.3)


def test_deepseek_v4_flash_at_max_thinks_no_less_than_by_default(rows: list[sqlite3.Row]) -> None:
    """By default LiveBench counted 47,945 tokens for a question of reasoning and 37,036 for one of mathematics.

    https://github.com/LiveBench/new-livebench/blob/5b4fdee/public/cost_2026_06_25.csv
    """
    at = {
        row["effort"]: row for row in rows if (row["task"], row["model"]) == ("reasoning", "deepseek/deepseek-v4-flash")
    }
    assert at["default"]["thinking_tokens"] == pytest.approx(0.5 * (0.6 * 47_945 + 0.2 * 37_036) / 0.8)
    assert at["max"]["thinking_tokens"] >= at["default"]["thinking_tokens"]
    assert at["max"]["thinking_evidence"] == "measured"


def test_the_constants_follow_from_the_levels(catalog: Catalog) -> None:
    file, models = catalog.thinking, catalog.models.values()
    assert skill_ratios(counted_twice(models, file.tokens)) == pytest.approx(file.skills, rel=0.01)
    measured = [levels for levels in (measured_levels(model, file) for model in models) if levels]
    assert effort_ratios(measured) == pytest.approx(file.efforts, rel=0.01)


def test_levels_that_are_left_out_are_found_again(catalog: Catalog) -> None:
    """Half within a factor of 1.6, nine in ten within 4; benchmarks/thinking.py says more."""
    measured = [(model, measured_levels(model, catalog.thinking)) for model in catalog.models.values()]
    trials = held_out([(model, levels) for model, levels in measured if levels])
    for evidence in ("other-effort", "family", "class"):
        factors = [trial.factor for trial in trials if trial.evidence == evidence]
        assert median(factors) < 1.6
        assert quantiles(factors, n=10)[-1] < 4
    assert spreads(trials) == pytest.approx(catalog.thinking.spread, rel=0.01)


# The fit


def test_two_ways_finds_what_subjects_take() -> None:
    subjects, evaluations = {"a": 100.0, "b": 900.0, "c": 5000.0}, {"gpqa": 1.0, "hle": 3.0, "ifbench": 0.5}
    counts = {(who, what): own * of for who, own in subjects.items() for what, of in evaluations.items()}
    del counts["b", "gpqa"]
    assert two_ways(counts, "gpqa") == pytest.approx(subjects)


def test_ratios_of_efforts_are_those_within_models() -> None:
    levels = [{"low": 10, "high": 100}, {"high": 5000, "max": 10_000}, {"low": 7, "max": 140}, {"high": 1}]
    assert effort_ratios(levels) == pytest.approx({"low": 0.1, "high": 1, "max": 2})


def test_a_spread_holds_nine_in_ten_and_never_shrinks() -> None:
    near = [Trial("m", "high", "other-effort", 100 + number, 100) for number in range(100)]
    far = [Trial("m", "high", "class", 50, 100 + number) for number in range(100)]
    found = spreads([*near, *far])
    assert found["other-effort"] == pytest.approx(1.9, rel=0.02)
    assert list(found.values()) == sorted(found.values())
    assert sum(trial.factor <= found["class"] for trial in far) >= 90


# The file


@pytest.mark.parametrize(
    "wrong",
    [
        {"efforts": {"low": 2.0, "high": 1.0}},
        {"efforts": {"none": 1.0}},
        {"tokens": {"acme/a": {"extreme": 9}}},
        {"spread": {"class": 0.5}},
        {"spread": {"guess": 2.0}},
    ],
)
def test_what_the_file_may_not_say(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ThinkingFile.model_validate(wrong)


def test_only_models_of_the_catalogue_think(small_copy: Path) -> None:
    (small_copy / "thinking.yaml").write_text("tokens:\n  acme/nobody: {high: 900}\n", encoding="utf-8")
    assert [fault.code for fault in check(small_copy)] == ["unknown-model"]
