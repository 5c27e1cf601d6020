"""Runtimes by what people call them, and by the programs that are built on them."""

import re
from typing import get_args

from llmselect.catalog.words import RuntimeName
from llmselect.errors import LlmselectError, fold, unknown_name

RUNTIMES: tuple[str, ...] = get_args(RuntimeName)
_SPELLINGS = {
    "llama.cpp": "llamacpp, llama cpp, llama cpp python, llama server, ggml, gguf, ollama, lmstudio, lm studio, lms, "
    "jan, koboldcpp, kobold, gpt4all, llamafile, xllamacpp, ramalama, docker model runner",
    "vllm": "vllm openai, vllm engine, vllm serve",
    "transformers": "hf, hugging face, huggingface, hf transformers, huggingface transformers, pytorch, torch",
}
# Real ones whose speeds are not estimated.
_OTHERS = (
    "sglang, mlx, mlx lm, tensorrt llm, tensorrt, trt llm, trtllm, tgi, text generation inference, exllama, exllamav2, "
    "exllamav3, tabbyapi, lmdeploy, turbomind, aphrodite, mlc, mlc llm, onnx, onnx runtime, onnxruntime, openvino, "
    "deepspeed, ctranslate2, executorch, litert, triton, nim, dynamo, candle, mistral.rs, powerinfer, "
    "ktransformers, ik llama.cpp, text generation webui, oobabooga"
)
_MEANT = {fold(word): runtime for runtime, words in _SPELLINGS.items() for word in words.split(",")}
_REAL = frozenset(fold(word) for word in _OTHERS.split(","))
_VERSION = re.compile(r"[\s@=:-]+v?\d+(?:\.\w+)*$")  # of `vllm 0.11.0`
SUPPORTED = "It may be llama.cpp (also Ollama and LM Studio), vllm or transformers."


def find_runtime(name: str) -> str:
    """The runtime of a name, also of a program built on one; raises LlmselectError with what is supported."""
    key = fold(_VERSION.sub("", name.strip()))
    found = next((runtime for runtime in RUNTIMES if fold(runtime) == key), None) or _MEANT.get(key)
    if found is not None:
        return found
    if key in _REAL:
        raise LlmselectError("unknown-runtime", f"speeds of {name.strip()} are not estimated yet", SUPPORTED)
    raise unknown_name("runtime", name, RUNTIMES, SUPPORTED)
