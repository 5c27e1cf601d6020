"""Writes yardstick scores into the files of the catalogue's models.

    python tools/compile_scores.py --data DIR [--catalog catalog] [--check]

DIR holds the boards' files (see score_boards.py): `openllm/`, `livebench/` and `arena/`, the last one with
`lmarena_text.csv` (fboulnois/llm-leaderboard-csv, commit e964e25), `leaderboard-text.json` (lmarena/arena-catalog,
commit ea8297b54) and `text-2026-04-19.json` (oolong-tea-2026/arena-ai-leaderboards, commit a2694df); and what
score_boards_more.py names.

score_subjects.csv says which subject of a board is which model at which effort label: by exact name, never by
prefix. efforts.csv maps the labels to the catalogue's efforts; score_sources.yaml holds the sources. Rows are
added to `scores:` and `sources:`; a row that stands already, with the same benchmark, harness and effort, is left as
it is, so a second run changes nothing. `--board` reads one board
alone and leaves `catalog/scores/` as it is. `--check` writes nothing and ends with 1 where something would change.
Subjects that are no models of the catalogue, and those whose model has no file yet (they are listed), go to
`catalog/scores/`, one file per harness (see score_links.py). Output tokens per effort come from LiveBench's table of
costs (see score_tokens.py).
"""

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from score_board import Board, Readings, rows_of
from score_boards import BOARDS
from score_edit import ScoreRow, add_to_block, source_lines
from score_links import links, write
from score_tokens import SOURCE, read_tokens, tokens_lines

HERE = Path(__file__).parent
Sources = dict[str, dict[str, str]]


@dataclass
class Outcome:
    """What a run found: rows per model, subjects without a file or a reading, and disagreements."""

    rows: dict[str, list[ScoreRow]] = field(default_factory=lambda: defaultdict(list))
    without_file: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    named: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))


def read_efforts() -> dict[str, str]:
    """The catalogue's effort of each label."""
    return {row["label"]: row["effort"] for row in rows_of(HERE / "efforts.csv")}


def read_sources() -> Sources:
    """The boards' sources, as text."""
    loaded: Sources = yaml.load((HERE / "score_sources.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return loaded


def read_boards(data: Path, only: str | None) -> dict[str, Readings]:
    """All boards' readings, or those of one. Raises FileNotFoundError where a board's file is missing."""
    return {
        name: board.read([data / file for file in board.files])
        for name, board in BOARDS.items()
        if only in (None, name)
    }


def rows_of_subject(board: Board, values: dict[str, float], label: str, efforts: dict[str, str]) -> list[ScoreRow]:
    """A subject's readings as score rows."""
    effort = efforts[label]
    note = f"effort listed as {label}" if label not in ("", effort) else None
    return [
        ScoreRow(benchmark, board.harness, board.shots_of(benchmark), effort, value, board.date, board.sources, note)
        for benchmark, value in values.items()
    ]


def collect(catalog: Path, readings: dict[str, Readings]) -> Outcome:
    """All rows that the table of subjects asks for."""
    outcome, efforts = Outcome(), read_efforts()
    for entry in rows_of(HERE / "score_subjects.csv"):
        board, subject, model = entry["board"], entry["subject"], entry["model"]
        if board not in readings:
            continue
        outcome.named[board][subject] = ""
        if subject not in readings[board]:
            outcome.faults.append(f"{board} has no subject {subject!r}")
        elif not (catalog / "models" / f"{model}.yaml").exists():
            outcome.without_file.append(f"{model} ({board}: {subject})")
            effort = efforts[entry["label"]]
            outcome.named[board][subject] = model if effort == "default" else f"{model}:{effort}"
        else:
            rows = rows_of_subject(BOARDS[board], readings[board][subject], entry["label"], efforts)
            taken = {row.key for row in outcome.rows[model]}
            outcome.faults += [f"{model}: two subjects give {row.key}" for row in rows if row.key in taken]
            outcome.rows[model] += [row for row in rows if row.key not in taken]
    return outcome


def standing(record: dict[str, Any]) -> dict[tuple[str, str, str], float]:
    """The scores that a file holds already."""
    return {
        (row["benchmark"], row["harness"], str(row.get("effort", "default"))): row["value"]
        for row in record.get("scores") or ()
    }


def edited(text: str, rows: list[ScoreRow], sources: Sources, faults: list[str]) -> str:
    """A model's text with the missing rows and the sources that they name."""
    record = yaml.safe_load(text)
    known = standing(record)
    for row in rows:
        if row.key in known and abs(known[row.key] - row.value) > 0.51:
            faults.append(f"{record['id']}: {row.key} stands as {known[row.key]}, the board says {row.value}")
    missing = [row for row in rows if row.key not in known]
    needed = [key for key in sources if any(key in row.sources for row in missing)]
    lines: list[str] = []
    for key in needed:
        present = record["sources"].get(key)
        if present is None:
            lines += source_lines(key, sources[key])
        elif present["url"] != sources[key]["url"]:
            faults.append(f"{record['id']}: source {key} is another page ({present['url']})")
    return add_to_block(add_to_block(text, "sources", lines), "scores", [row.line() for row in missing])


def with_tokens(text: str, per_effort: dict[str, dict[str, int]], sources: Sources) -> str:
    """A model's text with the output tokens of its efforts, unless it has some already."""
    record = yaml.safe_load(text)
    if "effort_tokens" in record or not per_effort:
        return text
    if SOURCE not in record["sources"]:
        text = add_to_block(text, "sources", source_lines(SOURCE, sources[SOURCE]))
    block = "\n".join(["effort_tokens:", *tokens_lines(per_effort)]) + "\n"
    place = text.index("\nscores:") + 1
    return text[:place] + block + text[place:]


def tokens_of_models(catalog: Path, tokens: dict[str, dict[str, int]]) -> dict[str, dict[str, dict[str, int]]]:
    """Output tokens by model and effort, for models that have a file."""
    efforts, found = read_efforts(), defaultdict(dict)  # type: dict[str, str], dict[str, dict[str, dict[str, int]]]
    for entry in rows_of(HERE / "score_subjects.csv"):
        known = entry["board"] == "livebench-2026-06" and entry["subject"] in tokens
        if known and (catalog / "models" / f"{entry['model']}.yaml").exists():
            found[entry["model"]][efforts[entry["label"]]] = tokens[entry["subject"]]
    return found


def main() -> int:
    """Runs the script: 0 when all is well, 1 for faults or, with --check, for files that would change."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the boards' files")
    parser.add_argument("--catalog", type=Path, default=HERE.parent / "catalog", help="the catalogue to write to")
    parser.add_argument("--board", choices=sorted(BOARDS), help="read this board alone; others' rows stay")
    parser.add_argument("--check", action="store_true", help="write nothing, say what would change")
    arguments = parser.parse_args()
    readings = read_boards(arguments.data, arguments.board)
    outcome = collect(arguments.catalog, readings)
    sources, thinking, changed = read_sources(), dict[str, dict[str, dict[str, int]]](), 0
    if arguments.board is None:
        thinking = tokens_of_models(arguments.catalog, read_tokens(arguments.data))
        changed = write(arguments.catalog, BOARDS, links(BOARDS, readings, outcome.named), sources, arguments.check)
    for model, rows in sorted(outcome.rows.items()):
        path = arguments.catalog / "models" / f"{model}.yaml"
        before = path.read_text(encoding="utf-8")
        after = with_tokens(edited(before, rows, sources, outcome.faults), thinking.get(model, {}), sources)
        changed += after != before
        if after != before and not arguments.check:
            path.write_text(after, encoding="utf-8")
    for line in outcome.without_file:
        print(f"no file: {line}")
    for line in outcome.faults:
        print(f"fault: {line}", file=sys.stderr)
    total = sum(map(len, outcome.rows.values()))
    print(f"{total} scores of {len(outcome.rows)} models; {changed} files changed; {len(outcome.without_file)} skipped")
    return 1 if outcome.faults or (arguments.check and changed) else 0


if __name__ == "__main__":
    sys.exit(main())
