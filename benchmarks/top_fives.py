"""Today's top five of each task, for APIs, for a GPU of 8 GB and for one of 24 GB: to be read by somebody who knows.

python benchmarks/top_fives.py [--as-of 2026-11-23] [--tasks coding math] [--top 5]
"""

import argparse
from typing import Any, get_args

from llmselect.catalog.load import open_catalog
from llmselect.catalog.words import TaskName
from llmselect.engine.facts import Facts
from llmselect.engine.recommend import recommend
from llmselect.requirements import parse
from llmselect.results.recommendation import RecommendedModel

PLACES: dict[str, dict[str, Any]] = {
    "API": {"deployment": "api"},
    "8 GB GPU": {"deployment": "self-host", "gpu": "RTX 4060"},
    "24 GB GPU": {"deployment": "self-host", "gpu": "RTX 4090"},
}


def line(row: RecommendedModel) -> str:
    """One model with its score, quality, cost and where it runs."""
    quality, cost = row.criteria["quality"], row.criteria["cost"]
    bounds = f"{quality.value or 0:.0f} ({quality.low or 0:.0f}-{quality.high or 0:.0f})"
    price = f"{cost.value:.3g}" if cost.value is not None else "?"
    return f"  {row.rank}. {row.score:.3f}  {row.option:75s} quality {bounds:14s} {price} {cost.unit}"


def main() -> None:
    """Prints the lists."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--as-of", default="2026-11-23")
    parser.add_argument("--tasks", nargs="*", default=list(get_args(TaskName)))
    parser.add_argument("--top", type=int, default=5)
    given = parser.parse_args()
    facts = Facts(open_catalog())
    for task in given.tasks:
        for place, fields in PLACES.items():
            answer = recommend(parse({"task": task, "as_of": given.as_of, **fields}), facts, top=given.top)
            print(f"\n{task}, {place}:")
            for row in answer.recommendations:
                print(line(row))


if __name__ == "__main__":
    main()
