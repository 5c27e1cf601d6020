"""The arithmetic behind a speed, step by step: each line has the numbers that it uses and their result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isinf, isnan
from typing import Any

import numpy as np

from llmselect.engine.machine.own import Own
from llmselect.engine.machine.speeds import split_steps_s
from llmselect.estimate.memory import EXPERTS_IN_RAM, SPLIT
from llmselect.estimate.rows import take
from llmselect.estimate.speed import (
    SUMS_PER_LAYER,
    Load,
    decode_parts,
    prefill_parts,
    tpot_s,
    ttft_s,
)
from llmselect.estimate.work import kv_bytes, lookups, pair_layers, token_layers, woken
from llmselect.results.estimate import Step


@dataclass(slots=True)
class _Row:
    """What one speed is computed from: single numbers under the names of `Work`, `Rates` and `Parallel`."""

    work: Any
    rates: Any
    parallel: Any
    load: Load
    batch: int


def steps(own: Own, row: int, load: Load, batch: int) -> tuple[Step, ...]:
    """A decoding step part by part, then the prompt and what a request waits for among `batch` of them.

    There are none where the machine's rates are unknown.
    """
    if own.placement[row] in (SPLIT, EXPERTS_IN_RAM):
        return tuple(_split(own, row, load, batch))
    inputs: Any = take(own.speed_inputs, row)
    if np.isnan(inputs.rates.read_gb_s):
        return ()
    numbers = _Row(inputs.work, inputs.rates, inputs.parallel, load, batch)
    return (*_decoding(numbers), *_request(numbers))


def _split(own: Own, row: int, load: Load, batch: int) -> Iterator[Step]:
    """A decoding step over two memories."""
    inputs = take(own.speed_inputs, np.array([row]))
    parts = split_steps_s(inputs, inputs.rates, inputs.system, load, np.array([batch]))
    device_ms, ram_ms = (float(seconds[0]) * 1000 for seconds in parts)
    share = float(own.device_share[row])
    if not isnan(device_ms + ram_ms):  # the rates of both are known
        yield Step("on the device", f"{share:.0%} of the active weights, the cache", device_ms, "ms")
        yield Step("in RAM", f"{1 - share:.0%} of the active weights", ram_ms, "ms")
        yield Step("decoding step", "one after the other", device_ms + ram_ms, "ms")


def _decoding(row: _Row) -> Iterator[Step]:
    """A decoding step: overhead, weights, experts, attention, exchange between devices, and their sum."""
    parts: Any = decode_parts(row.work, row.rates, row.batch, row.load.depth_tokens, row.parallel)
    yield _overhead(row, parts)
    yield _dense(row, parts)
    if row.work.experts:
        yield _experts(row, parts)
    yield _attention(row, parts)
    if row.parallel.devices > 1:
        yield _communication(row, parts)
    yield Step("decoding step", "all of these", _ms(parts.total_s), "ms")


def _request(row: _Row) -> Iterator[Step]:
    """The prompt, the time to the first token and the time per token of one request among the others."""
    rates, load, others = row.rates, row.load, row.batch - 1
    if isinf(rates.prefill_tflops):
        return
    parts: Any = prefill_parts(row.work, rates, load.prompt_tokens, load.cached_tokens, row.parallel)
    yield _prompt(row, parts)
    stall = f"{others} x {_ms(parts.total_s):.3g} ms of other prompts"
    waiting = f"prompt + {_ms(rates.first_token_s):.3g} ms before it"
    if others:
        waiting += f" + {1 - rates.stall_share:.2g} x {stall}"
    yield Step("first token", waiting, _ms(ttft_s(parts.total_s, rates, row.batch)), "ms")
    if others:
        step = decode_parts(row.work, rates, row.batch, load.depth_tokens, row.parallel)
        each = f"step + {rates.stall_share:.2g} x {stall} / {max(1, load.output_tokens - 1):.0f} tokens"
        value = tpot_s(step.total_s, parts.total_s, rates, load, row.batch)
        yield Step("time per token", each, _ms(value), "ms")


def _overhead(row: _Row, parts: Any) -> Step:
    """The times of its own that a step takes, for itself, each layer and each sequence."""
    rates = row.rates
    text = f"{_ms(rates.step_overhead_s):.3g} ms"
    text += f" + {row.work.layers:.0f} layers x {rates.layer_overhead_s * 1e6:.3g} us"
    if rates.sequence_s:
        text += f" + {row.batch} x {rates.sequence_s * 1e6:.3g} us"
    return Step("overhead", text, _ms(parts.overhead_s), "ms")


def _dense(row: _Row, parts: Any) -> Step:
    """The weights that every token uses: read, or multiplied where that takes longer."""
    work, rates, devices = row.work, row.rates, row.parallel.devices
    name = "weights of all tokens" if work.experts else "weights"
    if parts.dense_s > work.dense_bytes / (rates.read_gb_s * 1e9 * devices):
        flops = row.batch * (work.dense_flops + work.head_flops)
        text = f"{flops / 1e12:.3g} TFLOP / {_rate(rates.prefill_tflops, devices, 'TFLOP/s')}"
        return Step(name, text, _ms(parts.dense_s), "ms", "compute")
    text = f"{work.dense_bytes / 1e9:.3g} GB / {_rate(rates.read_gb_s, devices, 'GB/s')}"
    return Step(name, text, _ms(parts.dense_s), "ms", "memory")


def _experts(row: _Row, parts: Any) -> Step:
    """The routed experts that the batch uses: read, or multiplied where that takes longer."""
    work, rates, devices = row.work, row.rates, row.parallel.devices
    times = float(woken(work, row.batch))
    size = work.expert_bytes * times
    if parts.expert_s > size / (rates.expert_read_gb_s * 1e9 * devices):
        flops = row.batch * work.expert_flops
        text = f"{flops / 1e12:.3g} TFLOP / {_rate(rates.expert_prefill_tflops, devices, 'TFLOP/s')}"
        return Step("experts", text, _ms(parts.expert_s), "ms", "compute")
    awake = work.experts_per_token * times
    text = f"{awake:.3g} of {work.experts:.0f} experts a layer, {size / 1e9:.3g} GB / "
    text += _rate(rates.expert_read_gb_s, devices, "GB/s")
    return Step("experts", text, _ms(parts.expert_s), "ms", "memory")


def _attention(row: _Row, parts: Any) -> Step:
    """The KV cache of all sequences, and the arithmetic on it where its rate is known."""
    work, rates, depth = row.work, row.rates, row.load.depth_tokens
    cache, shared = row.batch * kv_bytes(work, depth), min(row.parallel.devices, work.kv_splits)
    text = f"{cache / 1e9:.3g} GB of cache at depth {depth:.0f} / {_rate(rates.read_gb_s, shared, 'GB/s')}"
    read_s = cache / (rates.read_gb_s * 1e9 * shared)
    if rates.attention_s:
        flops = row.batch * work.pair_flops * token_layers(work, depth)
        text += f" + {flops / 1e9:.3g} GFLOP x {rates.attention_s:.3g} s"
    if rates.lookup_s:
        pieces = row.batch * lookups(work, depth)
        read_s += pieces / 1e6 * rates.lookup_s / shared
        text += f" + {pieces / 1e6:.3g} million lookups x {rates.lookup_s:.3g} s"
    bound = "memory" if parts.attention_s <= 2 * read_s else "compute"
    return Step("attention", text, _ms(parts.attention_s), "ms", bound)


def _communication(row: _Row, parts: Any) -> Step:
    """The sums of activations over the devices, two a layer."""
    parallel, sums = row.parallel, SUMS_PER_LAYER * row.work.layers
    text = f"{sums:.0f} sums over {parallel.devices:.0f} devices x {parallel.sum_s * 1e6:.3g} us"
    if parallel.link_gb_s:
        text += f", activations at {parallel.link_gb_s:.3g} GB/s"
    return Step("communication", text, _ms(parts.communication_s), "ms")


def _prompt(row: _Row, parts: Any) -> Step:
    """One prompt: its arithmetic, and how often the weights are read for it."""
    work, rates, load, devices = row.work, row.rates, row.load, row.parallel.devices
    flops = load.prompt_tokens * (work.dense_flops + work.expert_flops) + work.head_flops
    pairs = work.pair_flops * pair_layers(work, load.prompt_tokens, load.cached_tokens)
    text = f"{load.prompt_tokens:.0f} tokens, {(flops + pairs) / 1e12:.3g} TFLOP"
    text += f" at {_rate(rates.prefill_tflops, devices, 'TFLOP/s')}"
    if work.experts:
        text += f" (experts {_rate(rates.expert_prefill_tflops, devices, 'TFLOP/s')})"
    chunks = max(1.0, load.prompt_tokens / work.chunk_tokens)
    text += f", the weights read {chunks:.3g} times at least"
    read_s = (work.dense_bytes / rates.read_gb_s) * chunks / 1e9 / devices
    bound = "memory" if parts.dense_s <= read_s * (1 + 1e-9) else "compute"
    return Step("prompt", text, _ms(parts.total_s), "ms", bound)


def _rate(rate: float, devices: float, unit: str) -> str:
    return f"{rate:.4g} {unit}" if devices == 1 else f"({devices:.0f} x {rate:.4g} {unit})"


def _ms(seconds: Any) -> float:
    return float(seconds) * 1000
