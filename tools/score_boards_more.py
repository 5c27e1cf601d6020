"""Further boards of compile_scores.py: Epoch AI's runs, Artificial Analysis, Aider, Vectara, and vendors' own scores.

Inputs in the data folder: `epoch/benchmarks_runs.csv` (epoch-research/benchmark-stitching, commit f87d3cc),
`artificial-analysis/llms-2026-07-10.json` (oolong-tea-2026/artificial-analysis-leaderboards, commit ed1690f),
`aider-polyglot.yml` (Aider-AI/aider), `vectara-hallucination.csv` (vectara/hallucination-leaderboard),
`llm-stats/scores.csv` (JonathanChavezTamales/llm-leaderboard) and `wmt25/SYSTEM.jsonl` (the folder
`data/automatic_scores` of wmt-conference/wmt25-general-mt, commit ebae873).
"""

import json
from pathlib import Path
from statistics import fmean

import yaml
from score_board import Board, Readings, rows_of

EPOCH_TESTS = {
    "GPQA diamond": "gpqa-diamond",
    "MATH level 5": "math-level-5",
    "OTIS Mock AIME 2024-2025": "otis-mock-aime",
    "FrontierMath-2025-02-28-Private": "frontiermath",
    "SWE-Bench verified": "swe-bench-verified",
}
# Artificial Analysis' runs that measure a skill of the scale.
ANALYSIS_TESTS = {
    "gpqa": "gpqa-diamond", "hle": "humanitys-last-exam", "aa_omniscience_accuracy": "aa-omniscience",
    "scicode": "scicode", "terminal_bench_hard": "terminal-bench-hard", "ifbench": "ifbench",
    "tau2_bench": "tau2-bench", "aa_lcr": "aa-lcr", "mmmu_pro": "mmmu-pro", "gdpval_aa_normalized": "gdpval-aa",
}  # fmt: skip
# General language models among WMT25's systems; those whose version nobody states are left out.
WMT_SYSTEMS = (
    "AyaExpanse-32B", "AyaExpanse-8B", "Claude-4", "CommandA", "CommandR7B", "DeepSeek-V3", "GPT-4.1",
    "Gemini-2.5-Pro", "Gemma-3-12B", "Gemma-3-27B", "Llama-3.1-8B", "Llama-4-Maverick", "Qwen2.5-7B", "Qwen3-235B",
)  # fmt: skip
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


def read_artificial_analysis(paths: list[Path]) -> Readings:
    """Artificial Analysis' own runs, in percent, by the site's slug; the board shows 0 for what it did not run."""
    readings: Readings = {}
    for model in json.loads(paths[0].read_text(encoding="utf-8"))["models"]:
        runs = {test: model["evaluations"].get(column) for column, test in ANALYSIS_TESTS.items()}
        multilingual = model["breakdowns"].get("multilingual") or {}
        runs["global-mmlu-lite"] = multilingual.get("index")
        runs |= {f"global-mmlu-lite-{code}": share for code, share in (multilingual.get("language") or {}).items()}
        readings[model["slug"]] = {test: round(100 * share, 1) for test, share in runs.items() if share}
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


def read_wmt(paths: list[Path]) -> Readings:
    """WMT25: XCOMET-XL of a system's translations in percent, the mean over language pairs of each pair's mean."""
    return {path.stem: {"wmt25-xcomet": round(100 * _mean_of_pairs(path), 2)} for path in paths}


def _mean_of_pairs(path: Path) -> float:
    pairs: dict[str, list[float]] = {}
    for line in filter(None, path.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        segments = row["metric_scores"]["XCOMET-XL"]
        pairs.setdefault(row["language_pair"], []).extend(value for value in segments if value is not None)
    return fmean(fmean(values) for values in pairs.values())


def read_llm_stats(paths: list[Path]) -> Readings:
    """What vendors say of their own models, in percent."""
    readings: Readings = {}
    for row in rows_of(paths[0]):
        test = VENDOR_TESTS.get(row["benchmark_id"])
        if test is not None and row["self_reported"] == "True":
            readings.setdefault(row["model_id"], {})[test] = round(100 * float(row["score"]), 2)
    return readings


MORE_BOARDS: dict[str, Board] = {
    "epoch": Board(
        "epoch", "2025-11-17", ("epoch/benchmarks_runs.csv",), read_epoch, ("epoch-runs",), {}, "0"
    ),
    "artificial-analysis": Board(
        "artificial-analysis-2026-07", "2026-07-10", ("artificial-analysis/llms-2026-07-10.json",),
        read_artificial_analysis, ("artificial-analysis", "artificial-analysis-method"), {}, "0",
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
    "wmt25": Board(
        "wmt25", "2025-08-26", tuple(f"wmt25/{system}.jsonl" for system in WMT_SYSTEMS), read_wmt, ("wmt25",), {}, "0"
    ),
}  # fmt: skip
