"""Citations for the source keys of a fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from llmselect.results.citations import Citation

if TYPE_CHECKING:
    from llmselect.catalog.schema import Source


class Sourced(Protocol):
    """A record with the sources that its facts name by key."""

    @property
    def sources(self) -> Mapping[str, Source]:
        """Each source by its key."""


def citations(record: Sourced, keys: Iterable[str]) -> tuple[Citation, ...]:
    """Citations of a record's sources with these keys, in order."""
    found = (record.sources[key] for key in keys if key in record.sources)
    return tuple(Citation(row.url, row.title, row.locator, row.retrieved.isoformat()) for row in found)
