"""Times of steps and prompts, worked by hand, and the laws they keep."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.estimate.own_speeds import DeviceRates as Rates
from llmselect.estimate.speed import (
    Load,
    Parallel,
    Parts,
    decode_parts,
    prefill_parts,
    step_interval,
    tpot_interval,
    ttft_interval,
)
from llmselect.estimate.work import Work

RATES = Rates(
    step_overhead_s=0.001,
    layer_overhead_s=0.0001,
    read_gb_s=100,
    expert_read_gb_s=50,
    attention_s=0.02,
    prefill_tflops=10,
    expert_prefill_tflops=4,
    decode_spread=1.5,
    prefill_spread=2,
    evidence="estimated",
)
# Ten layers; 5 GB for all tokens, 1 GB of experts a token (2 of 16), 4 KB of cache a token and layer.
WORK = Work(
    layers=10,
    hidden_size=1000,
    attention_heads=8,
    kv_splits=2,
    dense_bytes=5e9,
    expert_bytes=1e9,
    experts=16,
    experts_per_token=2,
    kv_bytes_per_token_layer=4000,
    windowed_layers=0,
    window_tokens=0,
    dense_flops=5e9,
    expert_flops=1e9,
    head_flops=1e8,
    pair_flops=4000,
)


def test_a_step_by_hand() -> None:
    """2 ms overhead, 5 GB at 100, 1 GB at 50, and 1000 tokens: 40 MB at 100 GB/s, 0.04 GFLOP of 20 ms."""
    found = decode_parts(WORK, RATES, 1, 1000)
    assert found == pytest.approx(Parts(0.002, 0.05, 0.02, 0.0012, 0))
    assert found.total_s == pytest.approx(0.0732)


def test_without_a_time_for_the_look_the_cache_is_read_all_the_same() -> None:
    assert decode_parts(WORK, RATES._replace(attention_s=0), 1, 1000).attention_s == pytest.approx(0.0004)


def test_each_head_of_keys_and_values_is_looked_up_in_each_layer_at_each_position() -> None:
    """2 sequences of 1000 tokens, half a second for a million lookups."""
    more = RATES._replace(lookup_s=0.5)
    lookups = 2 * WORK.kv_splits * WORK.layers * 1000
    added = decode_parts(WORK, more, 2, 1000).attention_s - decode_parts(WORK, RATES, 2, 1000).attention_s
    assert added == pytest.approx(lookups / 1e6 * 0.5)


def test_a_batch_reads_the_weights_once_and_wakes_more_experts() -> None:
    found, alone = decode_parts(WORK, RATES, 4, 1000), decode_parts(WORK, RATES, 1, 1000)
    assert found.dense_s == alone.dense_s
    assert found.expert_s == pytest.approx(alone.expert_s * 16 / 2 * (1 - (14 / 16) ** 4))
    assert found.attention_s == pytest.approx(4 * alone.attention_s)


def test_a_large_batch_is_bound_by_arithmetic() -> None:
    assert decode_parts(WORK, RATES, 1000, 0).dense_s == pytest.approx(1000 * 5.1e9 / 10e12)


def test_a_prompt_by_hand() -> None:
    """100 tokens: 0.5 TFLOP dense, 0.1 of experts, one token's logits, 5050 pairs in each of 10 layers."""
    found = prefill_parts(WORK, RATES._replace(read_gb_s=1000, expert_read_gb_s=1000), 100)
    assert found == pytest.approx(Parts(0.002, 0.05001, 0.025, 4000 * 50500 / 10e12, 0))


def test_a_prompt_never_takes_less_than_reading_the_weights() -> None:
    found = prefill_parts(WORK, RATES, 1)
    assert (found.dense_s, found.expert_s) == pytest.approx((0.05, 0.02))


def test_a_prompt_lays_out_the_weights_once_and_computes_then() -> None:
    """Half a second a GB: 5 GB but the head's 1 of 51, and what 100 tokens choose of 1 GB of experts."""
    found = prefill_parts(WORK, RATES._replace(layout_s=0.5), 100)
    assert found.dense_s == pytest.approx(5 * 50 / 51 * 0.5 + 0.05001)
    assert found.expert_s == pytest.approx(WORK.woken(100) * 0.5 + 0.025)
    assert prefill_parts(WORK, RATES._replace(layout_s=1e-9), 1) == pytest.approx(prefill_parts(WORK, RATES, 1))


def test_a_chunk_of_a_long_prompt_reads_the_weights_anew() -> None:
    rates = RATES._replace(prefill_tflops=1e6)
    one, four = (prefill_parts(WORK._replace(chunk_tokens=100), rates, tokens) for tokens in (100, 400))
    assert four.dense_s == pytest.approx(4 * one.dense_s)
    assert four.overhead_s == pytest.approx(4 * one.overhead_s)


def test_devices_share_the_layers_and_exchange_sums() -> None:
    """Four devices, a cache that only two can share; 20 sums of 20 us and 3000 bytes at 1 GB/s a sequence."""
    found = decode_parts(WORK, RATES._replace(attention_s=0), 8, 1000, Parallel(4, 20e-6, 1))
    alone = decode_parts(WORK, RATES._replace(attention_s=0), 8, 1000)
    assert found.dense_s == pytest.approx(alone.dense_s / 4)
    assert found.attention_s == pytest.approx(alone.attention_s / 2)
    assert found.communication_s == pytest.approx(20 * (20e-6 + 8 * 3000 / 1e9))


def test_the_prompts_of_others_hold_up_an_answer() -> None:
    """Four at a time: three other prompts begin during the 50 tokens after the first; 0.8 of their time falls there."""
    rates, four = RATES._replace(stall_share=0.8), Load(100, 51, concurrency=4)
    step = decode_parts(WORK, rates, 4, 125.5).total_s
    prompt = prefill_parts(WORK, rates, 100).total_s
    assert tpot_interval(WORK, rates, Load(100, 51)) == step_interval(WORK, rates, 1, 125.5)
    assert tpot_interval(WORK, rates, four).value == pytest.approx(step + 0.8 * 3 * prompt / 50)


def test_the_first_token_waits_for_the_rest_of_the_others_prompts() -> None:
    """30 ms before the prompt, then the fifth of three prompts that the answers' steps do not bear."""
    rates = RATES._replace(stall_share=0.8, first_token_s=0.03, queue_spread=4)
    prompt = prefill_parts(WORK, rates, 100).total_s
    found = ttft_interval(WORK, rates, Load(100, 50, concurrency=4))
    assert found.value == pytest.approx(0.03 + prompt * 1.6)
    assert found.high / found.low == pytest.approx(16)
    alone = ttft_interval(WORK, rates, Load(100, 50))
    assert alone.value == pytest.approx(0.03 + prompt)
    assert alone.high / alone.low == pytest.approx(4)


def test_a_server_handles_each_sequence_of_a_batch() -> None:
    rates = RATES._replace(sequence_s=1e-4)
    assert decode_parts(WORK, rates, 8, 0).overhead_s == pytest.approx(0.001 + 0.001 + 0.0008)


positive = st.floats(0.01, 100)
works = st.builds(
    lambda size, routed, cache, window: WORK._replace(
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
loads = st.builds(
    Load, st.integers(1, 20_000), st.integers(1, 4000), st.integers(0, 20_000), concurrency=st.integers(1, 64)
)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(work=works, load=loads, factor=st.floats(1, 10))
def test_laws(work: Work, load: Load, factor: float) -> None:
    """More bytes are never faster, more bandwidth or arithmetic never slower, a deeper context never faster."""

    def times(work: Work, rates: Rates, load: Load) -> tuple[float, float]:
        return tpot_interval(work, rates, load).value, ttft_interval(work, rates, load).value

    base = times(work, RATES, load)
    heavier = work._replace(dense_bytes=work.dense_bytes * factor, expert_bytes=work.expert_bytes * factor)
    wider = RATES._replace(read_gb_s=RATES.read_gb_s * factor, expert_read_gb_s=RATES.expert_read_gb_s * factor)
    keener = RATES._replace(prefill_tflops=RATES.prefill_tflops * factor)
    deeper = load._replace(cached_tokens=load.cached_tokens * factor + 1)
    fuller = load._replace(concurrency=load.concurrency + 1)
    for slower in (times(heavier, RATES, load), times(work, RATES, deeper), times(work, RATES, fuller)):
        assert slower[0] >= base[0] * (1 - 1e-12)
        assert slower[1] >= base[1] * (1 - 1e-12)
    for faster in (times(work, wider, load), times(work, keener, load)):
        assert faster[0] <= base[0] * (1 + 1e-12)
        assert faster[1] <= base[1] * (1 + 1e-12)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(work=works, depth=st.integers(0, 50_000), batch=st.integers(1, 200))
def test_the_throughput_of_a_batch_never_falls(work: Work, depth: int, batch: int) -> None:
    smaller, larger = (decode_parts(work, RATES, size, depth).total_s / size for size in (batch, batch + 1))
    assert larger <= smaller * (1 + 1e-12)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(work=works, load=loads, count=st.integers(1, 16))
def test_intervals_hold_their_value(work: Work, load: Load, count: int) -> None:
    parallel = Parallel(count, 1e-5, 50)
    for found in (tpot_interval(work, RATES, load, parallel), ttft_interval(work, RATES, load, parallel)):
        assert 0 < found.low < found.value < found.high
