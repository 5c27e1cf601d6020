"""What a runtime has to do for one token of a model: bytes to read and operations to carry out."""

from dataclasses import dataclass

import numpy as np

from llmselect.estimate.memory import KV_BITS, WeightBytes
from llmselect.estimate.rows import Bools, Codes, Floats
from llmselect.estimate.shapes import Shapes

WHOLE = 2.0**31  # tokens: a prompt that is never read in pieces


@dataclass(slots=True)
class Work:
    """Bytes and FLOPs of one token of n artifacts in a runtime; each (n,).

    `dense_bytes` are the weights that every step reads, the output head included; `expert_bytes` the routed experts'
    that one token reads, `experts_per_token` of `experts` in a layer (both 0 for a dense model). `dense_flops` and
    `expert_flops` are those of one prompt token, two per weight and token (arXiv 2001.08361, table 1), without the
    head; `head_flops` those of one token's logits. A prompt longer than `chunk_tokens` is read in pieces. The other
    columns are those of `Shapes`.
    """

    layers: Floats
    hidden_size: Floats
    kv_splits: Floats
    dense_bytes: Floats
    expert_bytes: Floats
    experts: Floats
    experts_per_token: Floats
    kv_bytes_per_token_layer: Floats
    windowed_layers: Floats
    window_tokens: Floats
    linear_layers: Floats
    state_bytes: Floats
    dense_flops: Floats
    expert_flops: Floats
    head_flops: Floats
    pair_flops: Floats
    chunk_tokens: Floats


def work_of(
    shapes: Shapes,
    weights: WeightBytes,
    last_token_alone: Bools | bool,
    chunk_tokens: Floats | float,
    kv_bits: float = KV_BITS,
) -> Work:
    """The work of artifacts.

    `last_token_alone` is where a runtime computes the last layer's feed-forward part for a prompt's last token only.
    """
    routed = np.where(shapes.expert_params > 0, shapes.expert_params, 1.0)
    expert_bytes = weights.experts * (shapes.active_expert_params / routed)
    experts = shapes.active_expert_params - np.where(last_token_alone, shapes.last_expert_params, 0.0)
    dense = shapes.active_layer_params - shapes.active_expert_params
    dense = dense - np.where(last_token_alone, shapes.last_dense_params, 0.0)
    logits = np.where(shapes.head_params > 0, shapes.head_params, shapes.embedding_params)
    return Work(
        layers=shapes.layers,
        hidden_size=shapes.hidden_size,
        kv_splits=shapes.kv_splits,
        dense_bytes=weights.active - expert_bytes,
        expert_bytes=expert_bytes,
        experts=shapes.experts,
        experts_per_token=shapes.experts_per_token,
        kv_bytes_per_token_layer=shapes.kv_bytes_per_token_layer * (kv_bits / KV_BITS),
        windowed_layers=shapes.windowed_layers,
        window_tokens=shapes.window_tokens,
        linear_layers=shapes.linear_layers,
        state_bytes=shapes.state_bytes,
        dense_flops=2.0 * dense,
        expert_flops=2.0 * experts,
        head_flops=2.0 * logits,
        pair_flops=shapes.pair_flops,
        chunk_tokens=np.full_like(shapes.layers, chunk_tokens),
    )


def token_layers(work: Work, tokens: Floats | float) -> Floats:
    """(n,): positions that one query attends to, summed over the layers, with `tokens` in the context."""
    full = work.layers - work.windowed_layers - work.linear_layers
    return full * tokens + work.windowed_layers * np.minimum(tokens, work.window_tokens)


def pair_layers(work: Work, prompt_tokens: Floats | float, cached_tokens: Floats | float) -> Floats:
    """(n,): pairs of a query of the prompt and a position that it attends to, summed over the layers."""
    full = prompt_tokens * (cached_tokens + (prompt_tokens + 1) / 2)
    growing = np.minimum(prompt_tokens, np.maximum(0.0, work.window_tokens - cached_tokens))
    windowed = growing * (cached_tokens + (growing + 1) / 2) + (prompt_tokens - growing) * work.window_tokens
    unbounded = work.layers - work.windowed_layers - work.linear_layers
    return unbounded * full + work.windowed_layers * windowed


def kv_bytes(work: Work, tokens: Floats | float) -> Floats:
    """(n,): KV cache of one sequence of `tokens` tokens, and what linear layers keep of it, in bytes."""
    return work.kv_bytes_per_token_layer * token_layers(work, tokens) + work.state_bytes


def lookups(work: Work, tokens: Floats | float) -> Floats:
    """(n,): cache entries that one query reads: one for each KV head, position and layer."""
    return work.kv_splits * token_layers(work, tokens)


def woken(work: Work, tokens: Codes | Floats | float) -> Floats:
    """(n,): distinct experts that `tokens` tokens read together, over those of one token; 0 in a dense model.

    Of E experts, k chosen evenly by each of b tokens, E(1 - (1 - k/E)^b) are distinct in expectation.
    """
    mixture = work.experts > 0
    share = np.where(mixture, work.experts_per_token, 1.0) / np.where(mixture, work.experts, 1.0)
    return np.where(mixture, (1 - (1 - share) ** tokens) / share, 0.0)
