"""The shape of a small decoder, and the FLOPs and bytes of its forward pass; no torch here."""

from dataclasses import dataclass
from typing import Literal

from llmselect.estimate.parameters import ParameterParts, parameter_parts


@dataclass(frozen=True)
class DecoderShape:
    """Layers, heads and sizes, named as in `estimate.shape.Shape`, whose protocol this class implements.

    `kv_heads` equal to `attention_heads` is multi-head attention (arXiv 1706.03762), 1 is multi-query
    (arXiv 1911.02150), anything between is grouped-query (arXiv 2305.13245). `sliding_window_tokens` includes the
    token itself (arXiv 2310.06825). With `experts`, every layer's feed-forward network is a mixture of experts.
    """

    layers: int
    hidden_size: int
    attention_heads: int
    kv_heads: int
    head_size: int
    ffn_size: int
    vocabulary_size: int
    positions: Literal["rope", "sinusoidal"] = "rope"
    rope_theta: float = 10_000.0
    norm_epsilon: float = 1e-5
    tied_embeddings: bool = False
    sliding_window_tokens: int | None = None
    sliding_layers: int | None = None
    experts: int | None = None
    experts_per_token: int | None = None
    expert_ffn_size: int | None = None
    shared_experts: int = 0
    dense_layers: int = 0
    ffn_matrices: int = 3  # SwiGLU: gate, up, down
    mla_kv_rank: int | None = None
    mla_query_rank: int | None = None
    mla_rope_head_size: int | None = None
    mla_value_head_size: int | None = None

    @property
    def parts(self) -> ParameterParts:
        """The number of weights of each part."""
        return parameter_parts(self)

    @property
    def routed_expert_parameters(self) -> int:
        """Weights of the routed experts that one token uses, over all layers."""
        if not self.experts:
            return 0
        return self.parts.expert_layers * (self.experts_per_token or 1) // self.experts

    @property
    def dense_parameters(self) -> int:
        """Weights that every decoding step reads: attention, norms, router, dense feed-forward networks and head."""
        parts = self.parts
        return parts.active_layers - self.routed_expert_parameters + (parts.head or parts.embedding)

    def distinct_experts(self, tokens: int) -> float:
        """Expected number of experts that a batch of tokens uses in one layer: E (1 - (1 - k/E)^tokens).

        Assumes uniform routing to k of E experts (arXiv 2211.15841 discusses how real routing is skewed).
        """
        if not self.experts:
            return 0.0
        return self.experts * (1.0 - (1.0 - (self.experts_per_token or 1) / self.experts) ** tokens)

    def visible_positions(self, tokens: int, depth: int = 0) -> int:
        """Pairs of a new token and a position that it attends to, in one layer, after `depth` earlier tokens."""
        window = self.sliding_window_tokens
        if window is None:
            return tokens * depth + tokens * (tokens + 1) // 2
        unfilled = max(0, min(tokens, window - depth))  # new tokens that attend to less than a full window
        return unfilled * depth + unfilled * (unfilled + 1) // 2 + (tokens - unfilled) * window

    def attention_flops(self, tokens: int, depth: int = 0) -> int:
        """FLOPs of attention scores and weighted values: 4 x layers x heads x head size per visible pair.

        This is the forward third of 12LHQT in arXiv 2204.02311, appendix B, for visible pairs only.
        """
        return 4 * self.layers * self.attention_heads * self.head_size * self.visible_positions(tokens, depth)

    def routed_flops(self, tokens: int) -> int:
        """FLOPs of the selected experts: 2 per weight and token (arXiv 2001.08361, table 1)."""
        return 2 * self.routed_expert_parameters * tokens

    def dense_flops(self, tokens: int, head_tokens: int | None = None) -> int:
        """FLOPs of all but routed experts and attention; the head runs on `head_tokens`, by default on all tokens."""
        head = self.parts.head or self.parts.embedding
        on_head = tokens if head_tokens is None else head_tokens
        return 2 * ((self.dense_parameters - head) * tokens + head * on_head)

    def flops(self, tokens: int, depth: int = 0, head_tokens: int | None = None) -> int:
        """FLOPs of one sequence's forward pass of `tokens` tokens after `depth` earlier ones."""
        return self.dense_flops(tokens, head_tokens) + self.routed_flops(tokens) + self.attention_flops(tokens, depth)

    def kv_bytes_per_token(self, element_bytes: int) -> int:
        """Bytes of the keys and values that one token adds to the cache (arXiv 1911.02150, 2305.13245)."""
        return 2 * self.layers * self.kv_heads * self.head_size * element_bytes

    def weight_bytes(self, element_bytes: int) -> int:
        """Bytes of all weights."""
        return self.parts.total * element_bytes

    def step_bytes(self, element_bytes: int, batch: int = 1, depth: int = 0) -> float:
        """Bytes that one decoding step of `batch` sequences reads: the weights once, and each sequence's cache.

        Follows arXiv 2211.05102, section 2. The one row per token of the embedding table is neglected.
        """
        one_expert = self.routed_expert_parameters / (self.experts_per_token or 1)
        weights = self.dense_parameters + one_expert * self.distinct_experts(batch)
        visible = min(depth, self.sliding_window_tokens or depth)
        return weights * element_bytes + batch * visible * self.kv_bytes_per_token(element_bytes)
