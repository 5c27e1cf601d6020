"""A person who knows none of the flags is asked at most ten questions and gets the answer of one who knows all."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from llmselect.ask.questions import questions
from llmselect.ask.session import MOST, Session
from llmselect.catalog.load import load
from llmselect.catalog.schema import Catalog
from llmselect.cli.interview import Rankings
from llmselect.engine.preview import Preview
from llmselect.requirements import parse
from tests.ask.scenarios import SCENARIOS, read, walked

DAY = {"as_of": "2026-11-25"}


@cache
def _catalog() -> Catalog:
    return load(Path(__file__).parents[2] / "catalog")


@pytest.fixture(scope="module")
def sessions() -> dict[str, Session]:
    """Each scenario's session, walked once."""
    rank = Rankings(_catalog(), None)
    return {path.stem: walked(read(path), questions(), rank, Session(fixed=DAY)) for path in SCENARIOS}


def _first(fields: dict[str, Any]) -> tuple[str, ...]:
    return Preview(parse(fields), _catalog()).first


def test_there_are_ten() -> None:
    assert len(SCENARIOS) == 10


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_ten_questions_reach_the_answer_of_all_flags(path: Path, sessions: dict[str, Session]) -> None:
    session = sessions[path.stem]
    assert len(session.given) <= MOST
    assert _first(session.fields)[0] == _first({**DAY, **read(path)})[0]


def test_the_first_three_are_the_same_too_for_nine_of_ten(sessions: dict[str, Session]) -> None:
    same = [_first(sessions[path.stem].fields) == _first({**DAY, **read(path)}) for path in SCENARIOS]
    assert sum(same) >= 9


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_documents_five_come_first_and_volume_and_hardware_always(path: Path, sessions: dict[str, Session]) -> None:
    order = [given.question for given in sessions[path.stem].given]
    five = [name for name in order if name in ("task", "environment", "performance", "resources", "domain")]
    assert five == ["task", "environment", "performance", "resources", "domain"]
    assert order[0] == "task"
    assert "volume" in order
    own_machines = read(path)["deployment"] != ["api", "managed"]
    assert ("hardware" in order) == own_machines
