"""A decoder-only transformer: from token ids to the logits of the next token."""

import math

import torch
from torch import Tensor, nn

from llmselect.probe.decoder.attention import Attention, AttentionMask, attention_mask
from llmselect.probe.decoder.cache import KvCache
from llmselect.probe.decoder.feed_forward import RmsNorm, SwiGlu
from llmselect.probe.decoder.mixture import Mixture, load_balancing_loss
from llmselect.probe.decoder.positions import rotations, sinusoids
from llmselect.probe.decoder.shape import DecoderShape

Rotations = tuple[Tensor, Tensor]


class Layer(nn.Module):
    """A pre-norm layer (arXiv 2002.04745): attention, then a feed-forward network, each with a residual connection."""

    def __init__(self, shape: DecoderShape, layer: int) -> None:
        super().__init__()
        self.attention_norm = RmsNorm(shape.hidden_size, shape.norm_epsilon)
        self.attention = Attention(shape, layer)
        self.ffn_norm = RmsNorm(shape.hidden_size, shape.norm_epsilon)
        self.ffn = _feed_forward(shape)

    def forward(self, hidden: Tensor, rotary: Rotations | None, visible: AttentionMask, cache: KvCache) -> Tensor:
        """[batch, tokens, hidden_size] to the same shape."""
        hidden = hidden + self.attention(self.attention_norm(hidden), rotary, visible, cache)
        out: Tensor = hidden + self.ffn(self.ffn_norm(hidden))
        return out


def _feed_forward(shape: DecoderShape) -> nn.Module:
    if not shape.experts:
        return SwiGlu(shape.hidden_size, shape.ffn_size)
    size = shape.expert_ffn_size or shape.ffn_size
    return Mixture(shape.hidden_size, size, shape.experts, shape.experts_per_token or 1)


class Decoder(nn.Module):
    """A causal decoder with a KV cache; the logits do not depend on how the tokens are split into passes."""

    def __init__(self, shape: DecoderShape) -> None:
        super().__init__()
        if shape.attention_heads % shape.kv_heads:
            raise ValueError(f"{shape.attention_heads} query heads cannot share {shape.kv_heads} key heads evenly")
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape, layer) for layer in range(shape.layers))
        self.norm = RmsNorm(shape.hidden_size, shape.norm_epsilon)
        self.head = nn.Linear(shape.hidden_size, shape.vocabulary_size, bias=False)
        self.tie()

    def tie(self) -> None:
        """Shares the embedding with the head if the shape says so; call it again after replacing weights."""
        if self.shape.tied_embeddings:
            self.head.weight = self.embedding.weight

    def cache(self) -> KvCache:
        """An empty cache for this decoder."""
        return KvCache(self.shape.sliding_window_tokens)

    def forward(self, ids: Tensor, cache: KvCache | None = None, *, last_only: bool = False) -> Tensor:
        """Token ids [batch, tokens] to logits [batch, tokens, vocabulary_size], or those of the last token only.

        With a cache, the tokens continue those in it and are added to it.
        """
        cache = self.cache() if cache is None else cache
        tokens = ids.shape[1]
        positions = torch.arange(cache.tokens, cache.tokens + tokens, device=ids.device)
        hidden, rotary = self._with_positions(self.embedding(ids), positions)
        visible = attention_mask(tokens, cache, ids.device)
        for layer in self.layers:
            hidden = layer(hidden, rotary, visible, cache)
        cache.tokens += tokens
        hidden = hidden[:, -1:] if last_only else hidden
        logits: Tensor = self.head(self.norm(hidden))
        return logits

    def _with_positions(self, hidden: Tensor, positions: Tensor) -> tuple[Tensor, Rotations | None]:
        """Hidden states with sinusoids added, or unchanged with the rotations that attention applies (RoPE)."""
        shape = self.shape
        if shape.positions == "rope":
            return hidden, rotations(positions, shape.head_size, shape.rope_theta, hidden.dtype)
        scaled = hidden * math.sqrt(shape.hidden_size)
        return scaled + sinusoids(positions, shape.hidden_size).to(hidden.dtype), None

    def load_balancing_loss(self) -> Tensor:
        """The last pass's loss, averaged over the layers with experts; 0 if there are none."""
        routings = [layer.ffn.routing for layer in self.layers if isinstance(layer.ffn, Mixture)]
        losses = [load_balancing_loss(routing) for routing in routings if routing is not None]
        return torch.stack(losses).mean() if losses else torch.zeros(())
