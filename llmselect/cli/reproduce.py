"""A request as the command that makes it."""

import shlex
from collections.abc import Mapping
from typing import Any

from llmselect.cli.flags import FIELDS


def recommend_command(fields: Mapping[str, Any], profile: str | None = None) -> str:
    """`llmselect recommend` with the flags of some fields in the order of its help, quoted for a shell."""
    words = ["llmselect", "recommend"]
    for flag in FIELDS:
        words += _words(flag.spellings[0], fields.get(flag.name))
    return shlex.join(words + (["--profile", profile] if profile else []))


def _words(flag: str, value: Any) -> list[str]:
    if value is None or value is False:
        return []
    if value is True:
        return [flag]
    if isinstance(value, Mapping):
        return [word for name, number in value.items() for word in (flag, f"{name}={number}")]
    if isinstance(value, (list, tuple)):
        return [word for item in value for word in (flag, str(item))]
    return [flag, str(value)]
