"""Writes a request as the command line that makes it."""

import shlex
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from llmselect.requirements import FIELDS, flag


def recommend_command(fields: Mapping[str, Any], profile: str | None = None) -> str:
    """`llmselect recommend` with the flags of some fields in the order of its help, quoted for a shell."""
    return shlex.join(["llmselect", "recommend", *flags_of(fields), *(["--profile", profile] if profile else [])])


def flags_of(fields: Mapping[str, Any]) -> list[str]:
    """The words of a command line that set these fields."""
    return [word for name in FIELDS for word in _words(flag(name), fields.get(name))]


def _words(name: str, value: Any) -> list[str]:
    if value is None or value is False:
        return []
    if value is True:
        return [name]
    if isinstance(value, Mapping):
        return [word for key, item in value.items() for word in (name, f"{key}={typed(item)}")]
    if isinstance(value, (list, tuple)):
        return [word for item in value for word in (name, str(item))]
    return [name, typed(value)]


def typed(value: Any) -> str:
    """A value as text for a command line; numbers without an exponent."""
    return f"{Decimal(repr(value)).normalize():f}" if isinstance(value, float) else str(value)
