"""What a runtime has to do for one token of a model: bytes to read and operations to carry out."""

from typing import NamedTuple

from llmselect.estimate.memory import WeightBytes
from llmselect.estimate.parameters import KV_BITS, ParameterParts, kv_bytes_per_token_layer, linear_state_bytes
from llmselect.estimate.shape import Shape, linear_of

CHUNK_TOKENS = {"llama.cpp": 512, "vllm": 2048}  # a longer prompt is read in pieces of this many tokens
WHOLE = 2**31
WIDTH_PER_LAYER = 128
TYPICAL_HEAD_SIZE = 128
TYPICAL_KV_HEADS = 8
TYPICAL_EXPERTS = 128
TYPICAL_EXPERTS_PER_TOKEN = 8


class Work(NamedTuple):
    """Bytes and FLOPs of one token of one model in one artifact and runtime.

    `dense_bytes` are the weights that every step reads, the output head included; `expert_bytes` the routed
    experts' that one token reads, `experts_per_token` of `experts` in a layer (both 0 for a dense model).
    `dense_flops` and `expert_flops` are those of one prompt token, two per weight and token (arXiv 2001.08361,
    table 1), without the head; `head_flops` those of one token's logits. `pair_flops` are the attention's of one
    layer, for one query and one position that it looks at. Of the layers `windowed_layers` look back
    `window_tokens`, the others to the beginning. As many devices at most share the cache of one
    sequence as there are heads of keys and values, `kv_splits`.
    `linear_layers` of them keep no cache: a sequence's `state_bytes` in all of them do not grow.
    """

    layers: int
    hidden_size: int
    attention_heads: int
    kv_splits: int
    dense_bytes: float
    expert_bytes: float
    experts: int
    experts_per_token: int
    kv_bytes_per_token_layer: float
    windowed_layers: int
    window_tokens: int
    dense_flops: float
    expert_flops: float
    head_flops: float
    pair_flops: float
    chunk_tokens: int = WHOLE
    linear_layers: int = 0
    state_bytes: float = 0.0

    @property
    def active_bytes(self) -> float:
        """Weights that one token reads, in bytes."""
        return self.dense_bytes + self.expert_bytes

    def token_layers(self, tokens: float) -> float:
        """Positions that one query looks at, summed over the layers, with `tokens` in the context."""
        full = self.layers - self.windowed_layers - self.linear_layers
        return full * tokens + self.windowed_layers * min(tokens, self.window_tokens)

    def pair_layers(self, prompt_tokens: float, cached_tokens: float) -> float:
        """Pairs of a query of the prompt and a position that it looks at, summed over the layers."""
        full = prompt_tokens * (cached_tokens + (prompt_tokens + 1) / 2)
        unbounded = self.layers - self.windowed_layers - self.linear_layers
        if not self.windowed_layers:
            return unbounded * full
        growing = min(prompt_tokens, max(0.0, self.window_tokens - cached_tokens))
        windowed = growing * (cached_tokens + (growing + 1) / 2) + (prompt_tokens - growing) * self.window_tokens
        return unbounded * full + self.windowed_layers * windowed

    def kv_bytes(self, tokens: float) -> float:
        """KV cache of one sequence of `tokens` tokens, and what linear layers keep of it, in bytes."""
        return self.kv_bytes_per_token_layer * self.token_layers(tokens) + self.state_bytes

    def lookups(self, tokens: float) -> float:
        """Pieces of cache that one query goes through: of each head of keys and values, position and layer one."""
        return self.kv_splits * self.token_layers(tokens)

    def woken(self, tokens: float) -> float:
        """How many times one token's experts `tokens` tokens read together.

        Of E experts, k chosen evenly by each of b tokens, E(1 - (1 - k/E)^b) are distinct in expectation.
        """
        if not self.experts:
            return 0.0
        share = self.experts_per_token / self.experts
        return float(1 - (1 - share) ** tokens) / share


def work_of(shape: Shape, parts: ParameterParts, weights: WeightBytes, runtime: str, kv_bits: int = KV_BITS) -> Work:
    """The work of a model whose architecture is known.

    llama.cpp computes the last layer's feed-forward part for the last token of a prompt alone.
    """
    experts, chosen = shape.experts or 0, shape.experts_per_token or 0
    expert_bytes = weights.experts * chosen / experts if experts else 0.0
    expert_parameters = parts.expert_layers * chosen / experts if experts else 0.0
    dense_parameters = parts.active_layers - expert_parameters
    if runtime == "llama.cpp":
        dense_parameters -= _last_dense_ffn(shape)
        expert_parameters -= expert_parameters / max(1, shape.layers - shape.dense_layers)
    windowed = shape.layers if shape.sliding_layers is None else shape.sliding_layers
    linear = linear_of(shape)
    return Work(
        layers=shape.layers,
        hidden_size=shape.hidden_size,
        attention_heads=shape.attention_heads,
        kv_splits=1 if shape.mla_kv_rank is not None else shape.kv_heads,
        dense_bytes=weights.active - expert_bytes,
        expert_bytes=expert_bytes,
        experts=experts,
        experts_per_token=chosen,
        kv_bytes_per_token_layer=kv_bytes_per_token_layer(shape, kv_bits),
        windowed_layers=windowed if shape.sliding_window_tokens else 0,
        window_tokens=shape.sliding_window_tokens or 0,
        dense_flops=2.0 * dense_parameters,
        expert_flops=2.0 * expert_parameters,
        head_flops=2.0 * (parts.head or parts.embedding),
        pair_flops=_pair_flops(shape),
        chunk_tokens=CHUNK_TOKENS.get(runtime, WHOLE),
        linear_layers=linear.layers if linear else 0,
        state_bytes=linear_state_bytes(linear) if linear else 0.0,
    )


def work_by_count(total: int, active: int, weights: WeightBytes, runtime: str) -> Work:
    """The same from parameter counts alone (an estimate): a model of usual proportions.

    Its width is 128 times its depth, so that 12 x layers x width^2 weights (arXiv 2001.08361, table 1) make up
    the count; a mixture lies between its total and its active count, and chooses 8 of 128 experts.
    """
    layers = max(1, round(((total * active) ** 0.5 / 12 / WIDTH_PER_LAYER**2) ** (1 / 3)))
    share = TYPICAL_EXPERTS_PER_TOKEN / TYPICAL_EXPERTS
    routed = min(0.9, share / (1 - share) * (total - active) / active)
    mixture = total > active
    return Work(
        layers=layers,
        hidden_size=layers * WIDTH_PER_LAYER,
        attention_heads=layers * WIDTH_PER_LAYER // TYPICAL_HEAD_SIZE,
        kv_splits=TYPICAL_KV_HEADS,
        dense_bytes=weights.active * (1 - routed),
        expert_bytes=weights.active * routed,
        experts=TYPICAL_EXPERTS if mixture else 0,
        experts_per_token=TYPICAL_EXPERTS_PER_TOKEN if mixture else 0,
        kv_bytes_per_token_layer=2.0 * TYPICAL_KV_HEADS * TYPICAL_HEAD_SIZE * KV_BITS / 8,
        windowed_layers=0,
        window_tokens=0,
        dense_flops=2.0 * active * (1 - routed),
        expert_flops=2.0 * active * routed,
        head_flops=0.0,
        pair_flops=4.0 * layers * WIDTH_PER_LAYER,
        chunk_tokens=CHUNK_TOKENS.get(runtime, WHOLE),
    )


def _last_dense_ffn(shape: Shape) -> float:
    """Weights of the last layer's feed-forward part that are no routed experts."""
    if not shape.experts:
        return float(shape.ffn_matrices * shape.hidden_size * shape.ffn_size)
    expert = shape.ffn_matrices * shape.hidden_size * (shape.expert_ffn_size or shape.ffn_size)
    return float(expert * shape.shared_experts + shape.hidden_size * shape.experts)


def _pair_flops(shape: Shape) -> float:
    """A multiplication and an addition per element of a key and of a value, for each query head."""
    if shape.mla_kv_rank is None:
        return 4.0 * shape.attention_heads * shape.head_size
    key = shape.head_size + (shape.mla_rope_head_size or 0)
    return 2.0 * shape.attention_heads * (key + (shape.mla_value_head_size or shape.head_size))
