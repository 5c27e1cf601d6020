"""Counts of weights, operations and bytes against the built model, torch's own counter and hand arithmetic."""

from dataclasses import replace

import pytest

from llmselect.estimate.shape import Shape
from llmselect.probe.decoder.model import Decoder
from llmselect.probe.decoder.shape import DecoderShape
from tests.probe.decoder.decoders import DENSE, SHAPES, decoder, ids, torch

FlopCounterMode = pytest.importorskip("torch.utils.flop_counter").FlopCounterMode
EXPERTS = replace(DENSE, experts=8, experts_per_token=2, expert_ffn_size=16)


def on_meta(shape: DecoderShape) -> Decoder:
    with torch.device("meta"):
        return Decoder(shape)


@pytest.mark.parametrize("name", SHAPES)
def test_weights_are_those_of_the_model(name: str) -> None:
    shape: Shape = SHAPES[name]
    assert SHAPES[name].parts.total == sum(weights.numel() for weights in on_meta(SHAPES[name]).parameters())
    assert shape.ffn_matrices == 3


def test_shapes_hold_on_a_large_model_without_memory() -> None:
    """Llama 3.1 8B: 8.03 billion weights, 0.125 MiB of 16-bit cache a token."""
    large = DecoderShape(32, 4096, 32, 8, 128, 14336, 128256, rope_theta=500_000.0)
    logits = on_meta(large).to(torch.bfloat16)(torch.zeros(2, 16, dtype=torch.long, device="meta"))
    assert (logits.shape, logits.dtype) == ((2, 16, 128256), torch.bfloat16)
    assert large.parts.total == 8_030_261_248
    assert large.kv_bytes_per_token(2) == 2**17


@pytest.mark.parametrize("name", ["multi-head", "sinusoidal", "tied"])
def test_operations_are_those_that_torch_counts(name: str) -> None:
    shape, model = SHAPES[name], decoder(SHAPES[name])
    plain = torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH)  # the counter knows its products
    with FlopCounterMode(display=False) as counter, torch.no_grad(), plain:
        model(ids(1, 7))
    norms = (2 * shape.layers + 1) * shape.hidden_size * 2 * 7  # counted by us at 2 a weight, not by torch
    masked = shape.attention_flops(7) * (7 * 7) // shape.visible_positions(7)  # torch counts hidden pairs too
    assert counter.get_total_flops() == shape.flops(7) - norms - shape.attention_flops(7) + masked


def test_operations_grow_with_k_and_not_with_the_number_of_experts() -> None:
    def routed(experts: int, chosen: int) -> int:
        return replace(EXPERTS, experts=experts, experts_per_token=chosen).routed_flops(10)

    assert routed(8, 4) == 2 * routed(8, 2) == 4 * routed(8, 1)
    assert routed(64, 2) == routed(8, 2) == 2 * 10 * 2 * DENSE.layers * 3 * 24 * 16


@pytest.mark.parametrize("chosen", [1, 2, 4])
def test_the_built_mixture_does_the_operations_counted(chosen: int) -> None:
    for experts in (4, 16):
        shape = replace(EXPERTS, experts=experts, experts_per_token=chosen, vocabulary_size=50)
        model = decoder(shape)
        with FlopCounterMode(display=False, depth=6) as counter, torch.no_grad():
            model(ids(1, 9))
        counts = counter.get_flop_counts()
        inside = sum(sum(by_operation.values()) for name, by_operation in counts.items() if _is_expert(name.split(".")))
        assert inside == shape.routed_flops(9)


def _is_expert(parts: list[str]) -> bool:
    return "experts" in parts and parts[-2] == "experts"


def test_positions_seen_by_hand() -> None:
    assert DENSE.visible_positions(3) == 1 + 2 + 3
    assert DENSE.visible_positions(2, depth=5) == 6 + 7
    window = replace(DENSE, sliding_window_tokens=4)
    assert window.visible_positions(6) == 1 + 2 + 3 + 4 + 4 + 4
    assert window.visible_positions(2, depth=2) == 3 + 4
    assert window.visible_positions(3, depth=10) == 12


def test_the_head_may_run_on_the_last_token_alone() -> None:
    assert DENSE.flops(10) - DENSE.flops(10, head_tokens=1) == 2 * 9 * 24 * 50


def test_bytes_of_a_step_by_hand() -> None:
    one_layer = 24 * (24 + 12 + 12 + 24) + 3 * 24 * 40 + 2 * 24
    weights = 2 * one_layer + 24 + 24 * 50
    assert DENSE.step_bytes(4) == 4 * weights
    assert DENSE.step_bytes(2, batch=3, depth=100) == 2 * weights + 3 * 100 * 2 * 2 * 2 * 6 * 2
    assert replace(DENSE, sliding_window_tokens=8).step_bytes(4, depth=100) == 4 * weights + 8 * 2 * 2 * 2 * 6 * 4
    assert replace(DENSE, tied_embeddings=True).step_bytes(4) == 4 * weights
    assert DENSE.weight_bytes(4) == 4 * (weights + 24 * 50)


def test_a_batch_reads_the_experts_it_wakes() -> None:
    one = EXPERTS.step_bytes(4) - replace(EXPERTS, experts_per_token=1).step_bytes(4)
    assert one == 4 * 2 * 3 * 24 * 16  # one more expert in each of two layers
    assert EXPERTS.distinct_experts(1) == pytest.approx(2)
    assert EXPERTS.distinct_experts(4) == pytest.approx(8 * (1 - 0.75**4))
    assert EXPERTS.step_bytes(4, batch=1000) == pytest.approx(EXPERTS.step_bytes(4) + 6 * one)
    assert DENSE.distinct_experts(5) == 0.0
