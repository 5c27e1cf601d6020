"""Keys and values of the tokens that came before."""

import torch
from torch import Tensor


class KvCache:
    """What each layer keeps of earlier tokens; it grows by concatenation, as the cache of `transformers` does.

    Keys and values of a layer are [batch, kv_heads, held, head_size]. `tokens` counts all that came before, `held`
    those still kept: with a window of W tokens the last W - 1, since a new token sees itself too.
    """

    def __init__(self, window: int | None = None) -> None:
        self.window = window
        self.tokens = 0
        self._layers: dict[int, tuple[Tensor, Tensor]] = {}

    @property
    def held(self) -> int:
        """How many of the earlier tokens each layer keeps."""
        return self.tokens if self.window is None else min(self.tokens, self.window - 1)

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Add new tokens to a layer; returns keys and values of what was held and of the new ones."""
        if layer in self._layers:
            old_keys, old_values = self._layers[layer]
            keys, values = torch.cat((old_keys, keys), dim=2), torch.cat((old_values, values), dim=2)
        first = 0 if self.window is None else max(0, keys.shape[2] - (self.window - 1))
        self._layers[layer] = keys[:, :, first:], values[:, :, first:]
        return keys, values

    def copy(self) -> "KvCache":
        """A cache that grows apart from this one; what both hold is shared."""
        other = KvCache(self.window)
        other.tokens, other._layers = self.tokens, dict(self._layers)
        return other
