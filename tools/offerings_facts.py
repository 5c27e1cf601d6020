"""What a price table says about an offering beside its price: limits, modalities, capabilities, its end."""

from datetime import date
from typing import Any

from fill_announcements import Announcement, announced_line
from offerings_prices import DATED, GENAI, GENAI_DAY
from offerings_sources import DatedPrices, End, Raw, Table
from offerings_yaml import fact

_CAPABILITIES = {
    "tools": ("supports_function_calling",),
    "structured-output": ("supports_response_schema", "supports_native_structured_output"),
    "reasoning": ("supports_reasoning",),
    "streaming": ("supports_native_streaming",),
    "system-prompt": ("supports_system_messages",),
}
_MODALITIES = ("text", "image", "audio", "video", "pdf")
_INPUT_FLAGS = {
    "image": ("supports_vision", "supports_image_input"),
    "audio": ("supports_audio_input",),
    "video": ("supports_video_input",),
    "pdf": ("supports_pdf_input",),
}


def capabilities(row: Raw, source: str) -> list[str]:
    """The capabilities that a table confirms, and those that it denies."""
    stated = {name: [row[flag] for flag in flags if flag in row] for name, flags in _CAPABILITIES.items()}
    has = [name for name, flags in stated.items() if any(flags)]
    lacks = [name for name, flags in stated.items() if flags and not any(flags)]
    lines = [f"    capabilities: {fact(has, [source])}\n"] if has else []
    return lines + ([f"    lacks: {fact(lacks, [source])}\n"] if lacks else [])


def limits(row: Raw, source: str, model: dict[str, Any]) -> list[str]:
    """The token limits of the host where they differ from the model's own."""
    own = {name: (found or {}).get("value") for name, found in (model.get("limits") or {}).items()}
    given = {"input_tokens": row.get("max_input_tokens"), "output_tokens": row.get("max_output_tokens")}
    lines = []
    for name, value in given.items():
        known = {own.get(name), own.get("context_tokens")} if name == "input_tokens" else {own.get(name)}
        if isinstance(value, int | float) and value > 1 and value not in known:
            lines.append(f"      {name}: {fact(int(value), [source])}\n")
    return ["    limits:\n", *lines] if lines else []


def modalities(row: Raw, source: str, model: dict[str, Any]) -> list[str]:
    """The modalities that go in, where a table lists them and they differ from the model's own."""
    if not row.get("supported_modalities"):
        return []
    found = set(row["supported_modalities"]) & set(_MODALITIES)
    found |= {name for name, flags in _INPUT_FLAGS.items() if any(row.get(flag) for flag in flags)}
    own = set((model.get("modalities_in") or {}).get("value") or ())
    if found == own or not found:
        return []
    return [f"    modalities_in: {fact([name for name in _MODALITIES if name in found], [source])}\n"]


def end_of(
    names: tuple[str, ...], keys: tuple[str, ...], dated_name: str, rows: tuple[tuple[Table, Raw], ...],
    ends: dict[tuple[str, str], End], dated: DatedPrices, newest: Table,
) -> End | None:  # fmt: skip
    """The end of an offering (host, API id, aliases): by hand or from the tracker, else from a table, else its status.

    An id without an end of its own inherits that of its snapshots: of all `keys`, the latest.
    """
    host, api_id, *aliases = names
    stated = [ends[host, name] for name in (api_id, *aliases) if (host, name) in ends]
    if stated:
        return stated[0]
    table, row = rows[-1] if rows else (newest, {})
    others = [table.rows.get(key, {}).get("deprecation_date") or "" for key in keys]
    status, day = dated.status.get(dated_name), row.get("deprecation_date") or max(others, default="")
    if day:
        return End(None, date.fromisoformat(day), "", table.key)
    if status == "removed":
        note = "gone from the list of that day; the day itself is not known"
        return End(None, dated.day, "", DATED, note)
    if status == "deprecated":
        return End(dated.day, None, "", DATED, "marked as deprecated on that day, perhaps since earlier")
    return None


def seen_on(seen: Table | None, dated: DatedPrices | None) -> tuple[date, str]:
    """The newest day on which a list had an offering, and its source's key: genai-prices where no other had it."""
    lists = [(table.day, table.key) for table in (seen,) if table] + ([(dated.day, DATED)] if dated else [])
    return max(lists, default=(GENAI_DAY, GENAI))


def lifecycle(end: End | None, seen: tuple[date, str], announced: Announcement | None, today: date) -> list[str]:
    """The lifecycle of an offering; what has ended was last seen before, and only this end was announced so."""
    lines = []
    over = bool(end and end.shutdown and end.shutdown <= today)
    if not over:
        lines.append(f"      last_seen: {fact(seen[0], [seen[1]])}\n")
    if end:
        if announced is not None and announced.shutdown == end.shutdown:
            lines.append(announced_line(announced))
        named = {"deprecated": end.deprecated, "shutdown": end.shutdown, "replacement": end.replacement}
        for name, value in named.items():
            note = end.note if name != "replacement" else ""
            lines += [f"      {name}: {fact(value, [end.source], note)}\n"] if value else []
    return ["    lifecycle:\n", *lines] if lines else []
