"""What the glossary says of a term or a benchmark."""

from dataclasses import dataclass

from llmselect.results.base import Result
from llmselect.results.citations import Citation


@dataclass(frozen=True, slots=True)
class Explanation(Result):
    """A term or a benchmark in one language. `models` are names, newest first; None where it is no trait of models."""

    id: str
    name: str
    what: str
    matters: str
    models: tuple[str, ...] | None
    see: tuple[str, ...]
    related: tuple[str, ...]
    sources: tuple[Citation, ...]

    def __repr__(self) -> str:
        return f"<Explanation of {self.name}: {self.what}>"
