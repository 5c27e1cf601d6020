"""Three ways to fit a model to a specific domain, each with an option and its bill."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers
from llmselect.engine.aim import NEAR_BEST
from llmselect.engine.columns import SELF_HOST
from llmselect.engine.constraints.judge import judge
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.constraints.terms import SELECTABLE, host_of
from llmselect.engine.options import Table, option_id
from llmselect.engine.relax import options_of
from llmselect.engine.request import Request, make_request
from llmselect.engine.scored import Scored
from llmselect.engine.traits import tunable
from llmselect.estimate.intervals import interval_at
from llmselect.results.recommendation import Way

PASSAGE_TOKENS = 2000  # four passages of half a page each
SMALL_PARAMS = 20e9  # what adapters tune on one card of 48 GB


def ways(found: Scored, best: Integers) -> tuple[Way, ...]:
    """Retrieval, a small model fine-tuned and a larger model, where the domain is specific and something qualifies."""
    request = found.judged.table.request
    if request.needs.domain != "specific" or not len(best):
        return ()
    return (_retrieval(found), _tuned(found), _larger(found, int(best[0])))


def _asking(table: Table, **changes: Any) -> Request:
    """The request of a table with other requirements, on its machine."""
    request, facts = table.request, table.facts
    needs = request.needs.model_copy(update=changes)
    asked = make_request(needs, facts.records_of(needs.task), request.machine)
    return replace(asked, without=request.without, tier=request.tier)


def _retrieval(found: Scored) -> Way:
    """What would be first if nothing were tuned, with passages of the domain in each prompt."""
    table = found.judged.table
    untuned = found.score - found.weights.get("adaptability", 0.0) * found.values["adaptability"].utility[1]
    first = int(found.order[np.argmax(untuned[found.order])])
    longer = _asking(table, prompt_tokens=table.request.workload.prompt_tokens + PASSAGE_TOKENS)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        judged = options_of(longer, table.facts, table.options.model_no[[first]])
        passes = judge(judged).passes
    same = [row for row in np.flatnonzero(passes).tolist() if option_id(judged.table, row) == found.id(first)]
    assumed = f"{PASSAGE_TOKENS:,} tokens of passages in each prompt"
    if not same:
        return Way("retrieval", f"{assumed} are too much for {table.facts.models.name[table.options.model_no[first]]}")
    return _way("retrieval", assumed, judged, same[0], _quality(found, first))


def _tuned(found: Scored) -> Way:
    """The best small model whose weights may be tuned on the machine, rented if need be, or that its host tunes."""
    table = found.judged.table
    rated = ~np.isnan(found.values["quality"].interval[1])
    rows = np.flatnonzero(_with_machines(found) & rated & _small(found) & tunable(table))
    if not len(rows):
        return Way("fine-tuning", "no small model that qualifies may be tuned: weights on a machine (--gpu) can be")
    row, machine = int(rows[np.argmax(found.score[rows])]), table.request.machine
    rented = table.options.deployment[row] == SELF_HOST and not machine.owned
    where = f"on a rented {machine.count} x {machine.name}, " if rented else ""
    return _way(
        "fine-tuning", f"{where}before the training, which comes on top", found.judged, row, _quality(found, row)
    )


def _with_machines(found: Scored) -> Flags:
    """Which options pass where a machine may be used as well as a host, unless the user says where it runs, (n,)."""
    table = found.judged.table
    if "any" in table.request.needs.deployment:
        table = replace(table, request=_asking(table, deployment=SELECTABLE))
    with np.errstate(invalid="ignore"):
        return judge(Judged(table, found.judged.figures)).passes


def _small(found: Scored) -> Flags:
    """Which options are small enough to be tuned on one card, or are tuned by a host that knows their size, (n,)."""
    table = found.judged.table
    params = table.of_models(table.facts.models.total_params)
    closed = ~table.of_models(table.facts.models.open_weights)
    small: Flags = (params <= SMALL_PARAMS) | (np.isnan(params) & closed)
    return small


def _larger(found: Scored, first: int) -> Way:
    """The cheapest of the ablest that qualify."""
    quality = found.values["quality"].interval[1]
    usd = found.judged.figures.costs.usd_per_month[1]
    rated = found.order[~np.isnan(quality[found.order])]  # where quality counts nothing, unrated options rank too
    if not len(rated):
        return Way("larger-model", "no test says which of what qualifies is the ablest")
    able = rated[quality[rated] >= NEAR_BEST * np.max(quality[rated])]
    if first in able:
        return _way("larger-model", "the first choice is as able as any", found.judged, first, _quality(found, first))
    priced = able[~np.isnan(usd[able])]
    row = int(priced[np.argmin(usd[priced])] if len(priced) else able[0])
    return _way("larger-model", "as it is, with examples in the prompt", found.judged, row, _quality(found, row))


def _quality(found: Scored, row: int) -> float:
    return float(found.values["quality"].interval[1, row])


def _way(kind: str, assumed: str, judged: Judged, row: int, quality_percent: float) -> Way:
    table, costs = judged.table, judged.figures.costs
    model_no = table.options.model_no[row]
    return Way(
        kind,
        assumed,
        model=table.facts.models.model[model_no],
        name=table.facts.models.name[model_no],
        option=option_id(table, row),
        host=host_of(table, row),
        quality_percent=None if np.isnan(quality_percent) else quality_percent,
        usd_per_month=interval_at(costs.usd_per_month, row),
        usd_per_1k_requests=interval_at(costs.usd_per_1k_requests, row),
    )
