"""What one device reaches with one runtime at one precision: the rates that a speed is computed from."""

from typing import Literal, NamedTuple


class DeviceRates(NamedTuple):
    """Absolute rates of one device, runtime and precision, from the catalogue's fit or from a probe.

    A decoding step takes `step_overhead_s` + layers x `layer_overhead_s` + dense weight bytes / `read_gb_s`
    + expert weight bytes / `expert_read_gb_s` + KV cache bytes / `read_gb_s` + GFLOPs of attention over the context
    x `attention_s` + millions of heads of keys and values that it goes through x `lookup_s`. A prompt takes its
    FLOPs over `prefill_tflops` (`expert_prefill_tflops` for routed experts) and `layout_s` for each GB of weights
    that has to be laid out for it, never less than one reading of the weights, and the overheads;
    `speed.py` has the arithmetic. GB are 10**9 bytes, rates those of the whole device.
    `decode_spread` and `prefill_spread` are factors: nine measurements of ten lie between the value divided by
    it and the value times it. A server takes `sequence_s` a step for each sequence and `first_token_s` for each
    request before anything is computed; `stall_share` of the time that others' prompts take falls on the steps of
    a running answer, the rest on the wait for the first token, whose spread is then `queue_spread`. `evidence` is
    `measured` for what was timed on the machine itself.
    """

    step_overhead_s: float
    layer_overhead_s: float
    read_gb_s: float
    expert_read_gb_s: float
    attention_s: float
    prefill_tflops: float
    expert_prefill_tflops: float
    decode_spread: float
    prefill_spread: float
    evidence: Literal["measured", "estimated"]
    sequence_s: float = 0.0
    first_token_s: float = 0.0
    stall_share: float = 1.0
    queue_spread: float = 3.0
    layout_s: float = 0.0
    lookup_s: float = 0.0


class ProbedRates(NamedTuple):
    """Rates that a probe measured on this machine.

    `device` is `cpu` or a GPU's name, `build` the runtime's version and kind of build, `precision` a level of
    `quantizations.yaml` for llama.cpp and `fp32`, `bf16` or `fp16` for torch; `measured_on` an ISO date.
    """

    device: str
    runtime: str
    build: str
    precision: str
    rates: DeviceRates
    measured_on: str


class Measurement(NamedTuple):
    """Speeds of one model that were timed or imported, each as (low, value, high) or None where not timed.

    `model` is a catalogue id, `host` a host's id or `self`. Tokens are those of one request, `depth_tokens` what
    stood in the context when decoding began. `origin` says what it was read from.
    """

    model: str
    host: str
    runtime: str | None
    quantization: str | None
    prompt_tokens: int | None
    depth_tokens: int
    concurrency: int
    decode_tok_s: tuple[float, float, float] | None
    prefill_tok_s: tuple[float, float, float] | None
    ttft_ms: tuple[float, float, float] | None
    measured_on: str
    origin: str


class OwnSpeeds(NamedTuple):
    """All that is known of this machine's own speeds, the newest last."""

    rates: tuple[ProbedRates, ...] = ()
    measurements: tuple[Measurement, ...] = ()
