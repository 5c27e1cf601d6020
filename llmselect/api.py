"""The commands as functions.

>>> from llmselect import Requirements
>>> from llmselect.api import compare, cost, recommend
>>> answer = recommend(Requirements(task="qa", gpu="RTX 3090"), top=5)

Each answers with a record of `llmselect.results`, which prints itself in a few lines and has `to_dict()` and
`to_frame()`. A request is a `Requirements`; none stands for its defaults. `catalog` is what `load_catalog` opens:
pass the same one to many calls. None opens that of the command line, with the user's own layers over it.

All raise LlmselectError for what is not understood, in the names of parameters and fields.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from llmselect.engine.facts import Facts
from llmselect.engine.machine.machines import Detected
from llmselect.errors import LlmselectError
from llmselect.python_words import in_python
from llmselect.requirements import Requirements
from llmselect.this_machine import at_hand

if TYPE_CHECKING:
    from llmselect.results.check import CheckReport
    from llmselect.results.comparison import Comparison
    from llmselect.results.cost import CostPlan, LoggedBill
    from llmselect.results.estimate import Estimate
    from llmselect.results.recommendation import Recommendation
    from llmselect.results.replacement import Replacement

__all__ = ["check", "compare", "cost", "estimate", "load_catalog", "recommend", "replace"]


@in_python
def load_catalog(directory: str | PathLike[str] | None = None) -> Facts:
    """The catalogue of a folder of YAML files or of a compiled file; None is that of the command line."""
    from llmselect.catalog.load import open_catalog

    return Facts(open_catalog(Path(directory) if directory is not None else None))


@in_python
def recommend(
    requirements: Requirements | None = None, catalog: Facts | None = None, *, top: int | None = None
) -> Recommendation:
    """Ranks models for what is needed; `top` cuts the ranking, never the reasons of what is excluded."""
    from llmselect.engine.recommend import recommend as rank

    needs, here = requirements or Requirements(), _here(requirements)
    return rank(needs, catalog or load_catalog(), here, top)


@in_python
def replace(
    model: str,
    requirements: Requirements | None = None,
    catalog: Facts | None = None,
    *,
    top: int = 5,
    without: Sequence[str] = (),
) -> Replacement:
    """What could take a model's place. What it can do, and its tier, is asked too, but for what `without` names."""
    from llmselect.catalog.names.models import find_model
    from llmselect.engine.implied import asked, keeps_tier
    from llmselect.engine.replace import ended_as_moving, ended_under, replace_ended
    from llmselect.engine.replace import replace as replaced
    from llmselect.errors import LlmselectError

    facts, needs, here = catalog or load_catalog(), requirements or Requirements(), _here(requirements)
    wanted, near = asked(needs, without), keeps_tier(without)
    try:
        found = find_model(facts.catalog, model, needs.as_of)
    except LlmselectError as unknown:
        over = ended_under(facts.catalog, model, unknown)
        return replace_ended(over, wanted, facts, here, top, keeps_tier=near)
    if moved := ended_as_moving(facts.catalog, model):
        return replace_ended(moved, wanted, facts, here, top, keeps_tier=near, meant=found)
    return replaced(found, wanted, facts, here, top, keeps_tier=near)


@in_python
def compare(
    *models: str,
    requirements: Requirements | None = None,
    columns: Iterable[str] = (),
    catalog: Facts | None = None,
    top: int = 5,
) -> Comparison:
    """Models, or families, side by side; none: the `top` ones that `recommend` ranks for the same requirements."""
    from llmselect.compare.ask import compare_models

    facts, needs, here = catalog or load_catalog(), requirements or Requirements(), _here(requirements)
    return compare_models(facts, needs, models, tuple(columns), top, here)


@in_python
def cost(
    *models: str,
    requirements: Requirements | None = None,
    usage: str | PathLike[str] | None = None,
    volumes: Iterable[int] = (),
    top: int | None = 4,
    api_share: float | None = None,
    router_accuracy: float = 0.0,
    catalog: Facts | None = None,
) -> CostPlan | LoggedBill:
    """What models cost by the month, and where they break even; no model: what the log `usage` cost as it is.

    `volumes` are requests a month to show besides, `top` how many options to list of each model (None: all);
    `api_share` and `router_accuracy` (0 to 1) are those of hybrids of an API and machines.
    """
    from llmselect.catalog.names.models import find_model
    from llmselect.engine.cost.plan import Asked, cost_plan
    from llmselect.usage.workload import read_usage, usage_bill, with_usage

    facts, needs, here = catalog or load_catalog(), requirements or Requirements(), _here(requirements)
    logged = read_usage(Path(usage), needs, facts.catalog, lambda share: None) if usage is not None else None
    if not models and logged is None:
        raise LlmselectError("missing-argument", "no model and no log is named", "Name models, or a log with usage.")
    if not models and logged is not None:
        return usage_bill(logged, needs, facts)
    needs = with_usage(logged, needs) if logged is not None else needs
    asked = Asked(tuple(volumes), top, api_share, router_accuracy)
    ids = [find_model(facts.catalog, model, needs.as_of).id for model in models]
    return cost_plan(ids, needs, facts, asked, here, logged)


@in_python
def estimate(
    model: str,
    requirements: Requirements | None = None,
    catalog: Facts | None = None,
    *,
    quantization: str | None = None,
    runtime: str | None = None,
) -> Estimate:
    """How fast a model with open weights is on a machine, and what memory it takes, step by step.

    `quantization` is a level such as `q4` (None: q4 with llama.cpp, else as released), `runtime` llama.cpp, vllm or
    transformers (None: vllm on data-centre GPUs, else llama.cpp).
    """
    from llmselect.engine.single.single import estimate_named

    facts, needs, here = catalog or load_catalog(), requirements or Requirements(), _here(requirements)
    return estimate_named(facts, model, needs, quantization, runtime, here)


@in_python
def check(
    *paths: str | PathLike[str],
    days: int = 90,
    as_of: date | None = None,
    host: str | None = None,
    catalog: Facts | None = None,
) -> CheckReport:
    """Which model ids in files and folders end, where, and what follows them, as of a day (None: today)."""
    from llmselect.scan.find import scan
    from llmselect.scan.judge import check_report, existing_paths, host_id
    from llmselect.scan.names import known_names

    known, found = (catalog or load_catalog()).catalog, existing_paths(list(map(str, paths)))
    return check_report(scan(found, known_names(known)), as_of or date.today(), days, host_id(known, host))


def _here(needs: Requirements | None) -> Detected | None:
    here = at_hand(needs.hardware if needs else None, lambda text: warnings.warn(text, stacklevel=3))
    return Detected(*here) if here else None
