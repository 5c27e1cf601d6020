"""A checked catalogue as bytes that are read back without pydantic: what a wheel and the cache hold."""

import pickle
import pickletools
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

from pydantic import BaseModel

from llmselect.catalog import records
from llmselect.catalog.promises import with_promises
from llmselect.catalog.records import FORMAT, PACKED_FIELDS, Blobs, Record, kinds_of
from llmselect.catalog.schema import Catalog

PROTOCOL = 4  # what every Python since 3.4 reads
ALIKE = ("Fact", "Limits", "Lifecycle", "Price", "DataHandling")  # equal ones are one object: thousands say the same


def pack(catalog: Catalog) -> bytes:
    """The bytes that `records.unpack` reads."""
    catalog = with_what_follows(catalog)
    found: dict[str, type[BaseModel]] = {}
    _collect(catalog, found)
    fields = {name: tuple(found[name].model_fields) for name in sorted(found)}
    kinds = kinds_of(fields, Blobs(b""))
    with _known(kinds):
        packer = _Packer(kinds)
        rest = b"".join((_dump(packer.plain(catalog)), *packer.blobs))
    return _dump({"format": FORMAT, "size": len(rest), "fields": fields}) + rest


def with_what_follows(catalog: Catalog) -> Catalog:
    """The catalogue with what follows from it, whatever is asked."""
    return catalog.model_copy(update={"abilities": with_promises(catalog.abilities, catalog.tasks.tasks)})


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
        self.blobs: list[bytes] = []
        self._end = 0

    def plain(self, value: Any) -> Any:
        """The record without pydantic, or the value with those within it."""
        if isinstance(value, BaseModel):
            return self._record(value)
        if isinstance(value, dict):
            return {key: self.plain(item) for key, item in value.items()}
        if isinstance(value, tuple):
            return self._one(tuple(self.plain(item) for item in value))
        return self._one(value)

    def _record(self, value: BaseModel) -> Record:
        name = name_of(type(value))
        groups = PACKED_FIELDS.get(name, ())
        packed = {field for group in groups for field in group}
        values = [self.plain(getattr(value, field)) for field in type(value).model_fields if field not in packed]
        if groups:
            values.append(self._bounds(value, groups))
        record = self._kinds[name](values)
        if name not in ALIKE:
            return record
        return self._alike.setdefault((name, *map(id, values)), record)  # equal parts are one object already

    def _bounds(self, value: BaseModel, groups: tuple[tuple[str, ...], ...]) -> tuple[int, ...]:
        """Packs a record's groups; where each begins among the blobs, and where the last one ends."""
        made = [_dump(tuple(self.plain(getattr(value, field)) for field in group)) for group in groups]
        self.blobs += made
        bounds = [*accumulate(map(len, made), initial=self._end)]
        self._end = bounds[-1]
        return tuple(bounds)

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
