"""Speed as arithmetic: the time of a decoding step, of a prompt, to the first token and for each further one.

Each part of a step takes what it reads over the rate of reading or what it computes over the rate of computing,
whichever is longer (the roofline model, Williams et al. 2009, doi 10.1145/1498765.1498785), and every layer costs
a time of its own however small it is.
"""

from typing import NamedTuple

from llmselect.estimate.interval import Interval
from llmselect.estimate.own_speeds import DeviceRates as Rates
from llmselect.estimate.work import Work

ACTIVATION_BYTES = 2
SUMS_PER_LAYER = 2


class Parallel(NamedTuple):
    """Devices that share every layer (tensor parallelism).

    They add up their partial results twice a layer; one such sum takes `sum_s` and the bytes of the activations
    over `link_gb_s`, one device's rate to the others in GB/s (0: unknown and left out).
    """

    devices: int = 1
    sum_s: float = 0.0
    link_gb_s: float = 0.0


ALONE = Parallel()


class Parts(NamedTuple):
    """What a step or a prompt takes, in seconds, part by part.

    `dense_s` are the weights that every token uses (with a prompt: and its attention), `expert_s` the routed
    experts, `attention_s` the look at the context, `communication_s` the exchange between devices.
    """

    overhead_s: float
    dense_s: float
    expert_s: float
    attention_s: float
    communication_s: float

    @property
    def total_s(self) -> float:
        """All parts together."""
        return self.overhead_s + self.dense_s + self.expert_s + self.attention_s + self.communication_s


class Load(NamedTuple):
    """Requests alike that run at once, each with its tokens; `cached_tokens` stand in the context before the prompt."""

    prompt_tokens: float
    output_tokens: float
    cached_tokens: float = 0.0
    concurrency: int = 1

    @property
    def depth_tokens(self) -> float:
        """Tokens in the context in the middle of an answer."""
        return self.cached_tokens + self.prompt_tokens + self.output_tokens / 2


def decode_parts(work: Work, rates: Rates, batch: int, depth_tokens: float, parallel: Parallel = ALONE) -> Parts:
    """One decoding step of `batch` sequences with `depth_tokens` in the context of each."""
    devices = parallel.devices
    one_read = rates.read_gb_s * 1e9
    read, compute = one_read * devices, rates.prefill_tflops * 1e12 * devices
    overhead_s = rates.step_overhead_s + work.layers * rates.layer_overhead_s + batch * rates.sequence_s
    dense_s = max(work.dense_bytes / read, batch * (work.dense_flops + work.head_flops) / compute)
    expert_s = 0.0
    if work.experts:
        expert_read, expert_compute = rates.expert_read_gb_s * 1e9, rates.expert_prefill_tflops * 1e12
        woken_bytes = work.expert_bytes * work.woken(batch)
        expert_s = max(woken_bytes / expert_read, batch * work.expert_flops / expert_compute) / devices
    positions, shared = work.token_layers(depth_tokens), min(devices, work.kv_splits)
    cache_s = (work.kv_bytes_per_token_layer * positions + work.state_bytes) / (one_read * shared)
    look_s = work.pair_flops * positions / 1e9 * rates.attention_s / devices
    lookup_s = work.kv_splits * positions / 1e6 * rates.lookup_s / shared
    attention_s = batch * (cache_s + look_s + lookup_s)
    return Parts(overhead_s, dense_s, expert_s, attention_s, _communication_s(work, batch, parallel))


def prefill_parts(
    work: Work, rates: Rates, prompt_tokens: float, cached_tokens: float = 0.0, parallel: Parallel = ALONE
) -> Parts:
    """Reading a prompt of `prompt_tokens` behind `cached_tokens` that are in the cache already.

    A long prompt goes through in chunks, each of which reads the weights, or lays them out, and pays the overheads.
    """
    devices = parallel.devices
    chunks = max(1.0, prompt_tokens / work.chunk_tokens)
    read, compute = rates.read_gb_s * 1e9 * devices, rates.prefill_tflops * 1e12 * devices
    expert_read, expert_compute = rates.expert_read_gb_s * 1e9 * devices, rates.expert_prefill_tflops * 1e12 * devices
    dense_bytes = work.dense_bytes * chunks
    expert_bytes = work.expert_bytes * work.woken(prompt_tokens / chunks) * chunks
    dense_flops = prompt_tokens * work.dense_flops + work.head_flops
    layout = rates.layout_s / 1e9 / devices
    laid_out = dense_bytes * work.dense_flops / (work.dense_flops + work.head_flops)  # the head sees one token
    return Parts(
        overhead_s=chunks * (rates.step_overhead_s + work.layers * rates.layer_overhead_s),
        dense_s=max(dense_bytes / read, laid_out * layout + dense_flops / compute),
        expert_s=max(
            expert_bytes / expert_read, expert_bytes * layout + prompt_tokens * work.expert_flops / expert_compute
        ),
        attention_s=work.pair_flops * work.pair_layers(prompt_tokens, cached_tokens) / compute,
        communication_s=_communication_s(work, prompt_tokens, parallel, chunks),
    )


class Answer(NamedTuple):
    """What an answer takes: a step, each token, the prompt alone, and the first token, as intervals in seconds."""

    step_s: Interval
    tpot_s: Interval
    prompt_s: Interval
    ttft_s: Interval


def answer_intervals(work: Work, rates: Rates, load: Load, parallel: Parallel = ALONE) -> Answer:
    """`step_interval`, `tpot_interval`, `prefill_interval` and `ttft_interval` from one look at each part."""
    step = decode_parts(work, rates, load.concurrency, load.depth_tokens, parallel).total_s
    prompt = prefill_parts(work, rates, load.prompt_tokens, load.cached_tokens, parallel).total_s
    return Answer(
        around(step, rates.decode_spread),
        around(_with_stalls(step, prompt, rates, load), rates.decode_spread),
        around(prompt, rates.prefill_spread),
        around(_behind_queue(prompt, rates, load), _first_spread(rates, load)),
    )


def step_interval(work: Work, rates: Rates, batch: int, depth_tokens: float, parallel: Parallel = ALONE) -> Interval:
    """Seconds of one decoding step: its inverse times `batch` are the tokens per second of all sequences."""
    return around(decode_parts(work, rates, batch, depth_tokens, parallel).total_s, rates.decode_spread)


def prefill_interval(
    work: Work, rates: Rates, prompt_tokens: float, cached_tokens: float = 0.0, parallel: Parallel = ALONE
) -> Interval:
    """Seconds of reading one prompt that nothing else delays."""
    parts = prefill_parts(work, rates, prompt_tokens, cached_tokens, parallel)
    return around(parts.total_s, rates.prefill_spread)


def tpot_interval(work: Work, rates: Rates, load: Load, parallel: Parallel = ALONE) -> Interval:
    """Seconds per output token of one request: a step, and its share of the prompts of the others."""
    return around(tpot_s(work, rates, load, parallel), rates.decode_spread)


def tpot_s(work: Work, rates: Rates, load: Load, parallel: Parallel = ALONE) -> float:
    """The middle of `tpot_interval`.

    While one of `concurrency` requests writes its answer, each of the others begins once; `stall_share` of the time
    that their prompts take holds up the steps.
    """
    step = decode_parts(work, rates, load.concurrency, load.depth_tokens, parallel).total_s
    prompt = prefill_parts(work, rates, load.prompt_tokens, load.cached_tokens, parallel).total_s
    return _with_stalls(step, prompt, rates, load)


def _with_stalls(step_s: float, prompt_s: float, rates: Rates, load: Load) -> float:
    others = load.concurrency - 1
    return step_s + rates.stall_share * others * prompt_s / max(1.0, load.output_tokens - 1) if others else step_s


def ttft_interval(work: Work, rates: Rates, load: Load, parallel: Parallel = ALONE) -> Interval:
    """Seconds to the first token: the prompt, behind what is left of the others' prompts.

    Whether a request finds a queue is a matter of chance, so that with others the interval is what counts.
    """
    return around(ttft_s(work, rates, load, parallel), _first_spread(rates, load))


def ttft_s(work: Work, rates: Rates, load: Load, parallel: Parallel = ALONE) -> float:
    """The middle of `ttft_interval`."""
    prompt = prefill_parts(work, rates, load.prompt_tokens, load.cached_tokens, parallel).total_s
    return _behind_queue(prompt, rates, load)


def _behind_queue(prompt_s: float, rates: Rates, load: Load) -> float:
    return rates.first_token_s + prompt_s * (1 + (1 - rates.stall_share) * (load.concurrency - 1))


def _first_spread(rates: Rates, load: Load) -> float:
    return rates.prefill_spread if load.concurrency == 1 else rates.queue_spread


def around(value: float, spread: float) -> Interval:
    """The interval of a value that errs by at most a factor in nine cases of ten."""
    return Interval(value / spread, value, value * spread)


def _communication_s(work: Work, tokens: float, parallel: Parallel, chunks: float = 1.0) -> float:
    """Sums over the devices by a ring: each sends and receives 2(n - 1)/n of the activations' bytes."""
    if parallel.devices == 1:
        return 0.0
    sums = SUMS_PER_LAYER * work.layers
    size = tokens * work.hidden_size * ACTIVATION_BYTES * 2 * (parallel.devices - 1) / parallel.devices
    moved_s = size / (parallel.link_gb_s * 1e9) if parallel.link_gb_s else 0.0
    return sums * (chunks * parallel.sum_s + moved_s)
