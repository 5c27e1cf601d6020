"""A user's layers over the catalogue: what `catalog refresh` wrote, and above it the user's own records.

A layer is a folder like a catalogue's in which every file is optional. A model replaces the one of its id;
a host's offerings replace those of the same model and API id and join the rest; a table's rows replace
those of their names.
"""

import os
import sys
from pathlib import Path
from typing import Any

from llmselect.catalog.refresh.store import STAGING, recover

LAYERS = ("refreshed", "own")  # later ones win
DISABLED = "LLMSELECT_NO_OVERLAY"
TABLE_SECTIONS = ("licenses", "harnesses", "benchmarks", "presets", "devices", "quantizations", "yardsticks", "tasks")


def data_folder() -> Path:
    """The folder of this user's data for llmselect; it need not exist."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or str(Path.home() / "AppData" / "Roaming")
        return Path(base) / "llmselect"
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share") / "llmselect"


def layer_folder(name: str) -> Path:
    """Where a layer lies."""
    return data_folder() / "catalog" / name


def layers() -> list[Path]:
    """The user's layers that hold anything, lowest first; none when the environment disables them."""
    if os.environ.get(DISABLED):
        return []
    try:
        folders = [layer_folder(name) for name in LAYERS]
    except RuntimeError:  # no home directory
        return []
    for folder in folders:
        if (folder / STAGING).is_dir():
            recover(folder)
    return [folder for folder in folders if any(folder.rglob("*.yaml"))]


def merged(base: dict[str, Any], layer: dict[str, Any]) -> dict[str, Any]:
    """One file's data with a layer's over it; neither is changed."""
    layer = _with_own_sources(base.get("sources", {}), layer)
    result = {**base, **layer, "sources": {**base.get("sources", {}), **layer.get("sources", {})}}
    if "offerings" in layer:
        result["offerings"] = _merged_offerings(base.get("offerings", []), layer["offerings"])
    for section in TABLE_SECTIONS:
        if isinstance(base.get(section), dict) and isinstance(layer.get(section), dict):
            result[section] = {**base[section], **layer[section]}
    if isinstance(base.get("rentals"), list) and isinstance(layer.get("rentals"), list):
        result["rentals"] = [*base["rentals"], *layer["rentals"]]
    return result


def _merged_offerings(base: list[Any], layer: list[Any]) -> list[Any]:
    replaced = {_identity(row) for row in layer}
    kept = [row for row in base if _identity(row) not in replaced]
    return [*kept, *layer]


def _identity(offering: Any) -> tuple[Any, Any]:
    """What makes two offerings of a host the same: the model, and the API id where one is given."""
    fact = offering.get("api_id") or {}
    return offering.get("model"), fact.get("value")


def _with_own_sources(taken: dict[str, Any], layer: dict[str, Any]) -> dict[str, Any]:
    """The layer with those of its source keys renamed that mean another source in the base."""
    renamed = {
        key: f"{key}-own" for key, source in layer.get("sources", {}).items() if key in taken and taken[key] != source
    }
    if not renamed:
        return layer
    sources = {renamed.get(key, key): source for key, source in layer["sources"].items()}
    rest = {name: _resourced(value, renamed) for name, value in layer.items() if name != "sources"}
    return {**rest, "sources": sources}


def _resourced(data: Any, renamed: dict[str, str]) -> Any:
    if isinstance(data, list):
        return [_resourced(item, renamed) for item in data]
    if not isinstance(data, dict):
        return data
    result = {name: _resourced(value, renamed) for name, value in data.items()}
    keys = data.get("source")
    if isinstance(keys, str):
        result["source"] = renamed.get(keys, keys)
    elif isinstance(keys, list):
        result["source"] = [renamed.get(key, key) for key in keys]
    return result


def applied(catalog: dict[str, Any], files: dict[str, Any]) -> dict[str, Any]:
    """A compiled catalogue's data with one layer's files over it, by their paths in the layer."""
    result = {**catalog, "models": dict(catalog["models"]), "hosts": dict(catalog["hosts"])}
    for file, data in files.items():
        kind, _, rest = file.partition("/")
        if kind == "models":
            result["models"][rest.removesuffix(".yaml")] = data
        elif kind == "hosts":
            host = rest.removesuffix(".yaml")
            result["hosts"][host] = merged(result["hosts"].get(host, {}), data)
        else:
            table = file.removesuffix(".yaml")
            result[table] = merged(result[table], data)
    return result
