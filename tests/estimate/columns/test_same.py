"""Arrays say of every artifact of the catalogue what the arithmetic on single numbers says."""

import random
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
import pytest

from llmselect.catalog.load import load
from llmselect.estimate import curve, interval, memory, own_speeds, parameters, speed, work
from llmselect.estimate.columns import bills, intervals, shapes
from llmselect.estimate.columns import memory as memories
from llmselect.estimate.columns import rates as all_rates
from llmselect.estimate.columns import speed as speeds
from llmselect.estimate.columns import work as works
from llmselect.estimate.columns.rows import take

RUNTIMES = ("llama.cpp", "vllm")
MACHINES = ((22.08, 0.0), (22.08, 48.0), (588.8, 0.0), (0.0, 96.0), (5.5, 700.0))  # GiB of devices, of the system
SEQUENCES, TOKENS = 3, 10_000
CLOSE = {"rel": 1e-9, "abs": 1e-15}


@cache
def artifacts() -> list[tuple[Any, str, Any]]:
    """300 artifacts as (model, runtime, bits per weight by part)."""
    catalog = load()
    levels = catalog.quantizations.quantizations.values()
    rows = [
        (model, runtime, memory.Precision(row.bits_per_weight, row.embedding_bits, row.head_bits))
        for model in catalog.models.values()
        if model.open_weights and (model.architecture or model.parameters)
        for runtime in RUNTIMES
        for level in levels
        if (row := level.artifacts.get(runtime)) is not None  # type: ignore[call-overload]
    ]
    return random.Random(1).sample(rows, 300)


@cache
def columns() -> tuple[shapes.Shapes, memories.Precision, memories.WeightBytes, works.Work]:
    rows = artifacts()
    known = [
        shapes.known_shape(model.architecture.value)
        if model.architecture
        else shapes.assumed_shape(model.parameters.value.total, model.parameters.value.active)
        for model, _, _ in rows
    ]
    table = shapes.Shapes(
        **{field.name: np.array([row[field.name] for row in known]) for field in fields(shapes.Shapes)}
    )
    bits = memories.Precision(*(np.array(part) for part in zip(*(row[2] for row in rows), strict=True)))
    weights = memories.weight_bytes(table, bits)
    llamacpp = np.array([runtime == "llama.cpp" for _, runtime, _ in rows])
    chunks = np.array([float(work.CHUNK_TOKENS[runtime]) for _, runtime, _ in rows])
    return table, bits, weights, works.work_of(table, weights, llamacpp, chunks)


@cache
def one_by_one() -> list[tuple[memory.WeightBytes, float, float, work.Work]]:
    """Weights, cache of one sequence, overhead and work of each artifact."""
    found = []
    for model, runtime, bits in artifacts():
        if model.architecture:
            shape = model.architecture.value
            parts = parameters.parameter_parts(shape)
            weights = memory.weight_bytes(parts, bits)
            own = memory.overhead_bytes(runtime, shape.vocabulary_size, shape.hidden_size)
            row = (weights, memory.kv_bytes(shape, TOKENS), own, work.work_of(shape, parts, weights, runtime))
        else:
            total, active = model.parameters.value.total, model.parameters.value.active
            weights = memory.weight_bytes_by_count(total, active, bits.layers)
            own = memory.overhead_bytes(runtime, 128_000, 8_192)
            row = (weights, 320 * 1024.0 * TOKENS, own, work.work_by_count(total, active, weights, runtime))
        found.append(row)
    return found


def _same(found: Any, wanted: Any) -> None:
    assert list(found) == pytest.approx(list(wanted), nan_ok=True, **CLOSE)


def test_weights_cache_and_overhead() -> None:
    table, _, weights, _ = columns()
    rows = one_by_one()
    for name in ("total", "experts", "active"):
        _same(getattr(weights, name), (getattr(row[0], name) for row in rows))
    _same(memories.kv_bytes(table, TOKENS), (row[1] for row in rows))
    base = np.array([memory.RUNTIME_BASE_BYTES[runtime] for _, runtime, _ in artifacts()])
    batch = np.array([memory.BATCH_TOKENS[runtime] for _, runtime, _ in artifacts()])
    _same(memories.overhead_bytes(table, base, batch), (row[2] for row in rows))


@pytest.mark.parametrize("split", [True, False])
@pytest.mark.parametrize(("device", "system"), MACHINES)
def test_placements(device: float, system: float, split: bool) -> None:
    table, _, weights, _ = columns()
    kv = memories.kv_bytes(table, TOKENS) * SEQUENCES
    own = np.array([row[2] for row in one_by_one()])
    found = memories.place(weights, kv, own, device, system, split)
    plans = [
        memory.place(row[0], row[1] * SEQUENCES, row[2], memory.Room(device, system), split=split, estimated=False)
        for row in one_by_one()
    ]
    assert [memories.PLACEMENTS[place] for place in found.placement] == [plan.placement for plan in plans]
    assert list(found.fits) == [plan.fits for plan in plans]
    _same(found.device_share, (plan.device_weight_share for plan in plans))
    _same(found.needed_gib, (plan.needed_gib for plan in plans))
    _same(found.available_gib, (plan.available_gib for plan in plans))


def test_work() -> None:
    found = columns()[3]
    for field in fields(works.Work):
        _same(getattr(found, field.name), (getattr(row[3], field.name) for row in one_by_one()))


RATES = own_speeds.DeviceRates(
    step_overhead_s=0.0005,
    layer_overhead_s=2e-5,
    read_gb_s=700.0,
    expert_read_gb_s=350.0,
    attention_s=0.02,
    prefill_tflops=60.0,
    expert_prefill_tflops=20.0,
    decode_spread=1.5,
    prefill_spread=2.0,
    evidence="estimated",
    sequence_s=1e-5,
    first_token_s=0.004,
    stall_share=0.6,
    queue_spread=3.0,
    layout_s=0.01,
    lookup_s=0.001,
)


def _rates(one: own_speeds.DeviceRates, n: int) -> all_rates.Rates:
    return all_rates.Rates(**{field.name: np.full(n, getattr(one, field.name)) for field in fields(all_rates.Rates)})


@pytest.mark.parametrize("devices", [speed.ALONE, speed.Parallel(4, 2e-5, 25.0), speed.Parallel(2, 2e-5, 0.0)])
@pytest.mark.parametrize(("batch", "load"), [(1, (500, 200, 0)), (16, (3000, 400, 5000))])
def test_steps_and_prompts(batch: int, load: tuple[int, int, int], devices: speed.Parallel) -> None:
    found, n = columns()[3], len(artifacts())
    own, of_one = speeds.Load(*load), speed.Load(*load, batch)
    rows, parallel = _rates(RATES, n), speeds.Parallel(*(np.full(n, float(number)) for number in devices))
    step = speeds.decode_parts(found, rows, np.full(n, batch), own.depth_tokens, parallel)
    prompt = speeds.prefill_parts(found, rows, own.prompt_tokens, own.cached_tokens, parallel)
    steps = [speed.decode_parts(row[3], RATES, batch, of_one.depth_tokens, devices) for row in one_by_one()]
    prompts = [speed.prefill_parts(row[3], RATES, load[0], load[2], devices) for row in one_by_one()]
    for field in fields(speeds.Parts):
        _same(getattr(step, field.name), (getattr(row, field.name) for row in steps))
        _same(getattr(prompt, field.name), (getattr(row, field.name) for row in prompts))
    answers = [speed.answer_intervals(row[3], RATES, of_one, devices) for row in one_by_one()]
    each = speeds.tpot_s(step.total_s, prompt.total_s, rows, own, batch)
    first = speeds.ttft_s(prompt.total_s, rows, batch)
    _same(intervals.around(each, rows.decode_spread).T.flat, (end for row in answers for end in row.tpot_s))
    spread = speeds.ttft_spread(rows, batch)
    _same(intervals.around(first, spread).T.flat, (end for row in answers for end in row.ttft_s))


def test_a_batch_for_each_row() -> None:
    """Rows with batches of their own are as those that are looked at alone."""
    found, n = columns()[3], len(artifacts())
    rows, alone = _rates(RATES, n), speeds.Parallel(np.ones(n), np.zeros(n), np.zeros(n))
    batch = np.arange(n) % 7 + 1
    every = speeds.decode_parts(found, rows, batch, 1000.0, alone).total_s
    for size in range(1, 8):
        some = np.flatnonzero(batch == size)
        own = speeds.decode_parts(take(found, some), take(rows, some), size, 1000.0, take(alone, some)).total_s
        _same(every[some], own)


@pytest.mark.parametrize("limit", [-1.0, 0.0, 0.5, 1.0, 1.7, 2.0, 80.0])
def test_probabilities(limit: float) -> None:
    rows = [(1.0, 2.0, 3.0), (1.7, 1.7, 1.7), (0.4, 0.5, 80.0), (2.0, 2.0, 9.0), (1.0, 80.0, 80.0)]
    found = intervals.probability_below(np.array(rows).T, limit)
    _same(found, (interval.Interval(*row).probability_below(limit) for row in rows))
    assert np.isnan(intervals.probability_below(np.full((3, 2), np.nan), limit)).all()


def test_bills_over_volumes() -> None:
    rows = [
        curve.Curve(10, 0.002, 300, 1000),
        curve.Curve(0, 0.1),
        curve.Curve(0, 0, 50, 333.3),
        curve.Curve(0, 0, 9, 0.1),
    ]
    named = [np.array([getattr(row, field.name) for row in rows]) for field in fields(bills.MachineBills)]
    for volume in (1, 999, 1000, 1001, 333_300, 10**9):
        _same(bills.MachineBills(*named).usd(volume), (row.usd(volume) for row in rows))
