"""Mean output tokens per effort and skill from LiveBench's table of costs, for compile_scores.py.

A category's mean weighs its tasks by their numbers of questions. Agentic coding, whose questions are whole sessions
of many turns, is left out. A subject that does not report its thinking is left out by name.
"""

import json
from pathlib import Path

from score_board import rows_of

COSTS = "livebench/cost_2026_06_25.csv"
CATEGORIES = "livebench/categories_2026_06_25.json"
SOURCE = "livebench-2026-06-cost"
SKILLS = {
    "Reasoning": "reasoning", "Coding": "coding", "Mathematics": "mathematics", "Data Analysis": "data-analysis",
    "Language": "wordplay", "IF": "instruction-following",
}  # fmt: skip
SILENT = ("grok-build-0.1",)  # a few hundred tokens at every task: its thinking is not counted


def read_tokens(data: Path) -> dict[str, dict[str, int]]:
    """Per subject and skill the mean output tokens of an answer."""
    categories: dict[str, list[str]] = json.loads((data / CATEGORIES).read_text(encoding="utf-8"))
    found: dict[str, dict[str, int]] = {}
    for row in rows_of(data / COSTS):
        if row["model"] in SILENT:
            continue
        skills = {}
        for name, skill in SKILLS.items():
            cells = [(float(row[f"out_{task}"]), float(row[f"nq_{task}"])) for task in categories[name]
                     if row[f"out_{task}"] and row[f"nq_{task}"]]  # fmt: skip
            if len(cells) == len(categories[name]):
                skills[skill] = round(sum(tokens * count for tokens, count in cells) / sum(n for _, n in cells))
        found[row["model"]] = skills
    return found


def tokens_lines(per_effort: dict[str, dict[str, int]]) -> list[str]:
    """The block `effort_tokens` of a model's file."""
    lines = []
    for effort, skills in per_effort.items():
        cells = ", ".join(f"{skill}: {count}" for skill, count in skills.items())
        lines += [f"  {effort}:", f"    value: {{{cells}}}", f"    source: {SOURCE}"]
    return lines
