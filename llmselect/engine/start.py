"""What gets an option going: the API's model id, or the command that downloads the weights and serves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmselect.engine.cite import Ref, ref
from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.estimate.memory import GIB
from llmselect.results.figures import Start

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model

_VLLM = {"none": "vllm serve {repo}", "q8": "vllm serve {repo} --quantization fp8"}  # 4 bits need other weights


def start_of(option: Option, situation: Situation) -> Start | None:
    """How to begin with an option; None where no source names an id or a repository."""
    if option.offering is not None:
        fact = option.offering.api_id
        if fact is None or fact.value is None:
            return None
        host = situation.catalog.hosts[option.host]
        return Start("api", fact.value, host.name, None, None, ref(host, fact).citations())
    found = _served(option, situation)
    if found is None or option.weights is None:
        return None
    kind, text, origin = found
    gated = option.model.access.value == "gated-weights"
    return Start(kind, text, None, option.weights.total / GIB, gated, origin.citations())


def _served(option: Option, situation: Situation) -> tuple[str, str, Ref] | None:
    """The kind and text of what to type, and who names its repository."""
    model, level = option.model, option.quantization or "none"
    artifact = situation.catalog.quantizations.quantizations[level].artifacts.get(option.runtime or "")  # type: ignore[call-overload]
    if option.runtime == "llama.cpp" and artifact is not None and (repo := _value(model, "gguf")) is not None:
        return "command", f"llama-server -hf {repo}:{artifact.name}", ref(model, model.gguf)
    repo = _value(model, "weights")
    if repo is None:
        return None
    if option.runtime == "vllm" and level in _VLLM:
        return "command", _VLLM[level].format(repo=repo), ref(model, model.weights)
    return "weights", repo, ref(model, model.weights)


def _value(model: Model, name: str) -> str | None:
    fact = getattr(model, name)
    return fact.value if fact is not None else None
