"""YAML text to plain data, strictly, with the position of every node.

The catalogue is written by hand, so what YAML 1.1 silently turns into something else is a fault here:
`no` as false, `1e3` as text, `010` as eight, `1:30` as ninety, the second of two equal keys as the winner.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: slower, otherwise the same
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

NodePath = tuple[str | int, ...]
Position = tuple[int, int]

MAX_DEPTH = 100


@dataclass(frozen=True)
class YamlFault:
    """A fault in the text; `line` and `column` count from 1."""

    line: int
    column: int
    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Parsed:
    """The data of a text, the position of each node, and its faults.

    Text, int, float, bool, None, date, list and dict with text keys are the only types in `data`.
    """

    data: Any
    faults: tuple[YamlFault, ...] = ()
    values: dict[NodePath, Position] = field(default_factory=dict)
    keys: dict[NodePath, Position] = field(default_factory=dict)

    def at(self, path: NodePath, *, key: bool = False) -> Position:
        """Line and column of the node at `path`, or of the nearest node around it.

        With `key`, and for mappings and lists, it is where their key stands.
        """
        for length in range(len(path), -1, -1):
            known = path[:length]
            if known in self.values:
                exact_scalar = length == len(path) and not key and not self.is_collection(known)
                return self.values[known] if exact_scalar else self.keys.get(known, self.values[known])
        return (1, 1)

    def knows(self, path: NodePath) -> bool:
        """Whether there is a node at `path`."""
        return path in self.values

    def is_collection(self, path: NodePath) -> bool:
        """Whether the node at `path` is a mapping or a list."""
        node = self.data
        for step in path:
            node = node[step]
        return isinstance(node, dict | list)


@dataclass(frozen=True)
class _Trap:
    pattern: str
    message: str
    hint: str


_QUOTE = "or put it in quotes if it is text"
_TRAPS = (
    _Trap("", "a key without a value", "write null, or leave the key out"),
    _Trap("(?i:yes|no|on|off|y|n)", "`{}` may be read as true or false", "write true or false, " + _QUOTE),
    _Trap("True|TRUE|False|FALSE", "`{}` is not how this catalogue writes it", "write true or false, " + _QUOTE),
    _Trap("~|Null|NULL", "`{}` is not how this catalogue writes null", "write null, " + _QUOTE),
    _Trap(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)[eE][-+]?\d+", "`{}` may be read as text", "write the number out, " + _QUOTE),
    _Trap(r"[-+]?\d[\d.]*_[\d_.]*", "`{}` has an underscore in it", "write the number without it, " + _QUOTE),
    _Trap(r"[-+]?0(\d+|[oOxXbB][\da-fA-F]+)", "`{}` may be read as octal, hexadecimal or text",
          "write a decimal number, " + _QUOTE),
    _Trap(r"[-+]?\d+(:[0-5]?\d)+(\.\d*)?", "`{}` may be read as a number of base 60", "put it in quotes"),
    _Trap(r"[-+]?\.\d+|[-+]?\d+\.|\+\d+(\.\d+)?|[-+]?0\d+\.\d+", "`{}` is not a plain number",
          "write it like 0.5, 5 or 5.0, " + _QUOTE),
    _Trap(r"[-+]?\.(?i:inf|nan)", "`{}` is not a number", "leave the key out, " + _QUOTE),
    _Trap(r"\d{4}-\d\d?-\d\d?([Tt]|\s+)\d.*", "`{}` has a time of day", "write the date alone, " + _QUOTE),
    _Trap(r"\d{4}-(\d-\d\d?|\d\d-\d)", "`{}` is an unfinished date", "write it like 2024-02-06, " + _QUOTE),
    _Trap("<<|=", "`{}` has a special meaning in YAML", "write the keys out, " + _QUOTE),
)  # fmt: skip
_ANY_TRAP = re.compile("|".join(f"(?P<t{i}>{trap.pattern})" for i, trap in enumerate(_TRAPS)))
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,17})\.\d{1,17}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WORDS: dict[str, bool | None] = {"null": None, "true": True, "false": False}
_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge", "value")
}


def read(text: str) -> Parsed:
    """Parses one YAML document. Never raises: problems are in `faults`, and then `data` may be partial."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        return Parsed(None, (_syntax_fault(error, text),))
    except RecursionError:
        return Parsed(None, (YamlFault(1, 1, "yaml-syntax", "the text is nested too deeply"),))
    if node is None:
        return Parsed(None, (YamlFault(1, 1, "empty-file", "the file says nothing"),))
    walk = _Walk()
    data = walk.convert(node, ())
    return Parsed(data, tuple(walk.faults), walk.values, walk.keys)


def _syntax_fault(error: yaml.YAMLError, text: str) -> YamlFault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be parsed"
    if mark is not None:
        return YamlFault(mark.line + 1, mark.column + 1, "yaml-syntax", f"not valid YAML: {what}")
    offset = getattr(error, "position", None)
    before = text[: offset if isinstance(offset, int) else 0]
    column = len(before) - before.rfind("\n")
    return YamlFault(before.count("\n") + 1, column, "yaml-syntax", f"not valid YAML: {what}")


class _Walk:
    """Converts nodes to data and collects positions and faults."""

    def __init__(self) -> None:
        self.faults: list[YamlFault] = []
        self.values: dict[NodePath, Position] = {}
        self.keys: dict[NodePath, Position] = {}
        self._seen: set[int] = set()

    def convert(self, node: yaml.Node, path: NodePath) -> Any:
        self.values[path] = _position(node)
        if id(node) in self._seen:
            return self._fault(node, "yaml-alias", "anchors and aliases are not used here", "write the value out")
        self._seen.add(id(node))
        if len(path) > MAX_DEPTH:
            return self._fault(node, "yaml-syntax", "the text is nested too deeply")
        if node.tag not in _TAGS:
            return self._fault(node, "yaml-tag", f"the tag {node.tag!r} is not used here", "leave the tag out")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, path: NodePath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key is None:
                continue
            if key in data:
                self._fault(key_node, "duplicate-key", f"the key `{key}` stands here twice", "keep one of them")
                continue
            self.keys[(*path, key)] = _position(key_node)
            data[key] = self.convert(value_node, (*path, key))
        return data

    def _key(self, node: yaml.Node) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._fault(node, "yaml-key", "a key must be text")
            return None
        key = self._scalar(node)
        if not isinstance(key, str):
            if key is not None or node.value == "null":
                self._fault(node, "yaml-key", f"the key `{node.value}` is not text", "put it in quotes")
            return None
        return key

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        if node.style:  # in quotes or a block
            return text
        trap = _ANY_TRAP.fullmatch(text)
        if trap and trap.lastgroup:
            found = _TRAPS[int(trap.lastgroup[1:])]
            return self._fault(node, "yaml-trap", found.message.format(text), found.hint)
        return self._plain(text, node)

    def _plain(self, text: str, node: yaml.Node) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
        if _DATE.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                return self._fault(node, "yaml-trap", f"`{text}` is not a day of the calendar")
        return text

    def _fault(self, node: yaml.Node, code: str, message: str, hint: str = "") -> None:
        line, column = _position(node)
        self.faults.append(YamlFault(line, column, code, message, hint))


def _position(node: yaml.Node) -> Position:
    return (node.start_mark.line + 1, node.start_mark.column + 1)
