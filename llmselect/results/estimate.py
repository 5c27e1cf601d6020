"""What an estimate says, figure by figure."""

from dataclasses import dataclass

from llmselect.estimate.interval import Interval
from llmselect.results.base import Record, Result, figure
from llmselect.results.citations import Citation


@dataclass(frozen=True, slots=True)
class Quantity(Record):
    """A 90 % interval, and how it is known."""

    interval: Interval
    evidence: str

    @property
    def value(self) -> float:
        """The middle of the interval."""
        return self.interval.value

    @property
    def low(self) -> float:
        """Its lower end."""
        return self.interval.low

    @property
    def high(self) -> float:
        """Its upper end."""
        return self.interval.high

    def __repr__(self) -> str:
        return f"<{figure(self.value)} ({figure(self.low)} to {figure(self.high)}), {self.evidence}>"


@dataclass(frozen=True, slots=True)
class EstimatedMemory(Record):
    """Memory in GiB: what an option needs, part by part, against what is usable."""

    weights_gib: float
    kv_cache_gib: float
    overhead_gib: float
    total_gib: float
    available_gib: float
    fits: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class Step(Record):
    """One line of the arithmetic: what was computed, from which numbers, and the result in its unit.

    `bound` says whether reading (`memory`) or arithmetic (`compute`) decides, where both were compared.
    """

    name: str
    arithmetic: str
    value: float
    unit: str
    bound: str | None = None


@dataclass(frozen=True, slots=True)
class Estimate(Result):
    """Speed and memory of one model in one placement, with the arithmetic; speeds are None where unknown.

    `throughput_tok_s` is that of all requests together. `fits_with` are the least changes with which what does not
    fit does: a coarser quantisation, more devices.
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
    fits_with: tuple[str, ...]
    steps: tuple[Step, ...]
    basis: str
    check: tuple[str, ...]
    notes: tuple[str, ...]
    sources: tuple[Citation, ...]

    def __repr__(self) -> str:
        pace = figure(self.decode_tok_s.value if self.decode_tok_s else None, "tok/s")
        memory = f"{self.memory.total_gib:.1f} of {self.memory.available_gib:.1f} GiB"
        return f"<Estimate of {self.option}: {pace}, {memory}{'' if self.memory.fits else ', does not fit'}>"
