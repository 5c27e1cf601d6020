"""The JSON envelope of every command."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from llmselect.render.format import escape

SCHEMA_VERSION = 2


def envelope(command: str, status: str, data: Any, errors: Sequence[Mapping[str, str]] = ()) -> str:
    """The JSON text that every command prints with `--json`; `status` is ok, empty or error."""
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
