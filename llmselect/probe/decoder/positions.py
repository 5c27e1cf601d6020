"""What tells a transformer the order of its tokens: sinusoids that are added, or rotations of queries and keys."""

import math

import torch
from torch import Tensor


def sinusoids(positions: Tensor, size: int) -> Tensor:
    """Position vectors [tokens, size]: sines at even and cosines at odd places (arXiv 1706.03762, section 3.5)."""
    places = torch.arange(0, size, 2, device=positions.device, dtype=torch.float32)
    angles = positions.float()[:, None] * torch.exp(places * (-math.log(10_000.0) / size))  # [tokens, size / 2]
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)[:, :size]


def rotations(positions: Tensor, head_size: int, theta: float, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Cosines and sines [tokens, head_size] of rotary embedding (RoPE, arXiv 2104.09864, section 3.2.2).

    The two halves of a head, not neighbours, form the rotated pairs, as in the released weights of Llama.
    """
    places = torch.arange(0, head_size, 2, device=positions.device, dtype=torch.float32)
    angles = positions.float()[:, None] * theta ** (-places / head_size)  # [tokens, head_size / 2]
    both = torch.cat((angles, angles), dim=-1)
    return both.cos().to(dtype), both.sin().to(dtype)


def rotate(heads: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Queries or keys [batch, heads, tokens, head_size], turned by their positions."""
    first, second = heads.chunk(2, dim=-1)
    return heads * cosines + torch.cat((-second, first), dim=-1) * sines
