"""The one error boundary: two lines, an exit status, JSON where it was asked for, never a traceback."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from llmselect.cli import recommend as recommend_module
from tests.cli.conftest import Cli

CASES: list[tuple[list[str], int, str, str]] = [
    (["recommend", "--taks", "qa"], 2, "unknown flag --taks", "Did you mean --task?"),
    (["recomend"], 2, "unknown command 'recomend'", "Did you mean recommend?"),
    (["catalog", "chek"], 2, "unknown command 'chek'", "Did you mean check?"),
    (["recommend", "--budget", "-1"], 2, "--budget: '-1'", ""),
    (["recommend", "--json=1"], 2, "--json takes no value", "recommend --help"),
    (["recommend", "-x"], 2, "unknown flag -x", "recommend --help"),
    (["recommend", "--", "--task"], 2, "unexpected argument '--task'", ""),
    (["--taks"], 2, "unknown flag --taks", ""),
    (["show", "--", "-x"], 2, "unknown model '-x'", ""),
    (["recommend", "--task"], 2, "--task needs a value", "recommend --help"),
    (["recommend", "--gpu", "Home", "24GB"], 2, "unexpected argument '24GB'", "Quote values with spaces"),
    (["show"], 2, "missing argument MODEL", "show --help"),
    (["show", "small-7b-caht"], 2, "unknown model 'small-7b-caht'", "acme/small-7b-chat"),
    (["recommend", "--task", "codign"], 2, "--task: 'codign' is not one of", "Did you mean coding?"),
    (["recommend", "--gpu", "Home 42GB"], 2, "unknown device 'Home 42GB'", "home-24gb"),
    (["recommend", "--host", "globx"], 2, "unknown host 'globx'", "Did you mean globex?"),
    (["recommend", "--budget", "lots"], 2, "--budget: 'lots'", ""),
    (["recommend", "--as-of", "tomorrow"], 2, "--as-of: 'tomorrow'", ""),
    (["recommend", "--weight", "cost"], 2, "needs the form NAME=NUMBER", ""),
    (["recommend", "--weight", "csot=1"], 2, "csot", "cost"),
    (["recommend", "--min-score", "mmlux=3"], 2, "unknown benchmark 'mmlux'", "mmlu"),
    (["recommend", "--top", "0"], 2, "--top: '0'", "--top 5"),
    (["recommend", "--format", "jsno"], 2, "unknown format 'jsno'", "json"),
    (["recommend", "--lang", "fr"], 2, "'fr'", "en or zh"),
    (["recommend", "--policy", "document"], 2, "missing: --compute, --response-time, --domain", "Add them"),
    (["recommend", "--profile", "/nowhere/p.yaml"], 2, "/nowhere/p.yaml cannot be read", ""),
    (["recommend", "--hardware", "nowhere.yaml"], 2, "nowhere.yaml cannot be read", ""),
    (["recommend", "-o", "/"], 2, "--output: / is a folder", "Name a file"),
    (["recommend", "-o", "/nowhere/x"], 2, "there is no folder /nowhere", ""),
    (["tree", "--task", "qa"], 2, "missing: --compute, --response-time, --domain", "--all"),
    (["tree", "--task", "painting", "--all"], 2, "--task: 'painting' is not one of", ""),
    (["list", "--status", "dead"], 2, "unknown status 'dead'", "active"),
    (["list", "--sort", "colour"], 2, "--sort: 'colour'", ""),
    (["list", "--developer", "Acne"], 2, "unknown developer 'Acne'", "Acme"),
    (["catalog", "check", "/nowhere"], 4, "there is no folder /nowhere", ""),
    (["replace"], 2, "missing argument MODEL", "replace --help"),
    (["replace", "gaint-1"], 2, "unknown model 'gaint-1'", "globex/giant-1"),
    (["replace", "giant-1", "--without", "licence"], 2, "unknown requirement 'licence'", "context-tokens"),
    (["replace", "giant-1", "--without", "needs", "--needs", "tools"], 2, "--without needs contradicts --needs", ""),
    (["replace", "giant-1", "--response-time", "batch"], 2, "unknown flag --response-time", ""),
    (["check"], 2, "missing argument PATHS", "check --help"),
    (["check", "/nowhere"], 2, "there is no file or folder /nowhere", ""),
    (["check", ".", "--host", "globx"], 2, "unknown host 'globx'", "globex"),
    (["check", ".", "--days", "soon"], 2, "--days: 'soon' is no whole number from 1", "--days 90"),
    (["check", ".", "--format", "markdown"], 2, "unknown format 'markdown'", "github"),
    (["catalog", "status", "--days", "0"], 2, "--days: '0'", ""),
    (["catalog", "refresh", "--from", "prices.json"], 2, "--from FILE needs --seen", "--seen 2026-11-20"),
    (["catalog", "refresh", "--from", "x", "--seen", "monday"], 2, "--seen: 'monday' is no date", ""),
    (["catalog", "refresh", "--from", "/nowhere", "--seen", "2026-11-20"], 5, "/nowhere cannot be read", ""),
    (["catalog", "refresh", "--livebench", "t.csv"], 2, "--livebench-categories, --livebench-release", ""),
    (["catalog", "refresh", "--rentals", "r.csv", "--cross-check"], 2, "--cross-check is about the price file", ""),
    (["catalog", "refresh", "--into", "/nowhere"], 2, "there is no folder /nowhere", ""),
    (["catalog", "add"], 2, "a model needs --config, --id, --license too", "--price"),
    (["catalog", "add", "--price", "--host", "globex"], 2, "a price needs --model, --input-usd-per-mtok", ""),
    (["catalog", "add", "--price", "--host", "globex", "--id", "a/b"], 2, "a price takes no --id", ""),
]


@pytest.mark.parametrize(("arguments", "status", "message", "hint"), CASES, ids=[" ".join(case[0]) for case in CASES])
def test_errors_are_two_lines(cli: Cli, arguments: list[str], status: int, message: str, hint: str) -> None:
    ran = cli(*arguments)
    assert ran.status == status
    assert ran.out == ""
    lines = [line for line in ran.err.splitlines() if not line.startswith("reading ")]
    assert len(lines) == 2
    assert lines[0].startswith("error: ")
    assert message in lines[0]
    assert lines[1].startswith("hint: ")
    assert hint in lines[1]


@pytest.mark.parametrize("asking", [["--json"], ["--format", "json"], ["--format=json"]], ids=" ".join)
def test_json_has_the_error_too(cli: Cli, asking: list[str]) -> None:
    ran = cli("recommend", "--task", "codign", *asking)
    assert ran.status == 2
    assert ran.json["status"] == "error"
    assert ran.json["command"] == "recommend"
    assert ran.json["data"] is None
    assert ran.json["errors"][0]["code"] == "bad-value"
    assert ran.json["errors"][0]["message"] in ran.err


def test_json_names_the_command_behind_its_group(cli: Cli) -> None:
    assert cli("catalog", "add", "--json").json["command"] == "catalog add"
    assert cli("catalog", "ad", "--json").json["command"] == "catalog"


def test_no_catalogue_ends_with_4(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LLMSELECT_CATALOG", str(tmp_path))
    for command in (["recommend"], ["list"], ["show", "x"], ["catalog", "path"]):
        assert cli(*command).status == 4


def test_a_broken_catalogue_ends_with_4(cli: Cli, monkeypatch: pytest.MonkeyPatch, small_copy: Path) -> None:
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_copy))
    (small_copy / "tasks.yaml").write_text("sources: 1\n")
    ran = cli("recommend")
    assert ran.status == 4
    assert ran.err.startswith(f"error: {small_copy / 'tasks.yaml'}:1:1: ")
    assert "catalog check" in ran.err


def _broken(**_: Any) -> None:
    raise RuntimeError("a loose wire")


def _interrupted(**_: Any) -> None:
    raise KeyboardInterrupt


def test_our_own_fault_is_one_line_with_a_way_to_report_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recommend_module, "_asked", lambda given, pin: _broken())
    ran = cli("recommend", "--gpu", "Home 24GB")
    assert ran.status == 1
    assert "RuntimeError: a loose wire" in ran.err
    assert "--debug" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("place", [0, 1])
def test_debug_shows_the_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    monkeypatch.setattr(recommend_module, "_asked", lambda given, pin: _broken())
    words = ["recommend"]
    words.insert(place, "--debug")
    with pytest.raises(RuntimeError, match="a loose wire"):
        cli(*words)


def test_interruption_ends_with_130(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recommend_module, "_asked", lambda given, pin: _interrupted())
    ran = cli("recommend")
    assert ran.status == 130
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", ["recommend --explain", "recommend --json", "--help"])
def test_a_reader_that_leaves_is_no_error(command: str, small_catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_catalog))
    program = [sys.executable, "-m", "llmselect", *command.split()]
    writer = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.close()
    complaint = writer.stderr.read().decode()
    writer.stderr.close()
    assert writer.wait(timeout=60) == 0
    assert complaint == ""


def test_an_ascii_terminal_gets_escapes(small_catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_catalog))
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    program = [sys.executable, "-m", "llmselect", "recommend", "--lang", "zh"]
    ran = subprocess.run(program, capture_output=True, check=False)
    assert ran.returncode == 0
    assert b"\\u54c1\\u8cea" in ran.stdout
