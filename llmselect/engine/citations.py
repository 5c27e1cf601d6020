"""Sources as a reader meets them."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from llmselect.frozen import record


@record
class Citation:
    """A source as a reader meets it: where, what, when read."""

    url: str
    title: str
    locator: str | None
    retrieved: str

    def __hash__(self) -> int:  # it is a key of mappings
        return hash((self.url, self.title, self.locator, self.retrieved))


class Citations(Sequence[Citation]):
    """Citations that are looked up when somebody reads them: few answers show those of every reason."""

    def __init__(self, find: Callable[[], tuple[Citation, ...]]) -> None:
        self._find = find

    @cached_property
    def _found(self) -> tuple[Citation, ...]:
        return self._find()

    def __getitem__(self, place: Any) -> Any:
        return self._found[place]

    def __iter__(self) -> Iterator[Citation]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __repr__(self) -> str:
        return repr(self._found)

    def __deepcopy__(self, memo: object) -> tuple[Citation, ...]:
        return self._found  # as `asdict` wants them, without the catalogue that they are looked up in

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._found,)
