"""A model's record as YAML that people read: facts in flow style where they fit a line."""

import re
from datetime import date
from typing import Any

WIDTH = 138
_FLOW_PLAIN = re.compile(r"[A-Za-z](?:[\w ./+()'~;-]|:(?=\S))*")
_BLOCK_PLAIN = re.compile(r"[A-Za-z](?:[\w ./+()'~;,{}=&?%@-]|:(?=\S))*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"}


def dump(record: dict[str, Any]) -> str:
    """The text of a file; `record` holds the schema's keys in the order they shall stand in."""
    lines: list[str] = []
    for key, value in record.items():
        lines.extend(_entry(key, value, 0))
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Any, depth: int) -> list[str]:
    pad = "  " * depth
    flat = f"{pad}{key}: {_flow(value) if isinstance(value, dict | list) else _scalar(value, _BLOCK_PLAIN)}"
    if isinstance(value, list) and len(flat) > WIDTH:
        return [f"{pad}{key}:", *(f"{pad}  - {_scalar(item, _BLOCK_PLAIN)}" for item in value)]
    if not isinstance(value, dict) or (len(flat) <= WIDTH and key not in _BLOCKS and depth < 2):
        return [flat]
    if _is_block_value(key) and len(flat) <= WIDTH:
        return [flat]
    lines = [f"{pad}{key}:"]
    for name, item in value.items():
        lines.extend(_entry(name, item, depth + 1))
    return lines


_BLOCKS = {"sources", "limits", "architecture"}


def _is_block_value(key: str) -> bool:
    """Whether a nested mapping may stand on one line: parameters, alignment, facts of limits."""
    return key in ("value", "context_tokens", "input_tokens", "output_tokens")


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Any, plain: re.Pattern[str] = _FLOW_PLAIN) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | date):
        return str(value)
    text = str(value)
    if plain.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
