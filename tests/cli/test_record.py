"""Decision records: the command in one prints it again, and `recheck` says what has changed since."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from llmselect.hardware import detect as detect_module
from llmselect.hardware.detect import Detected
from tests.cli.conftest import Cli
from tests.reading import markdown_tables

DAY = ("--as-of", "2026-11-23")
SCHEMAS = Path(__file__).parents[2] / "llmselect" / "schemas"
REQUESTS = {
    "nothing given": (),
    "many fields": (
        *("--task", "qa", "--gpu", "Home 24GB", "--ram", "64GiB", "--requests-per-month", "100k", "--license", "osi"),
        *("--needs", "streaming", "--weight", "cost=2.5", "--weight", "quality=1", "--kwh-usd", "0.00004", "--strict"),
    ),
    "an empty answer": ("--modality-out", "video"),
    "the document": ("--task", "qa", "--compute", "low", "--response-time", "batch", "--domain", "specific"),
    "switches": ("--explain", "--all-options", "--top", "1", "--lang", "zh"),
}


def command_in(record: str) -> list[str]:
    """The words of the command that a record says prints it again."""
    found = re.search(r"^```\n(llmselect .*)\n```$", record, re.MULTILINE)
    assert found
    return shlex.split(found[1])[1:]


@pytest.mark.parametrize("name", REQUESTS)
def test_the_command_in_a_record_prints_it_byte_for_byte(cli: Cli, tmp_path: Path, name: str) -> None:
    file = tmp_path / "DECISION.md"
    cli("recommend", *REQUESTS[name], *DAY, "--format", "markdown", "-o", str(file))
    record = file.read_text(encoding="utf-8")
    assert cli("recommend", *REQUESTS[name], *DAY, "--format", "markdown").out == record
    assert cli(*command_in(record)).out == record


def test_the_day_is_pinned(cli: Cli) -> None:
    assert "--as-of" in command_in(cli("recommend", "--format", "markdown").out)


@pytest.mark.parametrize(
    "found",
    [
        Detected(64.0, "Some CPU", 8, (("Chips Home", 24.0),)),
        Detected(64.0, "Some CPU", 8, (("Nobody's Card", 15.75), ("Nobody's Card", 15.75))),
        Detected(31.25, "Some CPU", 8),
    ],
)
def test_the_detected_machine_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch, found: Detected) -> None:
    monkeypatch.setattr(detect_module, "detect", lambda: found)
    asked = ("recommend", *DAY, "--hardware", "auto", "--deployment", "self-host")
    record = cli(*asked, "--format", "markdown").out
    plain = cli(*asked, "--json").json["data"]["recommendations"]
    monkeypatch.setattr(detect_module, "detect", lambda: pytest.fail("detected again"))
    assert cli(*command_in(record)).out == record
    again = cli(*command_in(record)[:-2], "--json").json["data"]["recommendations"]
    assert [row["memory"] for row in again] == [row["memory"] for row in plain]
    assert [row["score"] for row in again] == [row["score"] for row in plain]


def test_a_profile_and_the_environment_are_in_the_command(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "mine.yaml"
    profile.write_text("task: qa\nbudget: 100\n")
    monkeypatch.setenv("LLMSELECT_CONCURRENCY", "3")
    record = cli("recommend", *DAY, "--profile", str(profile), "--format", "markdown").out
    monkeypatch.delenv("LLMSELECT_CONCURRENCY")
    profile.unlink()
    assert cli(*command_in(record)).out == record


def test_a_record_says_everything(cli: Cli) -> None:
    asked = ("recommend", "--task", "qa", "--license", "osi", *DAY)
    record, data = cli(*asked, "--format", "markdown").out, cli(*asked, "--json").json["data"]
    first = data["recommendations"][0]
    assert record.startswith(f"# Decision: {first['name']}, ")
    for title in ("Requirements", "Shortlist", "What each score consists of", "Prices, licences and ends",
                  "Excluded models: ", "Sources", "What it was judged on", "Again"):  # fmt: skip
        assert f"\n## {title}" in record, title
    for row in data["excluded"]:
        assert row["name"] in record
    for source in {source["url"] for value in first["criteria"].values() for source in value["sources"]}:
        assert f"<{source}>" in record
    tables = markdown_tables(record)
    assert all(len({len(row) for row in table}) == 1 for table in tables)
    pinned = {row[0]: row[1] for row in tables[-1]}
    assert re.fullmatch(r"[0-9a-f]{64}", pinned["SHA-256"])
    assert pinned["day"] == "2026-11-23"


@pytest.fixture
def record(cli: Cli, tmp_path: Path) -> Path:
    file = tmp_path / "DECISION.md"
    assert cli("recommend", "--deployment", "api", *DAY, "--format", "markdown", "-o", str(file)).status == 0
    return file


def test_nothing_has_changed_on_the_day_itself(cli: Cli, record: Path) -> None:
    ran = cli("recheck", str(record), *DAY)
    assert ran.status == 0
    assert ran.out.startswith("Giant 1: nothing that matters has changed.")
    assert cli("recheck", str(record), *DAY, "--json").json["data"]["moved"] == []


def _change(catalog: Path, file: str, old: str, new: str) -> None:
    path = catalog / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "what", "change"),
    [
        ("output_usd_per_mtok: 60", "output_usd_per_mtok: 90", "output_usd_per_mtok", 0.5),
        ("shutdown: {value: 2027-06-01", "shutdown: {value: 2027-05-31", "ends", None),
        ("terms: {value: globex-terms", "terms: {value: renta-terms", "license", None),
    ],
)
def test_a_changed_fact_reopens_the_decision(
    cli: Cli, record: Path, small_copy: Path, monkeypatch: pytest.MonkeyPatch,
    old: str, new: str, what: str, change: float | None,
) -> None:  # fmt: skip
    _change(small_copy, "hosts/globex.yaml", old, new)
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_copy))
    ran = cli("recheck", str(record), *DAY, "--json")
    assert ran.status == 3
    data = ran.json["data"]
    (move,) = [move for move in data["moved"] if move["matters"]]
    assert (move["what"], move["change"]) == (what, pytest.approx(change) if change else None)
    assert data["catalog_changed"]
    text = cli("recheck", str(record), *DAY)
    assert text.status == 3
    assert text.out.startswith("Giant 1: look at this decision again.")


def test_an_end_that_comes_near_reopens_it(cli: Cli, record: Path) -> None:
    data = cli("recheck", str(record), "--as-of", "2027-04-15", "--json").json["data"]
    assert ("ends_soon", True) in [(move["what"], move["matters"]) for move in data["moved"]]


def test_a_new_winner_is_named_with_its_lead(cli: Cli, record: Path) -> None:
    ran = cli("recheck", str(record), "--as-of", "2027-06-01", "--json")
    assert ran.status == 3
    moves = {move["what"]: move for move in ran.json["data"]["moved"]}
    assert moves["winner"]["before"] == "Giant 1"
    assert moves["excluded"]["after"].startswith("lifecycle: ")
    assert "Giant 1" in cli("recheck", str(record), "--as-of", "2027-06-01").out


@pytest.mark.parametrize("form", ["csv", "markdown", "html"])
def test_every_format(cli: Cli, record: Path, form: str) -> None:
    ran = cli("recheck", str(record), "--as-of", "2027-06-01", "--format", form)
    assert (ran.status, ran.err) == (3, "")
    assert "Giant 1" in ran.out


def test_json_is_what_the_schema_says(cli: Cli, record: Path) -> None:
    schema = json.loads((SCHEMAS / "recheck.schema.json").read_text(encoding="utf-8"))
    for day in ("2026-11-23", "2027-06-01"):
        jsonschema.Draft202012Validator(schema).validate(cli("recheck", str(record), "--as-of", day, "--json").json)


CHOICE = {
    "rank": 1, "model": "acme/small-7b-chat", "name": "Small", "option": "x", "score": 0.5, "cost": None,
    "cost_unit": "x", "quality": 50, "terms": {},
}  # fmt: skip


def _written(**changes: Any) -> str:
    decision = {"version": 1, "request": {}, "top": 5, "as_of": "2026-11-23", "catalog_digest": "", "choices": []}
    return f"<!-- llmselect-decision\n{json.dumps({**decision, **changes})}\n-->\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# A page\n", "holds no decision that this version can read"),
        ("<!-- llmselect-decision\n{]\n-->\n", "holds no decision that this version can read"),
        (_written(as_of="never"), "has a fault at as_of"),
        (_written(as_of="9999-12-31"), "has a fault at as_of"),
        (_written(top=0), "has a fault at top"),
        (_written(choices=[{"model": "m"}]), "lacks rank, name, option, score, cost, cost_unit, quality, terms"),
        (_written(choices=[{**CHOICE, "model": 1}]), "has a fault at choices.0.model"),
        (_written(choices=[{**CHOICE, "cost": "free"}]), "has a fault at choices.0.cost"),
        (_written(choices=[{**CHOICE, "terms": {"ends": 1}}]), "has a fault at choices.0.terms.ends"),
        ('<!-- llmselect-decision\n{"version": 1}\n-->\n', "lacks request, top, as_of, catalog_digest, choices"),
    ],
)
def test_a_file_without_a_decision_is_told(cli: Cli, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "x.md"
    file.write_text(text)
    ran = cli("recheck", str(file))
    assert ran.status == 2
    assert message in ran.err


def test_a_missing_file_is_told(cli: Cli) -> None:
    assert "nowhere.md cannot be read" in cli("recheck", "nowhere.md").err
