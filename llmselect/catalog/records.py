"""The catalogue as it is read at run time: records that were checked before they were packed, without pydantic.

`pack.py` writes a checked catalogue as these, class by class, and `unpack` reads them back in a hundredth of a second.
A record has its class's fields and properties and pydantic's `model_copy`, so that either kind can stand where the
other is expected.

The file is two pickles, out of which nothing but such records, dates and plain values can come: first the format, the
size in bytes of all that follows and the classes with their fields, then the catalogue. Behind them lie the blobs: a
pickle for each group of fields that few answers need, which is read when one of its fields is asked for. A record knows
only where its own begin and end, so that of a mapped file no more than the pages in use are read.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

from llmselect.catalog.views import VIEWS

if TYPE_CHECKING:
    from mmap import mmap

    from llmselect.catalog.schema import Catalog

FORMAT = 3  # another one where PACKED_FIELDS change, too
PACKED_FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {  # in groups that are opened together
    # Only what is there often and asked of few records: opening a group costs as much as reading some fifty values.
    "Model": (
        ("sources",),
        ("scores",),
        ("languages", "knowledge_cutoff", "training_tokens", "design", "gguf"),
    ),
    "Host": (("sources",),),
    "LicensesFile": (("sources",),),
    "BenchmarksFile": (("sources", "harnesses"),),
    "HardwareFile": (("sources",),),
    "QuantizationsFile": (("sources",),),
    "SpeedFile": (("sources",),),
    "TasksFile": (("sources",),),
    "Document": (("sources", "title", "more_information", "more_information_gloss", "rules", "claims", "tables"),),
    "AbilitiesFile": (("models",),),
    "Promises": (("models",),),
    "Ability": (("level", "error"),),
    "GlossaryFile": (("sources",), ("terms",)),
}
_DAMAGE = (
    pickle.UnpicklingError, EOFError, LookupError, AttributeError, TypeError, ValueError, OverflowError, MemoryError,
)  # fmt: skip


class Record(tuple[Any, ...]):
    """A frozen record: the values of its fields, which takes a third of the time and room of a dictionary."""

    __slots__ = ()
    _names: ClassVar[tuple[str, ...]]

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record) or type(self).__name__ != type(other).__name__:
            return False  # a tuple of the same values is no record
        return all(getattr(self, name) == getattr(other, name) for name in self._names)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._names)})"

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """The same record with some fields changed, which are not checked."""
        return type(self)(update.get(name, value) for name, value in zip(self._names, self, strict=True))


class Opening(Record):
    """A record of which some fields stay packed until they are asked for.

    Its values are the other fields' and then the places where its groups begin and the last one ends.
    """

    _blobs: ClassVar[Blobs]
    _open: ClassVar[tuple[str, ...]]

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """The same record with some fields changed, which are not checked."""
        values = (update.get(name, value) for name, value in zip(self._open, self, strict=False))
        other = type(self)((*values, self[-1]))
        other.__dict__.update(self.__dict__)
        other.__dict__.update({name: value for name, value in update.items() if name not in self._open})
        return other


class Blobs:
    """The bytes behind a catalogue, from `start` on, and the classes of what is packed in them."""

    def __init__(self, data: bytes | mmap) -> None:
        self._data = data
        self.start = 0
        self.kinds: dict[str, type[Record]] = {}

    def read(self, begin: int, end: int) -> Any:
        """What is packed between two places; raises one of `_DAMAGE` where nothing is."""
        return _read(BytesIO(self._data[self.start + begin : self.start + end]), self.kinds)


class Packed:
    """A field of a group: the first time that one of them is asked for, all are read and kept in the record."""

    def __init__(self, name: str, group: tuple[str, ...], place: int) -> None:
        self._name, self._group, self._place = name, group, place

    def __get__(self, record: Opening, kind: type[Opening]) -> Any:
        """The field's value; raises ValueError for damaged bytes."""
        known = record.__dict__
        try:
            bounds = record[-1]
            values = kind._blobs.read(bounds[self._place], bounds[self._place + 1])
            for name, value in zip(self._group, values, strict=True):
                known.setdefault(name, value)  # a copy may have been given another
        except _DAMAGE as error:
            raise ValueError(f"not a packed catalogue: {error}") from error
        return known[self._name]


def kinds_of(fields: Mapping[str, tuple[str, ...]], blobs: Blobs) -> dict[str, type[Record]]:
    """A class of records for each name, from the names of its fields, with the properties that belong to it."""
    for name, own in fields.items():
        groups = PACKED_FIELDS.get(name, ())
        packed = {field: Packed(field, group, place) for place, group in enumerate(groups) for field in group}
        opened = tuple(field for field in own if field not in packed)
        members = {
            "__module__": __name__,
            "_names": own,
            **{name: property(itemgetter(place)) for place, name in enumerate(opened)},
            **packed,
        }
        members.update({"_blobs": blobs, "_open": opened} if packed else {"__slots__": ()})
        views = (VIEWS[name],) if name in VIEWS else ()
        blobs.kinds[name] = type(name, (*views, Opening if packed else Record), members)
    return blobs.kinds


def unpack(data: bytes | mmap) -> Catalog:
    """The catalogue that `pack` wrote, which goes on reading from `data`; raises ValueError for any other bytes."""
    stream = BytesIO(data) if isinstance(data, bytes) else data
    stream.seek(0)
    try:
        head: dict[str, Any] = _read(stream, {})
        if head["format"] != FORMAT:
            raise ValueError("packed in another format")
        if head["size"] != len(data) - stream.tell():
            raise ValueError("not as long as it was written")
        blobs = Blobs(data)
        catalog: Catalog = _read(stream, kinds_of(head["fields"], blobs))
        blobs.start = stream.tell()
        return catalog
    except _DAMAGE as error:
        raise ValueError(f"not a packed catalogue: {error}") from error


def _read(stream: BytesIO | mmap, kinds: dict[str, type[Record]]) -> Any:
    return _Reader(stream, kinds).load()


class _Reader(pickle.Unpickler):
    """Reads records, dates and plain values, and refuses everything else."""

    def __init__(self, stream: BytesIO | mmap, kinds: dict[str, type[Record]]) -> None:
        super().__init__(stream)
        self._kinds = kinds

    def find_class(self, module: str, name: str) -> Any:
        """The class of a record, or `date`; raises UnpicklingError for any other."""
        if module == __name__ and name in self._kinds:
            return self._kinds[name]
        if (module, name) == ("datetime", "date"):
            return date
        raise pickle.UnpicklingError(f"{module}.{name} does not belong in a catalogue")
