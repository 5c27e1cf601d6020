"""The figures of one recommended option: criteria, memory, speed, cost, and how to begin with it."""

from dataclasses import dataclass

from llmselect.estimate.interval import Interval
from llmselect.results.base import Record, figure
from llmselect.results.citations import Citation


@dataclass(frozen=True, slots=True)
class CriterionValue(Record):
    """One criterion of one option; `interval` is in `unit`, None where unknown.

    `contribution` is weight times utility; the contributions of an option add up to its score.
    """

    interval: Interval | None
    unit: str
    utility: float
    weight: float
    contribution: float
    evidence: str
    sources: tuple[Citation, ...] = ()

    @property
    def value(self) -> float | None:
        """The middle of the interval."""
        return self.interval.value if self.interval else None

    @property
    def low(self) -> float | None:
        """Its lower end."""
        return self.interval.low if self.interval else None

    @property
    def high(self) -> float | None:
        """Its upper end."""
        return self.interval.high if self.interval else None

    def __repr__(self) -> str:
        return f"<{figure(self.value, self.unit)}, {self.evidence}: utility {self.utility:.2f} x {self.weight:.2f}>"


@dataclass(frozen=True, slots=True)
class Memory(Record):
    """Memory of a self-hosted option in GiB, and where it lies."""

    placement: str
    needed_gib: float
    available_gib: float
    weights_gib: float
    kv_cache_gib: float
    overhead_gib: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Speed(Record):
    """Speed of an option for one request at the asked concurrency; None where unknown.

    `ttft_ms` is the time to the first token, `first_answer_token_ms` that to the first one after the thinking,
    `answer_s` that to the end of the answer.
    """

    decode_tok_s: Interval
    ttft_ms: Interval | None
    first_answer_token_ms: Interval | None
    answer_s: Interval | None
    evidence: str


@dataclass(frozen=True, slots=True)
class AnswerTokens(Record):
    """Output tokens of an answer: those that are shown, and those that are thought before them."""

    shown: Interval
    thinking: Interval


@dataclass(frozen=True, slots=True)
class Cost(Record):
    """What an option costs in USD. `price_as_of` is when its price was last checked, None where
    that is the user's own. `machines` (the middle estimate) serve the volume, busy `utilization` of the time.
    """

    usd_per_month: Interval | None
    usd_per_1k_requests: Interval | None
    evidence: str
    price_as_of: str | None
    machines: int | None
    utilization: float | None


@dataclass(frozen=True, slots=True)
class Start(Record):
    """How to begin with an option: `text` is an API's model id, a command, or a repository of `weights`.

    `host` is the API's, `download_gib` the size of the weights; `gated` says whether a form stands before them.
    """

    kind: str
    text: str
    host: str | None
    download_gib: float | None
    gated: bool | None
    sources: tuple[Citation, ...]
