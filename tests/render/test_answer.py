"""Recommendations in each form: JSON that its schema describes, text that hides nothing."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from llmselect.catalog.load import load
from llmselect.languages import LANGUAGES
from llmselect.render.answer import recommendation_blocks
from llmselect.render.excluded import nearest_by_model, option_host
from llmselect.render.format.csv import COLUMNS, recommendation_csv
from llmselect.render.format.json import envelope, fault
from llmselect.render.format.layout import plain
from llmselect.render.phrases import Phrases
from llmselect.requirements import parse
from llmselect.results.recommendation import (
    Change,
    Difference,
    Exclusion,
    Flip,
    Reason,
    Recommendation,
    Relaxation,
    Unverified,
)
from tests.factories import recommend

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "llmselect" / "schemas" / "recommend.schema.json").read_text(encoding="utf-8"))
REQUESTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "home": {"gpu": "Home 24GB", "requests_per_month": "100k", "license": "osi"},
    "document": {"task": "qa", "compute": "low", "response_time": "batch", "domain": "specific"},
    "empty": {"modality_out": ["video"]},
    "relaxed": {"context_tokens": 6000, "deployment": ["self-host"]},
    "unverified": {"response_time": "real-time", "max_ttft_ms": 500},
}


def answer(name: str, small_catalog: Path) -> Recommendation:
    return recommend(parse({"as_of": "2026-11-23", **REQUESTS[name]}), load(small_catalog))


def _printed(row: Recommendation) -> Any:
    return json.loads(envelope("recommend", "ok" if row.recommendations else "empty", row.to_dict()))


def text(row: Recommendation, explain: bool = False) -> str:
    return plain(recommendation_blocks(row, Phrases(), explain=explain), 100)


@pytest.mark.parametrize("name", REQUESTS)
def test_output_is_what_the_schema_says(name: str, small_catalog: Path) -> None:
    record = _printed(answer(name, small_catalog))
    jsonschema.Draft202012Validator(SCHEMA).validate(record)


def test_an_error_is_what_the_schema_says() -> None:
    record = json.loads(envelope("recommend", "error", None, [fault("bad-value", "no", "yes")]))
    jsonschema.Draft202012Validator(SCHEMA).validate(record)


def test_the_schema_refuses_what_is_not_printed(small_catalog: Path) -> None:
    record = _printed(answer("plain", small_catalog))
    del record["data"]["recommendations"][0]["criteria"]["cost"]["unit"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(record)


def test_the_schema_is_current() -> None:
    program = [sys.executable, str(ROOT / "tools" / "json_schemas.py"), "--check"]
    ran = subprocess.run(program, capture_output=True, text=True, check=False, cwd=ROOT, env=_with_path())
    assert ran.returncode == 0, ran.stderr


def _with_path() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_contributions_add_up_in_json(small_catalog: Path) -> None:
    for row in answer("home", small_catalog).to_dict()["recommendations"]:
        assert sum(value["contribution"] for value in row["criteria"].values()) == pytest.approx(row["score"])


def test_names_are_those_of_the_documentation(small_catalog: Path) -> None:
    full = answer("document", small_catalog)
    shown = replace(
        full,
        flips=(_flip("cost", 1.5),),
        relaxations=(Relaxation((Change("ram", 1.0, 2.0),), ("acme/small-7b",)),),
        unverified=(Unverified("speed", 2),),
    )
    data = shown.to_dict()
    assert {"criterion": "cost", "factor": 1.5, "from": 0.2}.items() <= data["flips"][0].items()
    assert data["relaxations"][0]["changes"] == [{"field": "ram", "from": 1.0, "to": 2.0}]
    assert data["unverified"] == [{"rule": "speed", "options": 2}]
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    for key in (*data, *data["recommendations"][0], *data["excluded"][0], *data["document"]):
        assert key in page, key


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_can_be_drawn(name: str, language: str, small_catalog: Path) -> None:
    row = answer(name, small_catalog)
    drawn = plain(recommendation_blocks(row, Phrases(language), explain=True, all_options=True), 100)
    assert "{" not in drawn
    assert "None" not in drawn
    assert row.catalog.date in drawn


def _flip(criterion: str, factor: float) -> Flip:
    figures = (Difference("quality", "%", 69.2, 76.4), Difference("cost", "USD/month", 1.23, 51.0))
    option = "globex/giant-1@globex"
    return Flip(criterion, factor, 0.2, 0.2 * factor, "globex/giant-1", "Giant 1", option, "globex", figures)


def test_flips_are_told_in_a_users_words(small_catalog: Path) -> None:
    row = answer("plain", small_catalog)
    figures = "Giant 1 at globex, quality 76.4 % instead of 69.2 %, $51.00 instead of $1.23 per month."
    up, down = (_words(replace(row, flips=(_flip("quality", factor),))) for factor in (2, 1 / 3))
    assert f"If quality counted twice as much: {figures}" in up
    assert f"If quality counted a third as much: {figures}" in down
    assert "puts another model first" in _words(replace(row, flips=()))


def test_best_choice_is_said_only_of_what_wins_clearly(small_catalog: Path) -> None:
    row = answer("plain", small_catalog)
    first = row.recommendations[0]

    def told(tied: bool) -> str:
        return _words(replace(row, recommendations=(replace(first, tied_with_next=tied), *row.recommendations[1:])))

    assert "Best choice" in told(False)
    assert "close call" not in told(False)
    assert "Best choice" not in told(True)
    assert f"a close call between {first.name} and {row.recommendations[1].name}" in told(True)


def test_a_row_above_a_better_and_cheaper_one_says_why(small_catalog: Path) -> None:
    row = answer("plain", small_catalog)
    first, *others = row.recommendations
    led = replace(row, recommendations=(replace(first, leads_in=("safety", "openness")), *others))
    assert "1: one below is better and costs less; this one is ahead of it in safety and openness" in _words(led)


def test_what_is_only_usual_is_no_figure(small_catalog: Path) -> None:
    row = answer("plain", small_catalog)
    flip = Flip("safety", 2, 0.1, 0.2, "a/b", "B", "a/b@a", "a", (Difference("safety", "alignment", 0.4, None),))
    assert "If safety counted twice as much: B at a, safety unknown instead of 0.4." in _words(
        replace(row, flips=(flip,))
    )


def _words(row: Recommendation) -> str:
    return " ".join(text(row).replace("\N{NO-BREAK SPACE}", " ").split())


def test_marks_say_what_is_not_verified(small_catalog: Path) -> None:
    row = answer("unverified", small_catalog)
    api = next(each for each in row.recommendations if each.deployment != "self-host")
    assert api.unverified
    drawn = plain(recommendation_blocks(row, Phrases()), 200)
    assert f"{api.name} * ?" in drawn or f"{api.name} ?" in drawn
    assert "Not verified (options): " in drawn


def _excluded(option: str, *rules: str) -> Exclusion:
    return Exclusion("acme/m", "M", f"acme/m@{option}", 1, tuple(Reason(rule, "this", "that") for rule in rules))


def test_the_nearest_way_of_each_host_speaks() -> None:
    rows = [
        _excluded("self:q4:vllm:1x", "memory"),
        _excluded("self:none:vllm:1x", "memory", "speed"),
        _excluded("host/id", "lifecycle"),
    ]
    ways = nearest_by_model(rows)["acme/m"]
    assert [(option_host(row), [reason.rule for reason in row.reasons]) for row in ways] == [
        ("self", ["memory"]),
        ("host", ["lifecycle"]),
    ]


def test_models_of_one_reason_share_a_line(small_catalog: Path) -> None:
    row = answer("plain", small_catalog)
    reasons = (Reason("instruct", "tuned", "a base model"),)
    two = tuple(Exclusion(f"acme/{name}", name, f"acme/{name}@self:q4", 3, reasons) for name in ("b", "a"))
    drawn = text(replace(row, excluded=two))
    assert "Excluded models: 2\n- a and b: instruct: a base model\n" in drawn


def test_explain_tells_every_exclusion_in_full(small_catalog: Path) -> None:
    row = answer("home", small_catalog)
    drawn = " ".join(text(row, explain=True).split())
    for each in row.excluded:
        assert each.option in drawn
        for reason in each.reasons:
            assert " ".join(reason.needed.split()) in drawn
            assert all(source.url in drawn for source in reason.source)


def test_csv_columns_are_stable(small_catalog: Path) -> None:
    header = recommendation_csv(answer("empty", small_catalog))
    assert header == ",".join(COLUMNS) + "\n"
    assert COLUMNS[:6] == ("rank", "model", "name", "option", "host", "deployment")
