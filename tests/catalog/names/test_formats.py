"""Formats of weights, runtimes and hosts by what people call them."""

from pathlib import Path

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.names.hosts import SPELLINGS, find_host, find_hosts, prefixed
from llmselect.catalog.names.quantizations import find_level, level_of
from llmselect.catalog.names.runtimes import find_runtime
from llmselect.errors import LlmselectError
from llmselect.requirements import parse

HOSTS = tuple(load(Path(__file__).parents[3] / "catalog").hosts)
LEVELS = {
    "none": "none bf16 fp16 FP16 f16 16bit 16-bit f32 original",
    "q8": "q8 Q8_0 q8_0 fp8 FP8 int8 8bit 8-bit w8a8 w8a16 mlx-8bit bnb-8bit GPTQ-Int8 mxfp8 FP8-dynamic",
    "q6": "q6 Q6_K q6_k 6bit mlx-6bit Q6_K_L",
    "q5": "q5 Q5_K_M Q5_K_S Q5_0 q5_1 5-bit",
    "q4": "q4 Q4_K_M q4_k_m Q4_K_S Q4_0 Q4_1 IQ4_XS IQ4_NL Q4_K_XL UD-Q4_K_XL Q4_K_L AWQ awq gptq GPTQ int4 INT4 "
    "4bit 4-bit nf4 NF4 nvfp4 NVFP4 mxfp4 MXFP4 mlx-4bit bnb-4bit w4a16 GPTQ-Int4 AWQ-INT4 fp4 4.0bpw",
    "q3": "q3 Q3_K_M Q3_K_L IQ3_XXS 3bit",
    "q2": "q2 Q2_K IQ2_XXS IQ2_M 2bit UD-Q2_K_XL",
}  # fmt: skip


@pytest.mark.parametrize(("level", "words"), LEVELS.items())
def test_formats_have_their_level(level: str, words: str) -> None:
    assert {word: find_level(word) for word in words.split()} == dict.fromkeys(words.split(), level)
    read = [parse({"quantization": word}) for word in words.split()]
    assert {needs.coarsest for needs in read} == {level}
    typed = {needs.quantization for needs in read}
    assert typed >= {word for word in words.split() if word.lower() != level}  # as it was typed


@pytest.mark.parametrize(
    "word",
    [
        "q9",
        "q1",
        "IQ1_S",
        "1bit",
        "hqq",
        "bitnet",
        "q",
        "4",
        "",
        "banana",
        "99bit",
        "K_M",
        "Q4_Z",
        "Q44",
        "3.7",
        "awqq",
    ],
)
def test_what_is_no_format_is_refused(word: str) -> None:
    assert level_of(word) is None
    with pytest.raises(LlmselectError) as caught:
        find_level(word)
    assert "Q4_K_M" in caught.value.hint


@pytest.mark.parametrize(
    ("runtime", "words"),
    [
        (
            "llama.cpp",
            "llama.cpp, llamacpp, llama-cpp, LLAMA CPP, ollama, Ollama, lmstudio, LM Studio, lm-studio, gguf",
        ),
        ("vllm", "vllm, vLLM, VLLM"),
        ("transformers", "transformers, hf, Hugging Face, huggingface"),
    ],
)
def test_programs_have_their_runtime(runtime: str, words: str) -> None:
    assert {find_runtime(word.strip()) for word in words.split(",")} == {runtime}


@pytest.mark.parametrize(
    "name", ["sglang", "SGLang", "mlx", "MLX-LM", "tensorrt-llm", "TensorRT LLM", "tgi", "exllamav2"]
)
def test_real_runtimes_that_are_not_estimated_say_what_is(name: str) -> None:
    with pytest.raises(LlmselectError, match="not estimated yet") as caught:
        find_runtime(name)
    assert caught.value.hint == "It may be llama.cpp (also Ollama and LM Studio), vllm or transformers."


def test_a_version_of_a_runtime_is_left_out() -> None:
    assert (find_runtime("vllm 0.11.0"), find_runtime("Ollama v0.12.3")) == ("vllm", "llama.cpp")


def test_a_mistyped_runtime_has_a_hint() -> None:
    with pytest.raises(LlmselectError) as caught:
        find_runtime("vlllm")
    assert caught.value.hint.startswith("Did you mean vllm?")


@pytest.mark.parametrize(
    ("typed", "hosts"),
    [
        ("aws", ("bedrock", "sagemaker")),
        ("AWS", ("bedrock", "sagemaker")),
        ("amazon", ("bedrock", "sagemaker")),
        ("Amazon Bedrock", ("bedrock",)),
        ("google", ("gemini-api", "vertex")),
        ("gcp", ("vertex",)),
        ("Google Cloud", ("vertex",)),
        ("vertex-ai", ("vertex",)),
        ("vertex_ai", ("vertex",)),
        ("gemini", ("gemini-api",)),
        ("AI Studio", ("gemini-api",)),
        ("microsoft", ("azure",)),
        ("Azure OpenAI", ("azure",)),
        ("github", ("github-models",)),
        ("claude", ("anthropic",)),
        ("OpenAI", ("openai",)),
        ("together_ai", ("together",)),
        ("Together AI", ("together",)),
        ("fireworks-ai", ("fireworks",)),
        ("kimi", ("moonshot",)),
        ("dashscope", ("alibaba",)),
        ("z.ai", ("zai",)),
        ("zhipu", ("zai",)),
        ("x.ai", ("xai",)),
        ("la plateforme", ("mistral",)),
        ("workers ai", ("cloudflare",)),
        ("ibm", ("watsonx",)),
        ("local", ("self",)),
        ("ollama", ("self",)),
        ("self", ("self",)),
        ("self-host", ("self",)),
        ("GROQ", ("groq",)),
        ("open router", ("openrouter",)),
        ("deepinfra.com", ("deepinfra",)),
        ("https://api.together.ai", ("together",)),
        ("together.ai", ("together",)),
        ("on-prem", ("self",)),
        ("my laptop", ("self",)),
        ("阿里雲", ("alibaba",)),
        ("微軟", ("azure",)),
        ("谷歌", ("gemini-api", "vertex")),
    ],
)
def test_hosts_by_what_people_call_them(typed: str, hosts: tuple[str, ...]) -> None:
    assert find_hosts(typed, HOSTS) == hosts


def test_every_other_name_of_a_host_is_one_of_the_catalogue() -> None:
    assert {host for hosts in SPELLINGS.values() for host in hosts} <= {*HOSTS, "self"}


def test_no_name_of_a_host_means_another_one() -> None:
    assert all(find_hosts(host, HOSTS) == (host,) for host in HOSTS)


def test_one_host_where_one_is_needed() -> None:
    assert find_host("Bedrock", HOSTS) == "bedrock"
    with pytest.raises(LlmselectError, match="several hosts") as caught:
        find_host("aws", HOSTS)
    assert "bedrock, sagemaker" in caught.value.hint


@pytest.mark.parametrize(("typed", "meant"), [("opnai", "openai"), ("bedrok", "bedrock"), ("anthropc", "anthropic")])
def test_a_mistyped_host_has_a_hint(typed: str, meant: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        find_hosts(typed, HOSTS)
    assert caught.value.hint.startswith(f"Did you mean {meant}?")


@pytest.mark.parametrize("typed", ["huggingface", "heroku", "", "a", "moon"])
def test_no_host_has_no_wrong_hint(typed: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        find_hosts(typed, HOSTS)
    assert "Did you mean" not in caught.value.hint or typed == "moon"


@pytest.mark.parametrize(
    ("name", "hosts", "rest"),
    [
        ("azure/gpt-4o", ("azure",), "gpt-4o"),
        ("openai:gpt-4o", ("openai",), "gpt-4o"),
        ("models/gemini-2.5-pro", (), "gemini-2.5-pro"),
        ("ollama/llama3", (), "llama3"),
        ("vertex_ai/gemini-2.5-pro", ("vertex",), "gemini-2.5-pro"),
        ("hosted_vllm/x", (), "x"),
    ],
)
def test_prefixes_of_clients(name: str, hosts: tuple[str, ...], rest: str) -> None:
    assert prefixed(name, HOSTS) == (hosts, rest)


@pytest.mark.parametrize("name", ["gpt-4o", "llama3:8b", "Qwen/Qwen3-8B-GGUF/x", "/x", "azure/", ":x", "unsloth/Qwen3"])
def test_other_names_have_no_prefix(name: str) -> None:
    found = prefixed(name, HOSTS)
    assert found is None or name.lower().startswith("qwen/")
