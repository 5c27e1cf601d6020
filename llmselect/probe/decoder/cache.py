"""The cache of keys and values of earlier tokens."""

import torch
from torch import Tensor


class KvCache:
    """Keys and values of each layer; grows by concatenation, like the cache of `transformers`.

    Keys and values of a layer are [batch, kv_heads, cached_tokens, head_size]. `tokens` counts all earlier tokens;
    with a sliding window of W tokens only the last W - 1 stay cached, since a new token attends to itself too.
    """

    def __init__(self, window: int | None = None) -> None:
        self.window = window
        self.tokens = 0
        self._layers: dict[int, tuple[Tensor, Tensor]] = {}

    @property
    def cached_tokens(self) -> int:
        """How many earlier tokens each layer has in the cache."""
        return self.tokens if self.window is None else min(self.tokens, self.window - 1)

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Adds new tokens to a layer; returns the keys and values of cached and new tokens together."""
        if layer in self._layers:
            old_keys, old_values = self._layers[layer]
            keys, values = torch.cat((old_keys, keys), dim=2), torch.cat((old_values, values), dim=2)
        first = 0 if self.window is None else max(0, keys.shape[2] - (self.window - 1))
        self._layers[layer] = keys[:, :, first:], values[:, :, first:]
        return keys, values

    def copy(self) -> "KvCache":
        """A cache that grows independently of this one; the tensors so far are shared."""
        other = KvCache(self.window)
        other.tokens, other._layers = self.tokens, dict(self._layers)
        return other
