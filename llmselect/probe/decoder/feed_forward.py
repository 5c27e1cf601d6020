"""The parts of a layer that work on each token separately: normalisation and the gated feed-forward network."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class RmsNorm(nn.Module):
    """Root-mean-square normalisation (arXiv 1910.07467), computed in FP32 for any precision of weights."""

    def __init__(self, size: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, hidden: Tensor) -> Tensor:
        """Any shape [..., size] to the same shape."""
        wide = hidden.float()
        normal = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return self.weight * normal.to(hidden.dtype)


class SwiGlu(nn.Module):
    """Gated feed-forward network, down(silu(gate x) * up x) (arXiv 2002.05202)."""

    def __init__(self, hidden_size: int, ffn_size: int) -> None:
        super().__init__()
        self.gate = nn.Linear(hidden_size, ffn_size, bias=False)
        self.up = nn.Linear(hidden_size, ffn_size, bias=False)
        self.down = nn.Linear(ffn_size, hidden_size, bias=False)

    def forward(self, hidden: Tensor) -> Tensor:
        """[..., hidden_size] to the same shape."""
        out: Tensor = self.down(functional.silu(self.gate(hidden)) * self.up(hidden))
        return out
