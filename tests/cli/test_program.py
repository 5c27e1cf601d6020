"""What a command line gives to a command."""

from typing import Any

import pytest

from llmselect.cli.framework.commands import GROUPS, load, names
from llmselect.cli.framework.flags import RECOMMEND
from llmselect.cli.framework.program import read
from llmselect.cli.recommend import recommend
from llmselect.errors import LlmselectError

COMMANDS = [name for name in names() if name not in GROUPS]


def _given(*words: str) -> dict[str, Any]:
    """The flags that a line gives, without those that it leaves out."""
    call = read(words)
    assert call is not None
    return {name: value for name, value in call.given.items() if value not in (None, False, [])}


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("--task qa", {"task": "qa"}),
        ("--task=qa", {"task": "qa"}),
        ("--task=", {"task": ""}),
        ("--task qa --task math", {"task": "math"}),
        ("--budget -1 --kwh-usd=-2", {"budget": "-1", "kwh_usd": "-2"}),
        ("--needs tools --needs=a=b", {"needs": ["tools", "a=b"]}),
        ("--json --offline", {"json": True, "offline": True}),
        ("-o x.md --gpu é", {"output": "x.md", "gpu": "é"}),
        ("-ox.md", {"output": "x.md"}),
        ("--debug", {}),
        ("", {}),
    ],
)
def test_flags_are_given_unread(line: str, given: dict[str, Any]) -> None:
    assert _given("recommend", *line.split()) == given
    assert _given("--debug", "recommend", *line.split()) == given


def test_every_flag_is_given_by_its_name() -> None:
    call = read(["recommend"])
    assert call is not None
    assert call.body is recommend
    assert call.given.keys() == {*(flag.name for flag in RECOMMEND), "interactive"}


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("show gpt-4", {"model": "gpt-4"}),
        ("show --json gpt-4", {"model": "gpt-4", "json": True}),
        ("show -- --json", {"model": "--json"}),
        ("cost a --volumes 1k b", {"model": ["a", "b"], "volumes": ["1k"]}),
        ("compare", {}),
        ("catalog add --from 2026-01-01", {"from_": "2026-01-01"}),
    ],
)
def test_arguments_stand_anywhere(line: str, given: dict[str, Any]) -> None:
    assert _given(*line.split()) == given


@pytest.mark.parametrize("line", ["show a b", "recommend qa", "catalog path x", "check", "--task qa", "catalog show"])
def test_what_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(LlmselectError):
        read(line.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_its_own_flags(name: str) -> None:
    command = load(name)
    words = [word for flag in command.flags for word in (flag.spellings[-1], *(["x"] if flag.kind != "switch" else []))]
    argument = command.argument
    given = _given(*name.split(), *words, *(["y"] if argument else []))
    expected = {flag.name: {"switch": True, "list": ["x"], "text": "x"}[flag.kind] for flag in command.flags}
    assert given == expected | ({argument.name: ["y"] if argument.many else "y"} if argument else {})


@pytest.mark.parametrize("name", COMMANDS)
def test_summaries_are_the_first_paragraphs_of_the_helps(name: str) -> None:
    group, _, own = name.rpartition(" ")
    first = (load(name).body.__doc__ or "").partition("\n\n")[0]
    assert " ".join(first.split()) == GROUPS[group].commands[own]
