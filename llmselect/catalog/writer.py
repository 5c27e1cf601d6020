"""Catalogue files as text, as people write them: a fact on one line, a row in braces, structure in blocks."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

MAX_WIDTH = 140
MAX_DECIMALS = 17  # the reader takes longer fractions for text
MAX_DIGITS = 18
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_SPACED = ("offerings",)  # lists whose items are set apart by empty lines


def text(data: Mapping[str, Any], header: str = "") -> str:
    """YAML that the catalogue's reader reads back as the same data, below a header of comments.

    Dates must be `date` objects: text that looks like one is quoted. A list of one source becomes its key, and
    the default `confidence: high` is left out. Raises ValueError for numbers that YAML cannot hold.
    """
    return header + "".join(f"{line}\n" for line in _block(_tidied(data), 0))


def plain(record: BaseModel) -> dict[str, Any]:
    """A record as data for `text`: dates as dates, lists for tuples, a lone source as its key, no defaults."""
    data: dict[str, Any] = _tidied(record.model_dump(by_alias=True, exclude_defaults=True))
    return data


def header_of(written: str) -> str:
    """The comments that a file begins with."""
    lines = []
    for line in written.splitlines(keepends=True):
        if not line.startswith("#"):
            break
        lines.append(line)
    return "".join(lines)


def _tidied(data: Any, key: str = "") -> Any:
    if isinstance(data, Mapping):
        kept = {name: _tidied(value, name) for name, value in data.items()}
        if kept.get("confidence") == "high" and "url" in kept:
            del kept["confidence"]
        return kept
    if isinstance(data, list | tuple):
        alone = key == "source" and len(data) == 1
        return data[0] if alone else [_tidied(item) for item in data]
    return data


def _block(data: Mapping[str, Any], indent: int) -> Iterator[str]:
    """The lines of a mapping in block style."""
    for name, value in data.items():
        if indent == 0 and name in _SPACED and value:
            yield ""
        yield from _entry(_scalar(name, flow=False), value, indent, spaced=name in _SPACED)


def _entry(key: str, value: Any, indent: int, *, spaced: bool) -> Iterator[str]:
    start = f"{' ' * indent}{key}:"
    if isinstance(value, dict) and value:
        if _is_row(value) and len(line := f"{start} {_flow(value)}") <= MAX_WIDTH:
            yield line
        elif "value" in value and not any(isinstance(item, dict) for item in value.values()):
            yield from _wrapped(f"{start} {{", value, indent + 2)
        else:
            yield start
            yield from _block(value, indent + 2)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        yield start
        yield from _items(value, indent + 2, spaced=spaced)
    elif isinstance(value, list) and len(line := f"{start} {_flow(value)}") > MAX_WIDTH:
        yield from _filled(f"{start} [", [_flow(item) for item in value], indent + 2, "]")
    else:
        yield f"{start} {_flow(value) if isinstance(value, list | dict) else _scalar(value, flow=False)}"


def _is_row(value: dict[str, Any]) -> bool:
    """Whether a mapping is one fact or one row, not a structure of facts or a source."""
    return ("source" in value or "value" in value) and "url" not in value


def _items(items: list[Any], indent: int, *, spaced: bool) -> Iterator[str]:
    """The lines of a list of mappings."""
    for number, item in enumerate(items):
        if spaced and number:
            yield ""
        if not isinstance(item, dict):
            yield f"{' ' * indent}- {_flow(item)}"
        elif _is_row(item) or not item:
            yield from _wrapped(f"{' ' * indent}- {{", item, indent + 3)
        else:
            first, *rest = _block(item, indent + 2)
            yield f"{' ' * indent}- {first.lstrip()}"
            yield from rest


def _wrapped(start: str, row: dict[str, Any], indent: int) -> Iterator[str]:
    """A mapping in braces, broken between entries where a line would grow too long."""
    return _filled(start, [part for name, value in row.items() for part in _parts(name, value)], indent, "}")


def _parts(name: str, value: Any) -> list[str]:
    """An entry in flow style, in pieces between which a comma stands: one, or a long list's items."""
    whole = f"{_scalar(name)}: {_flow(value)}"
    if len(whole) < MAX_WIDTH // 2 or not isinstance(value, list) or any(isinstance(item, dict) for item in value):
        return [whole]
    items = [_flow(item) for item in value]
    return [f"{_scalar(name)}: [{items[0]}", *items[1:-1], f"{items[-1]}]"] if items[1:] else [whole]


def _filled(start: str, parts: list[str], indent: int, end: str) -> Iterator[str]:
    line = start
    for number, part in enumerate(parts):
        glue = ", " if number else ""
        if number and len(line) + len(glue) + len(part) >= MAX_WIDTH:
            yield f"{line},"
            line, glue = " " * indent, ""
        line += glue + part
    yield line + end


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_scalar(name)}: {_flow(item)}' for name, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value)


def _scalar(value: Any, *, flow: bool = True) -> str:
    """One value; quoted wherever a reader could take it for something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value)
    if not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} has no place in a catalogue")
    return value if _plain(value, flow=flow) else _quoted(value)


def _number(value: float) -> str:
    exact = Decimal(repr(value))
    if not exact.is_finite() or abs(exact) >= 10**MAX_DIGITS:
        raise ValueError(f"{value} has no place in a catalogue")
    written = f"{exact:f}" if isinstance(value, int) else f"{round(exact, MAX_DECIMALS):f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def _plain(value: str, *, flow: bool) -> bool:
    if not value[:1].isalpha() or not value.isprintable() or value.lower() in _WORDS:
        return False
    if value[-1] in " :" or ": " in value or " #" in value:
        return False
    return not (flow and any(char in value for char in ",[]{}:"))


def _quoted(value: str) -> str:
    return f'"{"".join(map(_escaped, value))}"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
