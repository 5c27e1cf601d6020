"""What a replacement says: where a model ends, and who could take its place."""

from dataclasses import dataclass
from typing import Any

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
class Candidate(Record):
    """A possible successor and how it differs; None where one side is unknown.

    `quality_points` is the difference of their expected scores at the task in percentage points, `price_ratio` the
    candidate's price per million tokens (input and output added) over the old one's, `context_ratio` likewise.
    """

    recommendation: RecommendedModel
    quality_points: float | None
    price_ratio: float | None
    context_ratio: float | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    ends: str | None


@dataclass(frozen=True, slots=True)
class Replacement(Result):
    """The answer: where the model stands, what was asked of a successor, and who qualifies.

    `model` is the id of an API where the catalogue knows no more of a model than that its host has ended it, and
    `successor` the model to which the hosts' own words for one lead on the day.
    """

    model: str
    name: str
    lives: tuple[Life, ...]
    successor: str | None
    implied: dict[str, Any]
    candidates: tuple[Candidate, ...]
    recommendation: Recommendation

    def to_dict(self) -> dict[str, Any]:
        """The answer as its JSON has it: what the recommendation says besides its ranking stands beside the rest."""
        data: dict[str, Any] = plain(self)
        rest = data.pop("recommendation")
        del rest["recommendations"]
        return {**data, **rest}

    def __repr__(self) -> str:
        lines = [f"<Replacement of {self.model}: {len(self.candidates)} candidates"]
        return "\n".join([*lines, *(f"  {one.recommendation}" for one in self.candidates)]) + ">"
