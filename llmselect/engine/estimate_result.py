"""What an estimate says, as frozen records for the renderers."""

from dataclasses import dataclass

from llmselect.engine.citations import Citation


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the bounds of its 90 % interval, and how it is known."""

    value: float
    low: float
    high: float
    evidence: str


@dataclass(frozen=True, slots=True)
class EstimatedMemory:
    """Memory in GiB: what an option needs, part by part, against what is usable."""

    weights_gib: float
    kv_cache_gib: float
    overhead_gib: float
    total_gib: float
    available_gib: float
    fits: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the arithmetic: what was computed, from which numbers, and the result in its unit.

    `bound` says whether reading (`memory`) or arithmetic (`compute`) decides, where both were compared.
    """

    name: str
    arithmetic: str
    value: float
    unit: str
    bound: str | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """Speed and memory of one model in one placement, with the arithmetic; speeds are None where unknown.

    `throughput_tok_s` is that of all requests together.
    """

    model: str
    name: str
    option: str
    runtime: str
    quantization: str
    artifact: str
    placement: str
    hardware: str
    devices: int
    prompt_tokens: int
    output_tokens: int
    context_tokens: int
    concurrency: int
    decode_tok_s: Quantity | None
    tpot_ms: Quantity | None
    prefill_tok_s: Quantity | None
    ttft_ms: Quantity | None
    throughput_tok_s: Quantity | None
    memory: EstimatedMemory
    steps: tuple[Step, ...]
    basis: str
    check: tuple[str, ...]
    notes: tuple[str, ...]
    sources: tuple[Citation, ...]
