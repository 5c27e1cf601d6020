"""A person who knows none of the flags is asked at most twelve questions and gets the answer of one who knows all."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from llmselect.ask.questions import questions
from llmselect.ask.session import MAX_QUESTIONS, Session
from llmselect.catalog.load import open_catalog
from llmselect.cli.interview import Rankings
from llmselect.engine.facts import Facts
from llmselect.engine.preview import preview
from llmselect.requirements import parse
from tests.ask.scenarios import SCENARIOS, read, walked

DAY = {"as_of": "2026-11-25"}


@cache
def _facts() -> Facts:
    return Facts(open_catalog(Path(__file__).parents[2] / "catalog"))


@cache
def _session(path: Path) -> Session:
    """A scenario's session, walked once."""
    return walked(read(path), questions(), _rank(), Session(fixed=DAY))


@cache
def _rank() -> Rankings:
    return Rankings(_facts(), None)


@cache
def _firsts(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first models after the session, and with all flags."""
    return _first(_session(path).fields), _first({**DAY, **read(path)})


def _first(fields: dict[str, Any]) -> tuple[str, ...]:
    return preview(parse(fields), _facts()).top_models


def test_there_are_ten() -> None:
    assert len(SCENARIOS) == 10


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_twelve_questions_reach_the_answer_of_all_flags(path: Path) -> None:
    assert len(_session(path).given) <= MAX_QUESTIONS
    asked, flags = _firsts(path)
    assert asked[0] == flags[0]


def test_the_first_three_are_the_same_too_for_nine_of_ten() -> None:
    same = [asked == flags for asked, flags in map(_firsts, SCENARIOS)]
    assert sum(same) >= 9


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_documents_five_come_first_and_volume_and_hardware_always(path: Path) -> None:
    order = [given.question for given in _session(path).given]
    five = [name for name in order if name in ("task", "environment", "performance", "resources", "domain")]
    assert five == ["task", "environment", "performance", "resources", "domain"]
    assert order[0] == "task"
    assert "volume" in order
    own_machines = read(path)["deployment"] != ["api", "managed"]
    assert ("hardware" in order) == own_machines
