"""Help: groups, an example, side effects and exit statuses; examples that work."""

import re
import shlex

import pytest

from llmselect.cli.framework.flags import RECOMMEND
from tests.cli.conftest import Cli

COMMANDS: tuple[list[str], ...] = (
    [],
    ["recommend"],
    ["show"],
    ["list"],
    ["tree"],
    ["replace"],
    ["compare"],
    ["recheck"],
    ["cost"],
    ["check"],
    ["catalog"],
    ["catalog", "check"],
    ["catalog", "path"],
    ["catalog", "status"],
    ["catalog", "refresh"],
    ["catalog", "add"],
)
NOT_RUN = ("my-catalog", "requests.jsonl", "src", "refresh", "add", "DECISION.md")  # these read files, or the network


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_help_ends_with_examples_effects_and_statuses(cli: Cli, command: list[str]) -> None:
    ran = cli(*command, "--help")
    assert ran.status == 0
    places = [ran.out.index(f"\n{title}") for title in ("Example", "Side effects:", "Exit statuses:")]
    assert places == sorted(places)
    assert "..." not in ran.out.replace("[ARGS]...", "").replace("0...1", "")


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_help_keeps_to_the_width(cli: Cli, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = cli("recommend", "--help").out.partition("Examples:")[0].splitlines()
    assert max(len(line) for line in lines if "|" not in line) <= columns


def test_groups_come_in_the_table_order(cli: Cli) -> None:
    text = cli("recommend", "--help").out
    titles = list(dict.fromkeys(flag.group for flag in RECOMMEND))
    places = [text.index(f"\n{title.split(' (')[0]}") for title in titles]
    assert places == sorted(places)
    for flag in RECOMMEND:
        assert re.search(rf"(^|\s){flag.spellings[0]}\s", text)


def _examples(cli: Cli, command: list[str]) -> list[str]:
    """The examples at the end of a command's help."""
    return re.findall(r"^  (llmselect .+)$", cli(*command, "--help").out, re.MULTILINE)


def _also_elsewhere(cli: Cli, command: list[str], example: str) -> bool:
    """Whether an example stands in the help of its own command too, and is run there."""
    words = shlex.split(example)[1:]
    own = max((one for one in COMMANDS if words[: len(one)] == one), key=len)
    return own != command and example in _examples(cli, own)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_examples_in_help_work(real_cli: Cli, command: list[str]) -> None:
    examples = _examples(real_cli, command)
    assert examples
    for example in examples:
        words = shlex.split(example)[1:]
        if not set(words) & set(NOT_RUN) and not _also_elsewhere(real_cli, command, example):
            assert real_cli(*words).status == 0, example


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_h_is_help(cli: Cli, command: list[str]) -> None:
    assert cli(*command, "-h") == cli(*command, "--help")


def test_version_and_no_arguments(cli: Cli) -> None:
    assert re.fullmatch(r"llmselect \d+\.\d+\.\d+\n", cli("--version").out)
    assert cli().out == cli("--help").out
    assert cli("catalog").out == cli("catalog", "--help").out
