"""What replaces models that ended, in the catalogue that the package ships: a table with reasons, and laws for all."""

from datetime import date
from functools import cache

import pytest

from llmselect.api import replace
from llmselect.catalog.load import open_catalog
from llmselect.catalog.lookup import offerings
from llmselect.catalog.names.ended import WRITES_TEXT, ended_ids
from llmselect.engine.facts import Facts
from llmselect.engine.tier import unfinished
from llmselect.render.format.layout import plain
from llmselect.render.phrases import Phrases
from llmselect.render.replace_screen import replacement_screen
from llmselect.requirements import Requirements
from llmselect.results.replacement import Replacement

DAY = date(2026, 12, 1)
EVERY = 20  # one of so many ended models and ids is walked
LINES, WIDTH = 24, 80
# Old model; what its developer offers, the near one last; why.
TABLE = (
    ("claude-3-5-haiku", ("claude-haiku-4-5",), "Anthropic names it: a Haiku for a Haiku, at 1.25 times its price"),
    ("claude-3-haiku", ("claude-haiku-4-5", "claude-haiku-5-5"), "4.5 is named at four times the bill, 5.5 is near it"),
    ("claude-3-opus", ("claude-opus-4-8",), "Anthropic names it: an Opus for an Opus"),
    ("claude-sonnet-4", ("claude-sonnet-5-5",), "Anthropic names none: the newest Sonnet"),
    ("gpt-4-0613", ("gpt-5.6-sol",), "OpenAI names it"),
    ("gpt-4o", ("gpt-6.1-terra",), "OpenAI names none and ends GPT-4.1 too: the newest Terra is nearest to its bill"),
    ("gpt-3.5-turbo", ("gpt-5.6-terra", "gpt-5.6-luna"), "Terra is named at some six times the bill, Luna is near it"),
    ("gpt-5-nano", ("gpt-5.6-luna",), "OpenAI names it: the smallest for the smallest"),
    ("o3", ("gpt-5.6-sol",), "OpenAI names it"),
    ("gemini-1.5-flash", ("gemini-2.5-flash-lite",), "a Flash at 0.075 USD: today's Flash costs many times as much"),
    ("gemini-2.5-flash", ("gemini-3.5-flash-lite",), "Google names it"),
    ("gemini-2.5-pro", ("gemini-3.8-flash",), "Google names it, no Pro preview"),
    ("grok-3", ("grok-4.3",), "xAI names it"),
    ("llama-3-70b-instruct", ("llama-3.3-70b-instruct",), "Azure and Groq name it: the same size"),
    ("text-davinci-003", ("gpt-5.6-terra",), "what OpenAI named has ended and was followed by it"),
)


@cache
def _facts() -> Facts:
    return Facts(open_catalog(own=False))


@cache
def _replaced(name: str) -> Replacement:
    return replace(name, Requirements(as_of=DAY), _facts())


def _ended() -> list[str]:
    """One in so many of the models with an end at some host, and of the ids that ended."""
    catalog = _facts().catalog
    models = [one for one in catalog.models if any(row.lifecycle.shutdown for _, row in offerings(catalog, one))]
    ids = [rows[0].api_id for rows in ended_ids(catalog).values() if rows[0].kind in WRITES_TEXT]
    return [*models[::EVERY], *ids[:: 2 * EVERY]]


@pytest.mark.parametrize(("name", "successors", "why"), TABLE, ids=[row[0] for row in TABLE])
def test_what_a_developer_offers(name: str, successors: tuple[str, ...], why: str) -> None:
    found = _replaced(name).vendor
    assert tuple(one.recommendation.model.partition("/")[2] for one in found) == successors, why
    assert [one.near for one in found] == [False] * (len(found) - 1) + [True]


def test_models_of_2026_are_not_all_followed_by_the_same_one() -> None:
    names = ("gpt-5", "gpt-5-nano", "gpt-5.4-mini", "gpt-5.5", "gpt-5.6-luna", "gpt-5.6-terra")
    near = [next(one for one in _replaced(name).vendor if one.near).recommendation.model for name in names]
    assert len(set(near)) >= len(names) - 1, "two of them had the same successor"


@pytest.mark.parametrize("name", _ended())
def test_an_ended_id_has_an_answer_that_keeps_its_word(name: str) -> None:
    answer = _replaced(name)
    _check_screen(answer)
    _check_nearness(answer)
    scores = [round(one.recommendation.score, 3) for one in answer.candidates]
    assert scores == sorted(scores, reverse=True)


def _check_screen(answer: Replacement) -> None:
    names = dict(zip(_facts().models.model, _facts().models.name, strict=True))
    text = plain(replacement_screen(answer, Phrases(), names), WIDTH)
    assert len(text.splitlines()) <= LINES, text
    assert max(map(len, text.splitlines())) <= WIDTH, text
    if not answer.rows:
        assert "Nothing qualifies" in text
    elif answer.old is None:
        assert "not known: nothing says what" in text


def _check_nearness(answer: Replacement) -> None:
    near = answer.near
    for one in answer.rows:
        row = one.recommendation
        assert one.ends is None or date.fromisoformat(one.ends) > DAY
        assert one.why == "elsewhere" or answer.old is None or row.model != answer.model
        if one.why == "field":
            assert not unfinished(row.model)
            assert row.deployment in answer.implied.get("deployment", (row.deployment,))
        if one.near and near is not None and one.why != "elsewhere":
            quality = row.criteria["quality"].value
            cost = row.cost.usd_per_month.value if row.cost and row.cost.usd_per_month else None
            assert near.most_usd_per_month is None or cost is None or cost <= near.most_usd_per_month
            assert near.least_quality_percent is None or quality is None or quality >= near.least_quality_percent


def test_an_id_that_moved_is_judged_by_what_it_last_was() -> None:
    answer = _replaced("deepseek-chat")
    assert (answer.model, answer.name) == ("deepseek-chat", "deepseek-chat")
    assert answer.old is not None
    assert answer.old.model == "deepseek/deepseek-v4-flash"
    assert answer.lives[0].ends == "2026-07-24"


def test_what_ended_keeps_its_last_price() -> None:
    old = _replaced("claude-3-5-haiku").old
    assert old is not None
    # 20,000 requests of 900 and 250 tokens at 0.80 and 4 USD
    assert old.usd_per_month == pytest.approx(20_000 * (900 * 0.8 + 250 * 4) / 1e6)
