"""A model's facts, and a host's offerings of it."""

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from llmselect.catalog.facts import Fact, Source, SourceKeys, Strict
from llmselect.catalog.words import Access, Capability, Deployment, Effort, Modality, Tuning


class LinearAttention(Strict):
    """Those of a model's layers that keep a state of one size instead of a KV cache: gated DeltaNet.

    Keys and values have `head_size`; `convolution` is the width of the short convolution before them. The model's
    other layers gate their attention's output.
    """

    layers: int = Field(gt=0)
    key_heads: int = Field(gt=0)
    value_heads: int = Field(gt=0)
    head_size: int = Field(gt=0)
    convolution: int = Field(gt=0)


class Architecture(Strict):
    """The shape of a decoder-only transformer, from which memory and parameters are computed.

    `ffn_matrices` is 3 for gated feed-forward layers (SwiGLU) and 2 for plain ones. With
    `sliding_window_tokens`, `sliding_layers` counts the layers that use it (all when absent).
    With `mla_kv_rank` the KV cache holds that rank plus `mla_rope_head_size` per layer and token.
    With experts, `expert_ffn_size` is the inner size of one and `dense_layers` counts the layers
    that have a plain feed-forward network of `ffn_size` instead. `linear` describes those of the
    layers that have linear attention.
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
    linear: LinearAttention | None = None


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

    methods: tuple[
        Literal["none", "sft", "rlhf", "rlaif", "constitutional-ai", "dpo", "distillation", "undisclosed"], ...
    ]
    summary: str


class Score(Strict):
    """One published result. It compares only with scores of the same benchmark, harness, shots and effort."""

    benchmark: str
    harness: str
    shots: str
    effort: Effort = "default"
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
    """A set of weights or a named API model: facts that do not change once true.

    `capabilities` lists those that a source confirms, `lacks` those that one denies; any other is unknown.
    `predecessor` is the id of the model that it follows in its maker's line of one tier. `effort_tokens` holds, per
    effort and skill, the mean output tokens of an answer to a test's question, thinking included.
    """

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
    lacks: Fact[tuple[Capability, ...]] | None = None
    knowledge_cutoff: Fact[str] | None = None
    alignment: Fact[Alignment] | None = None
    training_tokens: Fact[int] | None = None
    parameters: Fact[Parameters] | None = None
    design: Fact[str] | None = None
    architecture: Fact[Architecture] | None = None
    weights: Fact[str] | None = None
    gguf: Fact[str] | None = None
    weights_bits: Fact[float] | None = None
    predecessor: Fact[str] | None = None
    effort_tokens: dict[Effort, Fact[dict[str, int]]] = Field(default_factory=dict)
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


class PriceConflict(Strict):
    """Another source's price for the same offering on the same day."""

    source: SourceKeys
    input_usd_per_mtok: float | None = Field(default=None, ge=0)
    output_usd_per_mtok: float | None = Field(default=None, ge=0)


class Price(Strict):
    """What an offering costs from `from` on, until `to` (its last day) where its end is known.

    `checked` is the last day on which the source showed it. `above_input_tokens` makes it the
    price of requests whose prompt is longer than that; `batch` that of deferred requests;
    `peak_hours` that of a host's dear hours. `conflicts` keeps what other sources say.
    """

    from_: date = Field(alias="from")
    to: date | None = None
    checked: date
    source: SourceKeys
    input_usd_per_mtok: float | None = Field(default=None, ge=0)
    output_usd_per_mtok: float | None = Field(default=None, ge=0)
    cached_input_usd_per_mtok: float | None = Field(default=None, ge=0)
    cache_write_usd_per_mtok: float | None = Field(default=None, ge=0)
    above_input_tokens: int | None = Field(default=None, gt=0)
    batch: bool = False
    peak_hours: bool = False
    usd_per_image: float | None = Field(default=None, ge=0)
    usd_per_audio_minute: float | None = Field(default=None, ge=0)
    usd_per_month: float | None = Field(default=None, ge=0)
    free: bool = False
    conflicts: tuple[PriceConflict, ...] = ()
    note: str | None = None


class Lifecycle(Strict):
    """Dates of an offering at its host. `last_seen` is the newest day on which a source listed it as served.

    `announced` is the day on which the host made its `shutdown` known: before it nobody could have known the end.
    `not_before` is the day before which the host promises not to end it: a promise, and no end.
    """

    released: Fact[date] | None = None
    last_seen: Fact[date] | None = None
    not_before: Fact[date] | None = None
    announced: Fact[date] | None = None
    deprecated: Fact[date] | None = None
    shutdown: Fact[date] | None = None
    replacement: Fact[str] | None = None


class DataHandling(Strict):
    """What a host does with requests: trains on them, keeps them, can serve inside a private network."""

    trains_on_requests: Fact[bool] | None = None
    zero_retention: Fact[bool] | None = None
    private_network: Fact[bool] | None = None


class Regional(Strict):
    """A region (`EU`, `APAC` or a country code) where an offering is kept too, at `price_factor` times its prices."""

    region: str
    price_factor: float = Field(gt=0)
    source: SourceKeys
    note: str | None = None


class Offering(Strict):
    """A model at a host. `api_id` is what a request must name, exactly.

    `regional` are the regions in which the host can keep its requests, each compiled into an offering of its own.
    `rate_limit` and `free_tier` say in a few words what the host's page says. `litellm_key` is its
    name in LiteLLM's price file, from which its prices and dates are refreshed.
    """

    model: str
    api_id: Fact[str] | None = None
    aliases: tuple[str, ...] = ()
    deployment: Deployment = "api"
    terms: Fact[str] | None = None
    limits: Limits = Limits()
    modalities_in: Fact[tuple[Modality, ...]] | None = None
    capabilities: Fact[tuple[Capability, ...]] | None = None
    lacks: Fact[tuple[Capability, ...]] | None = None
    regions: Fact[tuple[str, ...]] | None = None
    regional: tuple[Regional, ...] = ()
    earliest_ends: Fact[tuple[str, ...]] | None = None
    data: DataHandling | None = None
    rate_limit: Fact[str] | None = None
    free_tier: Fact[str] | None = None
    litellm_key: str | None = None
    prices: tuple[Price, ...] = ()
    lifecycle: Lifecycle = Lifecycle()


class MovingId(Strict):
    """What a host's id meant from one day on, where the host moves it from model to model; `to` is its last day."""

    from_: date = Field(alias="from")
    to: date | None = None
    model: str
    source: SourceKeys


class Host(Strict):
    """Who serves models, under which terms (a row of licenses.yaml).

    `varies` names the facts of `regions` and `data` that the host grants for some of its models, places or customers
    alone: of one offering they say nothing sure. `earliest_ends` names the developers for whose models in service the
    host lists the earliest day of an end and not the end itself, so that a price list's end date is no more than that.
    """

    id: str
    name: str
    terms: Fact[str] | None = None
    regions: Fact[tuple[str, ...]] | None = None
    varies: tuple[Literal["regions", "zero_retention", "private_network"], ...] = ()
    earliest_ends: Fact[tuple[str, ...]] | None = None
    data: DataHandling = DataHandling()
    moving_ids: dict[str, tuple[MovingId, ...]] = Field(default_factory=dict)
    sources: dict[str, Source] = Field(min_length=1)
    offerings: tuple[Offering, ...]
