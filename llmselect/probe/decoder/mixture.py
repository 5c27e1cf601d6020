"""A mixture of experts that computes only the selected experts."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from llmselect.probe.decoder.feed_forward import SwiGlu


class Routing(NamedTuple):
    """The k selected `experts` of each token and their `weights`, both [tokens, k], best first.

    A token's weights sum to 1. `probabilities` [tokens, experts] are the router's, before the selection.
    """

    experts: Tensor
    weights: Tensor
    probabilities: Tensor


class Router(nn.Module):
    """Selects k experts per token with a linear gate (arXiv 1701.06538), weights renormalised (arXiv 2401.04088)."""

    def __init__(self, hidden_size: int, experts: int, chosen: int) -> None:
        super().__init__()
        if not 1 <= chosen <= experts:
            raise ValueError(f"{chosen} experts a token of {experts}")
        self.gate = nn.Linear(hidden_size, experts, bias=False)
        self.chosen = chosen

    def forward(self, tokens: Tensor) -> Routing:
        """Tokens [tokens, hidden_size] to their routing."""
        probabilities = functional.softmax(self.gate(tokens).float(), dim=-1)
        best, experts = probabilities.topk(self.chosen, dim=-1)
        return Routing(experts, best / best.sum(-1, keepdim=True), probabilities)


def load_balancing_loss(routing: Routing) -> Tensor:
    """E x the sum over experts of (share of tokens routed to it) x (mean probability); k if the load is even.

    Equations 4 to 6 of arXiv 2101.03961, counting each of a token's k experts.
    """
    experts = routing.probabilities.shape[-1]
    sent = functional.one_hot(routing.experts, experts).float().sum(1).mean(0)  # [experts]
    return experts * (sent * routing.probabilities.mean(0)).sum()


class Mixture(nn.Module):
    """A feed-forward network of many experts, of which each token passes through k.

    `expert_tokens` counts the tokens that experts have computed so far: tokens x k for each pass.
    `routing` is that of the last pass.
    """

    def __init__(self, hidden_size: int, ffn_size: int, experts: int, chosen: int) -> None:
        super().__init__()
        self.router = Router(hidden_size, experts, chosen)
        self.experts = nn.ModuleList(SwiGlu(hidden_size, ffn_size) for _ in range(experts))
        self.expert_tokens = 0
        self.routing: Routing | None = None

    def forward(self, hidden: Tensor) -> Tensor:
        """[batch, tokens, hidden_size] to the same shape."""
        tokens = hidden.flatten(0, -2)  # [batch x tokens, hidden_size]
        self.routing = routing = self.router(tokens)
        mixed = torch.zeros_like(tokens)
        for expert in routing.experts.unique().tolist():
            rows, ranks = torch.where(routing.experts == expert)
            computed = self.experts[expert](tokens[rows]) * routing.weights[rows, ranks, None]
            mixed.index_add_(0, rows, computed.to(mixed.dtype))
            self.expert_tokens += len(rows)
        return mixed.view_as(hidden)
