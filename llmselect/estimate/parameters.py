"""Parameter counts from an architecture, split where quantisation treats the parts differently."""

from typing import NamedTuple

from llmselect.estimate.shape import Linear, Shape, linear_of

KV_BITS = 16  # of a number in the cache


class ParameterParts(NamedTuple):
    """Numbers of weights: token embedding, output head (0 when tied), and layers.

    `expert_layers` are the routed experts' weights within `layers`; `active_layers` are the
    layer weights that one token reads.
    """

    embedding: int
    head: int
    layers: int
    expert_layers: int
    active_layers: int

    @property
    def total(self) -> int:
        """All weights."""
        return self.embedding + self.head + self.layers

    @property
    def active(self) -> int:
        """Weights of one token's forward pass; the embedding is looked up, a tied one is also the head."""
        return self.embedding + self.head + self.active_layers


def parameter_parts(shape: Shape) -> ParameterParts:
    """The parts of a model's parameters, norms included, biases left out (under 0.1 %)."""
    embedding = shape.vocabulary_size * shape.hidden_size
    attention = _all_attention_parameters(shape)
    norms = (2 * shape.layers + 1) * shape.hidden_size
    dense = shape.ffn_matrices * shape.hidden_size * shape.ffn_size
    if not shape.experts:
        layers = attention + norms + dense * shape.layers
        return ParameterParts(embedding, 0 if shape.tied_embeddings else embedding, layers, 0, layers)
    expert = shape.ffn_matrices * shape.hidden_size * (shape.expert_ffn_size or shape.ffn_size)
    moe_layers = shape.layers - shape.dense_layers
    routed = expert * shape.experts * moe_layers
    always = (
        attention
        + norms
        + dense * shape.dense_layers
        + (expert * shape.shared_experts + shape.hidden_size * shape.experts) * moe_layers
    )
    active = always + expert * (shape.experts_per_token or 1) * moe_layers
    return ParameterParts(embedding, 0 if shape.tied_embeddings else embedding, always + routed, routed, active)


def total_parameters(shape: Shape) -> int:
    """All weights of a model, from its architecture."""
    return parameter_parts(shape).total


def linear_state_bytes(linear: Linear) -> float:
    """What the layers with linear attention keep of one sequence: a square matrix a head, in 32 bits."""
    return linear.layers * linear.value_heads * linear.head_size**2 * 4.0


def kv_bytes_per_token_layer(shape: Shape, kv_bits: int = KV_BITS) -> float:
    """Bytes that one token leaves in one layer's cache."""
    if shape.mla_kv_rank is not None:
        return (shape.mla_kv_rank + (shape.mla_rope_head_size or 0)) * kv_bits / 8
    return 2 * shape.kv_heads * shape.head_size * kv_bits / 8


def _all_attention_parameters(shape: Shape) -> int:
    """Weights of all layers' attention; beside linear attention the other layers' outputs are gated."""
    linear = linear_of(shape)
    if linear is None:
        return _attention_parameters(shape) * shape.layers
    gate = shape.hidden_size * shape.attention_heads * shape.head_size
    full = (_attention_parameters(shape) + gate) * (shape.layers - linear.layers)
    return full + _linear_parameters(shape.hidden_size, linear) * linear.layers


def _linear_parameters(hidden_size: int, linear: Linear) -> int:
    """Weights of one gated DeltaNet layer: keys, queries, values and gate, decay and strength, convolution, output.

    As in transformers' Qwen3-Next and Qwen3.5.
    """
    keys, values = linear.key_heads * linear.head_size, linear.value_heads * linear.head_size
    inputs = hidden_size * (2 * keys + 2 * values + 2 * linear.value_heads)
    return inputs + linear.convolution * (2 * keys + values) + values * hidden_size


def _attention_parameters(shape: Shape) -> int:
    """Weights of one layer's attention: query, key, value and output projections, or MLA's low-rank ones.

    MLA: arXiv 2405.04434, section 2.1.
    """
    if shape.mla_kv_rank is None:
        query_and_output = 2 * shape.hidden_size * shape.attention_heads * shape.head_size
        return query_and_output + 2 * shape.hidden_size * shape.kv_heads * shape.head_size
    rope = shape.mla_rope_head_size or 0
    value_size = shape.mla_value_head_size or shape.head_size
    query_size = shape.attention_heads * (shape.head_size + rope)
    query = (
        shape.hidden_size * shape.mla_query_rank + shape.mla_query_rank * query_size
        if shape.mla_query_rank
        else shape.hidden_size * query_size
    )
    down = shape.hidden_size * (shape.mla_kv_rank + rope)
    up = shape.mla_kv_rank * shape.attention_heads * (shape.head_size + value_size)
    return query + down + up + shape.attention_heads * value_size * shape.hidden_size
