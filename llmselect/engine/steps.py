"""The arithmetic of a speed in words: every line with the numbers that went in and what came out."""

from collections.abc import Iterator
from math import isinf

from llmselect.estimate.own_speeds import DeviceRates as Rates
from llmselect.estimate.speed import (
    SUMS_PER_LAYER,
    Load,
    Parallel,
    Parts,
    decode_parts,
    prefill_parts,
    tpot_s,
    ttft_s,
)
from llmselect.estimate.work import Work
from llmselect.results.estimate import Step


def decode_steps(work: Work, rates: Rates, load: Load, parallel: Parallel) -> Iterator[Step]:
    """A decoding step part by part."""
    batch, devices = load.concurrency, parallel.devices
    parts = decode_parts(work, rates, batch, load.depth_tokens, parallel)
    yield _overhead(work, rates, batch, parts)
    yield _dense(work, rates, batch, devices, parts)
    if work.experts:
        yield _experts(work, rates, batch, devices, parts)
    yield _attention(work, rates, load, devices, parts)
    if devices > 1:
        yield _sums(work, parallel, parts)
    yield Step("decoding step", "all of these", parts.total_s * 1000, "ms")


def request_steps(work: Work, rates: Rates, load: Load, parallel: Parallel) -> Iterator[Step]:
    """The prompt, the time to the first token and the time per token of one request among the others."""
    if isinf(rates.prefill_tflops):
        return
    parts = prefill_parts(work, rates, load.prompt_tokens, load.cached_tokens, parallel)
    yield from _prompt(work, rates, load, parallel, parts)
    others = load.concurrency - 1
    stall = f"{others} x {_ms(parts.total_s)} of other prompts"
    waiting = f"prompt + {rates.first_token_s * 1000:.3g} ms before it"
    if others:
        waiting += f" + {1 - rates.stall_share:.2g} x {stall}"
    yield Step("first token", waiting, ttft_s(work, rates, load, parallel) * 1000, "ms")
    if others:
        each = f"step + {rates.stall_share:.2g} x {stall} / {max(1, load.output_tokens - 1):.0f} tokens"
        yield Step("time per token", each, tpot_s(work, rates, load, parallel) * 1000, "ms")


def split_steps(on_device: Parts, in_ram: Parts, share: float) -> Iterator[Step]:
    """A decoding step over two memories."""
    yield Step("on the device", f"{share:.0%} of the active weights, the cache", on_device.total_s * 1000, "ms")
    yield Step("in RAM", f"{1 - share:.0%} of the active weights", in_ram.total_s * 1000, "ms")
    yield Step("decoding step", "one after the other", (on_device.total_s + in_ram.total_s) * 1000, "ms")


def _overhead(work: Work, rates: Rates, batch: int, parts: Parts) -> Step:
    text = f"{rates.step_overhead_s * 1000:.3g} ms + {work.layers} layers x {rates.layer_overhead_s * 1e6:.3g} us"
    if rates.sequence_s:
        text += f" + {batch} x {rates.sequence_s * 1e6:.3g} us"
    return Step("overhead", text, parts.overhead_s * 1000, "ms")


def _dense(work: Work, rates: Rates, batch: int, devices: int, parts: Parts) -> Step:
    read = work.dense_bytes / (rates.read_gb_s * 1e9 * devices)
    name = "weights of all tokens" if work.experts else "weights"
    if parts.dense_s > read:
        flops = batch * (work.dense_flops + work.head_flops)
        text = f"{flops / 1e12:.3g} TFLOP / {_rate(rates.prefill_tflops, devices, 'TFLOP/s')}"
        return Step(name, text, parts.dense_s * 1000, "ms", "compute")
    text = f"{work.dense_bytes / 1e9:.3g} GB / {_rate(rates.read_gb_s, devices, 'GB/s')}"
    return Step(name, text, parts.dense_s * 1000, "ms", "memory")


def _experts(work: Work, rates: Rates, batch: int, devices: int, parts: Parts) -> Step:
    size = work.expert_bytes * work.woken(batch)
    awake = work.experts_per_token * work.woken(batch)
    if parts.expert_s > size / (rates.expert_read_gb_s * 1e9 * devices):
        flops = batch * work.expert_flops
        text = f"{flops / 1e12:.3g} TFLOP / {_rate(rates.expert_prefill_tflops, devices, 'TFLOP/s')}"
        return Step("experts", text, parts.expert_s * 1000, "ms", "compute")
    text = f"{awake:.3g} of {work.experts} experts a layer, {size / 1e9:.3g} GB / "
    text += _rate(rates.expert_read_gb_s, devices, "GB/s")
    return Step("experts", text, parts.expert_s * 1000, "ms", "memory")


def _attention(work: Work, rates: Rates, load: Load, devices: int, parts: Parts) -> Step:
    cache = load.concurrency * work.kv_bytes(load.depth_tokens)
    shared = min(devices, work.kv_splits)
    text = f"{cache / 1e9:.3g} GB of cache at depth {load.depth_tokens:.0f} / {_rate(rates.read_gb_s, shared, 'GB/s')}"
    read_s = cache / (rates.read_gb_s * 1e9 * shared)
    if rates.attention_s:
        flops = load.concurrency * work.pair_flops * work.token_layers(load.depth_tokens)
        text += f" + {flops / 1e9:.3g} GFLOP x {rates.attention_s:.3g} s"
    if rates.lookup_s:
        lookups = load.concurrency * work.lookups(load.depth_tokens)
        read_s += lookups / 1e6 * rates.lookup_s / shared
        text += f" + {lookups / 1e6:.3g} million lookups x {rates.lookup_s:.3g} s"
    bound = "memory" if parts.attention_s <= 2 * read_s else "compute"
    return Step("attention", text, parts.attention_s * 1000, "ms", bound)


def _sums(work: Work, parallel: Parallel, parts: Parts) -> Step:
    text = f"{SUMS_PER_LAYER * work.layers} sums over {parallel.devices} devices x {parallel.sum_s * 1e6:.3g} us"
    if parallel.link_gb_s:
        text += f", activations at {parallel.link_gb_s:.3g} GB/s"
    return Step("communication", text, parts.communication_s * 1000, "ms")


def _prompt(work: Work, rates: Rates, load: Load, parallel: Parallel, parts: Parts) -> Iterator[Step]:
    flops = load.prompt_tokens * (work.dense_flops + work.expert_flops) + work.head_flops
    pairs = work.pair_flops * work.pair_layers(load.prompt_tokens, load.cached_tokens)
    text = f"{load.prompt_tokens:.0f} tokens, {(flops + pairs) / 1e12:.3g} TFLOP"
    text += f" at {_rate(rates.prefill_tflops, parallel.devices, 'TFLOP/s')}"
    if work.experts:
        text += f" (experts {_rate(rates.expert_prefill_tflops, parallel.devices, 'TFLOP/s')})"
    chunks = max(1.0, load.prompt_tokens / work.chunk_tokens)
    text += f", the weights read {chunks:.3g} times at least"
    read_s = (work.dense_bytes / rates.read_gb_s) * chunks / 1e9 / parallel.devices
    bound = "memory" if parts.dense_s <= read_s * (1 + 1e-9) else "compute"
    yield Step("prompt", text, parts.total_s * 1000, "ms", bound)


def _rate(one: float, devices: int, unit: str) -> str:
    return f"{one:.4g} {unit}" if devices == 1 else f"({devices} x {one:.4g} {unit})"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"
