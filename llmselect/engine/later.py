"""What an answer holds and few of those who get it read."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any


class Later(Sequence[Any]):
    """Rows that are found when somebody reads them: few answers show every source and every option."""

    def __init__(self, find: Callable[[], tuple[Any, ...]]) -> None:
        self._find = find

    @cached_property
    def _found(self) -> tuple[Any, ...]:
        return self._find()

    def __getitem__(self, place: Any) -> Any:
        return self._found[place]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __repr__(self) -> str:
        return repr(self._found)

    def __deepcopy__(self, memo: object) -> tuple[Any, ...]:
        return self._found  # as `asdict` wants them, without the catalogue that they are looked up in

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._found,)
