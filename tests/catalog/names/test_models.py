"""Models by all that people, clients, repositories and libraries call them."""

from datetime import date
from pathlib import Path

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.names.models import ModelNames
from llmselect.errors import LlmselectError

CATALOG = Path(__file__).parents[3] / "catalog"
DAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def names() -> ModelNames:
    return ModelNames(load(CATALOG))


MEANT = (
    ("llama 3.1 8b", "meta/llama-3.1-8b-instruct"),
    ("mistral 7b", "mistral/mistral-7b-instruct-v0.3"),
    ("qwen2.5-coder:7b", "qwen/qwen2.5-coder-7b-instruct"),
    ("deepseek-r1:14b", "deepseek/deepseek-r1-distill-qwen-14b"),
    ("unsloth/Qwen3-8B-GGUF", "qwen/qwen3-8b"),
    ("https://huggingface.co/Qwen/Qwen3-8B", "qwen/qwen3-8b"),
    ("bedrock/anthropic.claude-3-haiku-20240307-v1:0", "anthropic/claude-3-haiku"),
    ("openrouter/meta-llama/llama-3.3-70b-instruct", "meta/llama-3.3-70b-instruct"),
    ("azure/gpt-4o", "openai/gpt-4o"),
    ("openai/gpt-4o-2024-08-06", "openai/gpt-4o"),
    ("openai/gpt-4o-2024-11-20", "openai/gpt-4o-2024-11-20"),
    ("deepseek-chat", "deepseek/deepseek-v4-flash"),
    ("deepseek/deepseek-chat", "deepseek/deepseek-v4-flash"),
    ("deepseek-reasoner", "deepseek/deepseek-v4-flash"),
    ("https://huggingface.co/Qwen/Qwen3-8B/tree/main", "qwen/qwen3-8b"),
    ("huggingface.co/Qwen/Qwen3-8B", "qwen/qwen3-8b"),
    ("hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M", "qwen/qwen3-8b"),
    ("ollama run hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M", "meta/llama-3.2-3b-instruct"),
    (
        "https://huggingface.co/bartowski/Meta-Llama-3.1-8B-Instruct-GGUF/blob/main/"
        "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf",
        "meta/llama-3.1-8b-instruct",
    ),
    ("Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf", "meta/llama-3.1-8b-instruct"),
    ("qwen2.5-7b-instruct-q4_k_m-00001-of-00002.gguf", "qwen/qwen2.5-7b-instruct"),
    ("TheBloke/Mistral-7B-Instruct-v0.2-GGUF", "mistral/mistral-7b-instruct-v0.2"),
    ("TheBloke/Mistral-7B-Instruct-v0.2-AWQ", "mistral/mistral-7b-instruct-v0.2"),
    ("TheBloke/Mistral-7B-v0.1-GGUF", "mistral/mistral-7b-v0.1"),
    ("TheBloke/Llama-2-7B-Chat-GGUF", "meta/llama-2-7b-chat"),
    ("TheBloke/Llama-2-7B-GGUF", "meta/llama-2-7b"),
    ("mlx-community/Llama-3.2-3B-Instruct-4bit", "meta/llama-3.2-3b-instruct"),
    ("mlx-community/Qwen3-30B-A3B-4bit", "qwen/qwen3-30b-a3b"),
    ("mlx-community/gpt-oss-20b-MXFP4-Q8", "openai/gpt-oss-20b"),
    ("mlx-community/Meta-Llama-3.1-8B-Instruct-8bit", "meta/llama-3.1-8b-instruct"),
    ("lmstudio-community/gemma-2-9b-it-GGUF", "google/gemma-2-9b-it"),
    ("lmstudio-community/Qwen3-8B-MLX-4bit", "qwen/qwen3-8b"),
    ("unsloth/Llama-3.3-70B-Instruct-bnb-4bit", "meta/llama-3.3-70b-instruct"),
    ("unsloth/llama-3-8b-Instruct-bnb-4bit", "meta/llama-3-8b-instruct"),
    ("unsloth/Qwen3-8B-unsloth-bnb-4bit", "qwen/qwen3-8b"),
    ("unsloth/gemma-3-4b-it-qat-GGUF", "google/gemma-3-4b-it"),
    ("google/gemma-3-4b-it-qat-q4_0-gguf", "google/gemma-3-4b-it"),
    ("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4", "qwen/qwen2.5-7b-instruct"),
    ("Qwen/Qwen2.5-32B-Instruct-AWQ", "qwen/qwen2.5-32b-instruct"),
    ("Qwen/Qwen3-30B-A3B-Instruct-2507-FP8", "qwen/qwen3-30b-a3b-instruct-2507"),
    ("neuralmagic/Meta-Llama-3.1-70B-Instruct-FP8", "meta/llama-3.1-70b-instruct"),
    ("RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16", "meta/llama-3.1-8b-instruct"),
    ("RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", "meta/llama-3.3-70b-instruct"),
    ("hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4", "meta/llama-3.1-70b-instruct"),
    ("casperhansen/llama-3-8b-instruct-awq", "meta/llama-3-8b-instruct"),
    ("nvidia/Llama-3.1-8B-Instruct-FP8", "meta/llama-3.1-8b-instruct"),
    ("nvidia/DeepSeek-R1-0528-NVFP4", "deepseek/deepseek-r1-0528"),
    ("bartowski/Qwen_Qwen3-8B-GGUF", "qwen/qwen3-8b"),
    ("bartowski/google_gemma-3-27b-it-GGUF", "google/gemma-3-27b-it"),
    ("mradermacher/Qwen2.5-7B-Instruct-i1-GGUF", "qwen/qwen2.5-7b-instruct"),
    ("turboderp/Llama-3.1-8B-Instruct-exl2", "meta/llama-3.1-8b-instruct"),
    ("Intel/Qwen3-8B-int4-AutoRound", "qwen/qwen3-8b"),
    ("OpenVINO/Phi-3-mini-4k-instruct-int4-ov", "microsoft/phi-3-mini-4k-instruct"),
    ("microsoft/Phi-3-mini-4k-instruct-gguf", "microsoft/phi-3-mini-4k-instruct"),
    ("ggml-org/gpt-oss-20b-GGUF", "openai/gpt-oss-20b"),
    ("deepseek-ai/DeepSeek-R1", "deepseek/deepseek-r1"),
    ("meta-llama/Llama-3.1-8B", "meta/llama-3.1-8b"),
    ("meta-llama/Meta-Llama-3.1-8B-Instruct", "meta/llama-3.1-8b-instruct"),
    ("llama-3.1-8b", "meta/llama-3.1-8b-instruct"),
    ("llama-3.1-8b-base", "meta/llama-3.1-8b"),
    ("Llama 3.1 8B base", "meta/llama-3.1-8b"),
    ("meta/llama-3.1-8b", "meta/llama-3.1-8b"),
    ("Meta Llama 3.1 8B Instruct", "meta/llama-3.1-8b-instruct"),
    ("Llama-3_1-8B-Instruct", "meta/llama-3.1-8b-instruct"),
    ("llama3.1:8b", "meta/llama-3.1-8b-instruct"),
    ("llama3.1:8b-instruct-q4_K_M", "meta/llama-3.1-8b-instruct"),
    ("llama3.1:latest", "meta/llama-3.1-8b-instruct"),
    ("ollama/llama3.1", "meta/llama-3.1-8b-instruct"),
    ("ollama/llama3.2:3b", "meta/llama-3.2-3b-instruct"),
    ("ollama_chat/qwen2.5:14b", "qwen/qwen2.5-14b-instruct"),
    ("ollama run mistral", "mistral/mistral-7b-instruct-v0.3"),
    ("https://ollama.com/library/gemma3:12b", "google/gemma-3-12b-it"),
    ("ollama.com/library/phi4", "microsoft/phi-4"),
    ("qwen3:4b", "qwen/qwen3-4b-thinking-2507"),
    ("qwen3:8b-q8_0", "qwen/qwen3-8b"),
    ("qwen3:30b-a3b-instruct-2507-q4_K_M", "qwen/qwen3-30b-a3b-instruct-2507"),
    ("gemma3:27b-it-qat", "google/gemma-3-27b-it"),
    ("gpt-oss:20b", "openai/gpt-oss-20b"),
    ("mistral:7b", "mistral/mistral-7b-instruct-v0.3"),
    ("mixtral:8x7b", "mistral/mixtral-8x7b-instruct-v0.1"),
    ("llama3:70b", "meta/llama-3-70b-instruct"),
    ("llama2:13b-chat-q5_K_M", "meta/llama-2-13b-chat"),
    ("deepseek-r1:8b", "deepseek/deepseek-r1-0528-qwen3-8b"),
    ("deepseek-r1:70b", "deepseek/deepseek-r1-distill-llama-70b"),
    ("phi3:mini", "microsoft/phi-3-mini-128k-instruct"),
    ("llama3.2-vision", "meta/llama-3.2-11b-vision-instruct"),
    ("gpt4o", "openai/gpt-4o"),
    ("gpt-4o", "openai/gpt-4o"),
    ("GPT 4o mini", "openai/gpt-4o-mini"),
    ("gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini"),
    ("openai:gpt-4o", "openai/gpt-4o"),
    ("gpt-4", "openai/gpt-4-0613"),
    ("gpt4", "openai/gpt-4-0613"),
    ("gpt-4.1-2025-04-14", "openai/gpt-4.1"),
    ("azure/gpt-35-turbo", "openai/gpt-3.5-turbo"),
    ("gpt-5", "openai/gpt-5"),
    ("o3-2025-04-16", "openai/o3"),
    ("o3", "openai/o3"),
    ("ft:gpt-4o-2024-08-06:acme::abc123", "openai/gpt-4o"),
    ("ft:gpt-4o-mini-2024-07-18:org:suffix:id", "openai/gpt-4o-mini"),
    ("claude-3.5-sonnet", "anthropic/claude-3-5-sonnet"),
    ("claude 3.5 sonnet", "anthropic/claude-3-5-sonnet"),
    ("Claude Sonnet 3.5", "anthropic/claude-3-5-sonnet"),
    ("claude-3-5-sonnet-20240620", "anthropic/claude-3-5-sonnet-20240620"),
    ("claude-3-5-sonnet-latest", "anthropic/claude-3-5-sonnet"),
    ("anthropic/claude-3.5-sonnet", "anthropic/claude-3-5-sonnet"),
    ("anthropic/claude-opus-4.5", "anthropic/claude-opus-4-5"),
    ("claude opus 4.5", "anthropic/claude-opus-4-5"),
    ("Claude 4.5 Opus", "anthropic/claude-opus-4-5"),
    ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic/claude-sonnet-4-5"),
    ("global.anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic/claude-haiku-4-5"),
    ("apac.anthropic.claude-3-haiku-20240307-v1:0", "anthropic/claude-3-haiku"),
    ("bedrock/us.anthropic.claude-3-7-sonnet-20250219-v1:0", "anthropic/claude-3-7-sonnet"),
    ("bedrock/converse/anthropic.claude-3-sonnet-20240229-v1:0", "anthropic/claude-3-sonnet"),
    ("bedrock/us-east-1/anthropic.claude-v2:1", "anthropic/claude-2.1"),
    ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0", "anthropic/claude-3-haiku"),
    (
        "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.meta.llama3-1-70b-instruct-v1:0",
        "meta/llama-3.1-70b-instruct",
    ),
    ("meta.llama3-1-8b-instruct-v1:0", "meta/llama-3.1-8b-instruct"),
    ("us.amazon.nova-pro-v1:0", "amazon/nova-pro"),
    ("amazon.nova-lite-v1:0:300k", "amazon/nova-lite"),
    ("mistral.mistral-7b-instruct-v0:2", "mistral/mistral-7b-instruct-v0.2"),
    ("us.deepseek.r1-v1:0", "deepseek/deepseek-r1"),
    ("vertex_ai/claude-3-haiku@20240307", "anthropic/claude-3-haiku"),
    ("claude-3-5-sonnet@20240620", "anthropic/claude-3-5-sonnet-20240620"),
    ("vertex_ai/gemini-2.5-pro", "google/gemini-2.5-pro"),
    ("vertex_ai/meta/llama-3.1-405b-instruct-maas", "meta/llama-3.1-405b-instruct"),
    ("claude-opus-4-1@20250805", "anthropic/claude-opus-4-1"),
    ("claude-sonnet-4-5@default", "anthropic/claude-sonnet-4-5"),
    ("claude-sonnet-4-5[1m]", "anthropic/claude-sonnet-4-5"),
    ("gemini/gemini-2.5-flash", "google/gemini-2.5-flash"),
    ("models/gemini-2.0-flash", "google/gemini-2.0-flash"),
    ("google-gla:gemini-2.5-flash", "google/gemini-2.5-flash"),
    ("gemini-2.0-flash-001", "google/gemini-2.0-flash"),
    ("Gemini 2.5 Pro", "google/gemini-2.5-pro"),
    ("Google Gemini 2.5 Pro", "google/gemini-2.5-pro"),
    ("gemini 3 pro", "google/gemini-3-pro-preview"),
    ("openrouter/google/gemini-2.5-flash-lite", "google/gemini-2.5-flash-lite"),
    ("openrouter/deepseek/deepseek-r1:free", "deepseek/deepseek-r1"),
    ("meta-llama/llama-3.3-70b-instruct:free", "meta/llama-3.3-70b-instruct"),
    ("meta-llama/llama-3.1-8b-instruct:nitro", "meta/llama-3.1-8b-instruct"),
    ("deepseek/deepseek-chat-v3-0324:free", "deepseek/deepseek-v3-0324"),
    ("https://openrouter.ai/anthropic/claude-opus-4.5", "anthropic/claude-opus-4-5"),
    ("qwen/qwen-2.5-72b-instruct", "qwen/qwen2.5-72b-instruct"),
    ("mistralai/mixtral-8x7b-instruct", "mistral/mixtral-8x7b-instruct-v0.1"),
    ("mistralai/mistral-large-2411", "mistral/mistral-large-instruct-2411"),
    ("mistral-large-latest", "mistral/mistral-large-3-675b-instruct-2512"),
    ("mistral-small-latest", "mistral/mistral-small-4-119b-2603"),
    ("mistral/mistral-small-latest", "mistral/mistral-small-4-119b-2603"),
    ("codestral-latest", "mistral/codestral-2508"),
    ("open-mistral-7b", "mistral/mistral-7b-instruct-v0.3"),
    ("mistral nemo", "mistral/mistral-nemo-instruct-2407"),
    ("mistral 7b instruct", "mistral/mistral-7b-instruct-v0.3"),
    ("Mistral-7B-Instruct-v0.2", "mistral/mistral-7b-instruct-v0.2"),
    ("mixtral 8x7b", "mistral/mixtral-8x7b-instruct-v0.1"),
    ("mixtral-8x22b", "mistral/mixtral-8x22b-instruct-v0.1"),
    ("x-ai/grok-4", "xai/grok-4"),
    ("xai/grok-3", "xai/grok-3"),
    ("z-ai/glm-4.6", "zai/glm-4.6"),
    ("moonshotai/kimi-k2", "moonshotai/kimi-k2-instruct"),
    ("kimi k2 thinking", "moonshotai/kimi-k2-thinking"),
    ("groq/llama-3.3-70b-versatile", "meta/llama-3.3-70b-instruct"),
    ("together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo", "meta/llama-3.3-70b-instruct"),
    ("fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct", "meta/llama-3.1-8b-instruct"),
    ("accounts/fireworks/models/deepseek-v3", "deepseek/deepseek-v3"),
    ("@cf/meta/llama-3.1-8b-instruct", "meta/llama-3.1-8b-instruct"),
    ("dashscope/qwen3-max", "qwen/qwen3-max"),
    ("llama 3.3 70b", "meta/llama-3.3-70b-instruct"),
    ("llama 70b", "meta/llama-3.3-70b-instruct"),
    ("llama 3 8b", "meta/llama-3-8b-instruct"),
    ("llama-2-13b", "meta/llama-2-13b-chat"),
    ("llama 2 7b chat", "meta/llama-2-7b-chat"),
    ("meta-llama/Llama-2-13b-hf", "meta/llama-2-13b"),
    ("llama 3.2 90b", "meta/llama-3.2-90b-vision-instruct"),
    ("llama 4 scout", "meta/llama-4-scout"),
    ("qwen 2.5 7b", "qwen/qwen2.5-7b-instruct"),
    ("qwen2.5 32b", "qwen/qwen2.5-32b-instruct"),
    ("qwen3 8b", "qwen/qwen3-8b"),
    ("qwen3 30b", "qwen/qwen3-30b-a3b"),
    ("qwen3-4b", "qwen/qwen3-4b"),
    ("qwen 32b", "qwen/qwen3-32b"),
    ("qwen coder 32b", "qwen/qwen2.5-coder-32b-instruct"),
    ("qwen3 coder 30b", "qwen/qwen3-coder-30b-a3b-instruct"),
    ("gemma 2 9b", "google/gemma-2-9b-it"),
    ("gemma-3-27b", "google/gemma-3-27b-it"),
    ("phi 4", "microsoft/phi-4"),
    ("phi-4 mini", "microsoft/phi-4-mini-instruct"),
    ("Phi 3.5 mini", "microsoft/phi-3.5-mini-instruct"),
    ("falcon 7b", "tii/falcon-7b-instruct"),
    ("tiiuae/falcon-7b", "tii/falcon-7b"),
    ("deepseek r1 14b", "deepseek/deepseek-r1-distill-qwen-14b"),
    ("DeepSeek R1", "deepseek/deepseek-r1"),
    ("deepseek v3", "deepseek/deepseek-v3"),
    ("deepseek-v3.1", "deepseek/deepseek-v3.1"),
    ("claude sonnet", "anthropic/claude-sonnet-5-5"),
    ("claude haiku", "anthropic/claude-haiku-5-5"),
    ("gemini flash", "google/gemini-3.8-flash"),
    ("gpt oss 20b", "openai/gpt-oss-20b"),
    ("gpt-oss-120b", "openai/gpt-oss-120b"),
    ("smollm2 1.7b", "huggingface/smollm2-1.7b-instruct"),
    ("tinyllama 1.1b", "tinyllama/tinyllama-1.1b-chat-v1.0"),
    ("tinyllama", "tinyllama/tinyllama-1.1b-chat-v1.0"),
    ("whisper large", "openai/whisper-large-v3"),
    ("nemotron nano 9b", "nvidia/nemotron-nano-9b-v2"),
    ("nvidia/Llama-3_3-Nemotron-Super-49B-v1_5", "nvidia/llama-3.3-nemotron-super-49b-v1.5"),
    ("granite 3.3 8b", "ibm/granite-3.3-8b-instruct"),
    ("command r plus 08-2024", "cohere/command-r-plus-08-2024"),
    ("olmo 2 13b", "allenai/olmo-2-13b-instruct"),
    ("allenai/OLMo-2-1124-13B-Instruct-GGUF", "allenai/olmo-2-13b-instruct"),
    ("C:\\models\\Qwen3-8B-Q4_K_M.gguf", "qwen/qwen3-8b"),
    ("/root/models/Qwen2.5-7B-Instruct", "qwen/qwen2.5-7b-instruct"),
    ("mistral-7b-v0.1", "mistral/mistral-7b-instruct-v0.1"),
    ("mistralai/Mistral-7B-v0.1", "mistral/mistral-7b-v0.1"),
    ("opus 4.5", "anthropic/claude-opus-4-5"),
    ("sonnet 4.5", "anthropic/claude-sonnet-4-5"),
    ("google/gemini-pro-1.5", "google/gemini-1.5-pro"),
    ("QuantFactory/Meta-Llama-3-8B-Instruct-GGUF-v2", "meta/llama-3-8b-instruct"),
    ("vertex_ai/claude-3-5-sonnet-v2@20241022", "anthropic/claude-3-5-sonnet"),
    ("groq/llama3-70b-8192", "meta/llama-3-70b-instruct"),
    ("groq/gemma2-9b", "google/gemma-2-9b-it"),
    ("Qwen3-8B-4bit-DWQ", "qwen/qwen3-8b"),
    ("llama-3.1-70b-instruct-fp8", "meta/llama-3.1-70b-instruct"),
    ("openrouter/anthropic/claude-3.5-haiku", "anthropic/claude-3-5-haiku"),
    ("anthropic/claude-3.7-sonnet:thinking", "anthropic/claude-3-7-sonnet"),
    ("Alibaba Qwen3 8B", "qwen/qwen3-8b"),
    ("@cf/qwen/qwen3-30b-a3b-fp8", "qwen/qwen3-30b-a3b"),
    ("deepseek r1 0528", "deepseek/deepseek-r1-0528"),
    ("ollama/gemma3", "google/gemma-3-4b-it"),
    ("llama4:scout", "meta/llama-4-scout"),
    ("gemini-flash-latest", "google/gemini-3.8-flash"),
    ("fireworks_ai/glm-4p5", "zai/glm-4.5"),
    ("fireworks/kimi-k2p5", "moonshotai/kimi-k2.5"),
    ("fireworks_ai/accounts/fireworks/models/llama-v3p1-405b-instruct", "meta/llama-3.1-405b-instruct"),
    ("accounts/fireworks/models/deepseek-v3p1", "deepseek/deepseek-v3.1"),
    ("mistral/mistral-large-latest", "mistral/mistral-large-3-675b-instruct-2512"),
    ("command r+", "cohere/command-r-plus-04-2024"),
    ("phi 4 reasoning+", "microsoft/phi-4-reasoning-plus"),
    ("gemini-2.5-pro-preview", "google/gemini-2.5-pro"),
    ("gemini-2.0-flash-thinking-exp", "google/gemini-2.0-flash-thinking-exp-01-21"),
    ("Qwen/Qwen3-8B-GGUF:Q8_0", "qwen/qwen3-8b"),
    ("ISTA-DASLab/gemma-3-27b-it-GPTQ-4b-128g", "google/gemma-3-27b-it"),
    ("Claude 4.5 Sonnet", "anthropic/claude-sonnet-4-5"),
    ("arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-1-8b-instruct-v1:0", "meta/llama-3.1-8b-instruct"),
    ("bedrock/us-west-2/anthropic.claude-instant-v1", "anthropic/claude-instant-1.2"),
    ("openai.gpt-oss-120b-1:0", "openai/gpt-oss-120b"),
    ("qwen.qwen3-coder-30b-a3b-v1:0", "qwen/qwen3-coder-30b-a3b-instruct"),
    ("projects/p/locations/us-central1/publishers/google/models/gemini-2.5-flash", "google/gemini-2.5-flash"),
    ("azure/eu/gpt-4o-2024-08-06", "openai/gpt-4o"),
    ("azure/global-standard/gpt-4o-mini", "openai/gpt-4o-mini"),
    ("cloudflare/@cf/meta/llama-3.3-70b-instruct-fp8-fast", "meta/llama-3.3-70b-instruct"),
    ("huggingface/together/deepseek-ai/DeepSeek-R1", "deepseek/deepseek-r1"),
    ("cerebras/llama3.1-8b", "meta/llama-3.1-8b-instruct"),
    ("watsonx/ibm/granite-3-3-8b-instruct", "ibm/granite-3.3-8b-instruct"),
    ("mradermacher/Qwen3-14B-i1-GGUF", "qwen/qwen3-14b"),
    ("cpatonn/Qwen3-30B-A3B-Instruct-2507-AWQ-4bit", "qwen/qwen3-30b-a3b-instruct-2507"),
    ("granite4:tiny-h", "ibm/granite-4.0-h-tiny"),
    ("https://openrouter.ai/anthropic/claude-sonnet-4.5", "anthropic/claude-sonnet-4-5"),
)  # fmt: skip


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
