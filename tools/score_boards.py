"""The score boards that compile_scores.py reads: where each keeps its subjects and what a score of it is.

A board turns its file into readings per subject, exactly as the board spells the subject's name. Open LLM
Leaderboard rows hold percent (v1) or shares (v2, times 100); a LiveBench category is the mean of its tasks'
means, as its categories file says; arenas hold Elo ratings.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from score_board import Board, Readings, Row, rows_of
from score_boards_more import MORE_BOARDS

V1_TESTS = {
    "arc-challenge": "arc", "hellaswag": "hellaswag", "mmlu": "mmlu", "truthfulqa-mc2": "truthfulqa",
    "winogrande": "winogrande", "gsm8k": "gsm8k",
}  # fmt: skip
V2_TESTS = {
    "ifeval": "ifeval", "bbh": "bbh", "math-level-5": "math", "gpqa": "gpqa", "musr": "musr", "mmlu-pro": "mmlu_pro",
}  # fmt: skip
V1_SHOTS = {"arc-challenge": "25", "hellaswag": "10", "truthfulqa-mc2": "0"}
V2_SHOTS = {"bbh": "3", "math-level-5": "4", "mmlu-pro": "5"}
FULL_PRECISIONS = ("float16", "bfloat16")
EARLIER_RELEASES = (
    "2024-06-24", "2024-07-26", "2024-08-31", "2024-11-25", "2025-04-02", "2025-04-25", "2025-05-30", "2025-11-25",
    "2025-12-23",
)  # fmt: skip


def first_rows(rows: Iterable[Row], name: str, rank: Callable[[Row], int]) -> list[Row]:
    """One row per subject: the one with the lowest rank, the board's own order deciding between equals."""
    best: dict[str, Row] = {}
    for row in rows:
        known = best.get(row[name])
        if known is None or rank(row) < rank(known):
            best[row[name]] = row
    return list(best.values())


def read_openllm_v1(paths: list[Path]) -> Readings:
    """Open LLM Leaderboard v1: original weights at full precision where there are several rows."""

    def rank(row: Row) -> int:
        return (row["weight_type"] != "Original") * 2 + (row["precision"] not in FULL_PRECISIONS)

    rows = first_rows(rows_of(paths[0]), "model", rank)
    return {row["model"]: {test: float(row[column]) for test, column in V1_TESTS.items()} for row in rows}


def read_openllm_v2(paths: list[Path]) -> Readings:
    """Open LLM Leaderboard v2 in percent: with the chat template and at full precision where there are several."""

    def rank(row: Row) -> int:
        return (row["model_has_chat_template"] != "TRUE") * 2 + (row["model_precision"] not in FULL_PRECISIONS)

    rows = first_rows(rows_of(paths[0]), "model_name", rank)
    return {
        row["model_name"]: {
            test: round(100 * float(row[f"evaluations_{column}_value"]), 2) for test, column in V2_TESTS.items()
        }
        for row in rows
    }


def read_livebench(paths: list[Path]) -> Readings:
    """LiveBench in percent: per category the mean of its tasks; a category with a missing task is left out."""
    categories: dict[str, list[str]] = json.loads(paths[1].read_text(encoding="utf-8"))
    readings: Readings = {}
    for row in rows_of(paths[0]):
        readings[row["model"]] = {
            f"livebench-{name.lower().replace(' ', '-')}": round(sum(float(row[t]) for t in tasks) / len(tasks), 2)
            for name, tasks in categories.items()
            if all(row[task] for task in tasks)
        }
    return readings


def read_arena_csv(paths: list[Path]) -> Readings:
    """The LMArena table of 2025-08: the first row of a name that occurs twice."""
    rows = first_rows(rows_of(paths[0]), "model", lambda row: 0)
    return {row["model"]: {"lmarena-text": float(row["arena_score"])} for row in rows}


def read_arena_catalog(paths: list[Path]) -> Readings:
    """LMArena's own catalogue: the category `full`, without style control."""
    ratings = json.loads(paths[0].read_text(encoding="utf-8"))["full"]
    return {name: {"lmarena-text": round(entry["rating"], 1)} for name, entry in ratings.items()}


def read_arena_json(paths: list[Path]) -> Readings:
    """A copied page of arena.ai."""
    models = json.loads(paths[0].read_text(encoding="utf-8"))["models"]
    return {entry["model"]: {"lmarena-text": float(entry["score"])} for entry in models}


def _livebench(release: str, day: str, source: str) -> Board:
    stem = release.replace("-", "_")
    files = (f"livebench/table_{stem}.csv", f"livebench/categories_{stem}.json")
    return Board(f"livebench-{release}", day, files, read_livebench, (source,), {}, "0")


BOARDS: dict[str, Board] = {
    "lmarena-2025-08": Board(
        "lmarena-text-2025-08", "2025-08-04", ("arena/lmarena_text.csv",), read_arena_csv,
        ("arena-2025-08",), {}, "none",
    ),
    "lmarena-2025-12": Board(
        "lmarena-text-2025-12", "2025-12-11", ("arena/leaderboard-text.json",), read_arena_catalog,
        ("arena-2025-12",), {}, "none",
    ),
    "arena-2026-04": Board(
        "arena-text-2026-04", "2026-04-19", ("arena/text-2026-04-19.json",), read_arena_json,
        ("arena-2026-04",), {}, "none",
    ),
    "openllm-v1": Board(
        "open-llm-leaderboard-v1", "2024-07-13", ("openllm/v1.csv",), read_openllm_v1, ("ollb1",), V1_SHOTS, "5"
    ),
    "openllm-v2": Board(
        "open-llm-leaderboard-v2", "2025-03-21", ("openllm/v2.csv",), read_openllm_v2,
        ("ollb2", "ollb2-about"), V2_SHOTS, "0",
    ),
    **{f"livebench-{day}": _livebench(day, day, f"livebench-{day}") for day in EARLIER_RELEASES},
    "livebench-2026-01": _livebench("2026-01-08", "2026-06-24", "livebench-2026-01"),
    "livebench-2026-06": _livebench("2026-06-25", "2026-08-22", "livebench-2026-06"),
    **MORE_BOARDS,
}  # fmt: skip
