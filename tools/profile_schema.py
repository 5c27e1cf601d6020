"""The JSON Schema of profiles and of llmselect.yaml, made from the definitions of the requirements' fields."""

from collections.abc import Mapping
from datetime import date
from typing import Any, get_args, get_origin

from llmselect.definition import Field
from llmselect.fields import Bounded
from llmselect.requirements import FIELDS

_TEXT = {"type": "string", "minLength": 1}


def profile_schema(dialect: str) -> dict[str, Any]:
    """All fields, none of them needed and no others allowed.

    A number may be text too, such as `24GiB`. What a field may be is listed for an editor to offer; other words for the
    same pass here, and `llmselect` says of one that means nothing.
    """
    return {
        "$schema": dialect,
        "title": "llmselect profile",
        "description": "What --profile reads, and llmselect.yaml: any fields of `llmselect recommend`.",
        "type": "object",
        "properties": {name: _property(field) for name, field in FIELDS.items()},
        "additionalProperties": False,
    }


def _property(field: Field) -> dict[str, Any]:
    unit = f" Unit: {field.unit}." if field.unit else ""
    default = f" Default: {field.otherwise}." if field.otherwise else ""
    return {"description": f"{field.help}{unit}{default}", **_any(_kinds(field))}


def _any(kinds: list[dict[str, Any]]) -> dict[str, Any]:
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _kinds(field: Field) -> list[dict[str, Any]]:
    """The schemas of which one must hold."""
    nothing = [{"type": "null"}] if field.optional else []
    if field.kind == "switch":
        return [{"type": "boolean"}, {"enum": [0, 1]}, _TEXT]
    if get_origin(field.type) is Mapping:
        names = get_args(get_args(field.type)[0])
        known = {"propertyNames": {"anyOf": [{"enum": list(names)}, _TEXT]}} if names else {}
        amounts = {"anyOf": [{"type": "number", "minimum": 0}, _TEXT]}
        return [{"type": "object", **known, "additionalProperties": amounts}, {"type": "array", "items": _TEXT}, _TEXT]
    if field.kind == "list":
        return [{"type": "array", "items": _any(_words(field))}, *_words(field)]
    if field.type is date:
        return [{"type": "string", "format": "date"}]
    if field.type in (int, float):
        return [{"type": "number", **_bounds(field)}, _TEXT, *nothing]
    return [*_words(field), *nothing]


def _words(field: Field) -> list[dict[str, Any]]:
    return [*([{"enum": list(field.choices)}] if field.choices else []), _TEXT]


def _bounds(field: Field) -> dict[str, float]:
    read = field.read
    assert isinstance(read, Bounded)
    limits = {"exclusiveMinimum": read.above, "minimum": read.least, "maximum": read.most}
    return {name: limit for name, limit in limits.items() if limit is not None}
