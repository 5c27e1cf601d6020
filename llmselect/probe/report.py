"""What the commands `probe`, `measure` and `hardware` print, before it has a format.

Intervals are (low, value, high): for requests the 5th percentile, the median and the 95th. None is unknown.
"""

from dataclasses import dataclass

from llmselect.results.base import Record

Interval = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class TimedRequests(Record):
    """Requests of one prompt length: milliseconds to the first token and per token after it.

    `counted_by` says who counted the tokens: the server, or pieces of the stream. `server_tok_s` and
    `server_prompt_ms` are what the server itself reports (llama.cpp does), medians.
    """

    prompt_tokens: int
    concurrency: int
    requests: int
    output_tokens: int
    counted_by: str
    ttft_ms: Interval
    tpot_ms: Interval | None
    decode_tok_s: Interval | None
    server_tok_s: float | None
    server_prompt_ms: float | None


@dataclass(frozen=True, slots=True)
class StoredMeasurement(Record):
    """A measurement as it is kept; docs/measure.md says what for."""

    model: str
    host: str
    runtime: str | None
    quantization: str | None
    prompt_tokens: int | None
    depth_tokens: int
    concurrency: int
    decode_tok_s: Interval | None
    prefill_tok_s: Interval | None
    ttft_ms: Interval | None
    measured_on: str
    origin: str


@dataclass(frozen=True, slots=True)
class MeasureReport(Record):
    """What `measure` found at an endpoint or in a log.

    `most_usd` is the most that the requests could cost by the catalogue's prices, `stopped` why not all were
    sent, `disturbances` what else this machine did, `stored_in` the file that holds the measurements now.
    """

    model: str | None
    name: str
    host: str | None
    place: str
    runtime: str | None
    quantization: str | None
    timed: tuple[TimedRequests, ...]
    measurements: tuple[StoredMeasurement, ...]
    failed: int
    stopped: str
    left_out: tuple[str, ...]
    most_usd: float | None
    disturbances: str
    stored_in: str | None


@dataclass(frozen=True, slots=True)
class StoredRates(Record):
    """Rates that a probe measured: seconds, GB/s and TFLOP/s; docs/speed.md has the arithmetic.

    `attention_s` are for each GFLOP of the look at a context, `lookup_s` for a million heads of keys and values that it
    goes through, `layout_s` for each GB of weights of a prompt.
    """

    device: str
    runtime: str
    build: str
    precision: str
    step_overhead_s: float
    layer_overhead_s: float
    read_gb_s: float
    expert_read_gb_s: float
    attention_s: float
    prefill_tflops: float
    expert_prefill_tflops: float
    layout_s: float
    lookup_s: float
    decode_spread: float
    prefill_spread: float
    evidence: str
    measured_on: str


@dataclass(frozen=True, slots=True)
class ProbeRun(Record):
    """What one probe did and what it took.

    `contended` and `disturbances` say what else the machine did, `left_out` what there was no time to time.
    """

    runtime: str
    device: str
    build: str
    versions: dict[str, str]
    samples: int
    bytes_written: int
    bytes_read_per_step: int
    cache_bytes: int | None
    seconds: float
    cpu_seconds: float
    peak_rss_bytes: int | None
    contended: bool | None
    disturbances: str
    left_out: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Prediction(Record):
    """What a probe's rates mean for a model of the catalogue: tokens per second at a depth, TTFT in ms."""

    model: str
    name: str
    quantization: str
    runtime: str
    depth_tokens: int
    decode_tok_s: Interval
    ttft_ms: Interval | None


@dataclass(frozen=True, slots=True)
class ProbeReport(Record):
    """What `probe` measured; `skipped` are runtimes that are not there, with the way to have them."""

    depth: str
    runs: tuple[ProbeRun, ...]
    rates: tuple[StoredRates, ...]
    predictions: tuple[Prediction, ...]
    skipped: tuple[str, ...]
    stored_in: str | None


@dataclass(frozen=True, slots=True)
class StoredFile(Record):
    """All that is stored of one machine, or of hosts (`machine` is None)."""

    path: str
    machine: str | None
    this_machine: bool
    rates: tuple[StoredRates, ...]
    measurements: tuple[StoredMeasurement, ...]


@dataclass(frozen=True, slots=True)
class StoredReport(Record):
    """What `probe --list` shows, or what `probe --forget` has left; `removed` counts rows that went."""

    files: tuple[StoredFile, ...]
    removed: int


@dataclass(frozen=True, slots=True)
class ImportReport(Record):
    """What `probe --import` took from a file, and what it left out with the reason."""

    file: str
    program: str
    measurements: tuple[StoredMeasurement, ...]
    left_out: tuple[str, ...]
    stored_in: str | None


@dataclass(frozen=True, slots=True)
class DeviceReport(Record):
    """A device of this machine and what the catalogue knows of it; None where it knows nothing.

    `memory_gib` is what the system says, `sources` are addresses of what the catalogue's figures rest on.
    """

    name: str
    kind: str
    vendor: str
    count: int
    memory_gib: float | None
    catalogue_id: str | None
    catalogue_memory_gib: float | None
    bandwidth_gb_s: float | None
    tflops: float | None
    power_w: float | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HardwareReport(Record):
    """What `hardware` found: `cores` are logical processors, `physical_cores` None where the system hides them."""

    system: str
    cpu: str
    cores: int
    physical_cores: int | None
    last_cache_bytes: int | None
    ram_gib: float
    devices: tuple[DeviceReport, ...]
    not_counted: tuple[str, ...]
    judged_as: str
    own_speeds: StoredFile | None
