"""Sources as a reader meets them."""

from dataclasses import dataclass

from llmselect.results.base import Record


@dataclass(frozen=True, slots=True)
class Citation(Record):
    """A source as a reader meets it: where, what, when read."""

    url: str
    title: str
    locator: str | None
    retrieved: str

    def __hash__(self) -> int:  # it is a key of mappings
        return hash((self.url, self.title, self.locator, self.retrieved))
