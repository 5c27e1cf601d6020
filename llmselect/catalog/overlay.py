"""A user's layers over the catalogue: what `catalog refresh` wrote, and above it the user's own records.

A layer is a folder like a catalogue's in which every file is optional. In the layer `own` a model replaces the
one of its id, a table's row the one of its name; an offering's facts replace those of the same model and API id
(of every offering of that model where it names no API id), a price those of its kind in its time. The layer
`refreshed` adds to what is there: prices, lives, rentals and scores, each where it is newer.
"""

import contextlib
import os
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from llmselect.folders import data_place

if TYPE_CHECKING:
    from pathlib import Path

CATALOG = "catalog"  # of the folder of the user's data
REFRESHED, OWN = "refreshed", "own"
LAYERS = (REFRESHED, OWN)  # later ones win
DISABLED = "LLMSELECT_NO_OVERLAY"
TABLE_SECTIONS = ("licenses", "harnesses", "benchmarks", "presets", "devices", "quantizations", "tasks")
AMOUNTS = ("input_usd_per_mtok", "usd_per_image", "usd_per_audio_minute", "usd_per_month")
FOREVER = "9999-12-31"
Row = dict[str, Any]


def layer_folder(name: str) -> "Path":
    """The folder of a layer."""
    from pathlib import Path

    return Path(data_place(), CATALOG, name)


def layers(names: Iterable[str] = LAYERS) -> list["Path"]:
    """The user's layers with files, lowest first; empty if the environment disables them."""
    try:
        if os.environ.get(DISABLED) or not os.path.isdir(os.path.join(data_place(), CATALOG)):
            return []
    except RuntimeError:  # no home folder
        return []
    found = []
    for folder in map(layer_folder, names):
        if folder.is_dir():
            from llmselect.catalog.refresh.store import recover  # most users have no layer

            with contextlib.suppress(OSError):
                recover(folder)
            if _holds_files(folder):
                found.append(folder)
    return found


def _holds_files(folder: "Path") -> bool:
    for _, subfolders, names in os.walk(folder):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        if any(name.endswith(".yaml") and not name.startswith(".") for name in names):
            return True
    return False


def applied(catalog: Row, files: Row, *, own: bool) -> Row:
    """A compiled catalogue's data (dates as text) with one layer's files over it, by their paths in the layer.

    The catalogue is not changed; in the layer, source keys that mean another source there are renamed.
    """
    result = {**catalog, "models": dict(catalog["models"]), "hosts": dict(catalog["hosts"])}
    for file, layer in files.items():
        kind, _, rest = file.partition("/")
        section, name = (kind, rest.removesuffix(".yaml")) if rest else ("", file.removesuffix(".yaml"))
        if section and section not in result:
            continue  # what only the fitting of abilities reads
        place = result[section] if section else result
        base = place.get(name)
        if base is None:
            if own:
                place[name] = layer
        elif section == "models" and own:
            place[name] = layer
        else:
            layer = with_own_sources(base.get("sources", {}), layer)
            place[name] = _over(base, layer) if own else _beside(base, layer)
    return result


def _over(base: Row, layer: Row) -> Row:
    """A host's or table's data with the user's own over it."""
    result = {**base, **layer, "sources": {**base.get("sources", {}), **layer.get("sources", {})}}
    for section in (name for name in TABLE_SECTIONS if name in base and name in layer):
        result[section] = {**base[section], **layer[section]}
    for section in (name for name in ("offerings", "rentals") if name in base and name in layer):
        result[section] = rows_joined(section, base[section], layer[section], prices=own_prices)
    return result


def _beside(base: Row, layer: Row) -> Row:
    """A file's data updated by a refresh; rows for things that the base lacks are dropped."""
    result = {**base, "sources": {**base.get("sources", {}), **layer.get("sources", {})}}
    if "offerings" in base:
        refreshed = {identity(row): row for row in layer.get("offerings", [])}
        result["offerings"] = [_newer(base, row, refreshed.get(identity(row), {})) for row in base["offerings"]]
    for section in (name for name in ("rentals", "scores") if name in layer):
        result[section] = _newer_rows(section, base.get(section, []), layer[section])
    return result


def _newer_rows(section: str, base: list[Row], rows: list[Row]) -> list[Row]:
    """A section's rows; for each rental or test, those from the newer source."""
    key, day = (_rental, "checked") if section == "rentals" else (_test, "date")
    known = {key(row): row[day] for row in sorted(base, key=lambda row: str(row[day]))}
    newer = {key(row) for row in rows if row[day] >= known.get(key(row), "")}
    return rows_joined(section, base, [row for row in rows if key(row) in newer])


def _newer(base: Row, offering: Row, refreshed: Row) -> Row:
    """An offering with the most recently checked prices, and all known lifecycle facts."""
    if not refreshed:
        return offering
    life = {**refreshed.get("lifecycle", {}), **offering.get("lifecycle", {})}
    result = {**offering, "lifecycle": life}
    if _last_checked(refreshed) < _last_checked(offering):
        return result
    newer = dict(refreshed.get("lifecycle", {}))
    if _is_primary(base, offering.get("lifecycle", {}).get("shutdown")):
        newer.pop("shutdown", None)
    life = _of_its_own_end({**life, **newer}, offering.get("lifecycle", {}))
    return {**result, "lifecycle": life, "prices": refreshed.get("prices", [])}


def _of_its_own_end(life: Row, before: Row) -> Row:
    """A life without the announcement of the end before it, where a refresh found another end."""
    ends = [(one.get("shutdown") or {}).get("value") for one in (life, before)]
    stale = ends[0] != ends[1] and life.get("announced") == before.get("announced")
    return {name: fact for name, fact in life.items() if name != "announced" or not stale}


def _is_primary(host: Row, fact: Row | None) -> bool:
    """Whether a fact has a source other than third parties."""
    if fact is None:
        return False
    keys = [fact["source"]] if isinstance(fact["source"], str) else fact["source"]
    return any(host["sources"].get(key, {}).get("kind") != "third-party" for key in keys)


def _last_checked(offering: Row) -> str:
    days = [str(price["checked"]) for price in offering.get("prices", ())]
    seen = offering.get("lifecycle", {}).get("last_seen")
    return max([*days, *([str(seen["value"])] if seen else [])], default="")


def rows_joined(section: str, base: list[Row], rows: list[Row], *, prices: Any = None) -> list[Row]:
    """A section's rows with others in their places or after them; neither list is changed.

    `prices` says how an offering's prices join those before; they replace them unless it is given.
    """
    if section == "offerings":
        return _offerings_joined(base, rows, prices)
    key = _rental if section == "rentals" else _test
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    replaced = set(groups)
    result = []
    for row in base:
        result += groups.pop(key(row), []) if key(row) in replaced else [row]
    return result + [row for group in groups.values() for row in group]


def _offerings_joined(base: list[Row], rows: list[Row], prices: Any) -> list[Row]:
    result = list(base)
    for row in rows:
        places = [number for number, old in enumerate(result) if _means(row, old)]
        for number in places:
            result[number] = _offering_joined(result[number], row, prices)
        if not places:
            result.append(row)
    return result


def _offering_joined(old: Row, new: Row, prices: Any) -> Row:
    if prices is None:
        return {**old, **new}
    joined = {**old, **new}
    for name in ("lifecycle", "limits", "data"):
        if name in old and name in new:
            joined[name] = {**old[name], **new[name]}
    if "prices" in old and "prices" in new:
        joined["prices"] = prices(old["prices"], new["prices"])
    return joined


def identity(offering: Row) -> tuple[Any, Any]:
    """The key of an offering at a host: the model, and the API id if there is one."""
    return offering.get("model"), (offering.get("api_id") or {}).get("value")


def _means(row: Row, offering: Row) -> bool:
    model, api_id = identity(row)
    return model == offering.get("model") and api_id in (None, identity(offering)[1])


def _rental(row: Row) -> tuple[Any, ...]:
    return row["device"], row["provider"], row["gpus"]


def _test(row: Row) -> tuple[Any, ...]:
    return row["benchmark"], row["harness"], row["shots"], row.get("effort", "default")


def own_prices(base: list[Row], own: list[Row]) -> list[Row]:
    """Price rows (dates as text) with own ones over them: in an own one's time no other of its kind holds."""
    kept = base
    for row in own:
        kept = [part for old in kept for part in _without(old, row)]
    return [*kept, *own]


def _without(old: Row, row: Row) -> list[Row]:
    """The parts of a price's period outside another one."""
    if _kind(old) != _kind(row):
        return [old]
    parts = []
    if old["from"] < row["from"]:
        last = _day_beside(row["from"], -1)
        parts.append(old if old.get("to", FOREVER) < row["from"] else {**old, "to": last})
    end = row.get("to")
    if end is not None and old.get("to", FOREVER) > end:
        first = max(old["from"], _day_beside(end, 1))
        if old["checked"] >= first:
            parts.append({**old, "from": first})
    return parts


def _kind(price: Row) -> tuple[Any, ...]:
    """What may have a price of its own at the same time; what is free is free per token."""
    amounts = tuple(name for name in AMOUNTS if name in price) or AMOUNTS[:1]
    return price.get("above_input_tokens"), price.get("batch", False), price.get("peak_hours", False), amounts


def _day_beside(day: str, distance: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=distance)).isoformat()


def with_own_sources(taken: Row, layer: Row) -> Row:
    """A layer's data in which those source keys are renamed, in place, that mean another source in `taken`."""
    sources = layer.get("sources", {})
    renamed: dict[str, str] = {}
    for key, source in sources.items():
        if key in taken and _essence(taken[key]) != _essence(source):
            number = 2
            while f"{key}-{number}" in taken or f"{key}-{number}" in sources:
                number += 1
            renamed[key] = f"{key}-{number}"
    if renamed:
        layer["sources"] = {renamed.get(key, key): source for key, source in sources.items()}
        _resource([value for name, value in layer.items() if name != "sources"], renamed)
    return layer


def _essence(source: Row) -> Row:
    return {name: value for name, value in source.items() if (name, value) != ("confidence", "high")}


def _resource(data: Any, renamed: dict[str, str]) -> None:
    """Renames the source keys in data, in place."""
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _resource(value, renamed)
    keys = data.get("source") if isinstance(data, dict) else None
    if isinstance(keys, str):
        data["source"] = renamed.get(keys, keys)
    elif isinstance(keys, list):
        data["source"] = [renamed.get(key, key) for key in keys]
