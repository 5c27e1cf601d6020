"""Names that mean no model: a family lists its members, others are refused with hints that are close."""

from datetime import date
from pathlib import Path

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.names.families import FamilyError
from llmselect.catalog.names.models import ModelNames
from llmselect.errors import LlmselectError

CATALOG = Path(__file__).parents[3] / "catalog"
DAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def names() -> ModelNames:
    return ModelNames(load(CATALOG))


FAMILIES = (
    "llama3",
    "llama 3",
    "mixtral",
    "mistral-large",
    "llama-3.1",
    "qwen3",
    "qwen2.5-coder",
    "claude 3",
    "claude-5",
    "gemma3",
    "gemma-2",
    "phi-3",
    "gpt-oss",
    "kimi-k2 family",
    "llama",
    "qwen",
    "claude",
    "gpt",
    "gemini",
    "gemma",
    "grok",
    "deepseek",
    "nova",
    "granite",
    "smollm2",
    "mistral small",
    "codestral",
    "ministral",
    "command r",
    "dall-e",
    "falcon",
    "llama-4",
    "Gemini 2.5",
    "whisper",
    "starcoder2",
)  # fmt: skip


@pytest.mark.parametrize("typed", FAMILIES)
def test_a_family_is_listed_newest_first(names: ModelNames, typed: str) -> None:
    with pytest.raises(FamilyError, match="names a family") as caught:
        names.find(typed, DAY)
    days = [model.release_date.value for model in caught.value.family.members if model.release_date.value]
    listed = [model.id for model in caught.value.family.members]
    assert len(listed) > 1
    assert "newest first: " in caught.value.hint
    if typed in ("llama3", "mixtral", "llama-3.1", "qwen2.5-coder", "claude 3"):
        assert days == sorted(days, reverse=True)
        assert all(model_id in caught.value.hint for model_id in listed[:3])


ABSENT = (
    "GPT-4 32", "gpt-4-16",
    "gpt-9",
    "gpt-4o-2023-01-01",
    "llama 3.1 9b",
    "llama-3.1-8b-instruct-abliterated",
    "dolphin-2.9-llama3-8b",
    "Qwen/Qwen3-8B-Base",
    "NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO",
    "meta-llama/Llama-Guard-3-8B",
    "Qwen/Qwen2.5-VL-7B-Instruct",
    "Orenguteng/Llama-3.1-8B-Lexi-Uncensored-V2",
    "Qwen/Qwen3-Embedding-8B",
    "Open-Orca/Mistral-7B-OpenOrca",
    "gpt-4o-realtime-preview",
    "gpt-4o-audio-preview",
    "gpt-4o-transcribe",
    "gemini-2.5-flash-image",
    "gemini-2.5-pro-preview-tts",
    "deepseek 7b",
    "qwen 2 7b",
    "qwen 5b",
    "mistral 8b",
    "mixtral 7b",
    "claude ultra",
    "banana",
    "text-embedding-3-large",
    "gemma:7b",
    "codellama:13b",
    "llama 5",
    "claude 9 sonnet",
    "gemini 9 flash",
    "qwen2-7b",
    "mistral-7b-v0.9",
    "Qwen/Qwen3-8B-abliterated-GGUF",
    "huihui-ai/Llama-3.3-70B-Instruct-abliterated",
    "Llama-3.1-Tulu-3-8B",
    "meta-llama/Llama-3.1-8B-Instruct-evals",
    "openai/gpt-4o-search-preview",
    "amazon.titan-text-express-v1",
    "stable-diffusion-xl",
    "bge-m3",
    "vicuna-33b",
    "gpt-j-6b",
    "bloom",
    "",
    "-",
    "/",
    "https://example.com/Qwen/Qwen3-8B",
    "https://huggingface.co/",
    ":free",
    "ollama/",
    "azure/my-deployment",
    "8b",
    "instruct",
    "3.1",
    "latest",
    "x" * 10_000,
    "\x00",
    "\u202e",
    "Qwen/",
    "qwen3:999b",
    "mistralai/Mistral-7B-v0.3",
    "01-ai/Yi-34B",
    "Qwen/Qwen2.5-3B",
)  # fmt: skip


@pytest.mark.parametrize("typed", ABSENT, ids=lambda typed: typed[:40])
def test_what_is_not_there_is_refused(names: ModelNames, typed: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        names.find(typed, DAY)
    assert caught.value.code in ("unknown-model", "ambiguous-model", "ended-model")
    assert len(caught.value.message) < 120
    assert "llmselect" in caught.value.hint or "Name one" in caught.value.hint


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("gpt-4o-mni", "Did you mean openai/gpt-4o-mini?"),
        ("claud opus 4.5", "Did you mean anthropic/claude-opus-4-5?"),
        ("llama-3.1-8b-instuct", "Did you mean meta/llama-3.1-8b-instruct?"),
        ("lama 3.1 8b", "Did you mean meta/llama-3.1-8b-instruct"),
        ("gemni 2.5 pro", "Did you mean google/gemini-2.5-pro "),
        ("depseek r1", "Did you mean deepseek/deepseek-r1 "),
        ("Phi 4 minni", "Did you mean microsoft/phi-4-mini-instruct?"),
        ("claude sonet 4.5", "Did you mean anthropic/claude-sonnet-4-5?"),
        ("llama 3.1 9b", "Known of llama-3.1: meta/llama-3.1-405b-instruct"),
        ("vicuna-33b", "Known of vicuna: lmsys/vicuna-13b-v1.5, lmsys/vicuna-7b-v1.5."),
        ("Qwen/Qwen3-8B-Base", "Known of qwen3: qwen/qwen3-8b"),
        ("gpt-4o-2023-01-01", "Known of gpt-4o: "),
        ("mistral-7b-v0.9", "Known of mistral-7b: mistral/mistral-7b-instruct-v0.3"),
        ("gemma:7b", "Ollama has google/gemma-1.1-7b-it under that tag"),
        ("banana", "`llmselect list` shows all."),
        ("AWQ", "`llmselect list` shows all."),
        ("best", "`llmselect list` shows all."),
        ("latest", "`llmselect list` shows all."),
        ("haiku", "Known of haiku: anthropic/claude-haiku-5-5"),
        ("7b", "Known of 7b: "),
        ("grok-99", "Known of grok: xai/grok-4.7"),
        ("o3-mini-high", "Known of o3: "),
        ("qwen3-9b", "Known of qwen3: "),
    ],
)
def test_hints_are_close_or_the_family(names: ModelNames, typed: str, hint: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        names.find(typed, DAY)
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize("typed", ["banana", "bloom", "stable-diffusion-xl", "text-embedding-3-large", "bge-m3"])
def test_what_is_far_from_all_has_no_suggestion(names: ModelNames, typed: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        names.find(typed, DAY)
    assert "Did you mean" not in caught.value.hint
    assert "Known of" not in caught.value.hint
