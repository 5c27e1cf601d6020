"""A checked catalogue as bytes that are read back without pydantic: what a wheel and the cache hold."""

import pickle
import pickletools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel

from llmselect.catalog import records
from llmselect.catalog.records import FORMAT, PACKED, PACKED_FIELDS, Record, kinds_of
from llmselect.catalog.schema import Catalog

PROTOCOL = 4  # what every Python since 3.4 reads
ALIKE = ("Fact", "Limits", "Lifecycle", "Price")  # equal ones are one object: thousands say the same


def pack(catalog: Catalog) -> bytes:
    """The bytes that `records.unpack` reads."""
    found: dict[str, type[BaseModel]] = {}
    _collect(catalog, found)
    kinds = kinds_of(sorted(found))
    with _known(kinds):
        packer = _Packer(kinds)
        defaults = {name: packer.defaults(kind) for name, kind in found.items()}
        head = {
            "format": FORMAT,
            "names": list(kinds),
            "defaults": _dump(defaults),
            "catalog": _dump(packer.plain(catalog)),
        }
    return _dump(head)


def name_of(kind: type[BaseModel]) -> str:
    """The name of a class, a generic one's without its parameters."""
    origin = kind.__pydantic_generic_metadata__["origin"]
    return (origin or kind).__name__


def _collect(value: Any, found: dict[str, type[BaseModel]]) -> None:
    """Every class of the records within, those of defaults too."""
    if isinstance(value, BaseModel):
        found.setdefault(name_of(type(value)), type(value))
        for name in type(value).model_fields:
            _collect(getattr(value, name), found)
    elif isinstance(value, dict):
        for item in value.values():
            _collect(item, found)
    elif isinstance(value, tuple):
        for item in value:
            _collect(item, found)


class _Packer:
    """Turns checked records into plain ones, equal dates, words and records of some kinds being one object."""

    def __init__(self, kinds: dict[str, type[Record]]) -> None:
        self._kinds = kinds
        self._shared: dict[Any, Any] = {}
        self._alike: dict[Any, Record] = {}

    def plain(self, value: Any) -> Any:
        """The record without pydantic, or the value with those within it."""
        if isinstance(value, BaseModel):
            return self._record(value)
        if isinstance(value, dict):
            return {key: self.plain(item) for key, item in value.items()}
        if isinstance(value, tuple):
            return self._one(tuple(self.plain(item) for item in value))
        return self._one(value)

    def defaults(self, kind: type[BaseModel]) -> dict[str, Any]:
        """The defaults of a class's fields: of those that may be left out and do not stay packed."""
        packed = PACKED_FIELDS.get(name_of(kind), ())
        return {
            name: self.plain(field.get_default(call_default_factory=True))
            for name, field in kind.model_fields.items()
            if not field.is_required() and name not in packed
        }

    def _record(self, value: BaseModel) -> Record:
        name = name_of(type(value))
        packed = {key: _dump(self.plain(getattr(value, key))) for key in PACKED_FIELDS.get(name, ())}
        given = [key for key in type(value).model_fields if key in value.model_fields_set and key not in packed]
        fields = {key: self.plain(getattr(value, key)) for key in given}
        record = object.__new__(self._kinds[name])
        record.__dict__.update({**fields, PACKED: packed} if packed else fields)
        if name not in ALIKE:
            return record
        key = name, tuple((field, id(item)) for field, item in fields.items())  # equal parts are one object already
        return self._alike.setdefault(key, record)

    def _one(self, value: Any) -> Any:
        try:
            return self._shared.setdefault((type(value), value), value)
        except TypeError:  # a tuple of records or mappings
            return value


@contextmanager
def _known(kinds: dict[str, type[Record]]) -> Iterator[None]:
    """The classes under their names in `records`, where pickle looks for them."""
    for name, kind in kinds.items():
        setattr(records, name, kind)
    try:
        yield
    finally:
        for name in kinds:
            delattr(records, name)


def _dump(value: Any) -> bytes:
    return pickletools.optimize(pickle.dumps(value, PROTOCOL))
