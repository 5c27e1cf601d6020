"""Cells of a comparison: value, text and footnotes; the cells of a subject's models are joined into one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from llmselect.catalog.citations import Sourced, citations
from llmselect.catalog.schema import Catalog, Fact, Model
from llmselect.compare.subjects import Subject, labels, labels_by_text
from llmselect.engine.facts import Facts
from llmselect.engine.machine.machines import Detected
from llmselect.engine.machine.own import Own, own_table
from llmselect.engine.money import Tariffs, tariffs
from llmselect.engine.named import request_of
from llmselect.engine.recommend import recommend
from llmselect.engine.request import Request
from llmselect.requirements import Requirements
from llmselect.results.comparison import Note
from llmselect.results.recommendation import Recommendation

UNKNOWN_TEXT = "?"
DOCUMENT_SAYS = "The source document says: "


class Draft(NamedTuple):
    """A cell before its footnotes are numbered; `value` is None if unknown."""

    text: str
    value: Any = None
    notes: tuple[Note, ...] = ()


UNKNOWN = Draft(UNKNOWN_TEXT)


@dataclass(frozen=True)
class View:
    """The input of columns: the catalogue, and the request for computed columns."""

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


SubjectColumn = Callable[[Subject, View], Draft]
ModelColumn = Callable[[Model, View], Draft]


def per_model(column: str, of: ModelColumn) -> SubjectColumn:
    """A column of subjects from a column of models; equal cells are merged, different ones get their labels."""

    def drafted(subject: Subject, view: View) -> Draft:
        drafts = [(model, of(model, view)) for model in subject.models]
        return with_document_claims(column, subject, view, _join_models(subject, drafts))

    return drafted


def _join_models(subject: Subject, drafts: list[tuple[Model, Draft]]) -> Draft:
    if len(drafts) == 1:
        return drafts[0][1]
    names = labels(subject)
    texts = labels_by_text([(names[model.id], draft.text) for model, draft in drafts])
    notes = unique_notes(draft.notes for _, draft in drafts)
    if len(texts) == 1:
        return Draft(drafts[0][1].text, drafts[0][1].value, notes)
    values = {model.id: draft.value for model, draft in drafts}
    return Draft("; ".join(f"{text} ({', '.join(labels)})" for text, labels in texts.items()), values, notes)


def with_document_claims(column: str, subject: Subject, view: View, draft: Draft) -> Draft:
    """The cell with footnotes, in first place, on the source document's claims about it that do not hold."""
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
    """The footnotes of a fact: the document's differing claim, a remark, and each source."""
    if fact is None:
        return ()
    claim = [f"{DOCUMENT_SAYS}{fact.document_says}."] if fact.document_says else []
    words = " ".join([*claim, *([sentence(fact.note)] if fact.note else [])])
    return (*([Note(words)] if words else []), *source_notes(model, fact.source))


def source_notes(record: Sourced, keys: Iterable[str]) -> tuple[Note, ...]:
    """One footnote for each of a record's sources with these keys."""
    return tuple(Note("", (source,)) for source in citations(record, keys))


def unique_notes(groups: Iterable[Iterable[Note]]) -> tuple[Note, ...]:
    """All notes in order, without duplicates."""
    return tuple(dict.fromkeys(note for group in groups for note in group))


def sentence(text: str) -> str:
    """A remark as a sentence."""
    return f"{text[0].upper()}{text[1:]}" + ("" if text.endswith(".") else ".")
