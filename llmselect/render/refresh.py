"""The report of a refresh: what it changed, held back, skipped and wrote."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from llmselect.render.empty import first_names
from llmselect.render.format.blocks import Block, Heading, Items, Paragraph
from llmselect.render.phrases import Phrases
from llmselect.render.words import number

Part = Mapping[str, Any]  # a report as plain data, with its kind and origin
MAX_UNKNOWN = 12


def refreshed_data(parts: Sequence[Part], into: str, dry_run: bool) -> dict[str, Any]:
    """The reports as plain data."""
    return {"dry_run": dry_run, "into": into, "parts": list(parts)}


def refreshed_blocks(parts: Sequence[Part], into: str, dry_run: bool) -> Iterator[Block]:
    """For each source its changes, what was held back and why, and what was skipped; then the files."""
    for part in parts:
        yield Paragraph(_summary(part), strong=True)
        yield from _listed("Changes", [_change(row) for row in part["changes"]])
        yield from _listed("Held back", [_held(row) for row in part.get("held", ())])
        yield from _listed("Sources disagree (kept as conflicts)", [_differs(r) for r in part.get("disagreements", ())])
        yield from _listed("Left out", [f"{count:,} x {why}" for why, count in sorted(part["left_out"].items())])
        if part.get("unknown"):
            yield Paragraph(first_names(part["unknown"], ", ", Phrases(), MAX_UNKNOWN), "Not models of the catalogue")
    files = sorted(file for part in parts for file in part["files"])
    if not files:
        yield Paragraph(f"Nothing to write into {into}.")
        return
    yield Heading(f"{'Would write' if dry_run else 'Wrote'} into {into}")
    yield Items(tuple(files))


def _summary(part: Part) -> str:
    counts = [f"{len(part['changes']):,} changes"]
    counts += [f"{part['checked']:,} checked"] if "checked" in part else []
    counts += [f"{len(part[name]):,} {text}" for name, text in _COUNTED.items() if part.get(name)]
    return f"{part['kind'].capitalize()} from {part['origin']}: {', '.join(counts)}."


_COUNTED = {"held": "held back", "disagreements": "on which sources disagree", "unknown": "unknown names"}


def _listed(title: str, lines: Sequence[str]) -> Iterator[Block]:
    if lines:
        yield Heading(title)
        yield Items(tuple(lines))


def _change(row: Mapping[str, str]) -> str:
    return f"{row['model']} at {row['host']}: {row['what']}: {row['before']} -> {row['after']}"


def _held(row: Mapping[str, str]) -> str:
    return f"{row['model']} at {row['host']} ({row['key']}): {row['why']}"


def _differs(row: Mapping[str, Any]) -> str:
    ours, theirs = (" / ".join(map(number, row[name])) for name in ("ours", "theirs"))
    return f"{row['model']} at {row['host']}: {ours}; {row['source']} says {theirs}"
