"""The shape of a small decoder and what a forward pass of it computes and reads; no torch here."""

from dataclasses import dataclass
from typing import Literal

from llmselect.estimate.parameters import ParameterParts, parameter_parts


@dataclass(frozen=True)
class DecoderShape:
    """Layers, heads and sizes; the names are those of `estimate.shape.Shape`, which this satisfies.

    `kv_heads` equal to `attention_heads` is multi-head attention (arXiv 1706.03762), 1 is multi-query
    (arXiv 1911.02150), between them grouped-query (arXiv 2305.13245). `sliding_window_tokens` counts the token
    itself (arXiv 2310.06825). With `experts` every layer's feed-forward part is a mixture of experts.
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
        """Numbers of weights by part."""
        return parameter_parts(self)

    @property
    def routed_expert_parameters(self) -> int:
        """Weights of the routed experts that one token reads, in all layers."""
        if not self.experts:
            return 0
        return self.parts.expert_layers * (self.experts_per_token or 1) // self.experts

    @property
    def dense_parameters(self) -> int:
        """Weights that every decoding step reads: attention, norms, router, dense feed-forward parts and head."""
        parts = self.parts
        return parts.active_layers - self.routed_expert_parameters + (parts.head or parts.embedding)

    def distinct_experts(self, tokens: int) -> float:
        """Expected number of experts that a batch of tokens reads in one layer: E (1 - (1 - k/E)^tokens).

        Each token's k of E experts are taken as drawn evenly (arXiv 2211.15841 discusses what skews this).
        """
        if not self.experts:
            return 0.0
        return self.experts * (1.0 - (1.0 - (self.experts_per_token or 1) / self.experts) ** tokens)

    def visible_positions(self, tokens: int, depth: int = 0) -> int:
        """Pairs of a new token and a position it attends to, in one layer, when `depth` tokens came before."""
        window = self.sliding_window_tokens
        if window is None:
            return tokens * depth + tokens * (tokens + 1) // 2
        unfilled = max(0, min(tokens, window - depth))  # new tokens that see fewer positions than the window
        return unfilled * depth + unfilled * (unfilled + 1) // 2 + (tokens - unfilled) * window

    def attention_flops(self, tokens: int, depth: int = 0) -> int:
        """Operations of scores and of weighted values: 4 x layers x heads x head size a pair.

        The forward third of the 12LHQT of arXiv 2204.02311, appendix B, counting visible pairs alone.
        """
        return 4 * self.layers * self.attention_heads * self.head_size * self.visible_positions(tokens, depth)

    def routed_flops(self, tokens: int) -> int:
        """Operations of the routed experts: 2 a weight and token (arXiv 2001.08361, table 1), chosen experts alone."""
        return 2 * self.routed_expert_parameters * tokens

    def dense_flops(self, tokens: int, head_tokens: int | None = None) -> int:
        """Operations of everything but routed experts and attention; the head on `head_tokens`, all unless given."""
        head = self.parts.head or self.parts.embedding
        on_head = tokens if head_tokens is None else head_tokens
        return 2 * ((self.dense_parameters - head) * tokens + head * on_head)

    def flops(self, tokens: int, depth: int = 0, head_tokens: int | None = None) -> int:
        """Operations of one sequence's forward pass of `tokens` tokens after `depth` others."""
        return self.dense_flops(tokens, head_tokens) + self.routed_flops(tokens) + self.attention_flops(tokens, depth)

    def kv_bytes_per_token(self, element_bytes: int) -> int:
        """Keys and values that one token leaves in the cache (arXiv 1911.02150, 2305.13245)."""
        return 2 * self.layers * self.kv_heads * self.head_size * element_bytes

    def weight_bytes(self, element_bytes: int) -> int:
        """All weights."""
        return self.parts.total * element_bytes

    def step_bytes(self, element_bytes: int, batch: int = 1, depth: int = 0) -> float:
        """Bytes that one decoding step of `batch` sequences reads: weights once, each sequence's own cache.

        Memory reads of inference after arXiv 2211.05102, section 2; of the embedding table one row a token is
        read and left out.
        """
        one_expert = self.routed_expert_parameters / (self.experts_per_token or 1)
        weights = self.dense_parameters + one_expert * self.distinct_experts(batch)
        seen = min(depth, self.sliding_window_tokens or depth)
        return weights * element_bytes + batch * seen * self.kv_bytes_per_token(element_bytes)
