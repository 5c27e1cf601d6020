"""What commands print with `--json` is what their published schemas say, and what version 1 wrote is still read."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from llmselect.render.format.json import SCHEMA_VERSION
from tests.cli.conftest import Cli

SCHEMAS = Path(__file__).parents[2] / "llmselect" / "schemas"
DAY = ("--as-of", "2026-11-23")
QUESTIONS = ("--task", "qa", "--compute", "low", "--response-time", "batch", "--domain", "specific")
LINES = (
    ("recommend", "--gpu", "Home 24GB", "--requests-per-month", "100k", *DAY),
    ("recommend", *QUESTIONS, *DAY),
    ("recommend", "--modality-out", "video", *DAY),
    ("replace", "giant-1", *DAY),
    ("compare", "giant-1", "small-7b-chat", *DAY),
    ("compare", "--columns", "help"),
    ("cost", "giant-1", "small-7b-chat", "--requests-per-month", "1M", *DAY),
    ("cost", "--usage", str(Path(__file__).parents[1] / "usage" / "log.jsonl"), *DAY),
    ("estimate", "small-7b-chat", "--gpu", "Home 24GB"),
    ("check", str(Path(__file__).parents[2] / "README.md"), *DAY),
    ("list", *DAY),
    ("list", "--min-context", "900M", *DAY),
    ("list", "--sort", "knowledge", *DAY),
    ("tree", *QUESTIONS, *DAY),
    ("tree", "--all", "--task", "qa", "--compute", "low", *DAY),
    ("explain",),
    ("explain", "mmlu"),
    ("hardware",),
    ("probe", "--list"),
)


def _validated(record: dict[str, Any]) -> None:
    schema = json.loads((SCHEMAS / f"{record['command']}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(record)


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_output_is_what_the_schema_says(cli: Cli, line: tuple[str, ...]) -> None:
    ran = cli(*line, "--json")
    assert ran.status in (0, 3), ran.err
    assert ran.json["schema_version"] == SCHEMA_VERSION
    assert ran.json["errors"] == []
    _validated(ran.json)


def test_every_schema_of_a_command_is_tried() -> None:
    named = {path.name.partition(".")[0] for path in SCHEMAS.glob("*.schema.json")}
    elsewhere = {"measure", "recheck", "profile"}  # in tests of those commands
    assert named - elsewhere == {line[0] for line in LINES}


def test_a_recheck_is_what_the_schema_says(cli: Cli, tmp_path: Path) -> None:
    record = tmp_path / "DECISION.md"
    assert cli("recommend", "--task", "qa", "--format", "markdown", "-o", str(record), *DAY).status == 0
    _validated(cli("recheck", str(record), "--json", *DAY).json)


def test_the_answer_of_version_1_is_still_compared(cli: Cli, tmp_path: Path) -> None:
    """Criteria had value, low and high, a model score_low and score_high; what is read of them has not changed."""
    cost = {"value": 1.0, "low": 0.5, "high": 2.0, "unit": "USD/1k requests", "utility": 0.5, "weight": 0.2}
    row = {"rank": 1, "model": "globex/giant-1", "score": 0.8, "score_low": 0.7, "score_high": 0.9}
    data = {"recommendations": [{**row, "criteria": {"cost": cost}}], "requirements": {"task": "qa", "strict": False}}
    answer = tmp_path / "answer.json"
    record = {"schema_version": 1, "command": "recommend", "status": "ok", "data": data, "errors": []}
    answer.write_text(json.dumps(record), encoding="utf-8")
    ran = cli("compare", "--from-recommend", str(answer), "--json", *DAY)
    assert [each["models"] for each in ran.json["data"]["rows"]] == [["globex/giant-1"]]


def test_a_decision_record_of_version_1_is_still_rechecked(cli: Cli, tmp_path: Path) -> None:
    terms = {"input_usd_per_mtok": 1.0, "output_usd_per_mtok": 2.0, "gpu_hour_usd": None, "license": None, "ends": None}
    choice = {"rank": 1, "model": "globex/giant-1", "name": "Giant 1", "option": "globex/giant-1@globex", "score": 0.8}
    more = {"win_share": 0.5, "quality": 70.0, "cost": 1.0, "cost_unit": "USD/1k requests", "terms": terms}
    kept = {
        "version": 1,
        "request": {"task": "qa", "as_of": "2026-11-01"},
        "top": 5,
        "as_of": "2026-11-01",
        "catalog_date": "2026-11-01",
        "catalog_digest": "0",
        "hardware": "1 x T4",
        "choices": [{**choice, **more}],
    }
    record = tmp_path / "DECISION.md"
    record.write_text(f"# Old\n\n<!-- llmselect-decision\n{json.dumps(kept)}\n-->\n", encoding="utf-8")
    ran = cli("recheck", str(record), "--json", *DAY)
    assert ran.status in (0, 3), ran.err
    assert ran.json["data"]["decided_as_of"] == "2026-11-01"
    assert {"input_usd_per_mtok", "output_usd_per_mtok"} <= {move["what"] for move in ran.json["data"]["moved"]}
