"""Command lines that are read without typer: they give what typer gives, and leave to it what is not plain."""

import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pytest

from llmselect.cli import parser
from llmselect.cli.command import Command
from llmselect.cli.commands import GROUPS, load, names
from llmselect.cli.flags import RECOMMEND
from llmselect.cli.words import read
from llmselect.errors import Exit, LlmselectError

COMMANDS = [name for name in names() if name not in GROUPS]
VALUES = ("", "qa", "RTX 3090", "a=b", "8k", "x,y", "é", "0")
ODD = ("--", "-", "-x", "--help", "--no-such", "-o", "--json=1", "--gpu", "-ofile", "-1")


class _Stub(NamedTuple):
    """A command that only tells what it was given."""

    command: Command
    seen: list[dict[str, Any]]


def _stub(name: str) -> _Stub:
    seen: list[dict[str, Any]] = []

    def body(**given: Any) -> Exit:
        seen.append(given)
        return Exit.DONE

    return _Stub(load(name)._replace(body=body), seen)


def _by_typer(name: str, words: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any] | None:
    """What typer gives the command; None where it refuses the line or prints help."""
    stub = _stub(name)
    with monkeypatch.context() as patch:
        patch.setattr(parser, "load", lambda _: stub.command)
        try:
            parser.dispatch([*name.split(), *words])
        except LlmselectError:
            return None
    return stub.seen[0] if stub.seen else None


def _lines(command: Command, draw: random.Random, count: int) -> Iterator[list[str]]:
    """Command lines of flags in both spellings, of loose words, and now and then of something odd."""
    for _ in range(count):
        words: list[str] = []
        for flag in draw.sample(command.flags, draw.randrange(min(5, len(command.flags) + 1))):
            value, spelling = draw.choice(VALUES), draw.choice(flag.spellings)
            attached = spelling == flag.spellings[0] and draw.random() < 0.5
            words += [spelling] if flag.kind == "switch" else [f"{spelling}={value}"] if attached else [spelling, value]
            words += [spelling, value] if flag.kind == "list" and draw.random() < 0.5 else []
        for _ in range(draw.choice((0, 1, 1, 1, 2) if command.argument else (0,) * 9 + (1,))):
            words.insert(draw.randrange(len(words) + 1), draw.choice(VALUES))
        if draw.random() < 0.2:
            words.insert(draw.randrange(len(words) + 1), draw.choice(ODD))
        yield words


@pytest.mark.parametrize("name", COMMANDS)
def test_they_give_what_typer_gives(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    command, plain = load(name), 0
    for words in _lines(command, random.Random(name), 25):
        given = read(command, words)
        if given is not None:
            assert given == _by_typer(name, words, monkeypatch), words
            plain += 1
    assert plain > 5


@pytest.mark.parametrize("words", [*([odd] for odd in ODD), ["--task"], ["--task", "-1"], ["qa"]], ids=" ".join)
def test_what_is_not_plain_is_left_to_typer(words: list[str]) -> None:
    assert read(load("recommend"), words) is None


def test_what_each_kind_of_flag_gives() -> None:
    given = read(
        load("recommend"), ["--task=qa", "--budget=-1", "--needs", "tools", "--needs=a=b", "--json", "--task", ""]
    )
    assert given is not None
    assert given.keys() == {*(flag.name for flag in RECOMMEND), "interactive"}
    assert {name: value for name, value in given.items() if value} == {
        "needs": ["tools", "a=b"],
        "json": True,
        "budget": "-1",
    }
    assert given["task"] == ""
    assert given["gpu"] is None


def test_plain_lines_load_no_typer(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from llmselect.cli.app import run

    monkeypatch.setitem(sys.modules, "llmselect.cli.parser", None)  # to import it is an error
    assert run(["catalog", "path", "--json"]) == 0
    assert run(["catalog", "path", "--no-such"]) == Exit.BUG


def test_summaries_are_the_first_paragraphs_of_the_helps() -> None:
    for name in COMMANDS:
        group, _, own = name.rpartition(" ")
        first = (load(name).body.__doc__ or "").partition("\n\n")[0]
        assert " ".join(first.split()) == GROUPS[group].commands[own]
