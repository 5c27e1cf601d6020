"""A decoder-only transformer: token ids in, logits of the next token out."""

import math

import torch
from torch import Tensor, nn

from llmselect.probe.decoder.attention import Attention, Sight, sight
from llmselect.probe.decoder.cache import KvCache
from llmselect.probe.decoder.feed_forward import RmsNorm, SwiGlu
from llmselect.probe.decoder.mixture import Mixture, load_balancing_loss
from llmselect.probe.decoder.positions import rotations, sinusoids
from llmselect.probe.decoder.shape import DecoderShape

Rotations = tuple[Tensor, Tensor]


class Layer(nn.Module):
    """Attention and a feed-forward part, each normalised before and added after (arXiv 2002.04745)."""

    def __init__(self, shape: DecoderShape, layer: int) -> None:
        super().__init__()
        self.attention_norm = RmsNorm(shape.hidden_size, shape.norm_epsilon)
        self.attention = Attention(shape, layer)
        self.ffn_norm = RmsNorm(shape.hidden_size, shape.norm_epsilon)
        self.ffn = _feed_forward(shape)

    def forward(self, hidden: Tensor, turned: Rotations | None, seen: Sight, cache: KvCache) -> Tensor:
        """[batch, tokens, hidden_size] to the same shape."""
        hidden = hidden + self.attention(self.attention_norm(hidden), turned, seen, cache)
        out: Tensor = hidden + self.ffn(self.ffn_norm(hidden))
        return out


def _feed_forward(shape: DecoderShape) -> nn.Module:
    if not shape.experts:
        return SwiGlu(shape.hidden_size, shape.ffn_size)
    size = shape.expert_ffn_size or shape.ffn_size
    return Mixture(shape.hidden_size, size, shape.experts, shape.experts_per_token or 1)


class Decoder(nn.Module):
    """A causal decoder with a cache; the same tokens give the same logits however they are cut into passes."""

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
        """Let the head be the embedding where the shape says so; to be repeated when weights are replaced."""
        if self.shape.tied_embeddings:
            self.head.weight = self.embedding.weight

    def cache(self) -> KvCache:
        """An empty cache for this decoder."""
        return KvCache(self.shape.sliding_window_tokens)

    def forward(self, ids: Tensor, cache: KvCache | None = None, *, last_only: bool = False) -> Tensor:
        """Token ids [batch, tokens] to logits [batch, tokens, vocabulary_size], or of the last token alone.

        With a cache the tokens follow those that it holds, and are added to it.
        """
        cache = self.cache() if cache is None else cache
        tokens = ids.shape[1]
        positions = torch.arange(cache.tokens, cache.tokens + tokens, device=ids.device)
        hidden, turned = self._placed(self.embedding(ids), positions)
        seen = sight(tokens, cache, ids.device)
        for layer in self.layers:
            hidden = layer(hidden, turned, seen, cache)
        cache.tokens += tokens
        hidden = hidden[:, -1:] if last_only else hidden
        logits: Tensor = self.head(self.norm(hidden))
        return logits

    def _placed(self, hidden: Tensor, positions: Tensor) -> tuple[Tensor, Rotations | None]:
        """Hidden states that know their positions, or the rotations that will tell them in attention."""
        shape = self.shape
        if shape.positions == "rope":
            return hidden, rotations(positions, shape.head_size, shape.rope_theta, hidden.dtype)
        scaled = hidden * math.sqrt(shape.hidden_size)
        return scaled + sinusoids(positions, shape.hidden_size).to(hidden.dtype), None

    def load_balancing_loss(self) -> Tensor:
        """Mean over the layers that have experts of the last pass's loss; 0 where none has."""
        routings = [layer.ffn.routing for layer in self.layers if isinstance(layer.ffn, Mixture)]
        losses = [load_balancing_loss(routing) for routing in routings if routing is not None]
        return torch.stack(losses).mean() if losses else torch.zeros(())
