"""Bytes of weights, of the KV cache and of placements."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.estimate.memory import (
    GIB,
    Precision,
    Room,
    WeightBytes,
    kv_bytes,
    overhead_bytes,
    place,
    weight_bytes,
    weight_bytes_by_count,
)
from llmselect.estimate.parameters import parameter_parts
from tests.factories import SHAPES, shape

Q4_K_M = Precision(layers=4.81, embedding=4.5, head=6.5625)
F16 = Precision(16, 16, 16)


@pytest.mark.parametrize(
    ("name", "kib_per_token"),
    [
        ("llama-2-7b", 512),
        ("llama-2-13b", 800),
        ("llama-2-70b", 320),
        ("mistral-7b", 128),
        ("falcon-7b", 8),
        ("mixtral-8x7b", 128),
        ("deepseek-v2-lite", 27 * 576 * 2 / 1024),
        ("deepseek-v3", 61 * 576 * 2 / 1024),
    ],
)
def test_kv_cache_per_token(name: str, kib_per_token: float) -> None:
    assert kv_bytes(SHAPES[name], 1) == kib_per_token * 1024
    assert kv_bytes(SHAPES[name], 1000) == 1000 * kv_bytes(SHAPES[name], 1)


def test_an_eight_bit_cache_is_half() -> None:
    assert kv_bytes(SHAPES["llama-2-7b"], 100, kv_bits=8) == kv_bytes(SHAPES["llama-2-7b"], 100) / 2


@pytest.mark.parametrize(("tokens", "counted"), [(1, 1), (4095, 4095), (4096, 4096), (4097, 4096), (32_768, 4096)])
def test_a_sliding_window_stops_growing(tokens: int, counted: int) -> None:
    assert kv_bytes(SHAPES["mistral-7b"], tokens) == counted * 128 * 1024


def test_mixed_sliding_layers() -> None:
    """Four layers of 128 bytes a token, three of which look back 100 tokens."""
    mixed = shape(layers=4, sliding_window_tokens=100, sliding_layers=3)
    assert kv_bytes(mixed, 80) == 4 * 80 * 128
    assert kv_bytes(mixed, 1000) == (1000 + 3 * 100) * 128


@pytest.mark.parametrize(
    ("name", "precision", "published_gb"),
    [
        ("llama-2-7b", Q4_K_M, 4.08),
        ("llama-2-13b", Q4_K_M, 7.87),
        ("llama-2-70b", Q4_K_M, 41.42),
        ("llama-2-7b", F16, 13.48),
        ("llama-2-13b", F16, 26.03),
        ("llama-2-70b", F16, 137.95),
    ],
)
def test_weights_match_published_files(name: str, precision: Precision, published_gb: float) -> None:
    assert weight_bytes(parameter_parts(SHAPES[name]), precision).total / 1e9 == pytest.approx(published_gb, rel=0.01)


def test_parts_have_their_own_precision() -> None:
    parts = parameter_parts(shape())
    found = weight_bytes(parts, Precision(layers=4, embedding=8, head=16))
    assert found.total == parts.layers / 2 + 64_000 + 128_000
    assert found.active == parts.layers / 2 + 128_000
    assert found.experts == 0


def test_a_tied_embedding_is_stored_once_and_read_as_the_head() -> None:
    parts = parameter_parts(shape(tied_embeddings=True))
    found = weight_bytes(parts, Precision(layers=4, embedding=8, head=16))
    assert found.total == found.active == parts.layers / 2 + 128_000


def test_experts_are_held_but_not_all_read() -> None:
    found = weight_bytes(parameter_parts(SHAPES["mixtral-8x7b"]), F16)
    expert = 2 * 32 * 3 * 4096 * 14336
    assert found.experts == 8 * expert
    assert found.total - found.active == 6 * expert + 2 * 32_000 * 4096


def test_weights_by_count() -> None:
    assert weight_bytes_by_count(1000, 300, 8) == WeightBytes(1000, 700, 300)


def test_overhead_grows_with_the_vocabulary() -> None:
    assert overhead_bytes("llama.cpp", 32_000, 4096) == 0.4 * GIB + 512 * 4 * (32_000 + 8 * 4096)
    assert overhead_bytes("vllm", 32_000, 4096) > overhead_bytes("llama.cpp", 32_000, 4096)


DENSE = WeightBytes(total=10 * GIB, experts=0, active=10 * GIB)
SPARSE = WeightBytes(total=40 * GIB, experts=36 * GIB, active=8 * GIB)


@pytest.mark.parametrize(
    ("weights", "device", "system", "split", "placement", "share", "fits"),
    [
        (DENSE, 12.0, 0.0, True, "gpu", 1.0, True),
        (DENSE, 11.99, 0.0, True, "gpu", 1.0, False),
        (DENSE, 7.0, 64.0, True, "split", 0.5, True),
        (DENSE, 7.0, 64.0, False, "gpu", 1.0, False),
        (DENSE, 7.0, 4.99, True, "split", 0.5, False),
        (DENSE, 7.0, 5.0, True, "split", 0.5, True),
        (DENSE, 1.99, 64.0, True, "gpu", 1.0, False),
        (DENSE, 0.0, 12.0, True, "ram", 0.0, True),
        (DENSE, 0.0, 11.99, True, "ram", 0.0, False),
        (SPARSE, 42.0, 64.0, True, "gpu", 1.0, True),
        (SPARSE, 6.0, 36.0, True, "experts-in-ram", 0.5, True),
        (SPARSE, 6.0, 35.99, True, "split", 0.1, False),
        (SPARSE, 12.0, 35.0, True, "split", 0.25, True),
    ],
)
def test_place(
    weights: WeightBytes, device: float, system: float, split: bool, placement: str, share: float, fits: bool
) -> None:
    """1 GiB of cache and 1 GiB of overhead beside the weights."""
    plan = place(weights, 1.0 * GIB, 1.0 * GIB, Room(device, system), split=split, estimated=False)
    assert (plan.placement, plan.fits) == (placement, fits)
    assert plan.device_weight_share == pytest.approx(share)
    assert plan.needed_gib == weights.total / GIB + 2
    assert (plan.kv_gib, plan.overhead_gib) == (1, 1)


sizes = st.floats(min_value=0.01, max_value=200)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(total=sizes, routed=st.floats(0, 0.95), kv=sizes, device=st.floats(0, 300), system=st.floats(0, 300))
def test_what_does_not_fit_needs_more_than_there_is(
    total: float, routed: float, kv: float, device: float, system: float
) -> None:
    weights = WeightBytes(total * GIB, total * routed * GIB, total * (1 - routed * 0.5) * GIB)
    plan = place(weights, kv * GIB, 0.5 * GIB, Room(device, system), split=True, estimated=False)
    assert 0 <= plan.device_weight_share <= 1
    if plan.fits:
        assert plan.needed_gib <= plan.available_gib * (1 + 1e-12)
    else:
        assert plan.needed_gib > plan.available_gib * (1 - 1e-12)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(total=sizes, kv=sizes, device=st.floats(0.1, 300), system=st.floats(0, 300), more=st.floats(0, 100))
def test_more_memory_never_stops_a_fit(total: float, kv: float, device: float, system: float, more: float) -> None:
    weights = WeightBytes(total * GIB, 0, total * GIB)

    def fits(extra_device: float, extra_system: float) -> bool:
        room = Room(device + extra_device, system + extra_system)
        return place(weights, kv * GIB, 0.5 * GIB, room, split=True, estimated=False).fits

    if fits(0, 0):
        assert fits(more, 0)
        assert fits(0, more)
