"""Position encodings: sinusoids added to hidden states, or rotations of queries and keys."""

import math

import torch
from torch import Tensor


def sinusoids(positions: Tensor, size: int) -> Tensor:
    """Position vectors [tokens, size]: sines at even, cosines at odd dimensions (arXiv 1706.03762, section 3.5)."""
    dimensions = torch.arange(0, size, 2, device=positions.device, dtype=torch.float32)
    angles = positions.float()[:, None] * torch.exp(dimensions * (-math.log(10_000.0) / size))  # [tokens, size / 2]
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)[:, :size]


def rotations(positions: Tensor, head_size: int, theta: float, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Cosines and sines [tokens, head_size] of rotary embeddings (RoPE, arXiv 2104.09864, section 3.2.2).

    Dimension i is rotated with dimension i + head_size / 2, as in Llama's released weights, not with its neighbour.
    """
    dimensions = torch.arange(0, head_size, 2, device=positions.device, dtype=torch.float32)
    angles = positions.float()[:, None] * theta ** (-dimensions / head_size)  # [tokens, head_size / 2]
    both = torch.cat((angles, angles), dim=-1)
    return both.cos().to(dtype), both.sin().to(dtype)


def rotate(heads: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Queries or keys [batch, heads, tokens, head_size], rotated by their positions."""
    first, second = heads.chunk(2, dim=-1)
    return heads * cosines + torch.cat((-second, first), dim=-1) * sines
