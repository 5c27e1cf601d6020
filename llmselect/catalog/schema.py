"""What the files of the catalogue may say: one pydantic type for each kind of thing.

Every fact names the source it came from. Units stand in the names: tokens, GiB (2**30 bytes),
GB/s (10**9 bytes per second), USD, W, TFLOP/s (10**12).
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

T = TypeVar("T")

Modality = Literal["text", "image", "audio", "video", "pdf"]
Capability = Literal["tools", "structured-output", "reasoning", "fine-tuning", "streaming", "system-prompt"]
Deployment = Literal["api", "managed", "app", "device"]
Access = Literal["open-weights", "gated-weights", "api", "app", "device"]
Tuning = Literal["base", "instruct", "task"]
CriterionName = Literal["quality", "latency", "cost", "context", "safety", "openness", "adaptability"]
TaskName = Literal[
    "conversation", "content-generation", "qa", "reasoning", "coding", "agents",
    "summarization", "extraction", "classification", "translation", "math",
]  # fmt: skip


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


SourceKeys = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), Field(min_length=1)]


class Strict(BaseModel):
    """A frozen record that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Source(Strict):
    """Where a fact was read. `locator` names the table, section, column or commit."""

    url: str = Field(pattern=r"^(https?://|pkg:|docs/)")
    title: str = Field(min_length=3)
    kind: Literal["primary", "copy", "third-party", "judgement"]
    retrieved: date
    locator: str | None = None
    confidence: Literal["high", "medium", "low"] = "high"


class Fact(Strict, Generic[T]):
    """One value with its sources.

    `value: null` with `disclosed: false` says that the developer never told; a fact that nobody
    has found is left out. `document_says` keeps what the source document claims where it differs.
    """

    value: T | None
    source: SourceKeys
    disclosed: bool = True
    document_says: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _null_means_undisclosed(self) -> "Fact[T]":
        if (self.value is None) == self.disclosed:
            raise ValueError("`value: null` needs `disclosed: false`, and only then")
        return self


class Architecture(Strict):
    """The shape of a decoder-only transformer, from which memory and parameters are computed.

    `ffn_matrices` is 3 for gated feed-forward layers (SwiGLU) and 2 for plain ones. With
    `sliding_window_tokens`, `sliding_layers` counts the layers that use it (all when absent).
    With `mla_kv_rank` the KV cache holds that rank plus `mla_rope_head_size` per layer and token.
    With experts, `expert_ffn_size` is the inner size of one and `dense_layers` counts the layers
    that have a plain feed-forward network of `ffn_size` instead.
    """

    layers: int = Field(gt=0)
    hidden_size: int = Field(gt=0)
    attention_heads: int = Field(gt=0)
    kv_heads: int = Field(gt=0)
    head_size: int = Field(gt=0)
    ffn_size: int = Field(gt=0)
    ffn_matrices: Literal[2, 3] = 3
    vocabulary_size: int = Field(gt=0)
    tied_embeddings: bool = False
    sliding_window_tokens: int | None = Field(default=None, gt=0)
    sliding_layers: int | None = Field(default=None, gt=0)
    mla_kv_rank: int | None = Field(default=None, gt=0)
    mla_query_rank: int | None = Field(default=None, gt=0)
    mla_rope_head_size: int | None = Field(default=None, gt=0)
    mla_value_head_size: int | None = Field(default=None, gt=0)
    experts: int | None = Field(default=None, gt=0)
    experts_per_token: int | None = Field(default=None, gt=0)
    shared_experts: int = Field(default=0, ge=0)
    expert_ffn_size: int | None = Field(default=None, gt=0)
    dense_layers: int = Field(default=0, ge=0)


class Parameters(Strict):
    """Numbers of weights; `active` are those that one token reads (all of them when dense)."""

    total: int = Field(gt=0)
    active: int = Field(gt=0)

    @model_validator(mode="after")
    def _active_within_total(self) -> "Parameters":
        if self.active > self.total:
            raise ValueError("active parameters exceed the total")
        return self


class Alignment(Strict):
    """How a model was made to follow its users; `methods` in the field's standard short names."""

    methods: tuple[Literal["none", "sft", "rlhf", "rlaif", "constitutional-ai", "dpo", "distillation", "undisclosed"], ...]
    summary: str


class Score(Strict):
    """One published result. It compares only with scores of the same benchmark, harness, shots and effort."""

    benchmark: str
    harness: str
    shots: str
    effort: str = "default"
    value: float
    date: date
    source: SourceKeys
    document_says: str | None = None
    note: str | None = None


class Limits(Strict):
    """Token limits: `context` holds prompt and output together, `input` and `output` each alone."""

    context_tokens: Fact[int] | None = None
    input_tokens: Fact[int] | None = None
    output_tokens: Fact[int] | None = None


class Model(Strict):
    """A set of weights or a named API model: facts that do not change once true."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    sources: dict[str, Source] = Field(min_length=1)
    developer: Fact[str]
    family: Fact[str]
    access: Fact[Access]
    tuning: Fact[Tuning]
    release_date: Fact[date]
    license: Fact[str] | None = None
    modalities_in: Fact[tuple[Modality, ...]]
    modalities_out: Fact[tuple[Modality, ...]]
    limits: Limits = Limits()
    languages: Fact[tuple[str, ...]] | None = None
    capabilities: Fact[tuple[Capability, ...]] | None = None
    knowledge_cutoff: Fact[str] | None = None
    alignment: Fact[Alignment] | None = None
    training_tokens: Fact[int] | None = None
    parameters: Fact[Parameters] | None = None
    design: Fact[str] | None = None
    architecture: Fact[Architecture] | None = None
    weights: Fact[str] | None = None
    weights_bits: Fact[float] | None = None
    scores: tuple[Score, ...] = ()

    @property
    def open_weights(self) -> bool:
        """Whether anybody may download the weights, after a form or without one."""
        return self.access.value in ("open-weights", "gated-weights")

    @property
    def max_context_tokens(self) -> int | None:
        """The context window in tokens, or None where nobody has said."""
        fact = self.limits.context_tokens
        return fact.value if fact else None


class Price(Strict):
    """What an offering costs from `from` on, until `to` where its end is known.

    `checked` is the last day on which the source showed it. `above_input_tokens` makes it the
    price of requests whose prompt is longer than that.
    """

    from_: date = Field(alias="from")
    to: date | None = None
    checked: date
    source: SourceKeys
    input_usd_per_mtok: float | None = Field(default=None, ge=0)
    output_usd_per_mtok: float | None = Field(default=None, ge=0)
    cached_input_usd_per_mtok: float | None = Field(default=None, ge=0)
    above_input_tokens: int | None = Field(default=None, gt=0)
    batch: bool = False
    usd_per_image: float | None = Field(default=None, ge=0)
    usd_per_audio_minute: float | None = Field(default=None, ge=0)
    usd_per_month: float | None = Field(default=None, ge=0)
    free: bool = False
    note: str | None = None


class Lifecycle(Strict):
    """Dates of an offering at its host. `last_seen` is the newest day on which a source listed it as served."""

    released: Fact[date] | None = None
    last_seen: Fact[date] | None = None
    deprecated: Fact[date] | None = None
    shutdown: Fact[date] | None = None
    replacement: Fact[str] | None = None


class Offering(Strict):
    """A model at a host. `api_id` is what a request must name, exactly."""

    model: str
    api_id: Fact[str] | None = None
    aliases: tuple[str, ...] = ()
    deployment: Deployment = "api"
    terms: Fact[str] | None = None
    limits: Limits = Limits()
    modalities_in: Fact[tuple[Modality, ...]] | None = None
    capabilities: Fact[tuple[Capability, ...]] | None = None
    regions: Fact[tuple[str, ...]] | None = None
    prices: tuple[Price, ...] = ()
    lifecycle: Lifecycle = Lifecycle()


class Host(Strict):
    """Who serves models, under which terms (a row of licenses.yaml)."""

    id: str
    name: str
    terms: Fact[str] | None = None
    sources: dict[str, Source] = Field(min_length=1)
    offerings: tuple[Offering, ...]


class License(Strict):
    """What a licence of weights, or the terms of a provider's API, allows.

    `outputs_may_train` says whether outputs may be used to train other models.
    """

    name: str
    kind: Literal["weights", "terms"]
    spdx: str | None = None
    url: str
    osi_approved: Fact[bool]
    commercial_use: Fact[bool]
    derivatives: Fact[bool] | None = None
    monthly_active_users_limit: Fact[int] | None = None
    outputs_may_train: Fact[bool] | None = None
    acceptable_use_policy: Fact[str] | None = None
    attribution: Fact[str] | None = None


class Benchmark(Strict):
    """A test: what it measures and in which unit its scores stand."""

    name: str
    skill: Literal[
        "reasoning", "coding", "agentic-coding", "mathematics", "knowledge", "instruction-following",
        "wordplay", "data-analysis", "preference", "factuality", "multilingual",
    ]  # fmt: skip
    unit: Literal["percent", "elo", "score-10"]
    higher_is_better: bool = True
    source: SourceKeys


class Harness(Strict):
    """A fixed way of running tests. Scores of different harnesses are never mixed."""

    name: str
    independent: bool
    source: SourceKeys


class Device(Strict):
    """A GPU, a system-on-chip with unified memory, or a server CPU.

    Rates are dense (no sparsity) and left out where the vendor states none. `memory_gib` is the
    vendor's capacity; a CPU has none of its own and uses the system's.
    """

    name: str
    kind: Literal["gpu", "soc", "cpu"]
    vendor: str
    aliases: tuple[str, ...] = ()
    datacenter: bool = False
    memory_gib: float | None = Field(default=None, gt=0)
    bandwidth_gb_s: float = Field(gt=0)
    power_w: float | None = Field(default=None, gt=0)
    fp16_tflops: float | None = Field(default=None, gt=0)
    bf16_tflops: float | None = Field(default=None, gt=0)
    fp8_tflops: float | None = Field(default=None, gt=0)
    source: SourceKeys
    note: str | None = None


class Preset(Strict):
    """A compute tier: the machine that `--compute` stands for when no hardware is named."""

    device: str
    count: int = Field(ge=1)
    ram_gib: float = Field(gt=0)
    summary: str
    source: SourceKeys


class Rental(Strict):
    """A rental price per GPU and hour, on the day that the source showed it."""

    device: str
    provider: str
    gpus: int = Field(ge=1)
    usd_per_gpu_hour: float = Field(gt=0)
    from_: date = Field(alias="from")
    to: date | None = None
    checked: date
    source: SourceKeys
    note: str | None = None


class QualityLoss(Strict):
    """Share of a model's score that a quantisation costs, in percent, as a 90 % interval."""

    up_to_billion: float | None
    low: float = Field(ge=0)
    value: float = Field(ge=0)
    high: float
    source: SourceKeys

    @model_validator(mode="after")
    def _ordered(self) -> "QualityLoss":
        if not self.low <= self.value <= self.high:
            raise ValueError("low <= value <= high must hold")
        return self


class Artifact(Strict):
    """The file format that a runtime uses at a level: bits per weight, block overhead included."""

    name: str
    bits_per_weight: float = Field(gt=0)
    embedding_bits: float = Field(gt=0)
    head_bits: float = Field(gt=0)
    source: SourceKeys


class Quantization(Strict):
    """One level of quantisation: `none` (as released) or q8 … q2, with its artifact per runtime."""

    order: int
    name: str
    artifacts: dict[Literal["llama.cpp", "vllm", "transformers"], Artifact]
    losses: tuple[QualityLoss, ...]


class Yardstick(Strict):
    """The published scores that stand for quality at a task: the mean of tests of one harness, or a win rate.

    `opponent_elo` turns an Elo rating into the expected share of wins against that opponent, in percent.
    """

    name: str
    harness: str
    benchmarks: tuple[str, ...] = Field(min_length=1)
    opponent: str | None = None
    opponent_elo: float | None = None


class ReferenceWorkload(Strict):
    """A request of typical size for a task."""

    prompt_tokens: int = Field(gt=0)
    output_tokens: int = Field(gt=0)
    source: SourceKeys


class Anchors(Strict):
    """The yardstick's value at utility 0 (*insufficient*) and at utility 1 (*ample*)."""

    insufficient: float
    ample: float
    source: SourceKeys


class LatencyLimits(Strict):
    """Latency that a task's user tolerates when the request says nothing else."""

    max_ttft_ms: float = Field(gt=0)
    min_tok_s: float = Field(gt=0)
    source: SourceKeys


class Scale(Strict):
    """A value function: utility 0 at `worst`, 1 at `best`, between them linear or linear in the logarithm."""

    worst: float
    best: float
    log: bool = False
    unit: str
    source: SourceKeys


class Task(Strict):
    """What a task needs and how its criteria weigh."""

    name: str
    summary: str
    document_task: str | None = None
    modalities_in: tuple[Modality, ...] = ("text",)
    modalities_out: tuple[Modality, ...] = ("text",)
    instruct: bool = True
    workload: ReferenceWorkload
    yardstick: str
    anchors: Anchors
    latency: LatencyLimits
    weights: dict[CriterionName, float]
    source: SourceKeys


class DocumentRule(Strict):
    """One rule of the source document's tree: where all of `when` hold, it answers `answer`."""

    when: dict[Literal["task", "compute", "response_time", "domain"], tuple[str, ...]]
    answer: str
    model: str | None
    strategy: str | None = None
    gloss: str | None = None
    remark: str | None = None


class Claim(Strict):
    """A statement of the source document that does not hold as written."""

    about: str
    document_says: str
    finding: str
    verdict: Literal["contradicted", "outdated", "incomplete", "unsupported", "misleading", "defect", "dominated", "confirmed"]
    models: tuple[str, ...] = ()
    source: SourceKeys


class Expansion(Strict):
    """How a value of one of the document's four questions changes the requirements and weights."""

    question: Literal["task", "compute", "response_time", "domain"]
    value: str
    sets: dict[str, str | float | bool] = {}
    weights: dict[CriterionName, float] = {}
    strategy: str | None = None
    why: str


class Document(Strict):
    """The source document: its decision tree as ordered rules, and its doubtful claims."""

    sources: dict[str, Source]
    title: str
    more_information: str
    more_information_gloss: str
    rules: tuple[DocumentRule, ...]
    expansions: tuple[Expansion, ...]
    claims: tuple[Claim, ...]


class LicensesFile(Strict):
    """licenses.yaml"""

    sources: dict[str, Source]
    licenses: dict[str, License]


class BenchmarksFile(Strict):
    """benchmarks.yaml"""

    sources: dict[str, Source]
    harnesses: dict[str, Harness]
    benchmarks: dict[str, Benchmark]


class HardwareFile(Strict):
    """hardware.yaml"""

    sources: dict[str, Source]
    presets: dict[Literal["high", "medium", "low"], Preset]
    devices: dict[str, Device]
    rentals: tuple[Rental, ...]


class QuantizationsFile(Strict):
    """quantizations.yaml"""

    sources: dict[str, Source]
    quantizations: dict[str, Quantization]


class TasksFile(Strict):
    """tasks.yaml"""

    sources: dict[str, Source]
    scales: dict[Literal["cost_usd_per_month", "cost_usd_per_1k_requests", "context_headroom"], Scale]
    yardsticks: dict[str, Yardstick]
    tasks: dict[TaskName, Task]


class Catalog(Strict):
    """Everything that is known, on one day (`date` is the newest day on which a source was read)."""

    date: date
    models: dict[str, Model]
    hosts: dict[str, Host]
    licenses: LicensesFile
    benchmarks: BenchmarksFile
    hardware: HardwareFile
    quantizations: QuantizationsFile
    tasks: TasksFile
    document: Document


def facts(record: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], tuple[str, ...]]]:
    """Every place in a record that names sources: its path and the keys it names."""
    if isinstance(record, BaseModel):
        for name in type(record).model_fields:
            value = getattr(record, name)
            if name == "source":
                yield path + (name,), value
            else:
                yield from facts(value, path + (name,))
    elif isinstance(record, dict):
        for key, value in record.items():
            yield from facts(value, path + (key,))
    elif isinstance(record, tuple):
        for index, value in enumerate(record):
            yield from facts(value, path + (index,))
