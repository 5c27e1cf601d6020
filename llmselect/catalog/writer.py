"""Catalogue files as text: block style for structure, one line for a fact."""

from datetime import date
from typing import Any

import yaml

FLOW_WIDTH = 110
_DATE_KEYS = ("retrieved", "from", "to", "checked", "date")


class _Flow(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(
    _Flow, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
)


def text(data: dict[str, Any]) -> str:
    """YAML that the catalogue's reader reads back as the same data; ISO dates become dates."""
    plain = _styled(_dated(data))
    written: str = yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=140)
    return written


def _dated(data: Any, key: str = "") -> Any:
    """Dates as text become dates where the schema wants them: under date keys and as the value of a life's fact."""
    if isinstance(data, dict):
        return {name: _dated(value, key if name == "value" else name) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_dated(item, key) for item in data]
    if isinstance(data, str) and key in (*_DATE_KEYS, *_LIFE_KEYS):
        return date.fromisoformat(data)
    return data


_LIFE_KEYS = ("released", "last_seen", "deprecated", "shutdown", "release_date")


def _styled(data: Any, depth: int = 0) -> Any:
    if isinstance(data, list):
        return [_styled(item, depth + 1) for item in data]
    if not isinstance(data, dict):
        return data
    styled = {name: _styled(value, depth + 1) for name, value in data.items()}
    nested = any(isinstance(value, dict) for value in data.values())
    short = len(str(data)) <= FLOW_WIDTH
    return _Flow(styled) if depth > 0 and short and not nested else styled
