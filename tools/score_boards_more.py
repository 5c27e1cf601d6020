"""Further boards of compile_scores.py: Epoch AI's runs, Aider, Vectara, and vendors' scores as LLM-Stats lists them.

Inputs in the data folder: `epoch/benchmarks_runs.csv` (epoch-research/benchmark-stitching, commit f87d3cc),
`aider-polyglot.yml` (Aider-AI/aider), `vectara-hallucination.csv` (vectara/hallucination-leaderboard) and
`llm-stats/scores.csv` (JonathanChavezTamales/llm-leaderboard).
"""

from pathlib import Path

import yaml
from score_board import Board, Readings, rows_of

EPOCH_TESTS = {
    "GPQA diamond": "gpqa-diamond",
    "MATH level 5": "math-level-5",
    "OTIS Mock AIME 2024-2025": "otis-mock-aime",
    "FrontierMath-2025-02-28-Private": "frontiermath",
    "SWE-Bench verified": "swe-bench-verified",
}
# LLM-Stats' names of text tests that at least ten models have.
VENDOR_TESTS = {
    "gpqa": "gpqa-diamond", "mmlu": "mmlu", "mmlu-pro": "mmlu-pro", "mmlu-redux": "mmlu-redux", "math": "math",
    "math-500": "math-500", "aime-2024": "aime-2024", "aime-2025": "aime-2025", "gsm8k": "gsm8k",
    "humaneval": "humaneval", "mbpp": "mbpp", "livecodebench": "livecodebench", "swe-bench-verified":
    "swe-bench-verified", "terminal-bench": "terminal-bench", "aider-polyglot": "aider-polyglot", "ifeval": "ifeval",
    "arc-c": "arc-challenge", "drop": "drop", "hellaswag": "hellaswag", "winogrande": "winogrande",
    "humanity's-last-exam": "humanitys-last-exam", "simpleqa": "simpleqa", "mgsm": "mgsm", "mmmlu": "mmmlu",
    "global-mmlu-lite": "global-mmlu-lite", "multi-if": "multi-if", "arena-hard": "arena-hard",
}  # fmt: skip


def read_epoch(paths: list[Path]) -> Readings:
    """Epoch AI's own runs, in percent: of several successful ones of a model the best, as Epoch shows it."""
    readings: Readings = {}
    for row in rows_of(paths[0], "utf-8-sig"):
        test = EPOCH_TESTS.get(row["task"])
        if test is None or row["Status"] != "Success" or not row["Best score (across scorers)"]:
            continue
        values = readings.setdefault(row["model"], {})
        values[test] = max(values.get(test, 0.0), round(100 * float(row["Best score (across scorers)"]), 2))
    return readings


def read_aider(paths: list[Path]) -> Readings:
    """Aider's polyglot board: tasks solved within two tries; of several runs of a name the last."""
    rows = yaml.safe_load(paths[0].read_text(encoding="utf-8"))
    return {str(row["model"]): {"aider-polyglot": float(row["pass_rate_2"])} for row in rows}


def read_vectara(paths: list[Path]) -> Readings:
    """Vectara: summaries that say nothing which the source does not, in percent."""
    return {
        row["model"]: {"faithful-summaries": float(row["factual_consistency_percent"])} for row in rows_of(paths[0])
    }


def read_llm_stats(paths: list[Path]) -> Readings:
    """What vendors say of their own models, in percent."""
    readings: Readings = {}
    for row in rows_of(paths[0]):
        test = VENDOR_TESTS.get(row["benchmark_id"])
        if test is not None and row["self_reported"] == "True":
            readings.setdefault(row["model_id"], {})[test] = round(100 * float(row["score"]), 2)
    return readings


def read_card(paths: list[Path]) -> Readings:
    """Runs of other makers' models on a card of PowerInfer's, kept in score_cards.csv."""
    rows = rows_of(Path(__file__).parent / "score_cards.csv")
    return {row["subject"]: {test: float(row[test]) for test in row if test != "subject"} for row in rows}


MORE_BOARDS: dict[str, Board] = {
    "epoch": Board(
        "epoch", "2025-11-17", ("epoch/benchmarks_runs.csv",), read_epoch, ("epoch-runs",), {}, "0"
    ),
    "aider": Board(
        "aider-2025-10", "2025-10-03", ("aider-polyglot.yml",), read_aider, ("aider-polyglot",), {}, "2 tries"
    ),
    "vectara": Board(
        "vectara-2026-03", "2026-03-10", ("vectara-hallucination.csv",), read_vectara, ("vectara",), {}, "0"
    ),
    "llm-stats": Board(
        "llm-stats-2025-10", "2025-10-15", ("llm-stats/scores.csv",), read_llm_stats, ("llm-stats-2025-10",), {},
        "not stated",
    ),
    "smallthinker": Board(
        "smallthinker-card", "2026-11-23", (), read_card, ("smallthinker-card",), {"mmlu": "0, chain of thought"},
        "not stated",
    ),
}  # fmt: skip
