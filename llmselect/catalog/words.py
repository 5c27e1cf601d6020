"""The words that facts and requirements choose from."""

from typing import Literal

Modality = Literal["text", "image", "audio", "video", "pdf"]
Capability = Literal["tools", "structured-output", "reasoning", "fine-tuning", "streaming", "system-prompt"]
Deployment = Literal["api", "managed", "app", "device"]
Access = Literal["open-weights", "gated-weights", "api", "app", "device"]
Skill = Literal[
    "reasoning", "coding", "agentic-coding", "mathematics", "data-analysis", "wordplay", "instruction-following",
    "knowledge", "preference", "factuality", "multilingual", "vision", "long-context", "tool-use", "translation",
]  # fmt: skip
Effort = Literal["default", "none", "low", "medium", "high", "max"]
Tuning = Literal["base", "instruct", "task"]
CriterionName = Literal["quality", "latency", "cost", "context", "safety", "openness", "adaptability"]
ScaleName = Literal[
    "cost_usd_per_month", "context_headroom", "faithful_summaries_percent", "tuned_params",
]  # fmt: skip
TaskName = Literal[
    "conversation", "content-generation", "qa", "reasoning", "coding", "agents",
    "summarization", "extraction", "classification", "translation", "math",
]  # fmt: skip
RuntimeName = Literal["llama.cpp", "vllm", "transformers"]

NeedName = Literal["images", "long-context", "tools", "language"]

AMPLE_UTILITY = 0.85  # what the quality is worth that is ample for a task; excellent is worth 1
REFERENCE_PARAMS = 30e9  # active parameters to which the constants of hosts' usual speeds refer
GONE_DAYS = 180  # an offering that no source has listed for half a year may be gone


def language_skill(code: str) -> str:
    """The name of what models can in a natural language, among the skills."""
    return f"language-{code}"
