"""The engine answers what it answered when the recording was made: a sample always, all with `-m recording`."""

from functools import cache
from statistics import mean
from typing import Any

import pytest

from tests.recording.answers import answer_of
from tests.recording.compare import MEAN_WIN_SHARE, Difference, differences, win_share_gaps
from tests.recording.record import catalog_digest, read
from tests.recording.requests import Request

# Kinds of differences that are meant: where fields are relaxed by rungs of a ladder and no longer by cents.
ACCEPTED = frozenset(("relaxation steps",))
# Single differences that are meant, by request: what is expected of a successor rests on the scores of the model which
# is replaced; that one only takes no part in the ranking.
ACCEPTED_AT = {"replace-05": ("answer.provisional", "answer.unrated")}
SHOWN = 25  # differences that a failure lists
SAMPLE = (
    *(f"drawn-{number:03}" for number in (3, 7, 11, 17, 24, 35, 42, 58, 66, 71, 83, 99)),
    "case-impossible-memory-and-what-would-lift-it", "case-moe-experts-in-ram", "case-price-long-context-tier",
    "case-licence-llama-4-in-the-eu", "case-lifecycle-the-document-in-its-own-time",
    "case-unknown-speed-of-an-api-under-strict",
    "replace-05", "cost-01", "cost-13", "compare-03", "estimate-01", "estimate-09", "recheck-03", "tree-one",
)  # fmt: skip
NAMES = sorted(read()["answers"])


@cache
def _recording() -> dict[str, Any]:
    return read()


@cache
def _answers(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The recorded answer and the one of today."""
    row = _recording()["answers"][name]
    request = Request(name, row.get("fields"), tuple(row.get("words", ())))
    return row["answer"], answer_of(request)


def _changed_facts() -> str:
    same = _recording()["catalog"] == catalog_digest()
    return "" if same else "The catalogue has changed since: record anew with the engine that is compared.\n"


def _is_as_recorded(name: str) -> None:
    found = [row for row in differences(*_answers(name)) if not _is_accepted(name, row)]
    listed = "\n".join(map(str, found[:SHOWN]))
    assert not found, f"{len(found)} differences\n{_changed_facts()}{listed}"


def _is_accepted(name: str, row: Difference) -> bool:
    return row.kind in ACCEPTED or row.text.startswith(ACCEPTED_AT.get(name, ()))


@pytest.mark.parametrize("name", SAMPLE)
def test_an_answer_of_the_sample_is_as_recorded(name: str) -> None:
    _is_as_recorded(name)


@pytest.mark.recording
@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_as_recorded(name: str) -> None:
    _is_as_recorded(name)


@pytest.mark.recording
def test_win_shares_are_the_same_on_average() -> None:
    gaps = [gap for name in NAMES for gap in win_share_gaps(*_answers(name))]
    assert mean(gaps) < MEAN_WIN_SHARE
