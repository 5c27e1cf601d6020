"""Whole records beside the columns, as JSON of the checked ones, and the sources that they name.

A record names its sources by keys of the file in which it stands. All records and sources together are the catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llmselect.catalog.sql.hosts import offering_key
from llmselect.catalog.sql.table import Row

if TYPE_CHECKING:
    from sqlite3 import Connection

    from llmselect.catalog.schema import Host, Model, Source, Strict

# The sections of each file, and of which kind their records are; a file without sections is one record.
SECTIONS: dict[str, dict[str, str]] = {
    "licenses": {"licenses": "license"},
    "benchmarks": {"harnesses": "harness", "benchmarks": "benchmark"},
    "hardware": {"presets": "preset", "devices": "device", "rentals": "rental"},
    "quantizations": {"quantizations": "quantization"},
    "speed": {"fits": "speed_constants"},
    "tasks": {"scales": "scale", "tasks": "task", "needs": "need"},
    "document": {},
    "abilities": {},
    "thinking": {},
    "glossary": {"terms": "term"},
    "ollama": {},
    "ended": {},
    "hosted": {},
}
LISTS = ("rentals", "fits")  # sections whose records have a place and no name


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow(Row):
    """A record as JSON: `kind` says of what, `id` of which one (of an offering its key, of a rental its place)."""

    table: ClassVar[str] = "records"
    indexed: ClassVar[tuple[str, ...]] = ("kind", "id")

    kind: str
    id: str
    json: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow(Row):
    """Where those facts of a file were read that name this key, and on which day."""

    table: ClassVar[str] = "sources"
    indexed: ClassVar[tuple[str, ...]] = ("file", "key")

    key: str
    url: str
    title: str
    locator: str | None
    kind: str
    retrieved_date: str
    json: str


def model_records(model: Model) -> Iterator[Row]:
    """A model as one record, scores included."""
    yield from source_rows(model.sources)
    yield RecordRow(kind="model", id=model.id, json=_dumped(model, "sources"))


def host_records(host: Host) -> Iterator[Row]:
    """A host, and each of its offerings with its prices."""
    yield from source_rows(host.sources)
    yield RecordRow(kind="host", id=host.id, json=_dumped(host, "sources", "offerings"))
    for number, offering in enumerate(host.offerings):
        yield RecordRow(kind="offering", id=offering_key(host, number), json=_dumped(offering))


def file_records(name: str, file: Strict) -> Iterator[Row]:
    """The records of a file of tables."""
    yield from source_rows(getattr(file, "sources", {}))
    for section, kind in SECTIONS[name].items():
        rows = getattr(file, section)
        named = ((str(place), row) for place, row in enumerate(rows)) if section in LISTS else rows.items()
        yield from (RecordRow(kind=kind, id=id, json=_dumped(row)) for id, row in named)
    if not SECTIONS[name]:
        yield RecordRow(kind=name, id=name, json=_dumped(file, "sources"))


def source_rows(sources: Mapping[str, Source]) -> Iterator[Row]:
    """The sources of a file."""
    for key, source in sources.items():
        yield SourceRow(
            key=key,
            url=source.url,
            title=source.title,
            locator=source.locator,
            kind=source.kind,
            retrieved_date=source.retrieved.isoformat(),
            json=_dumped(source),
        )


def _dumped(record: Strict, *without: str) -> str:
    return record.model_dump_json(by_alias=True, exclude_unset=True, exclude=set(without))


def catalog_json(connection: Connection) -> str:
    """The whole catalogue as the JSON of `schema.Catalog`, from its records and sources."""
    (day,) = connection.execute("SELECT value FROM meta WHERE key = 'date'").fetchone()
    sources: dict[str, dict[str, str]] = {}
    for file, key, text in connection.execute("SELECT file, key, json FROM sources ORDER BY rowid"):
        sources.setdefault(file, {})[key] = text
    records: dict[str, dict[str, list[tuple[str, str]]]] = {}
    in_order = "SELECT kind, file, id, json FROM records ORDER BY file || '.yaml', rowid"
    for kind, file, id, text in connection.execute(in_order):
        records.setdefault(kind, {}).setdefault(file, []).append((id, text))
    parts = {"date": json.dumps(day), "models": _models(records, sources), "hosts": _hosts(records, sources)}
    for name, sections in SECTIONS.items():
        parts[name] = _table(name, sections, records, sources)
    return _object(parts)


Records = Mapping[str, Mapping[str, list[tuple[str, str]]]]  # by kind and file, each as id and JSON
Sources = Mapping[str, Mapping[str, str]]  # by file and key, each as JSON


def _models(records: Records, sources: Sources) -> str:
    found = records.get("model", {}).items()
    return _object({id: _joined(text, sources=_object(sources[file])) for file, [(id, text)] in found})


def _hosts(records: Records, sources: Sources) -> str:
    hosts = {}
    for file, [(id, text)] in records.get("host", {}).items():
        offerings = [offering for _, offering in records.get("offering", {}).get(file, [])]
        hosts[id] = _joined(text, sources=_object(sources[file]), offerings=_array(offerings))
    return _object(hosts)


def _table(name: str, sections: Mapping[str, str], records: Records, sources: Sources) -> str:
    own = {"sources": _object(sources[name])} if name in sources else {}
    if not sections:
        [(_, text)] = records[name][name]
        return _joined(text, **own)
    for section, kind in sections.items():
        rows = records.get(kind, {}).get(name, [])
        own[section] = _array([text for _, text in rows]) if section in LISTS else _object(dict(rows))
    return _object(own)


def _joined(text: str, **more: str) -> str:
    """A JSON object with more members."""
    inner = [text[1:-1]] if text != "{}" else []
    return f"{{{','.join([*inner, *(f'{json.dumps(key)}:{part}' for key, part in more.items())])}}}"


def _object(parts: Mapping[str, str]) -> str:
    """A JSON object of members that are JSON already."""
    return _joined("{}", **parts)


def _array(parts: list[str]) -> str:
    return f"[{','.join(parts)}]"
