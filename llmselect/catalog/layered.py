"""Reads and checks the catalogue together with the user's layers."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from pydantic import ValidationError

from llmselect.catalog.abilities.placing import place_new_scores
from llmselect.catalog.checks.files import TABLES, Fault, Files, as_json, days_read, read_files
from llmselect.catalog.checks.run import RULES
from llmselect.catalog.overlay import REFRESHED, applied
from llmselect.catalog.reader import NodePath, Parsed, Position
from llmselect.catalog.schema import Catalog, Host, Model, Strict
from llmselect.catalog.sql.records import catalog_json


def layered(base: Connection, folders: Sequence[Path]) -> tuple[Catalog, set[str], list[Fault]]:
    """A compiled catalogue with layers over it, its files that they change, and the layers' faults.

    With faults it is the base.
    """
    before: dict[str, Any] = json.loads(catalog_json(base))
    catalog = before
    faults: list[Fault] = []
    for folder in folders:
        files = read_files(folder, date.today())
        own = [fault for fault in files.faults if fault.code != "missing-file"]
        if not own:
            data = _sources_listed(json.loads(as_json({file: parsed.data for file, parsed in files.parsed.items()})))
            merged = place_new_scores(applied(catalog, data, own=folder.name != REFRESHED), catalog)
            own = _faults_across(merged, files, data)
            catalog = catalog if own else merged
        faults += own
    if faults:
        catalog = before
    newest = max([date.fromisoformat(catalog["date"]), *days_read(catalog["hosts"]), *days_read(catalog["models"])])
    was = dict(_as_files(before))
    changed = {file.removesuffix(".yaml") for file, data in _as_files(catalog) if data != was.get(file)}
    return Catalog.model_validate_json(as_json({**catalog, "date": newest})), changed, sorted(faults)


def _sources_listed(data: Any) -> Any:
    """A layer's data, in place, with every fact's source as a list, as the compiled catalogue has it."""
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _sources_listed(value)
    if isinstance(data, dict) and isinstance(data.get("source"), str):
        data["source"] = [data["source"]]
    return data


def kind_of(file: str) -> type[Strict]:
    """The type of a catalogue's file, by its path."""
    if file.startswith("models/"):
        return Model
    return Host if file.startswith("hosts/") else TABLES[file]


def _faults_across(catalog: dict[str, Any], layer: Files, data: dict[str, Any]) -> list[Fault]:
    """Faults that the rules across files find in the merged catalogue, in the layer's files only."""
    whole = Files(layer.prefix, layer.today)
    for file, merged in _as_files(catalog):
        own = layer.parsed.get(file)
        whole.parsed[file] = _placed(merged, own, data[file]) if own else Parsed(merged)
        try:
            whole.records[file] = kind_of(file).model_validate_json(as_json(merged))
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in detail["loc"])
            whole.faults.append(whole.fault(file, detail["loc"], "bad-value", f"{place}: {detail['msg']}"))
    found = [*whole.faults, *(fault for rule in RULES for fault in rule(whole))]
    touched = {layer.prefix + file for file in layer.parsed}
    return sorted({fault for fault in found if fault.file in touched and fault.code != "unused-source"})


def _placed(merged: Any, own: Parsed, data: Any) -> Parsed:
    """A merged file's data with the positions that its parts have in the layer's own file."""
    origin = {id(node): path for path, node in _nodes(data, ())}
    values: dict[NodePath, Position] = {(): (1, 1)}
    keys: dict[NodePath, Position] = {}
    for path, node in _nodes(merged, ()):
        start = origin.get(id(node))
        for step, value in _children(node):
            there = None if start is None else (*start, step)
            if there is None and isinstance(value, dict | list):
                there = origin.get(id(value))
            if there in own.values:
                values[*path, step] = own.values[there]
                keys[*path, step] = own.keys.get(there, own.values[there])
    for at, position in sorted(values.items(), key=lambda item: item[1]):  # what has no place has that of its parts
        for length in range(1, len(at)):
            values.setdefault(at[:length], position)
    return Parsed(merged, (), values, keys)


def _nodes(data: Any, path: NodePath) -> Iterator[tuple[NodePath, Any]]:
    """Every mapping and list in data with its path."""
    if isinstance(data, dict | list):
        yield path, data
        for step, value in _children(data):
            yield from _nodes(value, (*path, step))


def _children(node: Any) -> Iterator[tuple[str | int, Any]]:
    yield from node.items() if isinstance(node, dict) else enumerate(node)


def _as_files(catalog: dict[str, Any]) -> list[tuple[str, Any]]:
    models = [(f"models/{name}.yaml", data) for name, data in catalog["models"].items()]
    hosts = [(f"hosts/{name}.yaml", data) for name, data in catalog["hosts"].items()]
    return [
        *models,
        *hosts,
        *((n, catalog[n.removesuffix(".yaml")]) for n in TABLES if n.removesuffix(".yaml") in catalog),
    ]
