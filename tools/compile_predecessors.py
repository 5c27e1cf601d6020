"""Writes the fact `predecessor` into models' files, from predecessors.csv.

    python tools/compile_predecessors.py [--catalog catalog] [--check]

The table names, per model, the one that it follows in its maker's line of one tier; only where the family's own
naming makes that plain (Claude Opus 4.7 after 4.6, Gemini 3.7 Flash after 3.6 Flash). The fact takes the source of
the model's release date or, without one, of its family. A model that has the fact already is left as it is; `--check`
writes nothing and ends with 1 where something would change.
"""

import argparse
import re
import sys
from pathlib import Path

import yaml
from score_board import rows_of

HERE = Path(__file__).parent
FAMILY = re.compile(r"^family: .*\n(?:  .*\n)*", re.MULTILINE)


def with_predecessor(text: str, older: str) -> str:
    """A model's text with the fact after its family."""
    record = yaml.safe_load(text)
    if "predecessor" in record:
        return text
    dated = record.get("release_date") or {}
    source = dated.get("source") if dated.get("value") else record["family"]["source"]
    named = source if isinstance(source, str) else f"[{', '.join(source or ())}]"
    family = FAMILY.search(text)
    if family is None:
        raise ValueError(f"{record['id']} has no family")
    return f"{text[: family.end()]}predecessor: {{value: {older}, source: {named}}}\n{text[family.end() :]}"


def main() -> int:
    """Runs the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--catalog", type=Path, default=HERE.parent / "catalog")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    changed = 0
    for row in rows_of(HERE / "predecessors.csv"):
        path, older = (given.catalog / "models" / f"{row[name]}.yaml" for name in ("model", "predecessor"))
        if not path.exists() or not older.exists():
            print(f"no file: {row['model']} after {row['predecessor']}", file=sys.stderr)
            continue
        before = path.read_text(encoding="utf-8")
        after = with_predecessor(before, row["predecessor"])
        changed += after != before
        if after != before and not given.check:
            path.write_text(after, encoding="utf-8")
    print(f"{changed} files changed")
    return 1 if given.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
