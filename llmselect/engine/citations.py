"""Sources as a reader meets them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """A source as a reader meets it: where, what, when read."""

    url: str
    title: str
    locator: str | None
    retrieved: str

    def __hash__(self) -> int:  # it is a key of mappings
        return hash((self.url, self.title, self.locator, self.retrieved))
