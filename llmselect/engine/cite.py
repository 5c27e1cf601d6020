"""From a fact's source keys to citations that a reader can follow."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from llmselect.catalog.schema import Fact, Source
from llmselect.engine.result import Citation


class Ref(NamedTuple):
    """Source keys together with the file's sources that they point into."""

    sources: Mapping[str, Source]
    keys: tuple[str, ...]

    def citations(self) -> tuple[Citation, ...]:
        """The cited sources in order."""
        found = (self.sources[key] for key in self.keys if key in self.sources)
        return tuple(Citation(row.url, row.title, row.locator, row.retrieved.isoformat()) for row in found)


NO_REF = Ref({}, ())


def ref(sources: Mapping[str, Source], fact: Fact[Any] | None) -> Ref:
    """The reference of a fact; an absent fact has none."""
    return Ref(sources, fact.source) if fact is not None else NO_REF
