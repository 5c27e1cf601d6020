"""`llmselect cost` as a user meets it."""

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import Cli

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "llmselect" / "schemas" / "cost.schema.json").read_text(encoding="utf-8")
)
ASKED = ("cost", "gpt-5-mini", "qwen3-8b", "--as-of", "2026-11-23", "--requests-per-month", "20M")
USAGE = {"prompt_tokens": 1000, "completion_tokens": 200, "prompt_tokens_details": {"cached_tokens": 600}}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    rows = [{"model": "gpt-5-mini", "created": 1.76e9 + 3600 * k, "usage": USAGE} for k in range(200)]
    path = tmp_path / "requests.jsonl"
    path.write_text("\n".join([json.dumps(row) for row in rows] + ["{broken", '{"usage": {"prompt_tokens": -1}}']))
    return path


def test_json_is_what_the_schema_says(real_cli: Cli, log: Path) -> None:
    for more in ((), ("--usage", str(log)), ("--gpu", "RTX 4090", "--host", "self"), ("--budget", "0.01")):
        ran = real_cli(*ASKED, "--json", *more)
        assert ran.status in (0, 3), ran.err
        jsonschema.Draft202012Validator(SCHEMA).validate(ran.json)
        assert ran.json["status"] == ("ok" if ran.json["data"]["options"] else "empty")


def test_every_deployment_has_options_of_its_own(real_cli: Cli) -> None:
    data = real_cli(*ASKED, "--all-options", "--json").json["data"]
    options = data["options"]
    assert {row["deployment"] for row in options} == {"api", "managed", "self-host"}
    assert len({row["id"] for row in options}) == len(options)
    assert data["omitted"] == 0
    assert [row["usd_per_month"][1] for row in options] == sorted(row["usd_per_month"][1] for row in options)
    for row in options:
        price = row["price"]
        assert price["as_of"]
        assert price["source"]
        assert (price["usd_per_gpu_hour"] is None) == (row["deployment"] == "api")
        costs = [volume["usd_per_month"][1] for volume in row["by_volume"]]
        assert costs == sorted(costs)


def test_text_names_what_decides(real_cli: Cli) -> None:
    out = real_cli(*ASKED).out
    for part in (
        "Cheapest at 20,000,000 requests a month", "Assumed: ", "per 1k", "10M/mo", "What each rests on", "GPU-hour on",
        "busy", "Cheapest by volume", "Break-even points", "Hybrids", "All amounts in USD", "--all-options",
    ):  # fmt: skip
        assert part in out, part
    assert max(len(line) for line in out.splitlines()) <= 100


@pytest.mark.parametrize("columns", ["60", "80"])
def test_text_keeps_to_the_width(real_cli: Cli, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert max(len(line) for line in real_cli(*ASKED).out.splitlines()) <= int(columns)


def test_csv_has_a_row_for_each_option_and_volume(real_cli: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(real_cli(*ASKED, "--volumes", "5k,7M", "--format", "csv").out)))
    assert {row["requests_per_month"] for row in rows} == {"5000", "7000000", "20000000"}
    assert len(rows) == 3 * len({row["id"] for row in rows})
    api = next(row for row in rows if row["deployment"] == "api" and row["requests_per_month"] == "5000")
    assert float(api["usd_per_month"]) == pytest.approx(5 * float(api["usd_per_1k_requests"]))


def test_markdown_has_a_table(real_cli: Cli) -> None:
    assert "| # | model | where |" in real_cli(*ASKED, "--format", "markdown").out


def test_a_log_is_billed_and_reported(real_cli: Cli, log: Path) -> None:
    ran = real_cli("cost", "gpt-5-mini", "--host", "openai", "--as-of", "2026-11-23", "--usage", str(log), "--json")
    data = ran.json["data"]
    report = data["usage"]
    assert (report["used"], report["models"]) == (200, {"gpt-5-mini": 200})
    assert [row["rows"] for row in report["left_out"]] == [1, 1]
    monthly = data["requests_per_month"]
    assert monthly == round(200 * 365 / 12 / (199 / 24))
    each = (400 * 0.25 + 600 * 0.025 + 200 * 2) / 1e6
    assert [row["usd_per_month"][1] for row in data["options"]] == pytest.approx([monthly * each])
    text = real_cli("cost", "gpt-5-mini", "--as-of", "2026-11-23", "--usage", str(log)).out
    assert "200 requests used" in text
    assert "2 rows left out" in text
    assert "no valid JSON (first in line 201)" in text


def test_a_log_alone_is_priced_as_it_is(real_cli: Cli, tmp_path: Path) -> None:
    names = ["gpt-5-mini", "azure/gpt-5-mini", "mine", ""]
    path = tmp_path / "requests.jsonl"
    path.write_text("".join(json.dumps({"model": name, "usage": USAGE}) + "\n" for name in names * 50))
    asked = ("cost", "--usage", str(path), "--as-of", "2026-11-23")
    ran = real_cli(*asked, "--json")
    assert ran.status == 0, ran.err
    jsonschema.Draft202012Validator(SCHEMA).validate(ran.json)
    data = ran.json["data"]
    each = (400 * 0.25 + 600 * 0.025 + 200 * 2) / 1e6
    assert [(row["name"], row["host"], row["requests"]) for row in data["models"]] == [
        ("azure/gpt-5-mini", "azure", 50),
        ("gpt-5-mini", "openai", 50),
    ]
    assert [row["usd"] for row in data["models"]] == pytest.approx([50 * each] * 2)
    assert data["usd"] == pytest.approx(100 * each)
    assert [(row["name"], row["requests"], row["reason"]) for row in data["unpriced"]] == [
        ("mine", 50, "not in the catalogue"),
        ("", 50, "the log names no model"),
    ]
    text = real_cli(*asked).out
    assert "100 of 200 requests have a price" in " ".join(text.split())
    assert "mine, 50 requests: not in the catalogue" in text
    rows = list(csv.DictReader(io.StringIO(real_cli(*asked, "--format", "csv").out)))
    assert [row["not_priced"] for row in rows] == ["", "", "not in the catalogue", "the log names no model"]
    monthly = real_cli(*asked, "--json", "--requests-per-month", "2000").json["data"]
    assert monthly["usd_per_month"] == pytest.approx(10 * data["usd"])


def test_a_log_of_unknown_models_alone_has_no_price(real_cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text(json.dumps({"model": "mine", "usage": USAGE}))
    ran = real_cli("cost", "--usage", str(path))
    assert ran.status == 3
    assert "Nothing in this log has a known price." in ran.out


def test_flags_go_before_the_log(real_cli: Cli, log: Path) -> None:
    asked = ("cost", "gpt-5-mini", "--host", "openai", "--as-of", "2026-11-23", "--usage", str(log), "--json")
    data = real_cli(*asked, "--requests-per-month", "1000", "--cached-share", "0", "--batch-share", "1").json["data"]
    assert data["options"][0]["usd_per_month"][1] == pytest.approx(1000 * (1000 * 0.125 + 200 * 1) / 1e6)


def test_verbosity_is_shown_and_can_be_switched(real_cli: Cli) -> None:
    asked = ("cost", "claude-opus-5", "gpt-5-mini", "--task", "reasoning", "--as-of", "2026-11-23", "--json")
    own, equal = (real_cli(*asked, "--verbosity", kind).json["data"]["options"] for kind in ("own", "equal"))
    assert max(row["output_tokens"][1] for row in own) > 4000
    assert {row["output_tokens"][1] for row in equal} == {800}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "missing argument MODELS"),
        (("--usage", "log.jsonl", "--gpu", "RTX 4090"), "--gpu says nothing of a log"),
        (("gpt-nonsense-9",), "unknown model"),
        (("gpt-5-mini", "--api-share", "2"), "not between 0 and 1"),
        (("gpt-5-mini", "--router-accuracy", "often"), "--router-accuracy"),
        (("gpt-5-mini", "--volumes", "some"), "--volumes"),
        (("gpt-5-mini", "--volumes", "0"), "The smallest is 1"),
        (("gpt-5-mini", "--cached-share", "1.5"), "--cached-share"),
        (("gpt-5-mini", "--top", "none"), "--top"),
        (("gpt-5-mini", "--purchase-usd", "100"), "no flag names"),
        (("gpt-5-mini", "--usage", "/nowhere.jsonl"), "cannot be read"),
    ],
)
def test_bad_input_says_what_and_where(real_cli: Cli, words: tuple[str, ...], says: str) -> None:
    ran = real_cli("cost", *words)
    assert ran.status == 2
    assert says in ran.err
    assert ran.out == ""


def test_nothing_within_the_budget_is_an_answer(real_cli: Cli) -> None:
    ran = real_cli(*ASKED, "--budget", "0")
    assert ran.status == 3
    assert "Nothing qualifies" in ran.out
    assert "budget" in ran.out


def test_a_budget_of_nothing_and_free_electricity(real_cli: Cli) -> None:
    asked = ("cost", "qwen3-8b", "gpt-5-mini", "--gpu", "RTX 4090", "--budget", "0", "--requests-per-month", "1000")
    options = real_cli(*asked, "--kwh-usd", "0", "--as-of", "2026-11-23", "--json").json["data"]["options"]
    assert {row["host"] for row in options} == {"self"}
    assert {row["usd_per_month"][1] for row in options} == {0}
