"""Bytes of weights, of the KV cache and of placements."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.estimate.memory import (
    GIB,
    PLACEMENTS,
    Precision,
    WeightBytes,
    kv_bytes,
    overhead_bytes,
    place,
    weight_bytes,
)
from llmselect.estimate.parameters import parameter_parts
from llmselect.estimate.runtimes import RUNTIMES
from llmselect.estimate.shapes import Shapes, assumed_shape, known_shape, shapes_of
from tests.estimate.single import plain, single
from tests.factories import SHAPES, shape

Q4_K_M = {"layers": 4.81, "embedding": 4.5, "head": 6.5625}
F16 = {"layers": 16, "embedding": 16, "head": 16}
PUBLISHED = {name: shapes_of([known_shape(made)]) for name, made in SHAPES.items()}


def weights(shapes: Shapes, bits: dict[str, float]) -> dict[str, float]:
    return plain(weight_bytes(shapes, single(Precision, **bits)))


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
    assert kv_bytes(PUBLISHED[name], 1) == kib_per_token * 1024
    assert kv_bytes(PUBLISHED[name], 1000) == 1000 * kv_bytes(PUBLISHED[name], 1)


def test_an_eight_bit_cache_is_half() -> None:
    assert kv_bytes(PUBLISHED["llama-2-7b"], 100, kv_bits=8) == kv_bytes(PUBLISHED["llama-2-7b"], 100) / 2


@pytest.mark.parametrize(("tokens", "counted"), [(1, 1), (4095, 4095), (4096, 4096), (4097, 4096), (32_768, 4096)])
def test_a_sliding_window_stops_growing(tokens: int, counted: int) -> None:
    assert kv_bytes(PUBLISHED["mistral-7b"], tokens) == counted * 128 * 1024


def test_mixed_sliding_layers() -> None:
    """Four layers of 128 bytes a token, three of which look back 100 tokens."""
    mixed = shapes_of([known_shape(shape(layers=4, sliding_window_tokens=100, sliding_layers=3))])
    assert kv_bytes(mixed, 80) == 4 * 80 * 128
    assert kv_bytes(mixed, 1000) == (1000 + 3 * 100) * 128


def test_linear_layers_keep_a_state_that_does_not_grow() -> None:
    """Three of four layers: a square matrix of 16 for each of 4 heads, in 32 bits."""
    linear = {"layers": 3, "key_heads": 2, "value_heads": 4, "head_size": 16, "convolution": 4}
    mixed = shapes_of([known_shape(shape(layers=4, kv_heads=1, head_size=32, linear=linear))])
    states = 3 * 4 * 16 * 16 * 4
    assert kv_bytes(mixed, 0) == states
    assert kv_bytes(mixed, 1000) == states + 2 * 32 * 1000 * 2


@pytest.mark.parametrize(
    ("name", "bits", "published_gb"),
    [
        ("llama-2-7b", Q4_K_M, 4.08),
        ("llama-2-13b", Q4_K_M, 7.87),
        ("llama-2-70b", Q4_K_M, 41.42),
        ("llama-2-7b", F16, 13.48),
        ("llama-2-13b", F16, 26.03),
        ("llama-2-70b", F16, 137.95),
    ],
)
def test_weights_match_published_files(name: str, bits: dict[str, float], published_gb: float) -> None:
    assert weights(PUBLISHED[name], bits)["total"] / 1e9 == pytest.approx(published_gb, rel=0.01)


def test_parts_have_their_own_precision() -> None:
    layers = parameter_parts(shape()).layers
    found = weights(shapes_of([known_shape(shape())]), {"layers": 4, "embedding": 8, "head": 16})
    assert found == {"total": layers / 2 + 64_000 + 128_000, "active": layers / 2 + 128_000, "experts": 0}


def test_a_tied_embedding_is_stored_once_and_read_as_the_head() -> None:
    tied = shape(tied_embeddings=True)
    found = weights(shapes_of([known_shape(tied)]), {"layers": 4, "embedding": 8, "head": 16})
    assert found["total"] == found["active"] == parameter_parts(tied).layers / 2 + 128_000


def test_experts_are_held_but_not_all_read() -> None:
    found = weights(PUBLISHED["mixtral-8x7b"], F16)
    expert = 2 * 32 * 3 * 4096 * 14336
    assert found["experts"] == 8 * expert
    assert found["total"] - found["active"] == 6 * expert + 2 * 32_000 * 4096


def test_weights_by_count() -> None:
    found = weights(shapes_of([assumed_shape(1000, 300)]), {"layers": 8, "embedding": 4, "head": 4})
    assert found == {"total": 1000, "experts": 700, "active": 300}


def test_overhead_grows_with_the_vocabulary() -> None:
    llamacpp, vllm = RUNTIMES["llama.cpp"], RUNTIMES["vllm"]
    small = overhead_bytes(PUBLISHED["llama-2-7b"], llamacpp.base_bytes, llamacpp.batch_tokens)
    assert small == 0.4 * GIB + 512 * 4 * (32_000 + 8 * 4096)
    assert overhead_bytes(PUBLISHED["llama-2-7b"], vllm.base_bytes, vllm.batch_tokens) > small


def test_a_model_of_unknown_size_fits_nowhere() -> None:
    unknown = shapes_of([{}])
    size = weight_bytes(unknown, single(Precision, **F16))
    for device in (0.0, 24.0):
        placed = place(size, kv_bytes(unknown, 10), overhead_bytes(unknown, 1.0, 1.0), device, 1000.0, True)
        assert not placed.fits[0]
        assert np.isnan(placed.needed_gib[0])


DENSE = WeightBytes(*(np.array([size * GIB]) for size in (10.0, 0.0, 10.0)))
SPARSE = WeightBytes(*(np.array([size * GIB]) for size in (40.0, 36.0, 8.0)))


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
    plan = place(weights, np.array([1.0 * GIB]), np.array([1.0 * GIB]), device, system, split)
    assert (PLACEMENTS[plan.placement[0]], bool(plan.fits[0])) == (placement, fits)
    assert plan.device_share[0] == pytest.approx(share)
    assert plan.needed_gib[0] == weights.total[0] / GIB + 2


rows = st.lists(st.tuples(st.floats(0.01, 200), st.floats(0, 0.95), st.floats(0.01, 200)), min_size=1, max_size=30)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(rows=rows, device=st.floats(0, 300), system=st.floats(0, 300))
def test_what_does_not_fit_needs_more_than_there_is(
    rows: list[tuple[float, float, float]], device: float, system: float
) -> None:
    total, routed, kv = (np.array(column) for column in zip(*rows, strict=True))
    size = WeightBytes(total * GIB, total * routed * GIB, total * (1 - routed * 0.5) * GIB)
    plan = place(size, kv * GIB, np.full(len(total), 0.5 * GIB), device, system, True)
    assert ((plan.device_share >= 0) & (plan.device_share <= 1)).all()
    enough = np.where(plan.fits, plan.needed_gib <= plan.available_gib * (1 + 1e-12), True)
    short = np.where(plan.fits, True, plan.needed_gib > plan.available_gib * (1 - 1e-12))
    assert enough.all()
    assert short.all()


@settings(derandomize=True, max_examples=60, deadline=None)
@given(rows=rows, device=st.floats(0.1, 300), system=st.floats(0, 300), more=st.floats(0, 100))
def test_more_memory_never_stops_a_fit(
    rows: list[tuple[float, float, float]], device: float, system: float, more: float
) -> None:
    total, _, kv = (np.array(column) for column in zip(*rows, strict=True))
    size, own = WeightBytes(total * GIB, np.zeros_like(total), total * GIB), np.full(len(total), 0.5 * GIB)

    def fits(extra_device: float, extra_system: float) -> np.ndarray:  # type: ignore[type-arg]
        return place(size, kv * GIB, own, device + extra_device, system + extra_system, True).fits

    assert (fits(more, 0) >= fits(0, 0)).all()
    assert (fits(0, more) >= fits(0, 0)).all()
