"""Ids that hosts have ended are known as such, and never taken for a model that looks like them."""

from datetime import date

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.names.ended import EndedIdError
from llmselect.catalog.names.families import FamilyError
from llmselect.catalog.names.models import ModelNames

DAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def names() -> ModelNames:
    return ModelNames(load())


def _ended(names: ModelNames, typed: str, day: date = DAY) -> EndedIdError:
    with pytest.raises(EndedIdError) as caught:
        names.find(typed, day)
    return caught.value


@pytest.mark.parametrize(
    ("typed", "host", "ended", "replacement"),
    [
        ("text-davinci-003", "openai", date(2024, 1, 4), "gpt-3.5-turbo-instruct"),
        ("openai/text-davinci-003", "openai", date(2024, 1, 4), "gpt-3.5-turbo-instruct"),
        ("azure/text-davinci-003", "azure", date(2024, 6, 14), "gpt-35-turbo-instruct"),
        ("TEXT-DAVINCI-003", "openai", date(2024, 1, 4), "gpt-3.5-turbo-instruct"),
        ("claude-1.3", "anthropic", date(2024, 11, 6), "claude-haiku-4-5-20251001"),
        ("text-bison@001", "vertex", date(2025, 4, 9), "Gemini 1.5 Flash or Pro"),
    ],
)
def test_what_it_was_and_what_came_after(
    names: ModelNames, typed: str, host: str, ended: date, replacement: str
) -> None:
    error = _ended(names, typed)
    first = error.ended[0]
    assert (first.host, first.ended, first.replacement) == (host, ended, replacement)
    assert error.code == "ended-model"
    assert f"ended on {ended} at {host}" in error.message
    assert f"{host} names {replacement} in its place" in error.hint


def test_a_host_that_is_named_is_the_one_that_counts(names: ModelNames) -> None:
    assert [one.host for one in _ended(names, "text-davinci-003").ended] == ["openai", "azure"]
    assert [one.host for one in _ended(names, "azure/text-davinci-003").ended] == ["azure"]


def test_the_day_decides_whether_it_has_ended(names: ModelNames) -> None:
    assert "'text-davinci-003' ends on 2024-01-04" in _ended(names, "text-davinci-003", date(2023, 12, 1)).message


@pytest.mark.parametrize("typed", ["command", "kimi-latest"])
def test_a_familys_name_lists_the_family(names: ModelNames, typed: str) -> None:
    with pytest.raises(FamilyError):
        names.find(typed, DAY)


@pytest.mark.parametrize(
    ("typed", "model"),
    [
        ("meta-llama/Llama-2-7b-chat-hf", "meta/llama-2-7b-chat"),  # ended at one host, weights that run anywhere
        ("deepseek-r1", "deepseek/deepseek-r1"),
        ("deepseek-chat", "deepseek/deepseek-v4-flash"),
    ],
)
def test_a_model_of_the_catalogue_stays_one(names: ModelNames, typed: str, model: str) -> None:
    assert names.find(typed, DAY).id == model
