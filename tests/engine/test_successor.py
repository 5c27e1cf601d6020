"""A host's word for a successor leads to a model, through those that have ended."""

from datetime import date
from typing import Any

import pytest

from llmselect.catalog.ended import EndedFile
from llmselect.catalog.schema import Catalog
from llmselect.engine.successor import Successors
from tests import factories

DAY = date(2024, 6, 1)


def _life(shutdown: str | None = None, replacement: str | None = None) -> dict[str, Any]:
    given = {"shutdown": shutdown, "replacement": replacement}
    return {name: {"value": value, "source": "s"} for name, value in given.items() if value}


@pytest.fixture
def catalog() -> Catalog:
    """`first` ended and names `second`, which ended and names `third`; two that name each other; old ids."""
    rows = (
        factories.offering("first", lifecycle=_life("2024-01-01", "second")),
        factories.offering("second", lifecycle=_life("2024-05-01", "third")),
        factories.offering("third", lifecycle=_life("2025-01-01", "first")),
        factories.offering("ping", lifecycle=_life("2024-01-01", "pong")),
        factories.offering("pong", lifecycle=_life("2024-01-01", "ping")),
        factories.offering("last", lifecycle=_life("2024-01-01", "the chat endpoint")),
    )
    names = ("first", "second", "third", "ping", "pong", "last")
    ended = {"ids": ["older"], "kind": "chat", "ended": "2023-01-01", "replacement": "first", "source": ["s"]}
    oldest = ended | {"ids": ["oldest"], "replacement": "older"}
    file = EndedFile.model_validate({"sources": factories.SOURCES, "ended": {"acme": [ended, oldest]}})
    made = factories.catalog([factories.model(name) for name in names], [factories.host("acme", *rows)])
    return made.model_copy(update={"ended": file})


@pytest.mark.parametrize(
    ("words", "model"),
    [
        ("first", "acme/third"),
        ("second", "acme/third"),
        ("third", "acme/third"),
        ("the newest of all or second", "acme/third"),
        ("nothing, or third", "acme/third"),
        ("oldest", "acme/third"),
        ("ping", "acme/pong"),
        ("last", "acme/last"),
        ("a model that nobody knows", None),
        ("", None),
        (None, None),
    ],
)
def test_where_a_word_leads(catalog: Catalog, words: str | None, model: str | None) -> None:
    found = Successors(catalog, DAY).of([("acme", words)])
    assert (found.id if found else None) == model


def test_the_day_decides_how_far(catalog: Catalog) -> None:
    found = Successors(catalog, date(2024, 4, 1)).of([("acme", "first")])
    assert found is not None
    assert found.id == "acme/second"


def test_another_hosts_end_is_not_its_own(catalog: Catalog) -> None:
    found = Successors(catalog, DAY).of([("globex", "first")])
    assert found is not None
    assert found.id == "acme/first"
