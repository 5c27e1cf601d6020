"""Models by all that people, clients, repositories and libraries call them."""

from datetime import date
from pathlib import Path

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.names.models import ModelNames
from llmselect.errors import LlmselectError
from tests.catalog.names.models_meant import MEANT

CATALOG = Path(__file__).parents[3] / "catalog"
DAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def names() -> ModelNames:
    return ModelNames(load(CATALOG))


@pytest.mark.parametrize(("typed", "meant"), MEANT)
def test_what_people_type_finds_the_model(names: ModelNames, typed: str, meant: str) -> None:
    assert names.find(typed, DAY).id == meant


OTHERS = (
    "{}-abliterated", "{}-uncensored", "{}-embedding", "{}-reward-model", "{}-guard", "not-{}", "{}-distill-phi",
    "{}-roleplay-v2", "dolphin-{}", "{}-lora", "{}-9999b",
)  # fmt: skip


@pytest.mark.parametrize("form", OTHERS)
def test_other_models_made_of_one_are_not_it(names: ModelNames, form: str) -> None:
    """Decoys of forty models each: another model's name that holds a known one's is never read as the known one."""
    known = [meant.partition("/")[2] for _, meant in MEANT][::5][:40]
    for name in known:
        decoy = form.format(name)
        with pytest.raises(LlmselectError, match=r"unknown|names a family"):
            names.find(decoy, DAY)


@pytest.mark.parametrize(
    ("day", "chat", "reasoner"),
    [
        ("2024-10-01", "deepseek/deepseek-v2.5", None),
        ("2025-02-01", "deepseek/deepseek-v3", "deepseek/deepseek-r1"),
        ("2025-06-01", "deepseek/deepseek-v3-0324", "deepseek/deepseek-r1-0528"),
        ("2025-09-01", "deepseek/deepseek-v3.1", "deepseek/deepseek-v3.1"),
        ("2025-09-25", "deepseek/deepseek-v3.1-terminus", "deepseek/deepseek-v3.1-terminus"),
        ("2025-10-15", "deepseek/deepseek-v3.2-exp", "deepseek/deepseek-v3.2-exp"),
        ("2026-01-01", "deepseek/deepseek-v3.2", "deepseek/deepseek-v3.2"),
        ("2026-05-01", "deepseek/deepseek-v4-flash", "deepseek/deepseek-v4-flash"),
    ],
)
def test_an_id_that_moves_is_read_on_its_day(names: ModelNames, day: str, chat: str, reasoner: str | None) -> None:
    on = date.fromisoformat(day)
    assert names.find("deepseek-chat", on).id == chat
    assert names.find("deepseek/deepseek-chat", on).id == chat
    if reasoner is not None:
        assert names.find("deepseek-reasoner", on).id == reasoner


def test_an_id_that_has_ended_says_so(names: ModelNames) -> None:
    found = names.find("deepseek-chat", DAY)
    assert found.note == "what DeepSeek API last served under that id, until 2026-07-24"


@pytest.mark.parametrize(
    ("typed", "note", "exact"),
    [
        ("gpt-4o", "", True),
        ("Qwen/Qwen3-8B", "", True),
        ("mistral 7b", "the newest of its line", False),
        ("claude sonnet", "the newest of its line", False),
        ("mistral-large-latest", "the newest of mistral-large", False),
        ("llama-2-13b", "the tuned model; the base model is meta/llama-2-13b", False),
        ("llama3.2-vision", "what Ollama gives under that name", True),
    ],
)
def test_a_choice_is_said(names: ModelNames, typed: str, note: str, exact: bool) -> None:
    found = names.find(typed, DAY)
    assert (found.note, found.exact) == (note, exact)


def test_hosts_and_formats_of_a_name_are_kept(names: ModelNames) -> None:
    assert names.find("bedrock/anthropic.claude-3-haiku-20240307-v1:0").hosts == ("bedrock",)
    assert names.find("azure/gpt-4o").hosts == ("azure",)
    assert names.find("hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M").quantization == "Q4_K_M"
    assert names.find("mlx-community/Llama-3.2-3B-Instruct-4bit").quantization == "4bit"
    assert names.find("Qwen/Qwen2.5-32B-Instruct-AWQ").quantization == "AWQ"
    assert names.find("google/gemma-3-27b-it-qat-q4_0-gguf").quantization == "q4_0"
    assert names.find("ISTA-DASLab/gemma-3-27b-it-GPTQ-4b-128g").quantization == "GPTQ-4b"


def test_the_newest_of_a_line_is_not_of_the_future(names: ModelNames) -> None:
    assert names.find("claude sonnet", date(2024, 7, 1)).id == "anthropic/claude-3-5-sonnet-20240620"
    assert names.find("mistral 7b", date(2023, 12, 1)).id == "mistral/mistral-7b-instruct-v0.1"
