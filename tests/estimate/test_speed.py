"""Times of steps and prompts, worked by hand, and the laws they keep."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.estimate.intervals import around
from llmselect.estimate.rates import Rates
from llmselect.estimate.speed import (
    Load,
    Parallel,
    decode_parts,
    prefill_parts,
    tpot_s,
    ttft_s,
    ttft_spread,
)
from llmselect.estimate.work import WHOLE, Work, woken
from tests.estimate.single import plain, single

RATES = single(
    Rates,
    step_overhead_s=0.001,
    layer_overhead_s=0.0001,
    read_gb_s=100,
    expert_read_gb_s=50,
    attention_s=0.02,
    prefill_tflops=10,
    expert_prefill_tflops=4,
    decode_spread=1.5,
    prefill_spread=2,
    sequence_s=0,
    first_token_s=0,
    stall_share=1,
    queue_spread=3,
    layout_s=0,
    lookup_s=0,
)
# Ten layers; 5 GB for all tokens, 1 GB of experts a token (2 of 16), 4 KB of cache a token and layer.
WORK = single(
    Work,
    layers=10,
    hidden_size=1000,
    kv_splits=2,
    dense_bytes=5e9,
    expert_bytes=1e9,
    experts=16,
    experts_per_token=2,
    kv_bytes_per_token_layer=4000,
    windowed_layers=0,
    window_tokens=0,
    linear_layers=0,
    state_bytes=0,
    dense_flops=5e9,
    expert_flops=1e9,
    head_flops=1e8,
    pair_flops=4000,
    chunk_tokens=WHOLE,
)


def parallel(devices: float = 1, sum_s: float = 0, link_gb_s: float = 0) -> Parallel:
    return single(Parallel, devices=devices, sum_s=sum_s, link_gb_s=link_gb_s)


ALONE = parallel()


def changed(columns: Any, **numbers: float) -> Any:
    return replace(columns, **{name: np.array([float(number)]) for name, number in numbers.items()})


def parts(overhead: float, dense: float, expert: float, attention: float, communication: float) -> Any:
    names = ("overhead_s", "dense_s", "expert_s", "attention_s", "communication_s")
    numbers = (overhead, dense, expert, attention, communication)
    return pytest.approx(dict(zip(names, numbers, strict=True)))


def step(work: Work, rates: Rates, batch: float, depth: float, devices: Parallel = ALONE) -> float:
    return float(decode_parts(work, rates, batch, depth, devices).total_s[0])


def prompt(work: Work, rates: Rates, tokens: float, cached: float = 0, devices: Parallel = ALONE) -> Any:
    return prefill_parts(work, rates, tokens, cached, devices)


def test_a_step_by_hand() -> None:
    """2 ms overhead, 5 GB at 100, 1 GB at 50, and 1000 tokens: 40 MB at 100 GB/s, 0.04 GFLOP of 20 ms."""
    found = decode_parts(WORK, RATES, 1, 1000, ALONE)
    assert plain(found) == parts(0.002, 0.05, 0.02, 0.0012, 0)
    assert found.total_s == pytest.approx(0.0732)


def test_without_a_time_for_the_look_the_cache_is_read_all_the_same() -> None:
    found = decode_parts(WORK, changed(RATES, attention_s=0), 1, 1000, ALONE)
    assert found.attention_s == pytest.approx(0.0004)


def test_each_head_of_keys_and_values_is_looked_up_in_each_layer_at_each_position() -> None:
    """2 sequences of 1000 tokens, half a second for a million lookups."""
    lookups = 2 * 2 * 10 * 1000
    added = step(WORK, changed(RATES, lookup_s=0.5), 2, 1000) - step(WORK, RATES, 2, 1000)
    assert added == pytest.approx(lookups / 1e6 * 0.5)


def test_a_batch_reads_the_weights_once_and_wakes_more_experts() -> None:
    found, alone = (decode_parts(WORK, RATES, batch, 1000, ALONE) for batch in (4, 1))
    assert found.dense_s == alone.dense_s
    assert found.expert_s == pytest.approx(alone.expert_s * 16 / 2 * (1 - (14 / 16) ** 4))
    assert found.attention_s == pytest.approx(4 * alone.attention_s)


def test_a_large_batch_is_bound_by_arithmetic() -> None:
    assert decode_parts(WORK, RATES, 1000, 0, ALONE).dense_s == pytest.approx(1000 * 5.1e9 / 10e12)


def test_a_prompt_by_hand() -> None:
    """100 tokens: 0.5 TFLOP dense, 0.1 of experts, one token's logits, 5050 pairs in each of 10 layers."""
    found = prompt(WORK, changed(RATES, read_gb_s=1000, expert_read_gb_s=1000), 100)
    assert plain(found) == parts(0.002, 0.05001, 0.025, 4000 * 50500 / 10e12, 0)


def test_a_prompt_never_takes_less_than_reading_the_weights() -> None:
    found = prompt(WORK, RATES, 1)
    assert (found.dense_s[0], found.expert_s[0]) == pytest.approx((0.05, 0.02))


def test_a_prompt_lays_out_the_weights_once_and_computes_then() -> None:
    """Half a second a GB: 5 GB but the head's 1 of 51, and what 100 tokens choose of 1 GB of experts."""
    found = prompt(WORK, changed(RATES, layout_s=0.5), 100)
    assert found.dense_s == pytest.approx(5 * 50 / 51 * 0.5 + 0.05001)
    assert found.expert_s == pytest.approx(woken(WORK, 100) * 0.5 + 0.025)
    barely = prompt(WORK, changed(RATES, layout_s=1e-9), 1)
    assert plain(barely) == pytest.approx(plain(prompt(WORK, RATES, 1)))


def test_a_chunk_of_a_long_prompt_reads_the_weights_anew() -> None:
    rates, work = changed(RATES, prefill_tflops=1e6), changed(WORK, chunk_tokens=100)
    one, four = (prompt(work, rates, tokens) for tokens in (100, 400))
    assert four.dense_s == pytest.approx(4 * one.dense_s)
    assert four.overhead_s == pytest.approx(4 * one.overhead_s)


def test_devices_share_the_layers_and_exchange_sums() -> None:
    """Four devices, a cache that only two can share; 20 sums of 20 us and 3000 bytes at 1 GB/s a sequence."""
    rates = changed(RATES, attention_s=0)
    found, alone = (decode_parts(WORK, rates, 8, 1000, devices) for devices in (parallel(4, 20e-6, 1), ALONE))
    assert found.dense_s == pytest.approx(alone.dense_s / 4)
    assert found.attention_s == pytest.approx(alone.attention_s / 2)
    assert found.communication_s == pytest.approx(20 * (20e-6 + 8 * 3000 / 1e9))


def test_the_prompts_of_others_hold_up_an_answer() -> None:
    """Four at a time: three other prompts begin during the 50 tokens after the first; 0.8 of their time falls there."""
    rates, load = changed(RATES, stall_share=0.8), Load(100, 51)
    each, read = decode_parts(WORK, rates, 4, 125.5, ALONE).total_s, prompt(WORK, rates, 100).total_s
    assert load.depth_tokens == 125.5
    assert tpot_s(each, read, rates, load, 4) == pytest.approx(each + 0.8 * 3 * read / 50)
    assert tpot_s(each, read, rates, load, 1) == each


def test_the_first_token_waits_for_the_rest_of_the_others_prompts() -> None:
    """30 ms before the prompt, then the fifth of three prompts that the answers' steps do not bear."""
    rates = changed(RATES, stall_share=0.8, first_token_s=0.03, queue_spread=4)
    read = prompt(WORK, rates, 100).total_s
    assert ttft_s(read, rates, 4) == pytest.approx(0.03 + read * 1.6)
    assert ttft_s(read, rates, 1) == pytest.approx(0.03 + read)
    assert (ttft_spread(rates, 4), ttft_spread(rates, 1)) == (4, 2)


def test_a_server_handles_each_sequence_of_a_batch() -> None:
    rates = changed(RATES, sequence_s=1e-4)
    assert decode_parts(WORK, rates, 8, 0, ALONE).overhead_s == pytest.approx(0.001 + 0.001 + 0.0008)


def test_an_unknown_rate_gives_no_time() -> None:
    unknown = changed(RATES, read_gb_s=np.nan)
    assert np.isnan(decode_parts(WORK, unknown, 1, 100, ALONE).total_s[0])
    assert np.isnan(prompt(WORK, unknown, 100).total_s[0])


positive = st.floats(0.01, 100)
works = st.builds(
    lambda size, routed, cache, window: changed(
        WORK,
        dense_bytes=size * 1e9,
        expert_bytes=routed * 1e9,
        kv_bytes_per_token_layer=cache * 1000,
        windowed_layers=5 if window else 0,
        window_tokens=window,
    ),
    positive,
    positive,
    positive,
    st.integers(0, 5000),
)
loads = st.builds(Load, st.integers(1, 20_000), st.integers(1, 4000), st.integers(0, 20_000))
batches = st.integers(1, 64)


def times(work: Work, rates: Rates, load: Load, batch: int, devices: Parallel = ALONE) -> np.ndarray:  # type: ignore[type-arg]
    """(2, 3): seconds per token and to the first one, as intervals."""
    each = decode_parts(work, rates, batch, load.depth_tokens, devices).total_s
    read = prefill_parts(work, rates, load.prompt_tokens, load.cached_tokens, devices).total_s
    pace = around(tpot_s(each, read, rates, load, batch), rates.decode_spread)
    first = around(ttft_s(read, rates, batch), ttft_spread(rates, batch))
    return np.stack((pace[:, 0], first[:, 0]))


@settings(derandomize=True, max_examples=100, deadline=None)
@given(work=works, load=loads, batch=batches, factor=st.floats(1, 10))
def test_laws(work: Work, load: Load, batch: int, factor: float) -> None:
    """More bytes are never faster, more bandwidth or arithmetic never slower, a deeper context never faster."""
    base = times(work, RATES, load, batch)
    heavier = replace(work, dense_bytes=work.dense_bytes * factor, expert_bytes=work.expert_bytes * factor)
    wider = replace(RATES, read_gb_s=RATES.read_gb_s * factor, expert_read_gb_s=RATES.expert_read_gb_s * factor)
    keener = replace(RATES, prefill_tflops=RATES.prefill_tflops * factor)
    deeper = replace(load, cached_tokens=load.cached_tokens * factor + 1)
    assert (times(heavier, RATES, load, batch) >= base * (1 - 1e-12)).all()
    assert (times(work, RATES, deeper, batch) >= base * (1 - 1e-12)).all()
    assert (times(work, RATES, load, batch + 1)[:, 1] >= base[:, 1] * (1 - 1e-12)).all()
    assert (times(work, wider, load, batch) <= base * (1 + 1e-12)).all()
    assert (times(work, keener, load, batch) <= base * (1 + 1e-12)).all()


@settings(derandomize=True, max_examples=100, deadline=None)
@given(work=works, depth=st.integers(0, 50_000), batch=st.integers(1, 200))
def test_the_throughput_of_a_batch_never_falls(work: Work, depth: int, batch: int) -> None:
    smaller, larger = (step(work, RATES, size, depth) / size for size in (batch, batch + 1))
    assert larger <= smaller * (1 + 1e-12)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(work=works, load=loads, batch=batches, count=st.integers(1, 16))
def test_intervals_hold_their_value(work: Work, load: Load, batch: int, count: int) -> None:
    for low, value, high in times(work, RATES, load, batch, parallel(count, 1e-5, 50)):
        assert 0 < low < value < high
