"""Causal self-attention with grouped key and value heads, a sliding window and a cache."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from llmselect.probe.decoder.cache import KvCache
from llmselect.probe.decoder.positions import rotate
from llmselect.probe.decoder.shape import DecoderShape


class AttentionMask(NamedTuple):
    """Which positions new tokens attend to: `mask` [tokens, cached + tokens]; None means all earlier positions.

    `causal` asks for a causal mask among the new tokens, which is used when nothing is cached.
    """

    mask: Tensor | None
    causal: bool


def attention_mask(tokens: int, cache: KvCache, device: torch.device) -> AttentionMask:
    """The mask of `tokens` new tokens: position i attends to j if j <= i and, with a window, i - window < j.

    The window is that of arXiv 2310.06825, section 2.
    """
    window, cached = cache.window, cache.cached_tokens
    within = window is None or cached + tokens <= window
    if within and (tokens == 1 or cached == 0):
        return AttentionMask(None, causal=tokens > 1)
    own = torch.arange(cached, cached + tokens, device=device)[:, None]
    other = torch.arange(cached + tokens, device=device)[None, :]
    mask = other <= own
    return AttentionMask(mask if window is None else mask & (other > own - window), causal=False)


class Attention(nn.Module):
    """Multi-head, grouped-query or multi-query attention of one layer (arXiv 1706.03762, 2305.13245, 1911.02150)."""

    def __init__(self, shape: DecoderShape, layer: int) -> None:
        super().__init__()
        self.layer, self.head_size = layer, shape.head_size
        self.grouped = shape.kv_heads != shape.attention_heads
        queries, pairs = shape.attention_heads * shape.head_size, shape.kv_heads * shape.head_size
        self.query = nn.Linear(shape.hidden_size, queries, bias=False)
        self.key = nn.Linear(shape.hidden_size, pairs, bias=False)
        self.value = nn.Linear(shape.hidden_size, pairs, bias=False)
        self.output = nn.Linear(queries, shape.hidden_size, bias=False)

    def forward(
        self, hidden: Tensor, rotations: tuple[Tensor, Tensor] | None, visible: AttentionMask, cache: KvCache
    ) -> Tensor:
        """Hidden states [batch, tokens, hidden_size] to the same shape; new keys and values go into the cache."""
        queries = self._heads(self.query, hidden)  # [batch, heads, tokens, head_size]
        keys, values = self._heads(self.key, hidden), self._heads(self.value, hidden)  # [batch, kv_heads, ...]
        if rotations is not None:
            queries, keys = rotate(queries, *rotations), rotate(keys, *rotations)
        keys, values = cache.append(self.layer, keys, values)
        mixed = functional.scaled_dot_product_attention(
            queries, keys, values, attn_mask=visible.mask, is_causal=visible.causal, enable_gqa=self.grouped
        )  # [batch, heads, tokens, head_size]
        attended: Tensor = self.output(mixed.transpose(1, 2).flatten(2))
        return attended

    def _heads(self, projection: nn.Linear, hidden: Tensor) -> Tensor:
        heads: Tensor = projection(hidden).unflatten(2, (-1, self.head_size)).transpose(1, 2)
        return heads
