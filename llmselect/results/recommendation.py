"""What a recommendation says: the ranking with its figures, and the reasons of what is left out."""

from dataclasses import dataclass
from typing import Any

from llmselect.estimate.interval import Interval
from llmselect.results.base import Record, Result, figure
from llmselect.results.citations import Citation
from llmselect.results.figures import AnswerTokens, Cost, CriterionValue, Memory, Speed, Start

SHOWN = 5  # rows that a representation shows


@dataclass(frozen=True, slots=True)
class Reason(Record):
    """Why a rule excludes an option: what was needed, what the option had, and who says so."""

    rule: str
    needed: str
    had: str
    source: tuple[Citation, ...] = ()
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Exclusion(Record):
    """Options of one model that fail for the same reasons; `option` is the nearest to passing, `options` counts them.

    `miss` is by how much that one misses what is asked, all its reasons together, in doublings: 1 where it needs twice
    what there is; what is a matter of yes or no counts as 1, what no change of the request can mend as 4.
    """

    model: str
    name: str
    option: str
    options: int
    reasons: tuple[Reason, ...]
    miss: float | None = None


@dataclass(frozen=True, slots=True)
class AlsoAt(Record):
    """Another option of a recommended model."""

    option: str
    host: str
    deployment: str
    quantization: str | None
    score: float
    cost: float | None
    cost_unit: str


@dataclass(frozen=True, slots=True)
class RecommendedModel(Record):
    """The best option of one model, with everything that its place rests on.

    `score_interval` holds nine of ten draws of the score. `tied_with_next` says that neither this row nor the next wins
    more than 60 of 100 draws of the two. `leads_in` names the criteria in which a row leads that one below beats in
    quality and money. `speed` is None where nothing is known of it. `region` is that of an offering which differs by
    it. `ends` is the end of the offering that is known on the day asked about, `successor` what the host names in its
    place. `rented` is true of weights on a machine that is paid by the hour.
    """

    rank: int
    model: str
    name: str
    proven: bool
    option: str
    host: str
    region: str | None
    deployment: str
    effort: str | None
    runtime: str | None
    placement: str | None
    quantization: str | None
    hardware: str | None
    rented: bool
    ends: str | None
    ends_in_days: int | None
    successor: str | None
    score: float
    score_interval: Interval
    gap_to_next: float | None
    win_share: float
    pareto: bool
    tied_with_next: bool
    leads_in: tuple[str, ...]
    criteria: dict[str, CriterionValue]
    memory: Memory | None
    speed: Speed | None
    answer_tokens: AnswerTokens
    cost: Cost | None
    start: Start | None
    warnings: tuple[str, ...]
    unverified: tuple[str, ...]
    also_at: tuple[AlsoAt, ...]

    def __repr__(self) -> str:
        return f"<{self}>"

    def __str__(self) -> str:
        figures = [
            figure(self.criteria[name].value, self.criteria[name].unit)
            for name in ("quality", "cost")
            if name in self.criteria
        ]
        speed = [figure(self.speed.decode_tok_s.value, "tok/s")] if self.speed else []
        return f"{self.rank}. {self.option}: {', '.join([*figures, *speed])}, score {self.score:.2f}"


@dataclass(frozen=True, slots=True)
class Beside(Record):
    """A row beside the ranking, where that does not show it: the best on the named `machine`, or of `open` weights."""

    why: str
    row: RecommendedModel


@dataclass(frozen=True, slots=True)
class Unrated(Record):
    """A model that passes every rule but lacks the scores by which the task is judged."""

    model: str
    name: str
    option: str
    missing: str


@dataclass(frozen=True, slots=True)
class ToAsk(Record):
    """The best option of a model that would rank if its vendor confirmed what the catalogue does not know of its law.

    `questions` are what is unknown, such as whether the host keeps this model in a region.
    """

    model: str
    name: str
    option: str
    host: str
    score: float
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference(Record):
    """A criterion's values, in its unit, of the first row and of another; None where only what is usual is known."""

    criterion: str
    unit: str
    first: float | None
    other: float | None


@dataclass(frozen=True, slots=True)
class Flip(Record):
    """A criterion that, counting `factor` times as much, puts another model first; weights are before normalising.

    `name`, `option` and `host` are the winner's; `differences` are in the criterion, in quality and in cost.
    """

    criterion: str
    factor: float
    from_: float
    to: float
    winner: str
    name: str
    option: str
    host: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Change(Record):
    """One field moved from its value to the nearest one that helps."""

    field: str
    from_: Any
    to: Any


@dataclass(frozen=True, slots=True)
class Relaxation(Record):
    """The smallest change, of one field or of a pair, that lets something through."""

    changes: tuple[Change, ...]
    admits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentAnswer(Record):
    """What the source document's tree answers, and what became of it today."""

    answer: str
    gloss: str | None
    model: str | None
    strategy: str | None
    today: str | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unverified(Record):
    """A rule, and how many of the recommended options it could not judge."""

    rule: str
    options: int


@dataclass(frozen=True, slots=True)
class Way(Record):
    """A way to fit a model to a specific domain: `retrieval`, `fine-tuning` or `larger-model`.

    Without an option nothing goes that way, and `assumed` says why.
    """

    kind: str
    assumed: str
    model: str | None = None
    name: str | None = None
    option: str | None = None
    host: str | None = None
    quality_percent: float | None = None
    usd_per_month: Interval | None = None
    usd_per_1k_requests: Interval | None = None


@dataclass(frozen=True, slots=True)
class CatalogSummary(Record):
    """The catalogue that was judged: its date and how many models and options it gave."""

    date: str
    models: int
    options: int


@dataclass(frozen=True, slots=True)
class Recommendation(Result):
    """The whole answer to one request.

    `flips` are the changes of one weight, by a factor of at most 3, that put another model first, nearest first.
    `admitting_flag` is the flag that admits what only a missing fact keeps out; `yardstick` says in words what
    `quality` measures. `doubts` says what of the request could not be judged, a sentence each.
    """

    requirements: dict[str, Any]
    as_of: str
    seed: int
    catalog: CatalogSummary
    requests_per_month: int
    assumed: dict[str, str]
    recommendations: tuple[RecommendedModel, ...]
    excluded: tuple[Exclusion, ...]
    unrated: tuple[Unrated, ...]
    doubts: tuple[str, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    to_ask: tuple[ToAsk, ...] = ()
    beside: tuple[Beside, ...] = ()
    flips: tuple[Flip, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    admitting_flag: str | None = None
    document: DocumentAnswer | None = None
    strategy: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    yardstick: str = ""

    def __repr__(self) -> str:
        task, found = self.requirements.get("task"), self.recommendations
        lines = [f"<Recommendation for {task} as of {self.as_of}: {len(found)} models, {len(self.excluded)} excluded"]
        lines += [f"  {row}" for row in found[:SHOWN]]
        lines += [f"  and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        return "\n".join(lines) + ">"
