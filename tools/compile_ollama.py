"""Writes catalog/ollama.yaml: which model stands behind a tag of Ollama's library.

    python tools/compile_ollama.py TAGS.csv [--catalog catalog]

TAGS.csv has the columns `tag` (`name:tag`), `base` (the repository on Hugging Face), `mapping` and `checked`. A tag's
ending that only names the type of its file (`-q4_K_M`) is left out where the tag without it is there.
"""

import argparse
import csv
import sys
from pathlib import Path

import yaml

from llmselect.catalog.names.served import without_type

HERE = Path(__file__).parent
HEAD = """\
# Tags of Ollama's library and the models behind them, by their repositories on Hugging Face.
# Written by tools/compile_ollama.py; tags of which nothing but the file's type differs are left out.
sources:
  ollama-library:
    url: https://github.com/auditomatic/ollama-models-registry/blob/31464bb/data/models.json
    title: "Ollama models registry, {count} tags of the library on {day}"
    kind: third-party
    retrieved: {retrieved}
    locator: "tags; the repository by the library's name and tag, checked against the explicit tag of the same manifest"
    confidence: medium
source: ollama-library
tags:
"""


def tags_of(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Repositories by name and tag: a tag without its type where all types of it are one repository's."""
    named = {row["tag"].lower(): row["base"] for row in rows}
    shorter: dict[str, set[str]] = {}
    for tag, base in named.items():
        shorter.setdefault(without_type(tag), set()).add(base)
    found: dict[str, dict[str, str]] = {}
    for tag in sorted(named, key=lambda tag: (len(tag), tag)):
        short = without_type(tag)
        kept = short if len(shorter[short]) == 1 and ":" in short else tag
        name, _, rest = kept.partition(":")
        found.setdefault(name, {})[rest] = named[tag]
    return {name: dict(sorted(tags.items())) for name, tags in sorted(found.items())}


def main() -> int:
    """Runs the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("--catalog", type=Path, default=HERE.parent / "catalog")
    given = parser.parse_args()
    with given.table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["base"] and row["tag"]]
    day = max(row["checked"] for row in rows)
    head = HEAD.format(count=len(rows), day=day, retrieved="2026-12-01")
    body = yaml.safe_dump(tags_of(rows), sort_keys=False, allow_unicode=True, width=200)
    indented = "".join(f"  {line}\n" for line in body.splitlines())
    (given.catalog / "ollama.yaml").write_text(head + indented, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
