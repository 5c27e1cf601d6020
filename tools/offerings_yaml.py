"""Write offerings as YAML in the style of the files made by hand, and splice them into those files."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import yaml
from offerings_prices import Period
from offerings_sources import Rates

WIDTH = 132
SOURCES_MARK = "  # Sources of the compiled offerings\n"
OFFERINGS_MARK = "  # Compiled by tools/compile_offerings.py; corrections go into tools/offerings.csv. Checksum "
TERMS_MARK = "# Terms, regions and data handling: tools/host_terms.yaml\n"
_PLAIN = re.compile(r"[A-Za-z@]?[A-Za-z][A-Za-z0-9 ./()+-]*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


class EditedByHandError(Exception):
    """The compiled part of a file is not what the compiler wrote."""


def scalar(value: Any) -> str:
    """One value as YAML, quoted wherever a reader could take it for something else."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".") or "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(scalar(item) for item in value)}]"
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text[0] != "@" and text == text.strip()
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def sources_of(keys: Sequence[str]) -> str:
    """One key alone, several as a list."""
    return keys[0] if len(keys) == 1 else f"[{', '.join(keys)}]"


def fact(value: Any, sources: Sequence[str], note: str = "") -> str:
    """A fact in flow style."""
    tail = f", note: {scalar(note)}" if note else ""
    return f"{{value: {scalar(value)}, source: {sources_of(sources)}{tail}}}"


def _wrapped(parts: Iterable[str], indent: str) -> str:
    """A flow mapping as a list item, broken between parts where a line would grow too long."""
    lines = [f"{indent}- {{"]
    for number, part in enumerate(parts):
        text = part if not number else f", {part}"
        if number and len(lines[-1]) + len(text) > WIDTH:
            lines[-1] += ","
            lines.append(f"{indent}   {part}")
        else:
            lines[-1] += text
    return "\n".join(lines) + "}\n"


def price_row(period: Period, indent: str = "      ") -> str:
    """One price row."""
    parts = [f"from: {period.start}"]
    parts += [f"to: {period.end}"] if period.end else []
    parts += [f"checked: {period.checked}", f"source: {sources_of(period.sources)}"]
    parts += [f"above_input_tokens: {period.above}"] if period.above else []
    parts += ["batch: true"] if period.batch else []
    parts += ["peak_hours: true"] if period.peak else []
    parts += ["free: true"] if period.free else _amounts(period.rates)
    if period.conflicts:
        others = [f"{{source: {key}, {', '.join(_amounts(rates)[:2])}}}" for key, rates in period.conflicts]
        parts.append(f"conflicts: [{', '.join(others)}]")
    parts += [f"note: {scalar(period.note)}"] if period.note else []
    return _wrapped(parts, indent)


def _amounts(rates: Rates) -> list[str]:
    named = {
        "input_usd_per_mtok": rates.input,
        "output_usd_per_mtok": rates.output,
        "cached_input_usd_per_mtok": rates.cached,
        "cache_write_usd_per_mtok": rates.write,
    }
    return [f"{name}: {scalar(amount)}" for name, amount in named.items() if amount is not None]


def source_block(key: str, source: Mapping[str, Any]) -> str:
    """One entry of a file's `sources`."""
    lines = [f"  {key}:\n"] + [f"    {name}: {_text(value)}\n" for name, value in source.items()]
    return "".join(lines)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return scalar(value)
    safe = ": " not in value and " #" not in value and not value[0].isdigit() and value[0] not in "@[{\"'&*!%"
    return value if safe else scalar(value)


def terms_block(entry: Mapping[str, Any], present: str) -> str:
    """Terms, regions and data handling of a host, without those keys that stand there by hand."""
    text = "".join(
        _entry(name, entry[name])
        for name in ("terms", "regions")
        if entry.get(name) and not re.search(rf"^{name}:", present, re.M)
    )
    if entry.get("varies") and not re.search(r"^varies:", present, re.M):
        text += f"varies: {scalar(entry['varies'])}\n"
    if entry.get("data") and not re.search(r"^data:", present, re.M):
        facts = [_entry(name, value, "  ") for name, value in entry["data"].items() if value]
        text += "data:\n" + "".join(facts) if facts else ""
    return TERMS_MARK + text if text else ""


def _entry(name: str, value: Mapping[str, Any], indent: str = "") -> str:
    """A fact under its name: in flow style where it fits on a line, else key by key."""
    parts = [f"{key}: {scalar(item)}" for key, item in value.items()]
    line = f"{indent}{name}: {{{', '.join(parts)}}}\n"
    if len(line) <= WIDTH:
        return line
    return f"{indent}{name}:\n" + "".join(f"{indent}  {part}\n" for part in parts)


def without_compiled(text: str, *, force: bool) -> str:
    """A host's file as it was made by hand: everything that the compiler wrote is cut out.

    Raises EditedByHandError where the compiled part was changed since, unless forced.
    """
    head, found, compiled = text.partition(OFFERINGS_MARK)
    if found:
        checksum, _, body = compiled.partition("\n")
        if checksum != _checksum(body) and not force:
            raise EditedByHandError
    head = re.sub(rf"{re.escape(SOURCES_MARK)}(?:  .*\n)*", "", head)
    return re.sub(rf"{re.escape(TERMS_MARK)}(?:(?!sources:).*\n)*", "", head).rstrip("\n") + "\n"


def spliced(by_hand: str, terms: str, sources: str, offerings: str) -> str:
    """The whole file: the part made by hand, with compiled terms, sources and offerings at their places."""
    text = re.sub(r"^sources:\n", lambda found: terms + found.group(), by_hand, count=1, flags=re.M)
    if sources:
        ends = [found.end() for found in re.finditer(r"^sources:\n(?:  .*\n)*", text, re.M)]
        text = text[: ends[0]] + SOURCES_MARK + sources + text[ends[0] :]
    if offerings:
        text = re.sub(r"^offerings: \[\]$", "offerings:", text, flags=re.M)
        body = "\n" + offerings.rstrip("\n") + "\n"
        gap = "\n" if text.rstrip().endswith("offerings:") else "\n\n"
        text = f"{text.rstrip()}{gap}{OFFERINGS_MARK}{_checksum(body)}\n{body}"
    return text


def resealed(text: str, change: Callable[[str], str]) -> str:
    """A host's file with both parts changed, and the checksum of the compiled one brought up to date.

    A compiled part that was edited by hand keeps its old checksum, by which that is seen.
    """
    head, found, compiled = text.partition(OFFERINGS_MARK)
    if not found:
        return change(text)
    checksum, _, body = compiled.partition("\n")
    changed = change(body)
    seal = _checksum(changed) if checksum == _checksum(body) else checksum
    return f"{change(head)}{OFFERINGS_MARK}{seal}\n{changed}"


def with_source(text: str, key: str, block: str) -> str:
    """A host's file with one more source among those that stand there by hand, unless it has that key already."""
    if key in (parsed(text).get("sources") or {}):
        return text
    found = re.search(r"^sources:\n((?:  .*\n)*?)(?=  # Sources of the compiled|\S|\n)", text, re.M)
    return text if found is None else text[: found.end()] + block + text[found.end() :]


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:12]


def parsed(text: str) -> dict[str, Any]:
    """A file's data."""
    data = yaml.safe_load(text)
    return data if isinstance(data, dict) else {}
