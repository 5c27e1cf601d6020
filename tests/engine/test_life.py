"""How long offerings last, as it could be known on a day: cases by hand, and laws on drawn lives."""

from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmselect.catalog.load import load
from llmselect.catalog.notices import usual_notices
from llmselect.engine import life
from llmselect.engine.life import Lives
from tests import factories

TODAY = date(2026, 12, 1)


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def _lives(**dates: str | float) -> Lives:
    """One life: days as text; unless given nothing is known but that it was listed today, and a notice of 90 days."""
    known: dict[str, str | float] = {"last_seen_day": "2026-12-01", "listed_day": "2026-12-01", "notice_days": 90.0}
    given = {name: _day(found) if isinstance(found, str) else found for name, found in (known | dates).items()}
    return Lives(**{field.name: np.array([given.get(field.name, np.nan)], dtype=np.float64) for field in fields(Lives)})


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ({"announced_day": "2026-03-01"}, "2026-03-01"),
        ({"announced_day": "2026-03-01", "deprecated_day": "2026-06-01"}, "2026-03-01"),
        ({"deprecated_day": "2026-06-01"}, "2026-06-01"),
        ({}, "2027-01-01"),  # the usual 90 days before
        ({"released_day": "2027-02-01"}, "2027-02-01"),  # nothing ends before it is there
    ],
)
def test_from_when_an_end_could_be_known(dates: dict[str, str], day: str) -> None:
    assert life.announcement_day(_lives(shutdown_day="2027-04-01", **dates)) == _day(day)


@pytest.mark.parametrize(
    ("as_of", "known"),
    [("2026-02-28", False), ("2026-03-01", True), ("2026-09-01", True), ("2027-01-01", True)],
)
def test_no_hindsight(as_of: str, known: bool) -> None:
    end = life.known_end_day(_lives(announced_day="2026-03-01", shutdown_day="2026-09-01"), _day(as_of))
    assert (end == _day("2026-09-01")) == known
    assert np.isnan(end) != known


def test_what_is_over_is_known_whenever_it_was_announced() -> None:
    surprise = _lives(announced_day="2026-09-02", shutdown_day="2026-09-01")
    assert life.known_end_day(surprise, _day("2026-09-01")) == _day("2026-09-01")


@pytest.mark.parametrize(
    ("shutdown", "horizon", "soon", "too_soon"),
    [
        ("2026-12-12", "2027-02-01", True, True),
        ("2027-02-01", "2027-02-01", True, True),
        ("2027-02-02", "2027-02-01", True, False),
        ("2027-06-02", "2027-02-01", True, False),  # day 183
        ("2027-06-03", "2027-02-01", False, False),
        ("2027-06-03", "2027-12-01", False, True),
        ("2026-12-12", "2026-12-05", True, False),
    ],
)
def test_ends_by_how_soon_they_come(shutdown: str, horizon: str, soon: bool, too_soon: bool) -> None:
    found, today = _lives(announced_day="2026-11-01", shutdown_day=shutdown), TODAY.toordinal()
    assert life.ends_soon(found, today) == soon
    assert life.ends_too_soon(found, today, _day(horizon)) == too_soon


@pytest.mark.parametrize(
    ("dates", "unseen"),
    [
        ({}, False),
        ({"last_seen_day": "2026-06-04"}, False),  # 180 days
        ({"last_seen_day": "2026-06-03"}, True),
        ({"last_seen_day": np.nan}, True),
        # a source dropped the host: what it listed last is not thereby dead
        ({"last_seen_day": "2024-01-01", "listed_day": "2024-02-01"}, False),
        ({"last_seen_day": "2023-01-01", "listed_day": "2024-02-01"}, True),
        # a closed model that its developer has ended: a list says nothing, an end to come of the host's own does
        ({"developer_end_day": "2026-11-30"}, True),
        ({"developer_end_day": "2026-12-02"}, False),
        ({"developer_end_day": "2026-11-30", "shutdown_day": "2027-04-01"}, False),
        ({"developer_end_day": "2026-11-30", "shutdown_day": "2026-11-01"}, False),  # over, which is known
    ],
)
def test_what_says_that_it_is_still_served(dates: dict[str, str | float], unseen: bool) -> None:
    assert life.unseen(_lives(**dates), TODAY.toordinal()) == unseen


def test_an_old_catalogue_keeps_answering() -> None:
    found = _lives(last_seen_day="2026-11-17", listed_day="2026-11-17")
    assert not life.unseen(found, _day("2028-12-01"))


@pytest.mark.parametrize(
    ("deprecated", "needed", "undecided"),
    [("2026-11-01", "2026-12-01", False), ("2026-11-01", "2027-01-30", True), ("2026-08-01", "2026-12-01", True)],
)
def test_advised_against_without_an_end(deprecated: str, needed: str, undecided: bool) -> None:
    found = _lives(deprecated_day=deprecated)
    assert life.end_undecided(found, TODAY.toordinal(), _day(needed)) == undecided


def test_legacy_is_what_every_host_has_ended() -> None:
    ends = np.array([_day("2025-01-01"), _day("2025-06-01"), np.nan, _day("2025-01-01"), _day("2027-01-01")])
    columns = {field.name: np.full(5, np.nan) for field in fields(Lives)} | {"shutdown_day": ends}
    models = np.array([0, 0, 1, 1, 2])
    assert life.legacy(Lives(**columns), models, 4, TODAY.toordinal()).tolist() == [True, False, False, False]


DAYS = st.one_of(st.just(np.nan), st.integers(_day("2023-01-01"), _day("2029-12-31")).map(float))
DRAWN = st.fixed_dictionaries({field.name: DAYS for field in fields(Lives)} | {"notice_days": st.floats(0, 400)})


@given(DRAWN, st.integers(_day("2023-01-01"), _day("2029-12-31")), st.integers(0, 700))
def test_laws(drawn: dict[str, float], as_of: int, later: int) -> None:
    lives = Lives(**{name: np.array([value]) for name, value in drawn.items()})
    known, then = life.known_end_day(lives, as_of), life.known_end_day(lives, as_of + later)
    assert np.isnan(known) or known == then  # what was known stays known
    assert not (life.ends_too_soon(lives, as_of, as_of) & ~life.ends_soon(lives, as_of))
    assert not (life.ends_too_soon(lives, as_of, as_of) & ~life.ends_too_soon(lives, as_of, as_of + later))
    assert not (life.unseen(lives, as_of) & ~np.isnan(known))  # what has a known end is not unseen
    assert not (life.unseen(lives, as_of) & ~life.end_undecided(lives, as_of, as_of))


def test_columns_from_the_catalogue() -> None:
    """A closed model at its developer's host and another's; open weights at both; a host that nobody lists any more."""
    source = {"source": "s"}
    day = {"value": "2024-05-01", **source}
    ended = {"announced": {"value": "2024-01-01", **source}, "shutdown": day, "last_seen": None}
    own = factories.host(
        "acme",
        factories.offering("closed", lifecycle={k: v for k, v in ended.items() if v}),
        factories.offering("open", lifecycle={"shutdown": day}),
    )
    other = factories.host(
        "globex",
        factories.offering("closed", lifecycle={"last_seen": {"value": "2024-05-20", **source}}),
        factories.offering("open", lifecycle={"last_seen": {"value": "2023-01-01", **source}}),
    )
    facts = factories.facts_of(factories.catalog([factories.model("closed"), factories.weights("open")], [own, other]))
    rows = {
        (model, host): number
        for number, (model, host) in enumerate(zip(facts.offerings.model, facts.offerings.host, strict=True))
    }
    found = facts.lives
    at = rows["acme/closed", "globex"]
    assert found.developer_end_day[at] == _day("2024-05-01")
    assert found.notice_days[at] == 121  # the median of all hosts: this one never gave notice
    assert np.isnan(found.developer_end_day[rows["acme/open", "globex"]])
    assert found.listed_day[rows["acme/open", "globex"]] == _day("2024-05-20")
    assert np.isnan(found.listed_day[rows["acme/open", "acme"]])


def test_notices_of_the_catalogue_are_believable() -> None:
    """Anthropic promises 60 days, OpenAI half a year, Bedrock half a year; each has given many notices."""
    usual = usual_notices(load())
    assert 60 <= usual["anthropic"].days <= 90
    assert 90 <= usual["openai"].days <= 200
    assert 180 <= usual["bedrock"].days <= 200
    assert min(usual[host].notices for host in ("anthropic", "openai", "bedrock")) >= 5
