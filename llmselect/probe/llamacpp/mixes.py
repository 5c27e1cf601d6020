"""The quantisation type of each tensor, by artifact, layer and role.

The rules are those of `llama-quantize` without an importance matrix (github.com/ggml-org/llama.cpp,
src/llama-quant.cpp), without its exceptions for models with eight experts, 70B models and Falcon.
"""

from collections.abc import Callable, Mapping
from functools import cache
from math import prod
from types import MappingProxyType
from typing import NamedTuple

from llmselect.errors import LlmselectError
from llmselect.probe.llamacpp.shapes import EXPERT_ROLES, HEAD, NORM, ROUTER, Decoder, Tensor, tensors

# Type: weights of a block, bytes of a block (github.com/ggml-org/llama.cpp, ggml/src/ggml-common.h).
BLOCKS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "F32": (1, 4),
        "F16": (1, 2),
        "Q8_0": (32, 34),
        "Q4_0": (32, 18),
        "Q6_K": (256, 210),
        "Q5_K": (256, 176),
        "Q4_K": (256, 144),
        "Q3_K": (256, 110),
        "Q2_K": (256, 84),
    }
)
Condition = Callable[[Decoder, int], bool]


def _all_layers(decoder: Decoder, layer: int) -> bool:
    return True


def _mixed_layers(decoder: Decoder, layer: int) -> bool:
    """The first and last eighth of the layers, and every third layer in between."""
    eighth = decoder.layers // 8
    return layer < eighth or layer >= 7 * decoder.layers // 8 or (layer - eighth) % 3 == 2


def _first_two(decoder: Decoder, layer: int) -> bool:
    return layer < 2


def _first_sixteenth(decoder: Decoder, layer: int) -> bool:
    return layer < decoder.layers // 16


def _grouped(decoder: Decoder, layer: int) -> bool:
    return decoder.attention_heads >= 4 * decoder.kv_heads


class Mix(NamedTuple):
    """An artifact's default type, its head's type, and overrides by role, of which the first that applies counts."""

    default: str
    head: str
    overrides: Mapping[str, tuple[tuple[Condition, str], ...]] = MappingProxyType({})


def _with_experts(
    role_types: Mapping[str, tuple[tuple[Condition, str], ...]],
) -> Mapping[str, tuple[tuple[Condition, str], ...]]:
    """The overrides with those of `ffn_down` repeated for the experts' matrices."""
    down = role_types.get("ffn_down", ())
    return MappingProxyType({**role_types, "ffn_down_exps": down})


_SIX_BITS = _with_experts({"attn_v": ((_mixed_layers, "Q6_K"),), "ffn_down": ((_mixed_layers, "Q6_K"),)})
MIXES: Mapping[str, Mix] = MappingProxyType(
    {
        "F16": Mix("F16", "F16"),
        "Q8_0": Mix("Q8_0", "Q8_0"),
        "Q6_K": Mix("Q6_K", "Q6_K"),
        "Q5_K_M": Mix("Q5_K", "Q6_K", _SIX_BITS),
        "Q4_K_M": Mix("Q4_K", "Q6_K", _SIX_BITS),
        "Q4_0": Mix("Q4_0", "Q6_K"),
        "Q3_K_M": Mix(
            "Q3_K",
            "Q6_K",
            _with_experts(
                {
                    "attn_v": ((_first_two, "Q5_K"), (_all_layers, "Q4_K")),
                    "attn_output": ((_all_layers, "Q4_K"),),
                    "ffn_down": ((_first_sixteenth, "Q5_K"), (_all_layers, "Q4_K")),
                }
            ),
        ),
        "Q2_K": Mix(
            "Q2_K",
            "Q6_K",
            _with_experts(
                {
                    "attn_v": ((_grouped, "Q4_K"), (_all_layers, "Q3_K")),
                    "attn_output": ((_all_layers, "Q3_K"),),
                    "ffn_down": ((_all_layers, "Q3_K"),),
                }
            ),
        ),
    }
)


def tensor_type(decoder: Decoder, artifact: str, tensor: Tensor) -> str:
    """The type of one tensor, such as `Q4_K`; norms and routers stay in F32.

    Raises LlmselectError `bad-shape` if a row is not a whole number of blocks.
    """
    if tensor.role in (NORM, ROUTER):
        return "F32"
    mix = MIXES[artifact]
    rules = mix.overrides.get(tensor.role, ())
    default = mix.head if tensor.role == HEAD else mix.default
    found = next((name for when, name in rules if when(decoder, tensor.layer)), default)
    if tensor.shape[-1] % BLOCKS[found][0]:
        message = f"{tensor.name} has rows of {tensor.shape[-1]} weights, which {found} cannot divide into blocks"
        raise LlmselectError("bad-shape", message, f"Rows must be multiples of {BLOCKS[found][0]}.")
    return found


def tensor_bytes(type_name: str, shape: tuple[int, ...]) -> int:
    """Bytes of a tensor with this type and shape."""
    weights, size = BLOCKS[type_name]
    return prod(shape) // weights * size


class FileBytes(NamedTuple):
    """Bytes of a file's tensors: of all, of the routed experts, and of those that one token reads."""

    total: int
    experts: int
    active: int


@cache
def file_bytes(decoder: Decoder, artifact: str) -> FileBytes:
    """The bytes of a file's tensors; a token reads only one row of an untied embedding, which is neglected."""
    total = experts = unread = 0
    for tensor in tensors(decoder):
        size = tensor_bytes(tensor_type(decoder, artifact, tensor), tensor.shape)
        total += size
        if tensor.role in EXPERT_ROLES:
            experts += size
        elif tensor.role == "token_embd":
            unread += size
    chosen = experts * (decoder.experts_per_token or 0) // (decoder.experts or 1)
    return FileBytes(total, experts, total - unread - experts + chosen)
