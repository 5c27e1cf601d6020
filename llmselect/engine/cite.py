"""From a fact's source keys to citations that a reader can follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from llmselect.results.citations import Citation

if TYPE_CHECKING:
    from llmselect.catalog.schema import Fact, Model, Source


class Sourced(Protocol):
    """A record of the catalogue that holds the sources which its facts name by key."""

    @property
    def sources(self) -> Mapping[str, Source]:
        """Each source by its key."""


class Ref(NamedTuple):
    """Source keys together with the record into whose sources they point."""

    record: Sourced | None
    keys: tuple[str, ...]

    def citations(self) -> tuple[Citation, ...]:
        """The cited sources in order."""
        sources = self.record.sources if self.record is not None else {}
        found = (sources[key] for key in self.keys if key in sources)
        return tuple(Citation(row.url, row.title, row.locator, row.retrieved.isoformat()) for row in found)


class ScoresRef(NamedTuple):
    """The scores behind a model's quality at an effort; looked up only when they are cited."""

    model: Model
    effort: str

    def citations(self) -> tuple[Citation, ...]:
        """The sources of the scores at the effort, the newest first; those of other efforts where it has none."""
        scores = self.model.scores
        own = [row for row in scores if row.effort == self.effort] or list(scores)
        newest = sorted(own, key=lambda row: row.date, reverse=True)
        return Ref(self.model, tuple(dict.fromkeys(key for row in newest for key in row.source))).citations()


Cited = Ref | ScoresRef
NO_REF = Ref(None, ())


def ref(record: Sourced | None, fact: Fact[Any] | None) -> Ref:
    """The reference of a fact; an absent fact has none."""
    return Ref(record, fact.source) if fact is not None else NO_REF
