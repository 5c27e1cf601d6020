"""Decoder shapes for GGUF files, and the tensors of each."""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple


class Decoder(NamedTuple):
    """A decoder-only transformer with SwiGLU; with `experts`, every layer is a mixture and `ffn_size` is one expert's.

    `architecture` is llama.cpp's name: `llama` (also for mixtures), `olmoe` or `qwen3moe`. Implements the protocol
    `Shape` of the estimates, which alone needs the fields after `architecture`.
    """

    layers: int
    hidden_size: int
    ffn_size: int
    attention_heads: int
    kv_heads: int
    head_size: int
    vocabulary_size: int
    tied_embeddings: bool = False
    experts: int | None = None
    experts_per_token: int | None = None
    architecture: str = "llama"
    ffn_matrices: int = 3
    shared_experts: int = 0
    dense_layers: int = 0
    expert_ffn_size: int | None = None
    sliding_window_tokens: int | None = None
    sliding_layers: int | None = None
    mla_kv_rank: int | None = None
    mla_query_rank: int | None = None
    mla_rope_head_size: int | None = None
    mla_value_head_size: int | None = None


class Tensor(NamedTuple):
    """A tensor by its name in the file, its role in the quantisation mix, its layer (-1 outside) and its shape."""

    name: str
    role: str
    layer: int
    shape: tuple[int, ...]

    @property
    def elements(self) -> int:
        """The number of elements."""
        return prod(self.shape)


NORM, ROUTER, EMBEDDING, HEAD = "norm", "router", "token_embd", "output"
EXPERT_ROLES = ("ffn_gate_exps", "ffn_up_exps", "ffn_down_exps")


def tensors(decoder: Decoder) -> Iterator[Tensor]:
    """All tensors, shapes with the slowest dimension first; a tied embedding has the head's role."""
    wide = (decoder.vocabulary_size, decoder.hidden_size)
    yield Tensor("token_embd.weight", HEAD if decoder.tied_embeddings else EMBEDDING, -1, wide)
    if not decoder.tied_embeddings:
        yield Tensor("output.weight", HEAD, -1, wide)
    yield Tensor("output_norm.weight", NORM, -1, (decoder.hidden_size,))
    for layer in range(decoder.layers):
        for part, role, shape in _layer(decoder):
            yield Tensor(f"blk.{layer}.{part}.weight", role, layer, shape)


def _layer(decoder: Decoder) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    hidden, queries = decoder.hidden_size, decoder.attention_heads * decoder.head_size
    keys = decoder.kv_heads * decoder.head_size
    matrices = {
        "attn_q": (queries, hidden),
        "attn_k": (keys, hidden),
        "attn_v": (keys, hidden),
        "attn_output": (hidden, queries),
    }
    yield from ((name, name, shape) for name, shape in matrices.items())
    norms = {"attn_norm": hidden, "ffn_norm": hidden, **_head_norms(decoder, queries, keys)}
    yield from ((name, NORM, (size,)) for name, size in norms.items())
    yield from _feed_forward(decoder)


def _head_norms(decoder: Decoder, queries: int, keys: int) -> dict[str, int]:
    """Sizes of query and key norms: over all heads together in OLMoE, per head in Qwen3."""
    sizes = {"olmoe": (queries, keys), "qwen3moe": (decoder.head_size, decoder.head_size)}
    found = sizes.get(decoder.architecture)
    return {} if found is None else {"attn_q_norm": found[0], "attn_k_norm": found[1]}


def _feed_forward(decoder: Decoder) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    inner, hidden = decoder.ffn_size, decoder.hidden_size
    up, down = (inner, hidden), (hidden, inner)
    if not decoder.experts:
        yield from (("ffn_gate", "ffn_gate", up), ("ffn_up", "ffn_up", up), ("ffn_down", "ffn_down", down))
        return
    yield "ffn_gate_inp", ROUTER, (decoder.experts, hidden)
    for role in EXPERT_ROLES:
        yield role, role, (decoder.experts, *(down if role == "ffn_down_exps" else up))
