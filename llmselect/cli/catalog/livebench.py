"""A LiveBench release as `catalog refresh` takes it: what its categories and the endings of its names mean.

https://github.com/LiveBench/new-livebench
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from llmselect.errors import LlmselectError
from llmselect.files import JsonFaultError, parse_json

if TYPE_CHECKING:
    from llmselect.catalog.refresh.livebench import Release
    from llmselect.catalog.schema import Catalog

REPOSITORY = "https://github.com/LiveBench/new-livebench"
# The board's words for an effort, and the catalogue's.
EFFORTS = {
    "base": "none", "no-thinking": "none", "nothinking": "none", "non-reasoning": "none", "instant": "none",
    "minimal": "none", "low": "low", "medium": "medium", "thinking-16k": "medium", "high": "high",
    "highthinking": "high", "thinking": "high", "reasoning": "high", "thinking-32k": "high", "xhigh": "max",
    "max": "max", "thinking-64k": "max",
}  # fmt: skip
_LEVELS = ("low", "medium", "high", "xhigh", "max")
_BUDGETS = ("", "-thinking-auto", "-thinking-16k", "-thinking-32k", "-thinking-64k")


def release(catalog: "Catalog", categories: bytes, released: date, origin: str) -> "Release":
    """The release of a day; `origin` is the table's path or address.

    Raises LlmselectError where the catalogue does not know the release or none of its categories.
    """
    from llmselect.catalog.refresh.livebench import Release

    harness = f"livebench-{released}"
    known = catalog.benchmarks
    if harness not in known.harnesses:
        hint = f"Name {harness} in benchmarks.yaml of the catalogue, or of your own layer, first."
        raise LlmselectError("unknown-harness", f"the catalogue does not know LiveBench's release of {released}", hint)
    benchmarks = {name: key for name in _names(categories) if (key := _benchmark(name)) in known.benchmarks}
    if not benchmarks:
        hint = "Take the file categories_<day>.json of the release."
        raise LlmselectError("bad-scores-file", "no category of the release is a benchmark of the catalogue", hint)
    table = f"{REPOSITORY}/blob/main/public/table_{released:%Y_%m_%d}.csv"
    source = {
        "url": origin if origin.startswith("https://") else table,
        "title": f"LiveBench, release {released}",
        "kind": "third-party",
        "retrieved": date.today(),
    }
    return Release(released, harness, benchmarks, dict(_endings()), harness, source)


def _names(categories: bytes) -> list[str]:
    """The categories' names; none where the file is no mapping (whoever reads it next says what is wrong)."""
    try:
        data = parse_json(categories)
    except JsonFaultError:
        return []
    return [name for name in data if isinstance(name, str)] if isinstance(data, dict) else []


def _benchmark(category: str) -> str:
    return "livebench-" + re.sub(r"[^a-z0-9]+", "-", category.lower()).strip("-")


def _endings() -> Iterator[tuple[str, str]]:
    """A model name without its suffix, and the effort that the suffix means: `-xhigh`, `-thinking-auto-low-effort`."""
    for label, effort in EFFORTS.items():
        yield f"-{label}", effort
    for level in _LEVELS:
        for budget in _BUDGETS:
            yield f"{budget}-{level}-effort", EFFORTS[level]
