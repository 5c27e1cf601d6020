"""Orders that nobody who knows these models doubts hold on the scale of abilities."""

from pathlib import Path
from statistics import fmean

import pytest

from llmselect.catalog.abilities.scale import AbilitiesFile
from llmselect.catalog.load import load

# weaker, stronger, each at its best effort
PAIRS = """
meta/llama-2-7b-chat meta/llama-2-13b-chat
meta/llama-2-13b-chat meta/llama-2-70b-chat
meta/llama-2-7b meta/llama-2-13b
meta/llama-2-13b meta/llama-2-70b
tii/falcon-7b tii/falcon-40b
tii/falcon-7b-instruct tii/falcon-40b-instruct
tii/falcon-7b mistral/mistral-7b-v0.1
tii/falcon-7b-instruct mistral/mistral-7b-instruct-v0.1
openai/gpt-4-0314 openai/gpt-4o
openai/gpt-4-0613 openai/gpt-4o
openai/gpt-4o openai/gpt-5
openai/gpt-3.5-turbo openai/gpt-4-0613
openai/gpt-4-0613 openai/gpt-4-turbo
openai/gpt-4o-mini openai/gpt-4o
openai/gpt-4.1-nano openai/gpt-4.1-mini
openai/gpt-4.1-mini openai/gpt-4.1
openai/gpt-5-nano openai/gpt-5-mini
openai/gpt-5-mini openai/gpt-5
openai/o1-mini openai/o1
openai/o1 openai/o3
openai/gpt-5.2 openai/gpt-5.5
openai/gpt-5 openai/gpt-5.6-sol
anthropic/claude-2.0 anthropic/claude-3-5-sonnet
anthropic/claude-3-5-sonnet anthropic/claude-opus-4-5
anthropic/claude-3-haiku anthropic/claude-3-opus
anthropic/claude-3-haiku anthropic/claude-haiku-4-5
anthropic/claude-3-5-haiku anthropic/claude-3-5-sonnet
anthropic/claude-3-5-sonnet anthropic/claude-sonnet-4
anthropic/claude-opus-4-5 anthropic/claude-opus-5
anthropic/claude-sonnet-4-5 anthropic/claude-sonnet-5
google/gemini-1.0-pro google/gemini-1.5-pro-002
google/gemini-1.5-flash google/gemini-2.0-flash
google/gemini-2.0-flash google/gemini-2.5-flash
google/gemini-2.5-flash google/gemini-2.5-pro
google/gemini-2.5-flash-lite google/gemini-2.5-flash
google/gemini-2.5-pro google/gemini-3.1-pro-preview
google/gemma-2-9b-it google/gemma-2-27b-it
google/gemma-3-4b-it google/gemma-3-27b-it
google/gemma-3-27b-it google/gemma-4-31b-it
meta/llama-3-8b-instruct meta/llama-3-70b-instruct
meta/llama-2-70b-chat meta/llama-3-70b-instruct
meta/llama-3.1-8b-instruct meta/llama-3.1-70b-instruct
meta/llama-3.1-70b-instruct meta/llama-3.1-405b-instruct
meta/llama-3.2-1b-instruct meta/llama-3.2-3b-instruct
meta/llama-3.1-8b-instruct meta/llama-4-maverick
mistral/mistral-7b-instruct-v0.2 mistral/mixtral-8x7b-instruct-v0.1
mistral/mixtral-8x7b-instruct-v0.1 mistral/mixtral-8x22b-instruct-v0.1
mistral/mistral-large-2402 mistral/mistral-large-instruct-2411
qwen/qwen2.5-0.5b-instruct qwen/qwen2.5-1.5b-instruct
qwen/qwen2.5-1.5b-instruct qwen/qwen2.5-7b-instruct
qwen/qwen2.5-7b-instruct qwen/qwen2.5-72b-instruct
qwen/qwen2.5-72b-instruct qwen/qwen3-235b-a22b
qwen/qwen3-32b qwen/qwen3.8-27b
deepseek/deepseek-v2.5 deepseek/deepseek-v3
deepseek/deepseek-v3 deepseek/deepseek-r1
deepseek/deepseek-r1 deepseek/deepseek-v4-pro
xai/grok-2-1212 xai/grok-4
xai/grok-4 xai/grok-4.6
zai/glm-4.5 zai/glm-5.2
moonshotai/kimi-k2-instruct moonshotai/kimi-k3
microsoft/phi-3-mini-4k-instruct microsoft/phi-4
tinyllama/tinyllama-1.1b-chat-v1.0 meta/llama-2-7b-chat
huggingface/smollm2-135m-instruct huggingface/smollm2-1.7b-instruct
"""
ROWS = [tuple(line.split()) for line in PAIRS.strip().splitlines()]


@pytest.fixture(scope="module")
def scale() -> AbilitiesFile:
    return load(Path(__file__).parents[2] / "catalog").abilities


def overall(scale: AbilitiesFile, model: str) -> float:
    """The mean level over LiveBench's skills, at a model's best effort."""
    places = [i for i, skill in enumerate(scale.skills) if scale.reference[skill].startswith("livebench")]
    return max(fmean(row.level[i] for i in places) for row in scale.models[model].values())


def test_there_are_enough_pairs_and_all_are_linked(scale: AbilitiesFile) -> None:
    assert len(ROWS) >= 40
    unlinked = [pair for pair in ROWS if not set(pair) <= set(scale.models)]
    assert not unlinked


@pytest.mark.parametrize(("weaker", "stronger"), ROWS)
def test_the_order_holds(weaker: str, stronger: str, scale: AbilitiesFile) -> None:
    assert overall(scale, weaker) < overall(scale, stronger)


def test_ninety_models_rest_on_independent_scores(scale: AbilitiesFile) -> None:
    proven = [name for name, efforts in scale.models.items() if any(row.independent for row in efforts.values())]
    assert len(proven) >= 90
