"""Writes catalog/scores/: subjects that boards score and that are no models of the catalogue; they link the tests."""

from collections import defaultdict
from pathlib import Path

import yaml
from score_board import Board, Readings

HEAD = "# Subjects that are scored and never options: they link the tests. Written by tools/compile_scores.py.\n"
CELLS_A_LINE = 4
Links = dict[str, dict[str, dict[str, float]]]  # board -> subject -> benchmark -> value


def links(boards: dict[str, Board], readings: dict[str, Readings], named: dict[str, dict[str, str]]) -> Links:
    """The readings that belong to no model's file.

    `named` holds per board the subjects that are models: None of them is taken under its own name, and those
    whose model has no file yet under `<model>[:<effort>]`, so that two boards that score it are linked.
    A LiveBench subject that nobody named is taken under the board's name for it; other boards' are not.
    """
    found: Links = defaultdict(dict)
    for board, subjects in readings.items():
        names = named.get(board, {})
        for subject, values in subjects.items():
            if subject not in names and board.startswith("livebench"):
                found[board][subject] = values
        for subject, key in names.items():
            if key and subject in subjects:
                found[board][key] = subjects[subject]
    return {board: dict(sorted(rows.items())) for board, rows in found.items()}


def text_of(board: Board, subjects: dict[str, dict[str, float]], sources: dict[str, dict[str, str]]) -> str:
    """One board's file."""
    lines = [HEAD.rstrip(), "sources:"]
    for key in board.sources:
        block = yaml.safe_dump({key: sources[key]}, sort_keys=False, width=200, allow_unicode=True)
        lines += [f"  {line}".replace("'", "") if "retrieved" in line else f"  {line}" for line in block.splitlines()]
    named = ", ".join(board.sources)
    lines += [f"harness: {board.harness}", f"date: {board.date}", f"source: [{named}]", "subjects:"]
    for subject, values in subjects.items():
        cells = [f"{benchmark}: {value}" for benchmark, value in values.items()]
        key = f'"{subject}"' if ":" in subject else subject
        rows = [", ".join(cells[at : at + CELLS_A_LINE]) for at in range(0, len(cells), CELLS_A_LINE)]
        lines += [f"  {key}:", "    {" + ",\n     ".join(rows) + "}"]
    return "\n".join(lines) + "\n"


def write(
    catalog: Path, boards: dict[str, Board], found: Links, sources: dict[str, dict[str, str]], check: bool
) -> int:
    """Writes the files that differ, or with `check` only counts them."""
    changed = 0
    for name, subjects in found.items():
        path = catalog / "scores" / f"{boards[name].harness}.yaml"
        text = text_of(boards[name], subjects, sources)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        changed += 1
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return changed
