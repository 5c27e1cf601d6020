"""Hosts by what people and clients call them, and the prefixes that clients put before a model's id."""

import re
from collections.abc import Collection, Mapping

from llmselect.errors import LlmselectError, fold, unknown_name

SELF = "self"
# What people call a host, or all hosts of a company, by the ids of the catalogue.
_HOSTS: dict[str, str] = {
    "bedrock sagemaker": "aws, amazon, amazon web services, 亞馬遜",
    "bedrock": "amazon bedrock, aws bedrock, bedrock converse",
    "sagemaker": "aws sagemaker, amazon sagemaker, sagemaker jumpstart, jumpstart",
    "gemini-api vertex": "google, google cloud and gemini, 谷歌",
    "vertex": "vertex ai, vertexai, google vertex, google vertex ai, google cloud, gcp, model garden",
    "gemini-api": "gemini, ai studio, google ai studio, google gemini, google ai, google gla, google genai, palm",
    "azure": "microsoft, 微軟, azure ai, azure openai, microsoft azure, foundry, azure foundry, microsoft foundry, "
    "azure ai foundry, azure ai studio, cognitive services",
    "github-models": "github, github models",
    "openai": "open ai, chatgpt, openai api, openai chat, openai responses, text completion openai",
    "anthropic": "claude, anthropic api",
    "mistral": "mistral ai, mistralai, la plateforme, codestral",
    "cohere": "cohere chat, cohere ai",
    "deepseek": "deepseek ai, deepseek api, 深度求索",
    "alibaba": "alibaba cloud, aliyun, dashscope, qwen, model studio, bailian, tongyi, 阿里雲, 阿里云",
    "moonshot": "moonshot ai, moonshotai, kimi, 月之暗面",
    "zai": "z.ai, zhipu, zhipuai, bigmodel, glm, 智譜, 智谱",
    "xai": "x.ai, grok, x ai",
    "together": "together ai, togetherai, togethercomputer",
    "fireworks": "fireworks ai",
    "groq": "groq cloud, groqcloud",
    "openrouter": "open router",
    "perplexity": "perplexity ai, pplx",
    "cloudflare": "cloudflare workers ai, workers ai, cf",
    "watsonx": "ibm, watsonx.ai, ibm watsonx, ibm cloud",
    "ai21": "ai21 labs, ai21 studio, ai21 chat",
    "bytedance": "volcengine, volcano engine, byteplus, modelark, doubao, ark, 字節跳動, 火山引擎",
    "nebius": "nebius ai, nebius studio, token factory",
    "sambanova": "sambanova cloud",
    "deepinfra": "deep infra",
    "ovhcloud": "ovh, ovh cloud",
    "minimax": "minimax ai, minimaxi, hailuo",
    "tencent": "tencent cloud, hunyuan, 騰訊, 騰訊雲",
    "stepfun": "step, stepfun ai",
    "xiaomi": "mimo",
    "novita": "novita ai",
    "upstage": "upstage ai, solar",
    "meta": "meta ai, meta llama api, llama api",
    "android-aicore": "android, aicore, gemini nano",
    SELF: "local, localhost, own, my own, self host, self hosted, on premise, on premises, on prem, my machine, "
    "ollama, llama.cpp, lm studio, vllm, laptop, my laptop, my computer, home, 本機, 本地, 自架",
}
# What clients put before a model's id that names no host: a client's own word for a server, or for any model.
NEUTRAL = (
    "models", "model", "hosted_vllm", "vllm", "lm_studio", "lmstudio", "openai_like", "openai-compatible",
    "custom_openai", "litellm", "litellm_proxy", "huggingface", "hf", "text-completion-huggingface", "google-gla",
    "publishers", "nvidia_nim", "nim", "docker", "ai", "chat", "library", "converse", "invoke",
)  # fmt: skip
# Hosts under the names that clients give them; not all are in the catalogue.
CLIENTS_HOSTS = (
    "ai21", "alibaba", "anthropic", "azure", "baseten", "bedrock", "bytedance", "cerebras", "cloudflare", "cohere",
    "databricks", "deepinfra", "deepseek", "fireworks", "friendliai", "groq", "hyperbolic", "inception", "lambda",
    "meta", "minimax", "mistral", "moonshot", "nebius", "novita", "nscale", "openai", "openrouter", "ovhcloud",
    "perplexity", "replicate", "sagemaker", "sambanova", "scaleway", "snowflake", "stepfun", "tencent", "together",
    "upstage", "vertex", "watsonx", "xai", "xiaomi", "zai",
)  # fmt: skip
OLLAMA = ("ollama", "ollama_chat", "ollama-cloud", "registry.ollama.ai")

_SITE = re.compile(r"(?:https?://)?(?:www\.|api\.)?([\w-]+)\.(?:ai|com|io|net|cloud|xyz)/?")  # deepinfra.com
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    fold(spelling): tuple(hosts.split()) for hosts, words in _HOSTS.items() for spelling in words.split(",")
}
# Hosts that developers run themselves, where they are not called like them.
OWN_HOSTS = {"google": "gemini-api", "qwen": "alibaba", "moonshotai": "moonshot", "amazon": "bedrock"}


def own_host(model_id: str) -> str:
    """The id of the host that a model's developer runs, if it runs one."""
    developer = model_id.partition("/")[0]
    return OWN_HOSTS.get(developer, developer)


def find_hosts(name: str, hosts: Mapping[str, object] | Collection[str]) -> tuple[str, ...]:
    """The ids of the hosts that a person calls `name`, one or all of a company; `self` is one's own machine.

    `hosts` are the ids of the catalogue. Raises LlmselectError with close matches.
    """
    known = [*hosts, SELF]
    by_key = {fold(host): host for host in known}
    site = _SITE.fullmatch(name.strip().lower())
    keys = [fold(name), *([fold(site[1])] if site else [])]
    key = next((key for key in keys if key in by_key or key in SPELLINGS), "")
    found = (by_key[key],) if key in by_key else tuple(one for one in SPELLINGS.get(key, ()) if one in known)
    if not found:
        raise unknown_name("host", name, known, listed=True)
    return found


def find_host(name: str, hosts: Mapping[str, object] | Collection[str]) -> str:
    """The id of the one host that a person calls `name`; raises LlmselectError for a company that has several."""
    found = find_hosts(name, hosts)
    if len(found) > 1:
        raise LlmselectError(
            "ambiguous-host", f"{name!r} has several hosts in the catalogue", f"Name one: {', '.join(found)}."
        )
    return found[0]


def prefixed(name: str, hosts: Collection[str] = ()) -> tuple[tuple[str, ...], str] | None:
    """The hosts that a name's first part speaks of, and the rest; None where it begins with no such part.

    A prefix ends with `/` or `:`, as in `azure/gpt-4o` and `openai:gpt-4o`.
    """
    for sign in "/:":
        first, found, rest = name.partition(sign)
        key = fold(first)
        if not found or not rest or not key:
            continue
        if key in _NEUTRAL_KEYS:
            return (), rest
        meant = (key,) if key in hosts else SPELLINGS.get(key, ())
        if meant or key in _PREFIX_KEYS:
            return tuple(one for one in meant if one != SELF), rest
    return None


_NEUTRAL_KEYS = frozenset(map(fold, NEUTRAL))
_PREFIX_KEYS = frozenset(map(fold, (*OLLAMA, *CLIENTS_HOSTS)))
