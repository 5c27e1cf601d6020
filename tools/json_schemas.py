"""Writes the published JSON Schemas from the types: `python tools/json_schemas.py`; `--check` only compares."""

import inspect
import json
import sys
from pathlib import Path
from typing import Any

from profile_schema import profile_schema
from pydantic import TypeAdapter

from llmselect.probe import report
from llmselect.render.format.json import SCHEMA_VERSION
from llmselect.results import (
    check,
    citations,
    comparison,
    cost,
    decision,
    estimate,
    explanation,
    figures,
    listing,
    recommendation,
    replacement,
)

FOLDER = Path(__file__).parent.parent / "llmselect" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Where the types of all records stand.
MODULES = (
    recommendation,
    replacement,
    decision,
    explanation,
    figures,
    estimate,
    cost,
    comparison,
    check,
    listing,
    citations,
    report,
)
_TEXT = {"type": "string"}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(item: dict[str, Any], description: str | None = None) -> dict[str, Any]:
    return {"type": "array", **({"description": description} if description else {}), "items": item}


INTERVAL = {
    "description": "Low end, value and high end: it lies between them in nine of ten cases.",
    "items": {"type": "number"},
}
# The types of a command's `data`, one of them at a time.
REPORTS: dict[str, Any] = {
    "recommend": recommendation.Recommendation,
    "replace": replacement.Replacement,
    "compare": comparison.Comparison,
    "check": check.CheckReport,
    "list": listing.ModelList,
    "tree": listing.TreeAnswer | listing.TreeAnswers,
    "recheck": decision.Recheck,
    "explain": explanation.Explanation,
    "estimate": estimate.Estimate,
    "cost": cost.CostPlan | cost.LoggedBill,
    "hardware": report.HardwareReport,
    "measure": report.MeasureReport,
    "probe": report.ProbeReport | report.ImportReport | report.StoredReport,
}
# What `data` may hold besides.
LISTINGS: dict[str, dict[str, Any]] = {
    "compare": _closed({"available": _list(_closed(dict.fromkeys(("name", "label", "help"), _TEXT)))}),
    "explain": _closed({"terms": _list(_closed({"id": _TEXT, "name": _TEXT})), "benchmarks": _list(_TEXT)}),
}
_FAULT = _closed(dict.fromkeys(("code", "message", "hint"), _TEXT))


def schema_of(command: str) -> dict[str, Any]:
    """The schema of what a command prints with `--json`."""
    data = TypeAdapter(REPORTS[command] | None).json_schema(mode="serialization", ref_template="#/$defs/{model}")
    definitions = {name: _named(name, record) for name, record in data.pop("$defs").items()}
    if command == "replace":
        _flatten(definitions)
    if command in LISTINGS:
        data["anyOf"].insert(-1, LISTINGS[command])
    properties = {
        "schema_version": {"const": SCHEMA_VERSION},
        "command": {"const": command},
        "status": {"enum": ["ok", "empty", "error"]},
        "data": data,
        "errors": _list(_FAULT),
    }
    title = f"llmselect {command} --json"
    return {"$schema": DIALECT, "title": title, **_closed(properties), "$defs": dict(sorted(definitions.items()))}


def _flatten(definitions: dict[str, Any]) -> None:
    """A replacement's recommendation stands beside its other fields, without the ranking."""
    own = definitions["Replacement"]["properties"]
    rest = definitions.pop("Recommendation")["properties"]
    del own["recommendation"], rest["recommendations"]
    definitions["Replacement"] |= _closed({**own, **rest})


def _named(name: str, record: dict[str, Any]) -> dict[str, Any]:
    """A record with its fields' printed names, all of them required and no others allowed."""
    if name == "Interval":
        return {**INTERVAL, **{key: record[key] for key in ("type", "minItems", "maxItems")}}
    kind = next(getattr(module, name) for module in MODULES if hasattr(module, name))
    properties = {key.rstrip("_"): _bare(value) for key, value in record["properties"].items()}
    return {"description": inspect.getdoc(kind), **_closed(properties)}


def _bare(value: Any) -> Any:
    """A property without what says nothing to a reader of output: titles, defaults, permissions that hold anyway."""
    if isinstance(value, dict):
        idle = ("title", "default", *(["additionalProperties"] if value.get("additionalProperties") is True else []))
        return {key: _bare(item) for key, item in value.items() if key not in idle}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def texts() -> dict[str, str]:
    """The text of each schema by the name of its file."""
    schemas = {"profile": profile_schema(DIALECT)} | {command: schema_of(command) for command in REPORTS}
    return {
        f"{name}.schema.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in schemas.items()
    }


def main(arguments: list[str]) -> int:
    """Writes the files, or with `--check` names those that are out of date."""
    found = texts()
    stale = [name for name, text in found.items() if not _holds(FOLDER / name, text)]
    if "--check" in arguments:
        print(
            "".join(f"{name} is out of date; run `python tools/json_schemas.py`\n" for name in stale), file=sys.stderr
        )
        return 1 if stale else 0
    for name in stale:
        (FOLDER / name).write_text(found[name], encoding="utf-8")
    return 0


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
