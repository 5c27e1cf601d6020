"""What a recommendation says, as records; renderers know these types and no others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from llmselect.engine.citations import Citation


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule excludes an option: what was needed, what the option had, and who says so."""

    rule: str
    needed: str
    had: str
    source: Sequence[Citation] = ()
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Options of one model that fail for the same reasons; `option` is the first, `options` counts them."""

    model: str
    name: str
    option: str
    options: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CriterionValue:
    """One criterion of one option. `value`, `low`, `high` are in `unit`; None where unknown.

    `contribution` is weight times utility; the contributions of an option add up to its score.
    """

    value: float | None
    low: float | None
    high: float | None
    unit: str
    utility: float
    weight: float
    contribution: float
    evidence: str
    sources: Sequence[Citation] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a self-hosted option in GiB, and where it lies."""

    placement: str
    needed_gib: float
    available_gib: float
    weights_gib: float
    kv_cache_gib: float
    overhead_gib: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Speed:
    """Speed of a self-hosted option for one sequence; intervals are (low, value, high)."""

    decode_tok_s: tuple[float, float, float]
    ttft_ms: tuple[float, float, float] | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What an option costs in USD, as (low, value, high). `price_as_of` is when its price was last checked, None where
    that is the user's own. `machines` (the middle estimate) serve the volume, busy `utilization` of the time.
    """

    usd_per_month: tuple[float, float, float] | None
    usd_per_1k_requests: tuple[float, float, float] | None
    evidence: str
    price_as_of: str | None
    machines: int | None
    utilization: float | None


@dataclass(frozen=True, slots=True)
class AlsoAt:
    """Another option of a recommended model."""

    option: str
    host: str
    deployment: str
    quantization: str | None
    score: float
    cost: float | None
    cost_unit: str


@dataclass(frozen=True, slots=True)
class Start:
    """How to begin with an option: `text` is an API's model id, a command, or a repository of `weights`.

    `host` is the API's, `download_gib` the size of the weights; `gated` says whether a form stands before them.
    """

    kind: str
    text: str
    host: str | None
    download_gib: float | None
    gated: bool | None
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class RecommendedModel:
    """The best option of one model, with everything that its place rests on."""

    rank: int
    model: str
    name: str
    proven: bool
    option: str
    host: str
    deployment: str
    effort: str | None
    runtime: str | None
    placement: str | None
    quantization: str | None
    hardware: str | None
    score: float
    score_low: float
    score_high: float
    gap_to_next: float | None
    win_share: float
    pareto: bool
    criteria: dict[str, CriterionValue]
    memory: Memory | None
    speed: Speed | None
    cost: Cost | None
    start: Start | None
    warnings: tuple[str, ...]
    unverified: tuple[str, ...]
    also_at: Sequence[AlsoAt]


@dataclass(frozen=True, slots=True)
class Unrated:
    """A model that passes every rule but lacks the scores by which the task is judged."""

    model: str
    name: str
    option: str
    missing: str


@dataclass(frozen=True, slots=True)
class Provisional:
    """A model that passes every rule and that nobody has scored: what its line's past makes one expect of it.

    `quality` is (low, value, high) in percent: that of `predecessor` and the mean rise of `successions` past ones.
    """

    model: str
    name: str
    option: str
    host: str
    effort: str | None
    score: float
    quality: tuple[float, float, float]
    predecessor: str
    successions: int


@dataclass(frozen=True, slots=True)
class Flip:
    """The smallest change of one weight (before normalising) that puts another model first."""

    criterion: str
    from_: float
    to: float
    winner: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field moved from its value to the nearest one that helps."""

    field: str
    from_: Any
    to: Any


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The smallest change, of one field or of a pair, that lets something through."""

    changes: tuple[Change, ...]
    admits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """What the source document's tree answers, and what became of it today."""

    answer: str
    gloss: str | None
    model: str | None
    strategy: str | None
    today: str | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CatalogSummary:
    """The catalogue that was judged: its date and how many models and options it gave."""

    date: str
    models: int
    options: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The whole answer to one request."""

    requirements: dict[str, Any]
    as_of: str
    seed: int
    catalog: CatalogSummary
    assumed: dict[str, str]
    recommendations: tuple[RecommendedModel, ...]
    excluded: tuple[Exclusion, ...]
    unrated: tuple[Unrated, ...]
    unverified: dict[str, int] = field(default_factory=dict)
    provisional: tuple[Provisional, ...] = ()
    flip: Flip | None = None
    relaxations: tuple[Relaxation, ...] = ()
    admitting_flag: str | None = None
    document: DocumentAnswer | None = None
    strategy: tuple[str, ...] = ()
    yardstick: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """A model at one host on a day: its status there, when it ends and what the host names instead."""

    host: str
    api_id: str | None
    status: str
    ends: str | None
    replacement: str | None
    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible successor and how it differs; None where one side is unknown.

    `quality_points` is the difference of their expected scores at the task in percentage points, `price_ratio` the
    candidate's price per million tokens (input and output added) over the old one's, `context_ratio` likewise.
    """

    row: RecommendedModel
    quality_points: float | None
    price_ratio: float | None
    context_ratio: float | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    ends: str | None


@dataclass(frozen=True, slots=True)
class Replacement:
    """The answer: where the model stands, what was asked of a successor, and who qualifies."""

    model: str
    name: str
    lives: tuple[Life, ...]
    implied: dict[str, Any]
    candidates: tuple[Candidate, ...]
    recommendation: Recommendation


@dataclass(frozen=True, slots=True)
class Explanation:
    """A term or a benchmark in one language. `models` are names, newest first; None where it is no trait of models."""

    id: str
    name: str
    what: str
    matters: str
    models: tuple[str, ...] | None
    see: tuple[str, ...]
    related: tuple[str, ...]
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What an option costs and under what it may be had: USD per million tokens, or per GPU and hour."""

    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None
    gpu_hour_usd: float | None
    license: str | None
    ends: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One shortlisted option with the figures that may change; None where unknown."""

    rank: int
    model: str
    name: str
    option: str
    score: float
    win_share: float
    quality: float | None
    cost: float | None
    cost_unit: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Decision:
    """A recommendation's request and shortlist. `request` holds the fields that were given, and the day."""

    request: dict[str, Any]
    top: int
    as_of: str
    catalog_date: str
    catalog_digest: str
    hardware: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing that has changed since a decision. `matters` is true of what should reopen it.

    `before` and `after` are text or numbers, None where there was or is none; `change` is their ratio less one.
    """

    what: str
    matters: bool
    model: str
    name: str
    before: str | float | None
    after: str | float | None
    change: float | None = None


@dataclass(frozen=True, slots=True)
class Recheck:
    """A decision looked at again: what has moved, and the answer of the day."""

    decided_as_of: str
    as_of: str
    catalog_changed: bool
    chosen: str | None
    moved: tuple[Moved, ...]
    now: Decision
