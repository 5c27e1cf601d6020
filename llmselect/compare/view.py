"""How a cell is drafted: value, text and footnotes; several models of one subject become one cell."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from llmselect.catalog.citations import Sourced, citations
from llmselect.catalog.schema import Catalog, Fact, Model
from llmselect.compare.subjects import Subject, grouped, labels
from llmselect.requirements import Requirements
from llmselect.results.comparison import Note
from llmselect.results.recommendation import Recommendation
from llmselect.table.facts import Facts
from llmselect.table.machines import Detected
from llmselect.table.money import Tariffs, tariffs
from llmselect.table.named import request_of
from llmselect.table.own import Own, own_table
from llmselect.table.recommend import recommend
from llmselect.table.request import Request

UNKNOWN_TEXT = "?"
DOCUMENT_SAYS = "The source document says: "


class Draft(NamedTuple):
    """A cell before its footnotes are numbered; `value` is None where unknown."""

    text: str
    value: Any = None
    notes: tuple[Note, ...] = ()


UNKNOWN = Draft(UNKNOWN_TEXT)


@dataclass(frozen=True)
class View:
    """What columns look at: the catalogue, and the request that computed columns are judged by."""

    facts: Facts
    needs: Requirements
    detected: Detected | None = None
    given: Recommendation | None = None

    @property
    def catalog(self) -> Catalog:
        """The catalogue as whole records."""
        return self.facts.catalog

    @cached_property
    def request(self) -> Request:
        """The request made concrete."""
        return request_of(self.needs, self.facts, self.detected)

    @cached_property
    def tariffs(self) -> Tariffs:
        """The prices of the day by offering."""
        return tariffs(self.facts, self.request.traffic, self.request.as_of_day)

    @cached_property
    def own(self) -> Own:
        """All open weights on the request's machine."""
        return own_table(self.facts.on_machines, self.facts.models.model, self.request)

    @cached_property
    def answer(self) -> Recommendation:
        """The ranking of all models under the request."""
        return self.given or recommend(self.needs, self.facts, self.detected)


Of = Callable[[Subject, View], Draft]
OfModel = Callable[[Model, View], Draft]


def each(column: str, of: OfModel) -> Of:
    """A column of subjects from one of models: what they share is said once, what differs behind their labels."""

    def drafted(subject: Subject, view: View) -> Draft:
        drafts = [(model, of(model, view)) for model in subject.models]
        return corrected(column, subject, view, _joined(subject, drafts))

    return drafted


def _joined(subject: Subject, drafts: list[tuple[Model, Draft]]) -> Draft:
    if len(drafts) == 1:
        return drafts[0][1]
    names = labels(subject)
    texts = grouped([(names[model.id], draft.text) for model, draft in drafts])
    notes = merged(draft.notes for _, draft in drafts)
    if len(texts) == 1:
        return Draft(drafts[0][1].text, drafts[0][1].value, notes)
    values = {model.id: draft.value for model, draft in drafts}
    return Draft("; ".join(f"{text} ({', '.join(who)})" for text, who in texts.items()), values, notes)


def corrected(column: str, subject: Subject, view: View, draft: Draft) -> Draft:
    """The draft with what the source document says of it, where that does not hold, as its first footnotes."""
    ids = {model.id for model in subject.models}
    document = view.catalog.document
    notes = [
        Note(
            f"{DOCUMENT_SAYS}{claim.document_says}; {claim.verdict}: {claim.finding}.",
            citations(document, claim.source),
        )
        for claim in document.claims
        if claim.column == column and ids & set(claim.models)
    ]
    if not notes:
        return draft
    rest = tuple(note for note in draft.notes if not note.text.startswith(DOCUMENT_SAYS))
    return draft._replace(notes=(*notes, *rest))


def fact_notes(model: Model, fact: Fact[Any] | None) -> tuple[Note, ...]:
    """The footnotes of a fact: what the document says instead, a remark, and each source."""
    if fact is None:
        return ()
    said = [f"{DOCUMENT_SAYS}{fact.document_says}."] if fact.document_says else []
    words = " ".join([*said, *([sentence(fact.note)] if fact.note else [])])
    return (*([Note(words)] if words else []), *cited(model, fact.source))


def cited(record: Sourced, keys: Iterable[str]) -> tuple[Note, ...]:
    """One footnote for each source that a record has under these keys."""
    return tuple(Note("", (source,)) for source in citations(record, keys))


def merged(groups: Iterable[Iterable[Note]]) -> tuple[Note, ...]:
    """All notes in order, each once."""
    return tuple(dict.fromkeys(note for group in groups for note in group))


def sentence(text: str) -> str:
    """A remark as a sentence."""
    return f"{text[0].upper()}{text[1:]}" + ("" if text.endswith(".") else ".")
