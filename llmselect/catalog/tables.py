"""The rows of the catalogue's tables: licences, benchmarks, hardware, quantisations, tasks, the document."""

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from llmselect.catalog.facts import Fact, Source, SourceKeys, Strict
from llmselect.catalog.words import CriterionName, Modality, RuntimeName, Skill
from llmselect.estimate.arithmetic import FMA_PER_CLOCK, matrix_tflops


class License(Strict):
    """What a licence of weights, or the terms of a provider's API, allows.

    `outputs_may_train` says whether outputs may be used to train other models; `excluded_domiciles`
    names places (`EU`, or ISO country codes) whose residents it grants nothing.
    """

    name: str
    kind: Literal["weights", "terms"]
    spdx: str | None = None
    url: str
    osi_approved: Fact[bool]
    commercial_use: Fact[bool]
    derivatives: Fact[bool] | None = None
    monthly_active_users_limit: Fact[int] | None = None
    annual_revenue_limit_usd: Fact[int] | None = None
    excluded_domiciles: Fact[tuple[str, ...]] | None = None
    outputs_may_train: Fact[bool] | None = None
    acceptable_use_policy: Fact[str] | None = None
    attribution: Fact[str] | None = None


class Benchmark(Strict):
    """A test: what it measures and in which unit its scores stand.

    `chance` is what guessing scores, in percent. `exposure` says whether its questions are public (and so may
    stand in training data), kept private, or renewed. A test that is `part_of` another one, in a single natural
    `language`, tells of that language and not of the skill as a whole; `questions` says how many it has.
    """

    name: str
    skill: Skill
    language: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    part_of: str | None = None
    questions: int | None = Field(default=None, gt=0)
    unit: Literal["percent", "elo", "score-10"]
    higher_is_better: bool = True
    chance: float = Field(default=0.0, ge=0, lt=100)
    exposure: Literal["public", "private", "renewed"] = "public"
    source: SourceKeys


class Harness(Strict):
    """A fixed way of running tests. Scores of different harnesses are never mixed.

    With ratings, `opponent` is the model against which they become expected wins, and `opponent_elo` its rating.
    """

    name: str
    independent: bool
    opponent: str | None = None
    opponent_elo: float | None = None
    source: SourceKeys


class DeviceUnits(Strict):
    """What a device's rate of arithmetic is derived from where its vendor states none.

    `vector_tflops` is the higher of its 16-bit and 32-bit rates without matrix units, of which it has `matrix_units`
    of an architecture that `estimate/arithmetic.py` knows; `clock_mhz` is the boost clock.
    """

    architecture: str | None = None
    matrix_units: int | None = Field(default=None, gt=0)
    clock_mhz: float = Field(gt=0)
    vector_tflops: float = Field(gt=0)
    source: SourceKeys

    @model_validator(mode="after")
    def _known_architecture(self) -> "DeviceUnits":
        if (self.architecture is None) != (self.matrix_units is None):
            raise ValueError("architecture and matrix_units go together")
        if self.architecture is not None and self.architecture not in FMA_PER_CLOCK:
            raise ValueError(f"unknown architecture; known are {', '.join(FMA_PER_CLOCK)}")
        return self

    @property
    def tflops(self) -> float:
        """TFLOP/s in 16 bits: of its matrix units, or without them where those do no more."""
        if self.architecture is None or self.matrix_units is None:
            return self.vector_tflops
        return max(self.vector_tflops, matrix_tflops(self.architecture, self.matrix_units, self.clock_mhz))


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
    units: DeviceUnits | None = None
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
    """A rental price per GPU and hour, on the day that the source showed it; `gpus` are rented together.

    `managed` marks dedicated endpoints, whose provider runs the model on them, from machines that are rented bare.
    """

    device: str
    provider: str
    gpus: int = Field(ge=1)
    managed: bool = False
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
    artifacts: dict[RuntimeName, Artifact]
    losses: tuple[QualityLoss, ...]


class ReferenceWorkload(Strict):
    """A request of typical size for a task, and how many of them a typical service or team makes.

    `cached_share` is the share of prompt tokens that hosts usually read from a cache, since an earlier request began
    with the same.
    """

    prompt_tokens: int = Field(gt=0)
    output_tokens: int = Field(gt=0)
    cached_share: float = Field(ge=0, le=1)
    reference_requests_per_month: int = Field(gt=0)
    source: SourceKeys


class Anchors(Strict):
    """The expected scores in percent that are *insufficient*, *ample* and *excellent*: utility 0, 0.85 and 1."""

    insufficient: float
    ample: float
    excellent: float
    source: SourceKeys


class LatencyLimits(Strict):
    """What a task's user tolerates when the request says nothing else.

    `patience_s` are the seconds of waiting that are too many: for the first word of an answer that is `streamed` to a
    reader, for all of one that is not. A machine that is shared keeps `max_ttft_ms` and `min_tok_s`, and so does what
    answers in real time.
    """

    max_ttft_ms: float = Field(gt=0)
    min_tok_s: float = Field(gt=0)
    patience_s: float = Field(gt=1)
    streamed: bool = True
    source: SourceKeys


class Scale(Strict):
    """A value function: utility 0 at `worst`, 1 at `best`, between them linear or linear in the logarithm."""

    worst: float
    best: float
    log: bool = False
    unit: str
    source: SourceKeys


class Task(Strict):
    """What a task needs and how its criteria weigh.

    `skills` are the shares of its quality. `thinking_share` is how much of the thinking that LiveBench's questions
    take, which are made to be hard, a usual request of the task takes.
    """

    name: str
    summary: str
    document_task: str | None = None
    modalities_in: tuple[Modality, ...] = ("text",)
    modalities_out: tuple[Modality, ...] = ("text",)
    instruct: bool = True
    workload: ReferenceWorkload
    skills: dict[Skill, float] = Field(min_length=1)
    thinking_share: float = Field(default=0.1, ge=0, le=1)
    anchors: Anchors
    latency: LatencyLimits
    weights: dict[CriterionName, float]
    source: SourceKeys


class Need(Strict):
    """Something that a request may ask for beside its task, the skill that tests it, and how much of the quality it is.

    `anchors` are those of the skill's reference test. `from_context_tokens` is where a context is long.
    """

    skill: Skill
    share: float = Field(gt=0, lt=1)
    anchors: Anchors
    from_context_tokens: int | None = Field(default=None, gt=0)
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
    """A statement of the source document that does not hold as written; `column` is where a comparison notes it."""

    about: str
    column: str | None = None
    document_says: str
    finding: str
    verdict: Literal[
        "contradicted", "outdated", "incomplete", "unsupported", "misleading", "defect", "dominated", "confirmed"
    ]
    models: tuple[str, ...] = ()
    source: SourceKeys


class Expansion(Strict):
    """How a value of one of the document's four questions changes the requirements and weights."""

    question: Literal["task", "compute", "response_time", "domain"]
    value: str
    sets: dict[str, str | float | bool] = Field(default_factory=dict)
    weights: dict[CriterionName, float] = Field(default_factory=dict)
    strategy: str | None = None
    why: str


class DocumentTable(Strict):
    """One of the document's comparisons: columns by their names, and for each of its subjects the models it means."""

    title: str
    columns: tuple[str, ...] = Field(min_length=1)
    subjects: dict[str, tuple[str, ...]] = Field(min_length=1)


class Document(Strict):
    """The source document: its decision tree as ordered rules, its doubtful claims, and its comparisons of models."""

    sources: dict[str, Source]
    title: str
    more_information: str
    more_information_gloss: str
    rules: tuple[DocumentRule, ...]
    expansions: tuple[Expansion, ...]
    claims: tuple[Claim, ...]
    tables: dict[str, DocumentTable] = Field(default_factory=dict)
