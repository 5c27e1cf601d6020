"""JSON: one envelope for every command, with the records' own names inside."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from json.encoder import encode_basestring
from math import isfinite
from typing import Any

from llmselect.engine.result import Recommendation

SCHEMA_VERSION = 1
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_SCALARS: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: int.__repr__,
    float: lambda number: repr(number) if isfinite(number) else _JSON.encode(number),
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): {None: "null"}.__getitem__,
}
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
    return indented(record) + "\n"


def indented(value: Any, margin: str = "\n") -> str:
    """What `json.dumps` writes with `indent=2`, which has no fast code for that.

    Raises ValueError for a number that is none, TypeError for what JSON does not know.
    """
    if write := _SCALARS.get(type(value)):
        return write(value)
    inner = margin + "  "
    if isinstance(value, dict):
        rows, ends = [f"{_quoted(key)}: {indented(item, inner)}" for key, item in value.items()], "{}"
    elif isinstance(value, list | tuple):
        rows, ends = [indented(item, inner) for item in value], "[]"
    else:
        return _JSON.encode(value)
    return f"{ends[0]}{inner}{f',{inner}'.join(rows)}{margin}{ends[1]}" if rows else ends


@cache
def _quoted(key: object) -> str:
    return _JSON.encode(str(key))


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
