"""The mixture computes what a dense gate over the chosen experts would, and no more."""

from itertools import pairwise
from typing import Any

import pytest

from llmselect.probe.decoder.mixture import Mixture, Router, Routing, load_balancing_loss
from tests.probe.decoder.decoders import SHAPES, decoder, ids, torch

HIDDEN = 12


def mixture(experts: int, chosen: int) -> Mixture:
    torch.manual_seed(0)
    return Mixture(HIDDEN, 20, experts, chosen).double()


def densely(block: Mixture, hidden: "torch.Tensor") -> "torch.Tensor":
    """Every expert on every token, weighted by a gate that is zero for those not chosen."""
    gate = torch.nn.functional.softmax(block.router.gate(hidden), -1)
    least = gate.sort(-1, descending=True).values[..., block.router.chosen - 1, None]
    gate = torch.where(gate >= least, gate, 0.0)
    gate = gate / gate.sum(-1, keepdim=True)
    every = torch.stack([expert(hidden) for expert in block.experts], -1)
    return (every * gate[..., None, :]).sum(-1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (3, 1), (4, 4), (2, 5)])
@pytest.mark.parametrize(("experts", "chosen"), [(4, 1), (4, 2), (4, 4), (1, 1), (7, 3)])
def test_it_equals_a_dense_gate(shape: tuple[int, int], experts: int, chosen: int) -> None:
    block = mixture(experts, chosen)
    hidden = torch.randn(*shape, HIDDEN, dtype=torch.float64)
    torch.testing.assert_close(block(hidden), densely(block, hidden))


def test_a_token_is_mixed_the_same_in_any_company() -> None:
    block = mixture(6, 2)
    hidden = torch.randn(3, 5, HIDDEN, dtype=torch.float64)
    alone = torch.stack([torch.stack([block(token[None, None])[0, 0] for token in row]) for row in hidden])
    torch.testing.assert_close(block(hidden), alone)


@pytest.mark.parametrize(("experts", "chosen"), [(8, 1), (8, 2), (8, 8), (64, 2)])
def test_experts_compute_tokens_times_k(experts: int, chosen: int) -> None:
    block = mixture(experts, chosen)
    computed: list[int] = []

    def count(_: Any, given: tuple["torch.Tensor"]) -> None:
        computed.append(given[0].shape[0])

    for expert in block.experts:
        expert.register_forward_pre_hook(count)
    block(torch.randn(3, 4, HIDDEN, dtype=torch.float64))
    assert sum(computed) == block.expert_tokens == 12 * chosen
    assert 0 not in computed


def test_weights_are_renormalised_and_best_first() -> None:
    torch.manual_seed(0)
    routing = Router(HIDDEN, 6, 3)(torch.randn(10, HIDDEN))
    torch.testing.assert_close(routing.weights.sum(-1), torch.ones(10))
    assert all(bool((left >= right).all()) for left, right in pairwise(routing.weights.T))
    assert all(len(set(row)) == 3 for row in routing.experts.tolist())


@pytest.mark.parametrize("chosen", [0, 5])
def test_a_router_cannot_choose_more_than_there_are(chosen: int) -> None:
    with pytest.raises(ValueError, match=f"{chosen} experts a token of 4"):
        Router(HIDDEN, 4, chosen)


def routing(experts: list[list[int]], probabilities: list[list[float]]) -> Routing:
    return Routing(torch.tensor(experts), torch.ones(len(experts), len(experts[0])), torch.tensor(probabilities))


def test_the_loss_is_k_when_even_and_more_when_not() -> None:
    even = routing([[0, 1], [2, 3]], [[0.25] * 4] * 2)
    skewed = routing([[0, 1], [0, 1]], [[0.4, 0.4, 0.1, 0.1]] * 2)
    assert load_balancing_loss(even).item() == pytest.approx(2.0)
    assert load_balancing_loss(skewed).item() == pytest.approx(4 * (0.4 + 0.4))


def test_training_by_the_loss_evens_the_routing() -> None:
    torch.manual_seed(3)
    router, tokens = Router(HIDDEN, 4, 1), torch.randn(64, HIDDEN) + 1.0
    descent = torch.optim.SGD(router.parameters(), lr=0.5)
    before = load_balancing_loss(router(tokens)).item()
    for _ in range(30):
        descent.zero_grad()
        load_balancing_loss(router(tokens)).backward()  # type: ignore[no-untyped-call]
        descent.step()
    assert load_balancing_loss(router(tokens)).item() < min(before, 1.1)


def test_a_decoder_reports_the_loss_of_its_layers() -> None:
    model = decoder(SHAPES["experts"])
    assert decoder(SHAPES["grouped-query"]).load_balancing_loss().item() == 0.0
    model(ids(2, 6))
    losses = [load_balancing_loss(layer.ffn.routing) for layer in model.layers]
    torch.testing.assert_close(model.load_balancing_loss(), torch.stack(losses).mean())
