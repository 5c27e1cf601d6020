"""Writes the published JSON Schemas from the types: `python tools/json_schemas.py`; `--check` only compares."""

import inspect
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from llmselect.engine import cost_result, result
from llmselect.render.json import SCHEMA_VERSION

FOLDER = Path(__file__).parent.parent / "llmselect" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string"}
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
    definitions = _definitions(result.Recommendation)
    definitions["Recommendation"]["properties"]["unverified"] = _UNVERIFIED
    return _envelope("recommend", "Recommendation", definitions)


def cost_schema() -> dict[str, Any]:
    """The schema of what `llmselect cost --json` prints."""
    return _envelope("cost", "CostPlan", _definitions(cost_result.CostPlan))


def _definitions(answer: type) -> dict[str, Any]:
    """An answer's record and those in it, by name."""
    data = TypeAdapter(answer).json_schema(mode="serialization", ref_template="#/$defs/{model}")
    definitions = {name: _named(name, record) for name, record in data.pop("$defs").items()}
    return {**definitions, answer.__name__: _named(answer.__name__, data)}


def _envelope(command: str, answer: str, definitions: dict[str, Any]) -> dict[str, Any]:
    properties = {
        "schema_version": {"const": SCHEMA_VERSION},
        "command": {"const": command},
        "status": {"enum": ["ok", "empty", "error"]},
        "data": {"anyOf": [{"$ref": f"#/$defs/{answer}"}, {"type": "null"}]},
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


def _named(name: str, record: dict[str, Any]) -> dict[str, Any]:
    """A record with its fields' printed names, all of them required and no others allowed."""
    properties = {key.rstrip("_"): _bare(value) for key, value in record["properties"].items()}
    return {
        "description": inspect.getdoc(getattr(result, name, None) or getattr(cost_result, name)),
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
    schemas = {"recommend": recommend_schema(), "cost": cost_schema()}
    return {
        f"{name}.schema.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in schemas.items()
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
