"""The catalogue with a user's layers over it: read, checked and compiled; needs YAML, so it is cached."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from llmselect.catalog.check import RULES
from llmselect.catalog.check_files import TABLES, Fault, Files, as_json, days_read, read_files
from llmselect.catalog.overlay import applied
from llmselect.catalog.reader import Parsed
from llmselect.catalog.schema import Host, Model, Strict


def compile_layers(base: str, folders: Sequence[Path]) -> tuple[str, list[Fault]]:
    """The JSON of the catalogue with the layers over it, and the layers' faults (the JSON is the base's if any)."""
    catalog: dict[str, Any] = json.loads(base)
    faults: list[Fault] = []
    for folder in folders:
        files = read_files(folder, date.today())
        own = [fault for fault in files.faults if fault.code != "missing-file"]
        if not own:
            data = {file: parsed.data for file, parsed in files.parsed.items()}
            catalog = json.loads(as_json(applied(catalog, json.loads(as_json(data)))))
            own = _faults_across(catalog, files)
        faults += own
    if faults:
        return base, faults
    newest = max([date.fromisoformat(catalog["date"]), *days_read(catalog["hosts"]), *days_read(catalog["models"])])
    return as_json({**catalog, "date": newest}), []


def _faults_across(catalog: dict[str, Any], layer: Files) -> list[Fault]:
    """What the rules across files say of the merged catalogue, as far as the layer's files are concerned."""
    whole = Files(layer.prefix, layer.today)
    for file, data in _as_files(catalog):
        own = layer.parsed.get(file)
        whole.parsed[file] = Parsed(data, (), own.values, own.keys) if own else Parsed(data)
        try:
            whole.records[file] = _kind(file).model_validate_json(as_json(data))
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in detail["loc"])
            whole.faults.append(whole.fault(file, detail["loc"], "bad-value", f"{place}: {detail['msg']}"))
    found = [*whole.faults, *(fault for rule in RULES for fault in rule(whole))]
    touched = {layer.prefix + file for file in layer.parsed}
    return sorted({fault for fault in found if fault.file in touched and fault.code != "unused-source"})


def _as_files(catalog: dict[str, Any]) -> list[tuple[str, Any]]:
    models = [(f"models/{name}.yaml", data) for name, data in catalog["models"].items()]
    hosts = [(f"hosts/{name}.yaml", data) for name, data in catalog["hosts"].items()]
    return [*models, *hosts, *((name, catalog[name.removesuffix(".yaml")]) for name in TABLES)]


def _kind(file: str) -> type[Strict]:
    if file.startswith("models/"):
        return Model
    return Host if file.startswith("hosts/") else TABLES[file]
