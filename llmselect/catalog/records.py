"""The catalogue as it is read at run time: records that were checked before they were packed, without pydantic.

`pack.py` writes a checked catalogue as these, class by class, and `unpack` reads them back in a few hundredths of a
second. A record has its class's fields and properties and pydantic's `model_copy`, so that either kind can stand where
the other is expected. The bytes are a pickle out of which nothing but such records, dates and plain values can come.
"""

import pickle
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

from llmselect.catalog.views import VIEWS

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog

FORMAT = 1
PACKED = "_packed"
PACKED_FIELDS = {"Model": ("sources", "scores"), "Host": ("sources",)}  # long, and few answers need those of many
_DAMAGE = (pickle.UnpicklingError, EOFError, KeyError, AttributeError, TypeError, IndexError, ValueError)


class Record:
    """A frozen record; what was not given is the class's default."""

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record) or type(self).__name__ != type(other).__name__:
            return NotImplemented
        names = {*self.__dict__, *self.__dict__.get(PACKED, ()), *other.__dict__} - {PACKED}
        return all(getattr(self, name) == getattr(other, name) for name in names)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items() if name != PACKED)
        return f"{type(self).__name__}({fields})"

    def model_copy(self, *, update: dict[str, Any]) -> Self:
        """The same record with some fields changed, which are not checked."""
        other = object.__new__(type(self))
        other.__dict__.update({**self.__dict__, **update})
        return other


class Opening(Record):
    """A record of which some fields stay packed until they are asked for."""

    kinds: ClassVar[dict[str, type[Record]]]

    def __getattr__(self, name: str) -> Any:
        packed = self.__dict__.get(PACKED, {})
        if name not in packed:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}")
        return self.__dict__.setdefault(name, _read(packed[name], self.kinds))


def kinds_of(names: list[str]) -> dict[str, type[Record]]:
    """A class of records for each name, with the properties that belong to it."""
    kinds: dict[str, type[Record]] = {}
    for name in names:
        base = Opening if name in PACKED_FIELDS else Record
        views = (VIEWS[name],) if name in VIEWS else ()
        kinds[name] = type(name, (*views, base), {"__module__": __name__, "kinds": kinds})
    return kinds


def unpack(data: bytes) -> "Catalog":
    """The catalogue that `pack` wrote; raises ValueError for any other bytes."""
    try:
        head: dict[str, Any] = _read(data, {})
        if head["format"] != FORMAT:
            raise ValueError("packed in another format")
        kinds = kinds_of(head["names"])
        for name, defaults in _read(head["defaults"], kinds).items():
            for field, value in defaults.items():
                setattr(kinds[name], field, value)
        catalog: Catalog = _read(head["catalog"], kinds)
        return catalog
    except _DAMAGE as error:
        raise ValueError(f"not a packed catalogue: {error}") from error


def _read(data: bytes, kinds: dict[str, type[Record]]) -> Any:
    return _Reader(data, kinds).load()


class _Reader(pickle.Unpickler):
    """Reads records, dates and plain values, and refuses everything else."""

    def __init__(self, data: bytes, kinds: dict[str, type[Record]]) -> None:
        super().__init__(BytesIO(data))
        self._kinds = kinds

    def find_class(self, module: str, name: str) -> Any:
        """The class of a record, or `date`; raises UnpicklingError for any other."""
        if module == __name__ and name in self._kinds:
            return self._kinds[name]
        if (module, name) == ("datetime", "date"):
            return date
        raise pickle.UnpicklingError(f"{module}.{name} does not belong in a catalogue")
