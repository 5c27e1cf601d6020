"""Writes catalogue files in the style of hand-written ones: a fact per line, rows in braces, structure in blocks.

ruamel.yaml writes; what stays the same in a file that is changed keeps its comments, its order and its quotes.
"""

import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

MAX_WIDTH = 140
MAX_DECIMALS = 17  # the reader takes longer fractions for text
MAX_DIGITS = 18
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_SPACED = "offerings:"  # the section whose items are set apart by empty lines
_ROW = re.compile(r"(\s*(?:- )?(?:[\w.-]+: )?)([\[{])")
_PIECE = re.compile(r""""(?:\\.|[^"\\])*"|'(?:''|[^'])*'|, |.""")


def text(data: Mapping[str, Any], before: str = "") -> str:
    """YAML that the catalogue's reader reads back as the same data; `before` is the text of the file as it stands.

    Dates must be `date` objects: text that looks like one is quoted. A list of one source becomes its key, and
    the default `confidence: high` is left out. Raises ValueError for numbers that YAML cannot hold.
    """
    yaml = _yaml()
    node = yaml.load(before) if before else None
    tidy = _normalised(data)
    if isinstance(node, CommentedMap):
        _change_map(node, tidy)
    else:
        node = _node(tidy, "")
    written = io.StringIO()
    yaml.dump(node, written)
    as_before = dict(_joined(before.split("\n")))
    lines = (
        as_before.get(line) or _wrapped(line) for line in _spaced(written.getvalue().removesuffix("\n").split("\n"))
    )
    return "".join(f"{line}\n" for broken in lines for line in broken)


def same(one: Any, other: Any) -> bool:
    """Whether two values are written alike."""
    return _key(_normalised(one)) == _key(_normalised(other))


def plain(record: BaseModel) -> dict[str, Any]:
    """A record as data for `text`: dates as dates, lists for tuples, a lone source as its key, no defaults."""
    data: dict[str, Any] = _normalised(record.model_dump(by_alias=True, exclude_defaults=True))
    return data


def _normalised(data: Any, key: str = "") -> Any:
    if isinstance(data, Mapping):
        kept = {name: _normalised(value, name) for name, value in data.items()}
        if kept.get("confidence") == "high" and "url" in kept:
            del kept["confidence"]
        return kept
    if isinstance(data, list | tuple):
        alone = key == "source" and len(data) == 1
        return data[0] if alone else [_normalised(item) for item in data]
    return data


# Changing what stands


def _change_map(node: CommentedMap, data: dict[str, Any]) -> None:
    """Updates a mapping in place to hold `data`; unchanged entries keep their comments and style."""
    for name in [name for name in node if name not in data]:
        del node[name]
    for name, value in data.items():
        old = node.get(name)
        if name in node and _key(_normalised(old, name)) == _key(value):
            continue
        if isinstance(old, CommentedMap) and isinstance(value, dict) and old and value:
            _change_map(old, value)
        elif isinstance(old, CommentedSeq) and isinstance(value, list) and old and value:
            _change_list(old, value)
        else:
            flow = bool(node.fa.flow_style())
            node[name if name in node else _text(name, flow=flow)] = _node(value, name, flow=flow)


def _change_list(node: CommentedSeq, data: list[Any]) -> None:
    """Updates a list in place to hold `data`; unchanged items keep their comments and style."""
    flow = bool(node.fa.flow_style())
    moves = SequenceMatcher(
        None, [_key(_normalised(item)) for item in node], [*map(_key, data)], autojunk=False
    ).get_opcodes()
    for kind, start, end, first, last in reversed(moves):
        if kind == "equal":
            continue
        pairs = min(end - start, last - first)
        for number in range(end - 1, start + pairs - 1, -1):
            del node[number]
        for number in range(last - 1, first + pairs - 1, -1):
            node.insert(start + pairs, _node(data[number], "", flow=flow, item=True))
        for number in range(pairs):
            old, new = node[start + number], data[first + number]
            if isinstance(old, CommentedMap) and isinstance(new, dict) and old and new:
                _change_map(old, new)
            else:
                node[start + number] = _node(new, "", flow=flow, item=True)


def _key(value: Any) -> str:
    """A comparison key for normalised values; the order of a mapping's keys does not matter."""
    return json.dumps(_with_whole_numbers(value), default=repr, sort_keys=True)


def _with_whole_numbers(value: Any) -> Any:
    """The data with whole floats as integers, as they are written."""
    if isinstance(value, dict):
        return {name: _with_whole_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


# What is new


def _node(value: Any, key: str, *, flow: bool = False, item: bool = False) -> Any:
    """A YAML node in the catalogue's style: rows and lists of scalars in flow style, structures in block style."""
    if isinstance(value, dict):
        inline = flow or not value or _is_flow_mapping(value, item)
        found: CommentedMap | CommentedSeq = CommentedMap(
            (_text(name, flow=inline), _node(one, name, flow=inline)) for name, one in value.items()
        )
    elif isinstance(value, list):
        inline = flow or not any(isinstance(one, dict) for one in value)
        found = CommentedSeq(_node(one, key, flow=inline, item=True) for one in value)
    else:
        return _scalar(value, flow=flow)
    if inline:
        found.fa.set_flow_style()
    return found


def _is_flow_mapping(value: dict[str, Any], item: bool) -> bool:
    """Whether a mapping is a single fact or row, not a structure of facts or a source."""
    if "url" in value or not ("source" in value or "value" in value):
        return False
    simple = "value" in value and not any(isinstance(one, dict) for one in value.values())
    return item or simple or len(json.dumps(value, default=str)) <= MAX_WIDTH * 3 // 4


def _scalar(value: Any, *, flow: bool) -> Any:
    if not isinstance(value, str | date | bool | int | float | None):
        raise ValueError(f"{type(value).__name__} has no place in a catalogue")
    if isinstance(value, int | float) and not isinstance(value, bool):
        _number(value)
    return _text(value, flow=flow) if isinstance(value, str) else value


def _text(value: str, *, flow: bool) -> str:
    return value if _plain(value, flow=flow) else DoubleQuotedScalarString(value)


def _plain(value: str, *, flow: bool) -> bool:
    """Whether a text needs no quotes, because no YAML reader could take it for another type."""
    if not value[:1].isalpha() or not value.isprintable() or value.lower() in _WORDS:
        return False
    if value[-1] in " :" or ": " in value or " #" in value:
        return False
    return not (flow and any(char in value for char in ",[]{}:"))


def _number(value: float) -> str:
    exact = Decimal(repr(value))
    if not exact.is_finite() or abs(exact) >= 10**MAX_DIGITS:
        raise ValueError(f"{value} has no place in a catalogue")
    written = f"{exact:f}" if isinstance(value, int) else f"{round(exact, MAX_DECIMALS):f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


# The dialect of YAML


class _Representer(RoundTripRepresenter):
    """Scalars in the form that the catalogue's reader expects: `null`, no exponents, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def null(self, _: None) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:null", "null")

    def float(self, value: float) -> ScalarNode:
        written = _number(value)
        return self.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in written else 'int'}", written)


_Representer.add_representer(type(None), _Representer.null)
_Representer.add_representer(float, _Representer.float)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.Representer = _Representer
    yaml.preserve_quotes = True
    yaml.width = 10**9  # lines are broken below, between the entries of a row alone
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


# Lines


def _spaced(lines: list[str]) -> Iterator[str]:
    """The lines with an empty line between offerings, and none within an offering."""
    inside, gap, last = False, False, ""
    for line in lines:
        if not line:
            gap = True
            continue
        if not line[0].isspace():
            inside = line == _SPACED
            gap = gap or (inside and bool(last) and not last.startswith("#"))
        elif inside and line.startswith("  - "):
            gap = gap or not (last == _SPACED or last.startswith("  #"))
        elif inside and line.startswith("   "):
            gap = False
        if gap:
            yield ""
        yield line
        gap, last = False, line


def _joined(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each row that spans several lines or is too long, both joined on one line and as it was."""
    row: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        row.append(line)
        whole = " ".join([row[0], *(part.strip() for part in row[1:])])
        if (line.endswith(":") and following.lstrip().startswith(("[", "{"))) or not _is_closed(whole):
            continue
        if len(row) > 1 or len(line) > MAX_WIDTH:
            yield whole, row
        row = []


def _is_closed(line: str) -> bool:
    """Whether every bracket and brace of a row is closed."""
    start = _ROW.match(line)
    return (
        not start
        or line.lstrip().startswith("#")
        or sum(map(_bracket_change, _PIECE.findall(line[start.start(2) :]))) <= 0
    )


def _bracket_change(piece: str) -> int:
    return (piece in ("[", "{")) - (piece in ("]", "}"))


def _wrapped(line: str) -> Iterator[str]:
    """A line, wrapped between the entries of its row if it is too long."""
    start = _ROW.match(line)
    if len(line) <= MAX_WIDTH or not start or line[-1] not in "]}":
        yield line
        return
    indent = start.end() if line.lstrip().startswith("- ") else len(line) - len(line.lstrip()) + 2
    done = start[0]
    for number, part in enumerate(_parts(line[start.end() :])):
        if number and len(done) + 2 + len(part) >= MAX_WIDTH:
            yield f"{done},"
            done = " " * indent + part
        else:
            done += f", {part}" if number else part
    yield done


def _parts(row: str) -> Iterator[str]:
    """A row's entries without the commas between them; a long list is split into several parts."""
    for entry in _split(row):
        opening = entry.find("[")
        if len(entry) < MAX_WIDTH // 2 or opening < 0 or '"' in entry[:opening]:
            yield entry
        else:
            first, *rest = _split(entry[opening + 1 :])
            yield from (entry[: opening + 1] + first, *rest)


def _split(row: str) -> list[str]:
    """Splits text at commas outside quotes, brackets and braces."""
    parts, depth = [""], 0
    for piece in _PIECE.findall(row):
        if piece == ", " and depth == 0:
            parts.append("")
            continue
        depth = max(0, depth + _bracket_change(piece))
        parts[-1] += piece
    return parts
