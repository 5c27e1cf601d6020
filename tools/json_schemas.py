"""Writes the published JSON Schemas from the types: `python tools/json_schemas.py`; `--check` only compares."""

import inspect
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from llmselect.engine import result
from llmselect.probe import report
from llmselect.render.json import SCHEMA_VERSION

FOLDER = Path(__file__).parent.parent / "llmselect" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string"}
# The types of a command's `data`, one of them at a time, and the module that describes them.
REPORTS: dict[str, tuple[Any, Any]] = {
    "hardware": (report.HardwareReport, report),
    "measure": (report.MeasureReport, report),
    "probe": (report.ProbeReport | report.ImportReport | report.StoredReport, report),
}
_UNVERIFIED = {
    "type": "array",
    "description": "How many ranked options each rule could not judge.",
    "items": {
        "type": "object",
        "properties": {"rule": _TEXT, "options": {"type": "integer"}},
        "required": ["rule", "options"],
        "additionalProperties": False,
    },
}
_FAULT = {
    "type": "object",
    "properties": {"code": _TEXT, "message": _TEXT, "hint": _TEXT},
    "required": ["code", "message", "hint"],
    "additionalProperties": False,
}


def recommend_schema() -> dict[str, Any]:
    """The schema of what `llmselect recommend --json` prints."""
    data = TypeAdapter(result.Recommendation).json_schema(mode="serialization", ref_template="#/$defs/{model}")
    definitions = {name: _named(name, record, result) for name, record in data.pop("$defs").items()}
    definitions["Recommendation"] = _named("Recommendation", data, result)
    definitions["Recommendation"]["properties"]["unverified"] = _UNVERIFIED
    data_schema = {"anyOf": [{"$ref": "#/$defs/Recommendation"}, {"type": "null"}]}
    return _envelope("recommend", ["ok", "empty", "error"], data_schema, definitions)


def report_schema(command: str) -> dict[str, Any]:
    """The schema of what a command of `REPORTS` prints with `--json`."""
    types, module = REPORTS[command]
    data = TypeAdapter(types | None).json_schema(mode="serialization", ref_template="#/$defs/{model}")
    definitions = {name: _named(name, record, module) for name, record in data.pop("$defs").items()}
    return _envelope(command, ["ok", "error"], data, definitions)


def _envelope(command: str, statuses: list[str], data: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    properties = {
        "schema_version": {"const": SCHEMA_VERSION},
        "command": {"const": command},
        "status": {"enum": statuses},
        "data": data,
        "errors": {"type": "array", "items": _FAULT},
    }
    return {
        "$schema": DIALECT,
        "title": f"llmselect {command} --json",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _named(name: str, record: dict[str, Any], module: Any) -> dict[str, Any]:
    """A record with its fields' printed names, all of them required and no others allowed."""
    properties = {key.rstrip("_"): _bare(value) for key, value in record["properties"].items()}
    return {
        "description": inspect.getdoc(getattr(module, name)),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _bare(value: Any) -> Any:
    """A property without what says nothing to a reader of output: titles, defaults, permissions that hold anyway."""
    if isinstance(value, dict):
        idle = ("title", "default", *(["additionalProperties"] if value.get("additionalProperties") is True else []))
        return {key: _bare(item) for key, item in value.items() if key not in idle}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def texts() -> dict[str, str]:
    """File names and what must stand in them."""
    schemas = {"recommend": recommend_schema(), **{command: report_schema(command) for command in REPORTS}}
    return {
        f"{command}.schema.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for command, schema in schemas.items()
    }


def main(arguments: list[str]) -> int:
    """Writes the files, or with `--check` names those that are out of date."""
    stale = []
    for name, text in texts().items():
        path = FOLDER / name
        if "--check" not in arguments:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale:
        print(f"out of date: {', '.join(stale)}; run `python tools/json_schemas.py`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
