"""Lines that the first screens of drawn requests take at 80 columns; the status is 1 where one takes more than 24.

    python benchmarks/screens.py [--seed screens] [--count 60] [--print]

Each drawn request is answered as it is, for a specific domain, and by the source document's policy; as many requests
ask for more than there is, so that nothing qualifies. Then some models are estimated on some machines. Requests that
are refused, since they contradict themselves, are not counted.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.drawn import EXCESSIVE, drawn_fields
from llmselect.catalog.load import open_catalog
from llmselect.engine.facts import Facts
from llmselect.engine.recommend import recommend
from llmselect.engine.single.single import estimate_named
from llmselect.errors import LlmselectError
from llmselect.render.estimate import estimate_screen
from llmselect.render.first import first_screen
from llmselect.render.format.text import text
from llmselect.render.format.wrap import size
from llmselect.render.phrases import Phrases
from llmselect.render.screen import LINES, WIDTH
from llmselect.requirements import parse

TOP = 5
DOCUMENT = {"compute": "low", "response_time": "batch", "domain": "general", "policy": "document"}
DOCUMENT_TASKS = ("conversation", "content-generation", "qa", "reasoning")
MODELS = (
    "qwen3-30b-a3b", "gpt-oss-20b", "gpt-oss-120b", "llama-3.3-70b", "llama-3.1-8b", "deepseek-v3.2",
    "mistral-small-3.2", "gemma-3-27b", "qwen3-8b", "kimi-k2",
)  # fmt: skip
MACHINES: tuple[dict[str, Any], ...] = (
    {"gpu": "RTX 3090"}, {"gpu": "h100-sxm-80gb", "gpus": 8}, {"hardware": "m4-max", "vram": "128GiB"},
    {"hardware": "cpu", "ram": "64GiB"}, {"gpu": "rtx-4060", "ram": "64GiB"},
)  # fmt: skip


def as_drawn(number: int, seed: str) -> dict[str, Any]:
    """A drawn request."""
    return drawn_fields(number, seed)


def specific(number: int, seed: str) -> dict[str, Any]:
    """A drawn request for a specific domain."""
    return {**drawn_fields(number, seed), "domain": "specific"}


def by_document(number: int, seed: str) -> dict[str, Any]:
    """A drawn request by the source document's policy."""
    fields = {**DOCUMENT, **drawn_fields(number, seed)}
    task = fields.get("task")
    return {**fields, "task": task if task in DOCUMENT_TASKS else DOCUMENT_TASKS[number % len(DOCUMENT_TASKS)]}


def excessive(number: int, seed: str) -> dict[str, Any]:
    """A drawn request that asks for more than there is."""
    return {**drawn_fields(number, seed), **EXCESSIVE[number % len(EXCESSIVE)]}


KINDS: dict[str, Callable[[int, str], dict[str, Any]]] = {
    "as drawn": as_drawn,
    "specific domain": specific,
    "document": by_document,
    "excessive": excessive,
}


def screen(
    fields: dict[str, Any], facts: Facts, names: dict[str, str], language: str = "en"
) -> tuple[str, bool] | None:
    """The first screen of a request, and whether anything qualifies; None where the request is refused."""
    try:
        answer = recommend(parse(fields), facts, None, TOP)
    except LlmselectError:
        return None
    drawn = text(first_screen(answer, Phrases(language), names, WIDTH), "table", WIDTH)
    return drawn, bool(answer.recommendations)


def estimate_screens(facts: Facts) -> Iterator[tuple[str, str]]:
    """A name and the first screen of each model on each machine."""
    for model in MODELS:
        for fields in MACHINES:
            try:
                answer = estimate_named(facts, model, parse(fields), None, None, None)
            except LlmselectError as error:
                yield f"{model} {fields}", f"refused: {error}"
                continue
            yield f"{model} {fields}", text(estimate_screen(answer, WIDTH), "table", WIDTH)


def main() -> int:
    """Prints the lines of every screen and the longest."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seed", default="screens")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--print", action="store_true", help="prints the screens")
    parser.add_argument("--lang", default="en")
    given = parser.parse_args()
    facts = Facts(open_catalog())
    names = dict(zip(facts.models.model, facts.models.name, strict=True))
    longest, worst, over = 0, "", 0
    for kind, fields_of in KINDS.items():
        heights, empty, wide = [], 0, 0
        for number in range(given.count):
            found = screen(fields_of(number, given.seed), facts, names, given.lang)
            if found is None:
                continue
            drawn, qualifies = found
            if given.print:
                print(f"--- {kind} {number}: {fields_of(number, given.seed)}\n{drawn}")
            heights.append(drawn.count("\n"))
            empty += not qualifies
            wide += max(map(size, drawn.split("\n"))) > WIDTH
            if heights[-1] > longest:
                longest, worst = heights[-1], drawn
        over += sum(height > LINES for height in heights)
        fit = sum(height <= LINES for height in heights)
        print(f"{kind}: {fit} of {len(heights)} fit, {empty} empty, {wide} wider than {WIDTH}: {heights}")
    drawn_estimates = list(estimate_screens(facts))
    heights = [drawn.count("\n") for _, drawn in drawn_estimates]
    over += sum(height > LINES for height in heights)
    print(f"estimate: {sum(height <= LINES for height in heights)} of {len(heights)} fit: {heights}")
    if given.print:
        for name, drawn in drawn_estimates:
            print(f"--- {name}\n{drawn}")
    print(f"longest: {longest} lines\n{worst}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
