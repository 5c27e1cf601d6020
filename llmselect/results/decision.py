"""A decision to be kept, and what has moved since."""

from dataclasses import dataclass
from typing import Any

from llmselect.results.base import Record, Result


@dataclass(frozen=True, slots=True)
class Terms(Record):
    """What an option costs and under what it may be had: USD per million tokens, or per GPU and hour."""

    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None
    gpu_hour_usd: float | None
    license: str | None
    ends: str | None


@dataclass(frozen=True, slots=True)
class Choice(Record):
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
class Decision(Record):
    """A recommendation's request and shortlist. `request` holds the fields that were given, and the day."""

    request: dict[str, Any]
    top: int
    as_of: str
    catalog_date: str
    catalog_digest: str
    hardware: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Moved(Record):
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
class Recheck(Result):
    """A decision looked at again: what has moved, whether any of it matters, and the answer of the day."""

    matters: bool
    decided_as_of: str
    as_of: str
    catalog_changed: bool
    chosen: str | None
    moved: tuple[Moved, ...]
    now: Decision

    def __repr__(self) -> str:
        word = "reopen" if self.matters else "holds"
        return f"<Recheck of {self.chosen} ({self.decided_as_of}) on {self.as_of}: {word}, {len(self.moved)} moved>"
