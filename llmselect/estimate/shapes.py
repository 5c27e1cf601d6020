"""A model's shape in plain numbers: all that its memory and its speed need to know of it, whatever the request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from llmselect.estimate.parameters import kv_bytes_per_token_layer, linear_state_bytes, parameter_parts
from llmselect.estimate.rows import Bools, Floats
from llmselect.estimate.shape import Shape, linear_of

WIDTH_PER_LAYER = 128
TYPICAL_HEAD_SIZE = 128
TYPICAL_KV_HEADS = 8
TYPICAL_EXPERTS = 128
TYPICAL_EXPERTS_PER_TOKEN = 8
TYPICAL_VOCABULARY = 128_000
TYPICAL_HIDDEN_SIZE = 8_192
TYPICAL_CACHED_LAYERS = 80


@dataclass(slots=True)
class Shapes:
    """Shapes of n models, each column (n,); NaN where a model's size is unknown.

    `*_params` are numbers of weights: of the token embedding, of the output head (0 where it is the embedding), of all
    layers, of the routed experts within them, and of what one token reads of both. `last_*_params` are the last
    layer's feed-forward part, which llama.cpp computes for a prompt's last token alone: without its routed experts,
    and what one token reads of these.
    """

    embedding_params: Floats
    head_params: Floats
    layer_params: Floats
    expert_params: Floats
    active_layer_params: Floats
    active_expert_params: Floats
    last_dense_params: Floats
    last_expert_params: Floats
    layers: Floats
    hidden_size: Floats
    attention_heads: Floats
    """Heads of queries."""
    kv_splits: Floats
    """Heads of keys and values: as many devices at most share the cache of one sequence."""
    experts: Floats
    """Routed experts of a layer; 0 in a dense model."""
    experts_per_token: Floats
    kv_bytes_per_token_layer: Floats
    """What one token leaves in one layer's cache, at 16 bits."""
    windowed_layers: Floats
    """Layers that look back `window_tokens`; the others look to the beginning."""
    window_tokens: Floats
    linear_layers: Floats
    """Layers that keep no cache but a state of one size: `state_bytes` in all of them, for one sequence."""
    state_bytes: Floats
    pair_flops: Floats
    """Of one layer's attention, for one query and one position that it looks at."""
    cached_layers: Floats
    """Layers whose cache is kept in memory: `layers`, or a careful guess where the shape is assumed."""
    activation_elements: Floats
    """Numbers that the runtime keeps of each token of a prompt's batch: the logits and eight times the width."""
    assumed: Bools
    """Whether no architecture is published, so that the shape is a usual one of this many weights."""


def shapes_of(rows: Sequence[Mapping[str, float]]) -> Shapes:
    """Rows of the functions below as columns; a row without numbers is a model of unknown size."""
    names = [field.name for field in fields(Shapes) if field.name != "assumed"]
    numbers = {name: np.array([row.get(name, np.nan) for row in rows], dtype=np.float64) for name in names}
    return Shapes(**numbers, assumed=np.array([bool(row.get("assumed")) for row in rows], dtype=bool))


def known_shape(shape: Shape) -> dict[str, float]:
    """The row of a model whose architecture is published."""
    parts, linear = parameter_parts(shape), linear_of(shape)
    experts, chosen = shape.experts or 0, shape.experts_per_token or 0
    active_experts = parts.expert_layers * chosen / experts if experts else 0.0
    windowed = shape.layers if shape.sliding_layers is None else shape.sliding_layers
    return {
        "embedding_params": parts.embedding,
        "head_params": parts.head,
        "layer_params": parts.layers,
        "expert_params": parts.expert_layers,
        "active_layer_params": parts.active_layers,
        "active_expert_params": active_experts,
        "last_dense_params": _last_dense_params(shape),
        "last_expert_params": active_experts / max(1, shape.layers - shape.dense_layers),
        "layers": shape.layers,
        "hidden_size": shape.hidden_size,
        "attention_heads": shape.attention_heads,
        "kv_splits": 1 if shape.mla_kv_rank is not None else shape.kv_heads,
        "experts": experts,
        "experts_per_token": chosen,
        "kv_bytes_per_token_layer": kv_bytes_per_token_layer(shape),
        "windowed_layers": windowed if shape.sliding_window_tokens else 0,
        "window_tokens": shape.sliding_window_tokens or 0,
        "linear_layers": linear.layers if linear else 0,
        "state_bytes": linear_state_bytes(linear) if linear else 0.0,
        "pair_flops": _pair_flops(shape),
        "cached_layers": shape.layers,
        "activation_elements": shape.vocabulary_size + 8 * shape.hidden_size,
        "assumed": False,
    }


def assumed_shape(total: float, active: float) -> dict[str, float]:
    """The row of a model of which only the weights are counted, all and those of one token: of usual proportions.

    Its width is 128 times its depth, so that 12 x layers x width^2 weights (arXiv 2001.08361, table 1) make up the
    count; a mixture lies between its total and its active count, and chooses 8 of 128 experts.
    """
    layers = max(1, round(((total * active) ** 0.5 / 12 / WIDTH_PER_LAYER**2) ** (1 / 3)))
    share, mixture = TYPICAL_EXPERTS_PER_TOKEN / TYPICAL_EXPERTS, total > active
    routed = min(0.9, share / (1 - share) * (total - active) / active)
    return {
        "embedding_params": 0,
        "head_params": 0,
        "layer_params": total,
        "expert_params": max(0, total - active),
        "active_layer_params": active,
        "active_expert_params": active * routed,
        "last_dense_params": 0,
        "last_expert_params": 0,
        "layers": layers,
        "hidden_size": layers * WIDTH_PER_LAYER,
        "attention_heads": layers * WIDTH_PER_LAYER // TYPICAL_HEAD_SIZE,
        "kv_splits": TYPICAL_KV_HEADS,
        "experts": TYPICAL_EXPERTS if mixture else 0,
        "experts_per_token": TYPICAL_EXPERTS_PER_TOKEN if mixture else 0,
        "kv_bytes_per_token_layer": 2.0 * TYPICAL_KV_HEADS * TYPICAL_HEAD_SIZE * 2,
        "windowed_layers": 0,
        "window_tokens": 0,
        "linear_layers": 0,
        "state_bytes": 0.0,
        "pair_flops": 4.0 * layers * WIDTH_PER_LAYER,
        "cached_layers": TYPICAL_CACHED_LAYERS,
        "activation_elements": TYPICAL_VOCABULARY + 8 * TYPICAL_HIDDEN_SIZE,
        "assumed": True,
    }


def _last_dense_params(shape: Shape) -> int:
    """Weights of the last layer's feed-forward part that are no routed experts."""
    if not shape.experts:
        return shape.ffn_matrices * shape.hidden_size * shape.ffn_size
    expert = shape.ffn_matrices * shape.hidden_size * (shape.expert_ffn_size or shape.ffn_size)
    return expert * shape.shared_experts + shape.hidden_size * shape.experts


def _pair_flops(shape: Shape) -> float:
    """A multiplication and an addition per element of a key and of a value, for each query head."""
    if shape.mla_kv_rank is None:
        return 4.0 * shape.attention_heads * shape.head_size
    key = shape.head_size + (shape.mla_rope_head_size or 0)
    return 2.0 * shape.attention_heads * (key + (shape.mla_value_head_size or shape.head_size))
