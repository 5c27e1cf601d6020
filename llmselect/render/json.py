"""JSON: one envelope for every command, with the records' own names inside."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from llmselect.engine.result import Recommendation
from llmselect.render import escape

SCHEMA_VERSION = 1
_PLAIN = {str, int, float, bool, type(None)}


def envelope(command: str, status: str, data: Any, errors: Sequence[Mapping[str, str]] = ()) -> str:
    """What every command prints with `--json`; `status` is ok, empty or error."""
    record = {
        "schema_version": SCHEMA_VERSION,
        "command": command,
        "status": status,
        "data": data,
        "errors": list(errors),
    }
    return escape.json(json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2)) + "\n"


def fault(code: str, message: str, hint: str = "") -> dict[str, str]:
    """One entry of `errors`."""
    return {"code": code, "message": message, "hint": hint}


def recommendation_json(answer: Recommendation) -> str:
    """The whole answer; status `empty` where nothing qualifies."""
    return envelope("recommend", "ok" if answer.recommendations else "empty", recommendation_data(answer))


def recommendation_data(answer: Recommendation) -> dict[str, Any]:
    """The answer as plain data. `unverified` becomes a list, so that its rows can grow."""
    data: dict[str, Any] = plain(answer)
    data["unverified"] = [{"rule": rule, "options": options} for rule, options in answer.unverified.items()]
    return data


def plain(value: Any) -> Any:
    """Records as mappings, tuples as lists; a trailing underscore, which Python needs, is dropped from names."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if names := _names(kind):
        return {key: item if type(item := getattr(value, name)) in _PLAIN else plain(item) for name, key in names}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, Sequence) and not isinstance(value, str) else value


@cache
def _names(kind: Any) -> tuple[tuple[str, str], ...]:
    """The fields of a class of records, each with the name that it gets; none of another class."""
    names = getattr(kind, "__dataclass_fields__", ())
    return tuple((name, name.rstrip("_")) for name in names)
