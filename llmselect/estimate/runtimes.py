"""What sets runtimes apart in memory and speed."""

from dataclasses import dataclass

from llmselect.estimate.memory import GIB
from llmselect.estimate.work import WHOLE


@dataclass(frozen=True, slots=True)
class Runtime:
    """How a program runs a model.

    `base_bytes` is its own memory, `batch_tokens` the tokens of a prompt whose activations it holds at once,
    `chunk_tokens` those that it reads in one piece. `last_token_alone`: it computes the last layer's feed-forward part
    for a prompt's last token only. `splits_with_ram`: weights may lie partly in the system's memory. `splits_layers`:
    several GPUs share every layer. `shares_cache`: sequences share the memory that is left, as many as it holds.
    `multiplies_in_fp8`: it does so where weights have 8 bits and the device can.
    """

    base_bytes: float
    batch_tokens: float
    chunk_tokens: float = WHOLE
    last_token_alone: bool = False
    splits_with_ram: bool = False
    splits_layers: bool = False
    shares_cache: bool = False
    multiplies_in_fp8: bool = False


RUNTIMES = {
    "llama.cpp": Runtime(0.4 * GIB, 512, 512, last_token_alone=True, splits_with_ram=True),
    "vllm": Runtime(1.5 * GIB, 2048, 2048, splits_layers=True, shares_cache=True, multiplies_in_fp8=True),
    "transformers": Runtime(1.0 * GIB, 512),
}
