"""Speed as arithmetic: the time of a decoding step, of a prompt, to the first token and for each further one.

Each part of a step takes what it reads over the rate of reading or what it computes over the rate of computing,
whichever is longer (the roofline model, Williams et al. 2009, doi 10.1145/1498765.1498785), and every layer costs
a time of its own however small it is. All times are in seconds, one a row.
"""

from dataclasses import dataclass, replace

import numpy as np

from llmselect.estimate.intervals import around
from llmselect.estimate.rates import Rates
from llmselect.estimate.rows import Codes, Floats
from llmselect.estimate.work import Work, pair_layers, token_layers, woken

ACTIVATION_BYTES = 2
SUMS_PER_LAYER = 2
PCIE_GB_S = 25.0  # of PCIe 4.0 with 16 lanes, 31.5 GB/s one way


@dataclass(slots=True)
class Parallel:
    """Devices that share every layer of n artifacts (tensor parallelism); each (n,).

    They add up their partial results twice a layer; one such sum takes `sum_s` and the bytes of the activations
    over `link_gb_s`, one device's rate to the others in GB/s (0: unknown and left out).
    """

    devices: Floats
    sum_s: Floats
    link_gb_s: Floats


ALONE = Parallel(np.array(1.0), np.array(0.0), np.array(0.0))  # for any number of rows


@dataclass(slots=True)
class Load:
    """Tokens of each of several equal requests; `cached_tokens` are in the context before the prompt."""

    prompt_tokens: float
    output_tokens: float
    cached_tokens: float = 0.0

    @property
    def depth_tokens(self) -> float:
        """Tokens in the context in the middle of an answer."""
        return self.cached_tokens + self.prompt_tokens + self.output_tokens / 2


@dataclass(slots=True)
class Parts:
    """What a step or a prompt takes, in seconds, part by part; each (n,).

    `dense_s` are the weights that every token uses (with a prompt: and its attention), `expert_s` the routed
    experts, `attention_s` reading the context, `communication_s` the exchange between devices.
    """

    overhead_s: Floats
    dense_s: Floats
    expert_s: Floats
    attention_s: Floats
    communication_s: Floats

    @property
    def total_s(self) -> Floats:
        """(n,): all parts together."""
        return self.overhead_s + self.dense_s + self.expert_s + self.attention_s + self.communication_s


def decode_parts(work: Work, rates: Rates, batch: Codes | float, depth_tokens: float, parallel: Parallel) -> Parts:
    """One decoding step of `batch` sequences with `depth_tokens` in the context of each."""
    devices = parallel.devices
    one_read = rates.read_gb_s * 1e9
    read, compute = one_read * devices, rates.prefill_tflops * 1e12 * devices
    expert_read, expert_compute = rates.expert_read_gb_s * 1e9, rates.expert_prefill_tflops * 1e12
    woken_bytes = work.expert_bytes * woken(work, batch)
    positions, shared = token_layers(work, depth_tokens), np.minimum(devices, work.kv_splits)
    cache_s = (work.kv_bytes_per_token_layer * positions + work.state_bytes) / (one_read * shared)
    look_s = work.pair_flops * positions / 1e9 * rates.attention_s / devices
    lookup_s = work.kv_splits * positions / 1e6 * rates.lookup_s / shared
    return Parts(
        overhead_s=rates.step_overhead_s + work.layers * rates.layer_overhead_s + batch * rates.sequence_s,
        dense_s=np.maximum(work.dense_bytes / read, batch * (work.dense_flops + work.head_flops) / compute),
        expert_s=np.maximum(woken_bytes / expert_read, batch * work.expert_flops / expert_compute) / devices,
        attention_s=batch * (cache_s + look_s + lookup_s),
        communication_s=_communication_s(work, batch, parallel, 1.0),
    )


def prefill_parts(work: Work, rates: Rates, prompt_tokens: float, cached_tokens: float, parallel: Parallel) -> Parts:
    """Reading a prompt of `prompt_tokens` behind `cached_tokens` that are in the cache already.

    A long prompt goes through in chunks, each of which reads the weights, or lays them out, and pays the overheads.
    """
    devices = parallel.devices
    chunks = np.maximum(1.0, prompt_tokens / work.chunk_tokens)
    read, compute = rates.read_gb_s * 1e9 * devices, rates.prefill_tflops * 1e12 * devices
    expert_read, expert_compute = rates.expert_read_gb_s * 1e9 * devices, rates.expert_prefill_tflops * 1e12 * devices
    dense_bytes = work.dense_bytes * chunks
    expert_bytes = work.expert_bytes * woken(work, prompt_tokens / chunks) * chunks
    dense_flops = prompt_tokens * work.dense_flops + work.head_flops
    layout = rates.layout_s / 1e9 / devices
    laid_out = dense_bytes * work.dense_flops / (work.dense_flops + work.head_flops)  # the head sees one token
    return Parts(
        overhead_s=chunks * (rates.step_overhead_s + work.layers * rates.layer_overhead_s),
        dense_s=np.maximum(dense_bytes / read, laid_out * layout + dense_flops / compute),
        expert_s=np.maximum(
            expert_bytes / expert_read, expert_bytes * layout + prompt_tokens * work.expert_flops / expert_compute
        ),
        attention_s=work.pair_flops * pair_layers(work, prompt_tokens, cached_tokens) / compute,
        communication_s=_communication_s(work, prompt_tokens, parallel, chunks),
    )


def _communication_s(work: Work, tokens: Codes | float, parallel: Parallel, chunks: Floats | float) -> Floats:
    """Sums over the devices by a ring: each sends and receives 2(n - 1)/n of the activations' bytes."""
    devices, linked = parallel.devices, parallel.link_gb_s > 0
    size = tokens * work.hidden_size * ACTIVATION_BYTES * 2 * (devices - 1) / devices
    moved_s = np.where(linked, size / (np.where(linked, parallel.link_gb_s, 1.0) * 1e9), 0.0)
    return np.where(devices > 1, SUMS_PER_LAYER * work.layers * (chunks * parallel.sum_s + moved_s), 0.0)


def tpot_s(step_s: Floats, prompt_s: Floats, rates: Rates, load: Load, batch: Codes | float) -> Floats:
    """(n,): seconds per output token of one request: a step, and its share of the prompts of the others.

    While one of `batch` requests writes its answer, each of the others begins once; `stall_share` of the time that
    their prompts take holds up the steps.
    """
    stalled = rates.stall_share * (batch - 1) * prompt_s / np.maximum(1.0, load.output_tokens - 1)
    return step_s + np.where(np.asarray(batch) > 1, stalled, 0.0)


def ttft_s(prompt_s: Floats, rates: Rates, batch: Codes | float) -> Floats:
    """(n,): seconds to the first token: the prompt, behind what is left of the others' prompts."""
    return rates.first_token_s + prompt_s * (1 + (1 - rates.stall_share) * (batch - 1))


def ttft_spread(rates: Rates, batch: Codes | float) -> Floats:
    """(n,): the factor by which the time to the first token errs; with several requests the queue dominates."""
    return np.where(np.asarray(batch) > 1, rates.queue_spread, rates.prefill_spread)


def bounded_below(interval: Floats, least_s: Floats) -> Floats:
    """(3, n): the intervals, raised where they lie below the shortest possible time `least_s`, (n,)."""
    return np.maximum(interval, least_s)


def prefill_tok_s(prompt_s: Floats, rates: Rates, prompt_tokens: float) -> Floats:
    """(3, n): prompt tokens per second of one prompt that nothing else delays."""
    return prompt_tokens / around(prompt_s, rates.prefill_spread)[::-1]


def device_share(work: Work, share: Floats) -> Work:
    """The devices' part of a model whose layers are split with RAM; the whole cache stays on the devices."""
    part = _part(work, share)
    part.layers, part.windowed_layers, part.linear_layers = work.layers, work.windowed_layers, work.linear_layers
    return part


def ram_share(work: Work, share: Floats) -> Work:
    """The processor's part of a model of whose layers the devices hold `share`."""
    return _bytes_alone(_part(work, 1 - share))


def without_experts(work: Work) -> Work:
    """What the devices do of a model whose routed experts lie in RAM."""
    nothing = np.zeros_like(work.layers)
    return replace(work, expert_bytes=nothing, expert_flops=nothing)


def experts_alone(work: Work) -> Work:
    """What the processor does of a model whose routed experts lie in RAM: it reads these experts."""
    return _bytes_alone(replace(work, dense_bytes=np.zeros_like(work.layers)))


def _bytes_alone(work: Work) -> Work:
    """The reading of weights in RAM: neither cache nor arithmetic."""
    nothing = np.zeros_like(work.layers)
    return replace(
        work,
        kv_bytes_per_token_layer=nothing,
        state_bytes=nothing,
        dense_flops=nothing,
        head_flops=nothing,
        expert_flops=nothing,
    )


def _part(work: Work, share: Floats) -> Work:
    """A share of a model's layers."""
    return replace(
        work,
        layers=np.maximum(1.0, np.rint(work.layers * share)),
        windowed_layers=np.rint(work.windowed_layers * share),
        linear_layers=np.rint(work.linear_layers * share),
        dense_bytes=work.dense_bytes * share,
        expert_bytes=work.expert_bytes * share,
        dense_flops=work.dense_flops * share,
        expert_flops=work.expert_flops * share,
    )
