"""The usual notice of a host is the median over its notices, each counted once."""

from datetime import date
from pathlib import Path

import pytest

from llmselect.catalog.ended import EndedFile, EndedIds
from llmselect.catalog.load import load
from llmselect.catalog.notices import UsualNotice, usual_notices
from llmselect.catalog.schema import Catalog
from tests import factories


def _ids(announced: str | None, ended: str, *ids: str) -> EndedIds:
    day = date.fromisoformat(announced) if announced else None
    return EndedIds(ids=ids, kind="chat", announced=day, ended=date.fromisoformat(ended), source=("s",))


def _catalog(*rows: EndedIds) -> Catalog:
    ended = EndedFile.model_validate({"sources": factories.SOURCES, "ended": {"acme": rows}})
    return factories.catalog([factories.model("one")]).model_copy(update={"ended": ended})


@pytest.mark.parametrize(
    ("rows", "days", "notices"),
    [
        ([_ids("2024-01-01", "2024-01-31", "a")], 30.0, 1),
        ([_ids("2024-01-01", "2024-01-31", "a"), _ids("2024-01-01", "2024-03-01", "b")], 45.0, 2),
        # one clearing of many ids is one notice, in one row or several
        ([_ids("2024-01-01", "2024-01-11", *"abcdef"), _ids("2024-02-01", "2024-03-02", "g")], 20.0, 2),
        ([_ids("2024-01-01", "2024-01-11", "a"), _ids("2024-01-01", "2024-01-11", "b")], 10.0, 1),
        # an end that was never announced says nothing
        ([_ids(None, "2024-01-31", "a"), _ids("2024-01-01", "2024-01-31", "b")], 30.0, 1),
    ],
)
def test_the_median_over_notices(rows: list[EndedIds], days: float, notices: int) -> None:
    assert usual_notices(_catalog(*rows)) == {"acme": UsualNotice(days, notices)}


def test_a_host_without_a_notice_has_none() -> None:
    assert usual_notices(_catalog(_ids(None, "2024-01-31", "a"))) == {}


def test_offerings_and_ended_ids_count_together(small_catalog: Path) -> None:
    # 2026-05-02 to 2027-06-01, 2022-01-01 to 2022-01-31, 2023-01-01 to 2023-03-02: 395, 30 and 60 days
    assert usual_notices(load(small_catalog)) == {"globex": UsualNotice(60.0, 3)}
