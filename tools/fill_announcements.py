"""Write into catalog/hosts/*.yaml when hosts made ends known: `announced`, for the offerings of `announcements.csv`.

A row names an offering by its host and API id, the day of the announcement, the end that was announced, and the key of
a source in `announcements_sources.yaml`. It is written where the catalogue has that same end: another end has another
announcement. What stands there already is left alone. The checksum of a compiled part is brought up to date, and
`compile_offerings.py` reads the same rows, so that compiling anew keeps them.

    python tools/fill_announcements.py
"""

import csv
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from offerings_yaml import fact, parsed, resealed, source_block, with_source

HERE = Path(__file__).parent
HOSTS = HERE.parent / "catalog" / "hosts"
Key = tuple[str, str]  # host and API id


@dataclass(frozen=True)
class Announcement:
    """The day on which a host said that an offering would end on another, and the key of the source that says so."""

    announced: date
    shutdown: date
    source: str


def read_announcements(path: Path = HERE / "announcements.csv") -> dict[Key, Announcement]:
    """The announcements by host and API id."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        (row["host"], row["api_id"]): Announcement(
            date.fromisoformat(row["announced"]), date.fromisoformat(row["shutdown"]), row["source"]
        )
        for row in rows
    }


def announcement_sources() -> dict[str, Any]:
    """The sources of all announcements, by key."""
    found: dict[str, Any] = yaml.safe_load((HERE / "announcements_sources.yaml").read_text())["sources"]
    return found


def announced_line(announcement: Announcement) -> str:
    """The line of a lifecycle that says when its end was announced."""
    return f"      announced: {fact(announcement.announced, [announcement.source])}\n"


def filled(text: str, host: str, announcements: Mapping[Key, Announcement]) -> tuple[str, set[Key]]:
    """A part of a host's file with its announcements, and those that it lacked."""
    found = set()
    blocks = re.split(r"(?m)^(?=  - model: )", text)
    for number, block in enumerate(blocks[1:], 1):
        offering = parsed("offerings:\n" + block)["offerings"][0]
        key, life = (host, (offering.get("api_id") or {}).get("value") or ""), offering.get("lifecycle") or {}
        announcement = announcements.get(key)
        end = (life.get("shutdown") or {}).get("value")
        if announcement is not None and announcement.shutdown == end and "announced" not in life:
            line = announced_line(announcement)
            blocks[number] = re.sub(r"(?m)^(?=      (?:deprecated|shutdown):)", line, block, count=1)
            found.add(key)
    return "".join(blocks), found


def fill(path: Path, announcements: Mapping[Key, Announcement], sources: Mapping[str, Any]) -> set[Key]:
    """Fill one host's file, and give the announcements that it lacked."""
    found: set[Key] = set()

    def change(part: str) -> str:
        part, lacked = filled(part, path.stem, announcements)
        found.update(lacked)
        return part

    text = resealed(path.read_text(), change)
    for key in sorted({announcements[one].source for one in found}):
        text = with_source(text, key, source_block(key, sources[key]))
    if found:
        path.write_text(text)
    return found


def main() -> int:
    """Fill every host's file and count what was written."""
    announcements, sources = read_announcements(), announcement_sources()
    found = {key for path in sorted(HOSTS.glob("*.yaml")) for key in fill(path, announcements, sources)}
    print(f"announcements: {len(announcements)}, written: {len(found)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
