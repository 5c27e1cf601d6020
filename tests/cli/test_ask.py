"""`ask` through pipes and files, and `recommend --interactive`."""

import io
import json
from pathlib import Path

import pytest
import yaml

from llmselect.cli.reproduce import recommend_command
from tests.ask.scenarios import SCENARIOS, read
from tests.cli.conftest import Cli

DAY = "2026-11-25"


def _type(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.fixture(autouse=True)
def own_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The machine that tests run on is not offered, and profiles are saved in a folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("llmselect.cli.interview._detected", lambda: None)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_answers_give_what_the_flags_give(path: Path, real_cli: Cli, tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text(path.read_text(encoding="utf-8") + f"as_of: {DAY}\n")
    asked = real_cli("ask", "--answers", str(answers), "--json")
    command = recommend_command({**read(path), "as_of": DAY})
    assert asked.status == 0
    assert command in asked.err
    import shlex

    flags = real_cli(*shlex.split(command)[1:], "--json")
    assert asked.out == flags.out
    numbered = [line for line in asked.err.splitlines() if line[:1].isdigit()]
    assert 6 <= len(numbered) <= 12


def test_numbers_through_a_pipe(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    _type(monkeypatch, "3\n4\nHome 24GB\nb\n\n1\n1\nd\n1\n1k\ne\n")
    ran = cli("ask", "--json")
    assert ran.status in (0, 3)
    needs = ran.json["data"]["requirements"]
    assert (needs["task"], needs["offline"], needs["gpu"]) == ("qa", True, "Home 24GB")
    assert (needs["requests_per_month"], needs["budget"], needs["response_time"]) == (1000, None, "real-time")
    assert "What you did not know" in ran.err
    assert "--gpu 'Home 24GB'" in ran.err


def test_the_end_of_the_input_keeps_the_answers_and_resume_goes_on(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, own_data: Path
) -> None:
    _type(monkeypatch, "3\n2\n")
    ran = cli("ask")
    assert ran.status == 130
    assert ran.out == ""
    assert str(own_data.parent / "ask.json") in ran.err.replace("\n", "")
    _type(monkeypatch, "e\n")
    ran = cli("ask", "--resume", "--json")
    assert ran.json["data"]["requirements"]["task"] == "qa"
    assert "Going on after 2 answers" in ran.err
    ran = cli("ask", "--resume")
    assert (ran.status, "no questionnaire" in ran.err) == (2, True)


@pytest.mark.parametrize("content", ["{", "[]", '{"version": 1}', '{"version": 9, "given": [], "fixed": {}}'])
def test_a_broken_session_is_no_fault_of_the_program(content: str, cli: Cli, own_data: Path) -> None:
    (own_data.parent).mkdir(parents=True, exist_ok=True)
    (own_data.parent / "ask.json").write_text(content)
    ran = cli("ask", "--resume")
    assert ran.status == 2
    assert "Begin again" in ran.err


def test_answers_from_stdin_and_a_profile_that_says_the_same(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _type(monkeypatch, "task: qa\ngpu: Home 24GB\nbudget: 100\nmin_score: {mmlu: 10}\n")
    saved = tmp_path / "mine.yaml"
    asked = cli("ask", "--answers", "-", "--save", str(saved), "--json")
    assert "taken as it is: min_score" in asked.err
    assert yaml.safe_load(saved.read_text())["gpu"] == "Home 24GB"
    assert cli("recommend", "--profile", str(saved), "--json").out == asked.out


@pytest.mark.parametrize(
    ("text", "place"),
    [("tsak: qa\n", "stdin:1: unknown field 'tsak'"), ("task: [\n", "stdin:"), ("- qa\n", "stdin: not a mapping"),
     ("task: cooking\n", "stdin:1: task: "), ("gpu: RTX 4711\n", "unknown device"), ("", "the file says nothing")],
)  # fmt: skip
def test_bad_answers_say_where(text: str, place: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    _type(monkeypatch, text)
    ran = cli("ask", "--answers", "-")
    assert ran.status == 2
    assert ran.out == ""
    assert place in ran.err


def test_flags_that_contradict(cli: Cli) -> None:
    assert cli("ask", "--answers", "-", "--resume").status == 2
    assert cli("ask", "--save", "nowhere/x.yaml").status == 2
    assert cli("ask", "--lang", "klingon").status == 2


def test_interactive_asks_what_the_flags_leave_open(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    _type(monkeypatch, "1\n1\n1\ns\n1\n2\ne\n")
    ran = cli("recommend", "--interactive", "--task", "qa", "--gpu", "Home 24GB", "--json")
    needs = json.loads(ran.out)["data"]["requirements"]
    assert (needs["task"], needs["gpu"], needs["requests_per_month"]) == ("qa", "Home 24GB", 20000)
    assert "What should the model do" not in ran.err
    assert "On which machine" not in ran.err


def test_the_locale_chooses_the_language(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_MESSAGES", "zh_TW.UTF-8")
    _type(monkeypatch, "1\n夠了\n")
    ran = cli("ask")
    assert "第 1 題，最多 12 題" in ran.err
    assert "品質" in ran.out


def test_commands_are_quoted_and_ordered_as_in_the_help() -> None:
    fields = {"weight": {"cost": 3}, "gpu": "RTX 3090", "offline": True, "strict": False, "deployment": ["api"]}
    assert recommend_command(fields, "my file.yaml") == (
        "llmselect recommend --gpu 'RTX 3090' --deployment api --offline --weight cost=3 --profile 'my file.yaml'"
    )
