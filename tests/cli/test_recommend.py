"""`recommend`: what it prints in each format, where its values come from, where the answer goes."""

import csv
import io
import os
from pathlib import Path

import pytest

from llmselect.hardware import detect as detect_module
from llmselect.hardware.detect import Detected
from tests.cli.conftest import Cli

DAY = ("--as-of", "2026-11-23")
HOME = ("recommend", *DAY, "--gpu", "Home 24GB")
QUESTIONS = ("--compute", "low", "--response-time", "batch", "--domain", "specific")
ANSWER = "Best choice: "


def test_the_first_line_answers(cli: Cli) -> None:
    ran = cli(*HOME)
    assert ran.status == 0
    assert ran.err == ""
    first, figures = ran.out.split("\n\n")[:2]
    assert first.startswith("Giant 1 at globex")
    for part in (" % quality", "speed not published", "$", " a month for "):
        assert part in figures.replace("\n", " ")


def test_sections_stand_in_order(cli: Cli) -> None:
    first = cli(*HOME, "--license", "osi").out
    titles = ["\nWhy ", "\nTo begin ", "\n#  model", "\nAssumed ", "\nMore "]
    assert [first.index(title) for title in titles] == sorted(first.index(title) for title in titles)
    out = cli(*HOME, "--license", "osi", "--explain").out
    titles = [
        ANSWER,
        "\nWhy: ",
        "\nAssumed: ",
        "\n#  model",
        "\nquality: expected score",
        "\nExcluded models: ",
        "\nCatalogue of ",
    ]
    assert [out.index(title) for title in titles] == sorted(out.index(title) for title in titles)


def test_nothing_is_hidden_from_explain(cli: Cli) -> None:
    ran = cli(*HOME, "--license", "osi", "--json")
    table = cli(*HOME, "--license", "osi", "--explain").out
    for row in ran.json["data"]["excluded"]:
        assert row["name"] in table
        for reason in row["reasons"]:
            assert f"{reason['rule']}: " in table
    for flag in ran.json["data"]["assumed"]:
        assert flag in table


@pytest.mark.parametrize("columns", ["60", "80", "120", "200"])
def test_lines_keep_to_the_width(cli: Cli, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = cli(*HOME, "--explain").out.splitlines()
    longest_word = max(len(word) for line in lines for word in line.split())
    assert max(map(len, lines)) <= max(int(columns), longest_word + 6)


def test_a_pipe_gets_neither_colour_nor_boxes(cli: Cli) -> None:
    out = cli(*HOME, "--explain", "--all-options").out
    assert "\x1b" not in out
    assert not set(out) & set("│┃┏━─┓")
    assert "\u00a0" not in out


def test_an_empty_answer_helps_and_ends_with_3(cli: Cli) -> None:
    ran = cli(*HOME, "--context-tokens", "6000", "--deployment", "self-host")
    assert ran.status == 3
    assert ran.err == ""
    assert ran.out.startswith("Nothing qualifies")
    assert "In the way  context (2 models), hosting (1)" in ran.out
    assert "--context-tokens 4096 admits Small 7B Chat" in ran.out
    data = cli(*HOME, "--context-tokens", "6000", "--deployment", "self-host", "--json")
    assert data.status == 3
    assert data.json["status"] == "empty"
    assert data.json["data"]["relaxations"][0]["changes"][0] == {"field": "context_tokens", "from": 6000, "to": 4096}


def test_the_document_stands_beside_the_answer(cli: Cli) -> None:
    ran = cli("recommend", *DAY, "--task", "qa", *QUESTIONS)
    assert ran.out.startswith("Giant 1 at globex. globex ends it on ")
    words = " ".join(ran.out.split())
    assert "In 2024 the article that llmselect began with would have said Small-7B." in words
    assert "instruct: needs an instruction-tuned" in words


def test_the_document_policy_puts_its_answer_first(cli: Cli) -> None:
    ran = cli("recommend", *DAY, "--task", "qa", *QUESTIONS, "--policy", "document")
    assert ran.out.splitlines()[0] == "Small-7B"
    assert "\nToday: Giant 1 at globex. globex ends it on " in ran.out


def test_both_spellings_mean_the_same(cli: Cli) -> None:
    one = cli("recommend", *DAY, "--response-time", "real_time", "--json").out
    assert one == cli("recommend", *DAY, "--response-time", "real-time", "--json").out


def test_repeated_flags_and_commas_mean_the_same(cli: Cli) -> None:
    one = cli("recommend", *DAY, "--needs", "tools,streaming", "--weight", "cost=2,quality=1", "--json")
    repeated = ["--needs", "tools", "--needs", "streaming", "--weight", "cost=2", "--weight", "quality=1"]
    two = cli("recommend", *DAY, *repeated, "--json")
    assert one.json["data"]["requirements"]["needs"] == ["tools", "streaming"]
    assert one.out == two.out


def test_top_cuts_the_ranking_alone(cli: Cli) -> None:
    one, all_of_them = cli(*HOME, "--top", "1", "--json").json["data"], cli(*HOME, "--json").json["data"]
    assert len(one["recommendations"]) == 1
    assert one["recommendations"][0] == all_of_them["recommendations"][0]
    assert one["excluded"] == all_of_them["excluded"]


def test_the_same_question_gives_the_same_bytes(cli: Cli) -> None:
    assert len({cli(*HOME, "--explain").out for _ in range(3)}) == 1


def test_csv_has_one_row_for_each_model(cli: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(cli(*HOME, "--format", "csv").out)))
    ranked = cli(*HOME, "--json").json["data"]["recommendations"]
    assert [row["option"] for row in rows] == [row["option"] for row in ranked]
    assert float(rows[0]["score"]) == ranked[0]["score"]
    assert float(rows[0]["cost"]) == ranked[0]["criteria"]["cost"]["interval"][1]
    assert rows[0]["pareto"] in ("true", "false")


def test_csv_lists_every_option_where_asked(cli: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(cli(*HOME, "--format", "csv", "--all-options").out)))
    ranked = cli(*HOME, "--json").json["data"]["recommendations"]
    assert len(rows) == sum(1 + len(row["also_at"]) for row in ranked)
    assert len({row["option"] for row in rows}) == len(rows)


def test_markdown_has_the_same_content(cli: Cli) -> None:
    out = cli(*HOME, "--format", "markdown").out
    assert f"\n**{ANSWER}" in out
    assert "\n| # | model | where | quality |" in out
    assert "\n## What each score consists of\n" in out


def test_explain_adds_arithmetic_and_sources(cli: Cli) -> None:
    out = cli(*HOME, "--explain").out.replace("\n", " ")
    assert " weights + " in out
    assert "KV cache" in out
    assert "https://acme.test/small-7b-chat" in out
    assert "read 2026-11-20" in out


def test_labels_in_chinese(cli: Cli) -> None:
    out = cli(*HOME, "--lang", "zh").out
    for label in ("假設", "模型", "理由", "更多"):
        assert label in out
    assert cli(*HOME, "--lang", "zh", "--explain").out.startswith("首選：")


def test_output_goes_into_a_file_whole(cli: Cli, tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    target.write_text("old")
    target.chmod(0o640)
    ran = cli(*HOME, "--json", "-o", str(target))
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert target.read_text(encoding="utf-8") == cli(*HOME, "--json").out
    assert target.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["answer.json"]


def test_a_failed_write_leaves_the_old_file(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "answer.txt"
    target.write_text("old")
    monkeypatch.setattr(os, "replace", _full_disk)
    ran = cli(*HOME, "-o", str(target))
    assert ran.status == 2
    assert "cannot be written" in ran.err
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["answer.txt"]


def _full_disk(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_device_is_written_to_and_not_replaced(cli: Cli) -> None:
    assert cli(*HOME, "-o", os.devnull).status == 0
    assert not Path(os.devnull).is_file()


def test_flags_go_before_environment_before_profile(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = tmp_path / "mine.yaml"
    profile.write_text("task: qa\nbudget: 100\nconcurrency: 2\ngpu: Home 24GB\n")
    monkeypatch.setenv("LLMSELECT_BUDGET", "200")
    monkeypatch.setenv("LLMSELECT_CONCURRENCY", "3")
    ran = cli("recommend", *DAY, "--profile", str(profile), "--concurrency", "4", "--json")
    needs = ran.json["data"]["requirements"]
    assert (needs["task"], needs["budget"], needs["concurrency"], needs["gpu"]) == ("qa", 200, 4, "Home 24GB")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("budgt: 3\n", "unknown field 'budgt'"),
        ("task: poetry\n", ":1: task: 'poetry'"),
        ("strict: yes\n", ":1:9: "),
        ("- qa\n", "not a mapping"),
        ("task: [\n", "not valid YAML"),
    ],
)
def test_a_bad_profile_is_named(cli: Cli, tmp_path: Path, text: str, message: str) -> None:
    profile = tmp_path / "mine.yaml"
    profile.write_text(text)
    ran = cli("recommend", "--profile", str(profile))
    assert ran.status == 2
    assert str(profile) in ran.err
    assert message in ran.err


def test_a_bad_variable_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMSELECT_TASK", "poetry")
    assert "LLMSELECT_TASK" in cli("recommend").err


def test_a_hardware_file_stands_below_flags(cli: Cli, tmp_path: Path) -> None:
    machine = tmp_path / "machine.yaml"
    machine.write_text("gpu: Home 24GB\nram: 64GiB\nkwh_usd: 0.3\n")
    needs = cli("recommend", *DAY, "--hardware", str(machine), "--ram", "32GiB", "--json").json["data"]["requirements"]
    assert (needs["gpu"], needs["ram"], needs["kwh_usd"], needs["hardware"]) == ("Home 24GB", 32, 0.3, None)


def test_a_hardware_file_holds_hardware_alone(cli: Cli, tmp_path: Path) -> None:
    machine = tmp_path / "machine.yaml"
    machine.write_text("task: qa\n")
    ran = cli("recommend", "--hardware", str(machine))
    assert ran.status == 2
    assert "unknown field 'task'" in ran.err


def test_hardware_of_flags_replaces_that_of_the_profile(cli: Cli, tmp_path: Path) -> None:
    profile = tmp_path / "mine.yaml"
    profile.write_text("hardware: Big 80GB\ngpus: 2\n")
    needs = cli("recommend", *DAY, "--profile", str(profile), "--gpu", "Home 24GB", "--json").json["data"][
        "requirements"
    ]
    assert (needs["hardware"], needs["gpu"], needs["gpus"]) == (None, "Home 24GB", 1)


def test_auto_detects_this_machine(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Detected(64.0, "Some CPU", 8, (("Chips Home", 24.0),))
    monkeypatch.setattr(detect_module, "detect", lambda: found)
    row = cli("recommend", *DAY, "--hardware", "auto", "--deployment", "self-host", "--json").json["data"]
    assert row["recommendations"][0]["hardware"] == "1 x Home 24GB"
