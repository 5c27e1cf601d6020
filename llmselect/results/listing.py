"""What `list` and `tree` say: models of the catalogue in a row each, and the source document's answers."""

from dataclasses import dataclass

from llmselect.estimate.interval import Interval
from llmselect.results.base import Record


@dataclass(frozen=True, slots=True)
class ExpectedScore(Record):
    """The score, in percent, that a model is expected to have in the reference `test` of a skill at its best effort."""

    skill: str
    interval: Interval
    effort: str
    test: str


@dataclass(frozen=True, slots=True)
class ListedModel(Record):
    """A model and its main facts, None where unknown; `status` is that of the day."""

    id: str
    name: str
    developer: str | None
    release_date: str | None
    open_weights: bool
    license: str | None
    context_tokens: int | None
    parameters: int | None
    status: str
    expected_score: ExpectedScore | None = None


@dataclass(frozen=True, slots=True)
class CatalogDate(Record):
    """The day of the catalogue."""

    date: str


@dataclass(frozen=True, slots=True)
class ModelList(Record):
    """The models that pass the filters, in the order that was asked for."""

    models: tuple[ListedModel, ...]
    as_of: str
    catalog: CatalogDate

    def __repr__(self) -> str:
        return f"<ModelList as of {self.as_of}: {len(self.models)} models>"


@dataclass(frozen=True, slots=True)
class TreeAnswer(Record):
    """What the source document answers to four questions, and what is best today; `why` says why they differ."""

    task: str
    compute: str
    response_time: str
    domain: str
    document: str
    gloss: str | None
    document_model: str | None
    strategy: str | None
    today: str | None
    today_name: str | None
    option: str | None
    same: bool
    why: str
    as_of: str


@dataclass(frozen=True, slots=True)
class TreeAnswers(Record):
    """The answers to several combinations of the four questions."""

    rows: tuple[TreeAnswer, ...]
