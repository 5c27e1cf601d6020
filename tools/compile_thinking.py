"""Writes catalog/thinking.yaml: how much models think at their efforts, and the constants fitted to that.

    python tools/compile_thinking.py --data DIR [--catalog catalog] [--check]

DIR holds `artificial-analysis/tokens.csv` (oolong-tea-2026/artificial-analysis-leaderboards, commit ed1690f): input,
answer and reasoning tokens per model and evaluation. score_subjects.csv says which of its names is which model at
which effort, by exact name. LiveBench's counts are those of the catalogue's models (`effort_tokens`).

Six evaluations whose questions stand alone are made one figure per model and effort, the tokens for a question of
GPQA diamond: in logarithms, what a subject takes plus what an evaluation takes. Runs of a name with fewer than three of
them are left out, and those that read far less than the others did, because they were broken off. `--check` writes
nothing and ends with 1 where the file would change.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

import yaml
from compile_scores import read_efforts
from score_board import rows_of

from llmselect.catalog.checks.run import catalog_of, check_files
from llmselect.catalog.schema import Catalog, Model, Source
from llmselect.catalog.thinking.constants import ANY_EFFORT, ThinkingFile
from llmselect.catalog.thinking.fit import (
    Counts,
    counted_twice,
    effort_ratios,
    held_out,
    skill_ratios,
    spreads,
    two_ways,
)
from llmselect.catalog.thinking.levels import Levels, measured_levels

HERE = Path(__file__).parent
TOKENS = "artificial-analysis/tokens.csv"
BOARD = "artificial-analysis"
REFERENCE = "gpqa"
QUESTIONS = 198  # of GPQA diamond (arXiv 2311.12022); the input tokens, 248 a question, agree with one run of each
EVALUATIONS = ("gpqa", "hle", "ifbench", "omniscience", "scicode", "critpt")
READ_ALIKE = ("gpqa", "hle", "ifbench", "omniscience")  # all models read the same; in the others, their own code too
LEAST_EVALUATIONS = 3
LEAST_INPUT_SHARE = 0.6  # of the median input tokens, below which a run was broken off
HEAD = "# How much models think: written by tools/compile_thinking.py, see docs/scoring.md; not to be edited by hand."
SOURCES = {
    "artificial-analysis-tokens": {
        "url": "https://github.com/oolong-tea-2026/artificial-analysis-leaderboards/blob/ed1690f/data/2026-07-10/llms.json",
        "title": "Artificial Analysis, tokens of its evaluations (2026-07-10)",
        "kind": "copy",
        "retrieved": "2026-11-25",
        "locator": "input and reasoning tokens by evaluation; one derived figure per model and effort",
    },
    "gpqa": {
        "url": "https://arxiv.org/abs/2311.12022",
        "title": "GPQA, a graduate-level question answering benchmark (198 questions of its diamond set)",
        "kind": "primary",
        "retrieved": "2026-11-25",
    },
    "livebench-2026-06-cost": {
        "url": "https://github.com/LiveBench/new-livebench/blob/5b4fdee/public/cost_2026_06_25.csv",
        "title": "LiveBench, tokens and costs of release 2026-06-25",
        "kind": "primary",
        "retrieved": "2026-11-23",
        "locator": "mean output tokens of a category's tasks, against the level of the same model and effort",
    },
}


def read_counts(path: Path) -> Counts:
    """Reasoning tokens by name and evaluation, of complete runs that reasoned."""
    rows = [row for row in rows_of(path) if row["evaluation"] in EVALUATIONS and float(row["input_tokens"] or 0) > 0]
    usual = {
        name: median(float(row["input_tokens"]) for row in rows if row["evaluation"] == name) for name in EVALUATIONS
    }
    found = {
        (row["slug"], row["evaluation"]): float(row["reasoning_tokens"] or 0)
        for row in rows
        if row["evaluation"] not in READ_ALIKE
        or float(row["input_tokens"]) >= LEAST_INPUT_SHARE * usual[row["evaluation"]]
    }
    runs: dict[str, int] = defaultdict(int)
    for (slug, _), tokens in found.items():
        runs[slug] += tokens > 0
    return {key: tokens for key, tokens in found.items() if tokens > 0 and runs[key[0]] >= LEAST_EVALUATIONS}


def tokens_of_models(models: dict[str, Model], levels: dict[str, float]) -> dict[str, dict[str, int]]:
    """Tokens for a question of GPQA diamond, by model and effort at which it thinks; efforts rising."""
    efforts, found = read_efforts(), defaultdict(dict)  # type: dict[str, str], dict[str, dict[str, int]]
    for entry in rows_of(HERE / "score_subjects.csv"):
        effort = efforts[entry["label"]]
        if entry["board"] == BOARD and entry["subject"] in levels and entry["model"] in models and effort != "none":
            found[entry["model"]][effort] = round(levels[entry["subject"]] / QUESTIONS)
    return {
        model: {effort: found[model][effort] for effort in ANY_EFFORT if effort in found[model]}
        for model in sorted(found)
    }


def measured_of(catalog: Catalog, file: ThinkingFile) -> list[tuple[Model, Levels]]:
    """Every model that was measured, with its levels."""
    found = [(model, measured_levels(model, file)) for model in catalog.models.values()]
    return [(model, levels) for model, levels in found if levels]


def fitted(catalog: Catalog, counts: Counts) -> ThinkingFile:
    """All that the file holds."""
    tokens = tokens_of_models(catalog.models, two_ways(counts, REFERENCE))
    both = counted_twice(catalog.models.values(), tokens)
    skills = {name: round(ratio, 3) for name, ratio in skill_ratios(both).items()}
    start = ThinkingFile.model_validate({"skills": skills, "tokens": tokens})
    measured = measured_of(catalog, start)
    ratios = {name: round(ratio, 3) for name, ratio in effort_ratios(levels for _, levels in measured).items()}
    spread = {kind: round(factor, 2) for kind, factor in spreads(held_out(measured)).items()}
    sources = {name: Source.model_validate(source) for name, source in SOURCES.items()}
    rest = {"sources": sources, "source": tuple(SOURCES), "efforts": ratios, "spread": spread}
    return ThinkingFile.model_validate({**start.model_dump(), **rest})


def text_of(file: ThinkingFile) -> str:
    """The file's text."""
    lines = [HEAD, "sources:"]
    for name, source in SOURCES.items():
        lines += [f"  {name}:", *(f"    {key}: {_scalar(key, value)}" for key, value in source.items())]
    lines.append(f"source: [{', '.join(file.source)}]")
    for name in ("efforts", "skills", "spread"):
        lines.append(f"{name}: {_flow(getattr(file, name))}")
    lines.append("tokens:")
    lines += [f"  {model}: {_flow(efforts)}" for model, efforts in file.tokens.items()]
    return "\n".join(lines) + "\n"


def _scalar(key: str, value: str) -> str:
    return value if key == "retrieved" else yaml.safe_dump(value, width=10_000).removesuffix("\n...\n").rstrip("\n")


def _flow(values: dict[str, float]) -> str:
    return (
        "{"
        + ", ".join(f"{key}: {value:g}" if value < 1e5 else f"{key}: {value}" for key, value in values.items())
        + "}"
    )


def main() -> int:
    """Runs the script: 0 when all is well, 1 with --check where the file would change."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the boards' files")
    parser.add_argument("--catalog", type=Path, default=HERE.parent / "catalog", help="the catalogue to write to")
    parser.add_argument("--check", action="store_true", help="write nothing, say whether the file would change")
    given = parser.parse_args()
    files, faults = check_files(given.catalog)
    for fault in faults:
        print(fault, file=sys.stderr)
    path = given.catalog / "thinking.yaml"
    file = fitted(catalog_of(files), read_counts(given.data / TOKENS))
    text = text_of(file)
    changed = not path.exists() or path.read_text(encoding="utf-8") != text
    if changed and not given.check:
        path.write_text(text, encoding="utf-8")
    cells = sum(map(len, file.tokens.values()))
    print(f"{cells} levels of {len(file.tokens)} models; {path.name} {'differs' if changed else 'stays'}")
    return 1 if given.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
