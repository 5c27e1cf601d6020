"""Writes the published JSON Schemas from the types: `python tools/json_schemas.py`; `--check` only compares."""

import inspect
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from llmselect.compare import result as compared
from llmselect.engine import estimate_result, result
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
    return _schema("recommend", [_ref("Recommendation")], definitions)


def compare_schema() -> dict[str, Any]:
    """The schema of what `llmselect compare --json` prints; `--columns help` lists what there is."""
    definitions = _definitions(compared.Comparison)
    cells = {"type": "object", "additionalProperties": _ref("Cell")}
    definitions["Compared"]["properties"]["cells"] = {**cells, "description": "The cells by the names of the columns."}
    row = dict.fromkeys(("name", "label", "help"), _TEXT)
    available = {"type": "array", "items": _closed(row)}
    return _schema("compare", [_ref("Comparison"), _closed({"available": available})], definitions)


def recheck_schema() -> dict[str, Any]:
    """The schema of what `llmselect recheck --json` prints."""
    definitions = _definitions(result.Recheck)
    whole = definitions["Recheck"]
    properties = {"matters": {"type": "boolean"}, **whole["properties"]}
    definitions["Recheck"] = {**whole, "properties": properties, "required": list(properties)}
    return _schema("recheck", [_ref("Recheck")], definitions)


def estimate_schema() -> dict[str, Any]:
    """The schema of what `llmselect estimate --json` prints."""
    return _schema("estimate", [_ref("Estimate")], _definitions(estimate_result.Estimate))


def _schema(command: str, data: list[dict[str, Any]], definitions: dict[str, Any]) -> dict[str, Any]:
    """The envelope around what one command prints."""
    properties = {
        "schema_version": {"const": SCHEMA_VERSION},
        "command": {"const": command},
        "status": {"enum": ["ok", "empty", "error"]},
        "data": {"anyOf": [*data, {"type": "null"}]},
        "errors": {"type": "array", "items": _FAULT},
    }
    return {
        "$schema": DIALECT,
        "title": f"llmselect {command} --json",
        **_closed(properties),
        "$defs": dict(sorted(definitions.items())),
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _definitions(record: type) -> dict[str, Any]:
    """A record's type and those that it is made of."""
    data = TypeAdapter(record).json_schema(mode="serialization", ref_template="#/$defs/{model}")
    found = {name: _named(name, row) for name, row in data.pop("$defs", {}).items()}
    return {**found, record.__name__: _named(record.__name__, data)}


def _named(name: str, record: dict[str, Any]) -> dict[str, Any]:
    """A record with its fields' printed names, all of them required and no others allowed."""
    properties = {key.rstrip("_"): _bare(value) for key, value in record["properties"].items()}
    kind = next(found for place in (compared, estimate_result, result) if (found := getattr(place, name, None)))
    return {"description": inspect.getdoc(kind), **_closed(properties)}


def _bare(value: Any) -> Any:
    """A property without what says nothing to a reader of output: titles, defaults, permissions that hold anyway."""
    if isinstance(value, dict):
        idle = ("title", "default", *(["additionalProperties"] if value.get("additionalProperties") is True else []))
        return {key: _bare(item) for key, item in value.items() if key not in idle}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def texts() -> dict[str, str]:
    """File names and what must stand in them."""
    schemas = {
        "recommend": recommend_schema(),
        "estimate": estimate_schema(),
        "compare": compare_schema(),
        "recheck": recheck_schema(),
    }
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
