"""What a replacement says: where a model ends, and who could take its place."""

from dataclasses import dataclass
from typing import Any

from llmselect.estimate.interval import Interval
from llmselect.results.base import Record, Result, plain
from llmselect.results.recommendation import Recommendation, RecommendedModel


@dataclass(frozen=True, slots=True)
class Life(Record):
    """A model at one host on a day: its status there, when it ends and what the host names instead."""

    host: str
    api_id: str | None
    status: str
    ends: str | None
    replacement: str | None
    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None


@dataclass(frozen=True, slots=True)
class OldModel(Record):
    """What is replaced, as it was used: its best option at its developer's own host, else at any.

    `model` may be another than the one that is replaced, which its host names in the place of an id of which nothing is
    known. The figures are those of the request at the prices of `as_of`, the last day on which it had one there.
    """

    model: str
    name: str
    option: str
    host: str
    effort: str | None
    as_of: str
    quality: Interval | None
    usd_per_month: float | None
    answer_s: float | None
    context_tokens: int | None


@dataclass(frozen=True, slots=True)
class Near(Record):
    """What is near the old model, each None without a limit.

    Where nothing within the limits qualifies, those of money and waiting are `widened` so many times, to where
    something does, and all limits None where nothing does then either; else it is 1.
    """

    least_quality_percent: float | None
    most_usd_per_month: float | None
    most_answer_s: float | None
    widened: float


@dataclass(frozen=True, slots=True)
class Candidate(Record):
    """A possible successor and how it differs; None where one side is unknown.

    `why` it is one: a host `named` it, or what it names has ended and `led` to it (`named_by` is that host); it is the
    newest of the old one's `line`, or its `developer`'s newest near its bill; it is the same model `elsewhere`; or it
    is one of the `field`. `near` says whether it is within the limits.
    `quality_points` is the difference of their expected scores at the task in percentage points, `cost_ratio` its bill
    for the same requests over the old one's, `price_ratio` the candidate's price per million tokens (input and output
    added) over the old one's, `context_ratio` its window over the old one's.
    """

    why: str
    named_by: str | None
    near: bool
    recommendation: RecommendedModel
    quality_points: float | None
    cost_ratio: float | None
    price_ratio: float | None
    context_ratio: float | None
    context_tokens: int | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    ends: str | None


@dataclass(frozen=True, slots=True)
class Replacement(Result):
    """The answer: where the model stands, what was asked of a successor, and who qualifies.

    `model` is the id of an API where the catalogue knows no more of a model than that its host has ended it, and
    `successor` the model to which the hosts' own words for one lead on the day. `old` is what is compared with, None
    where nothing is known of it. `vendor` is what its developer offers in its place, and where that is not
    near, what of it is; `elsewhere` is the same model at another host; `candidates` are all that qualify, best first.
    """

    model: str
    name: str
    lives: tuple[Life, ...]
    successor: str | None
    implied: dict[str, Any]
    old: OldModel | None
    near: Near | None
    vendor: tuple[Candidate, ...]
    elsewhere: Candidate | None
    candidates: tuple[Candidate, ...]
    recommendation: Recommendation

    @property
    def rows(self) -> tuple[Candidate, ...]:
        """Every possible successor once: the developer's own, the same model elsewhere, then the field."""
        first = [*self.vendor, *([self.elsewhere] if self.elsewhere else [])]
        known = {one.recommendation.model for one in first}
        return (*first, *(one for one in self.candidates if one.recommendation.model not in known))

    def to_dict(self) -> dict[str, Any]:
        """The answer as its JSON has it: what the recommendation says besides its ranking stands beside the rest."""
        data: dict[str, Any] = plain(self)
        rest = data.pop("recommendation")
        del rest["recommendations"]
        return {**data, **rest}

    def __repr__(self) -> str:
        lines = [f"<Replacement of {self.model}: {len(self.candidates)} candidates"]
        return "\n".join([*lines, *(f"  {one.recommendation}" for one in self.candidates)]) + ">"
