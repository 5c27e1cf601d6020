"""The walk of a cost plan: candidates, their bills at several volumes, where they cross, and mixes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from llmselect.engine.constraints import CONSTRAINTS
from llmselect.engine.cost.candidates import Candidate, Priced
from llmselect.engine.cost.cost_rows import cost_option
from llmselect.engine.cost.crossings import break_evens, cheapest_by_volume
from llmselect.engine.cost.hybrids import hybrids
from llmselect.engine.cost.logged import Logged
from llmselect.engine.cost.plan_words import assumed, notes
from llmselect.engine.cost.search import check_hardware, find_candidates
from llmselect.engine.excluded import exclusion, reason
from llmselect.engine.facts import Facts
from llmselect.engine.machine.machines import Detected
from llmselect.engine.named import named
from llmselect.requirements import Requirements
from llmselect.results.cost import CostPlan
from llmselect.results.recommendation import CatalogSummary, Exclusion

DEFAULT_REQUESTS_PER_MONTH = 100_000
DEFAULT_VOLUMES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
DEFAULT_TOP = 4
DEFAULT_API_SHARE = 0.2
MOST_CROSSED = 24  # options between which crossings are sought
_MEASURES = {one.name for one in CONSTRAINTS if one.measures}


class Asked(NamedTuple):
    """What is asked of a plan besides the requirements.

    `volumes` are requests per month; `top` options are listed of each model (None: all); `api_share` and
    `router_accuracy` are those of hybrids.
    """

    volumes: tuple[int, ...] = ()
    top: int | None = DEFAULT_TOP
    api_share: float | None = None
    router_accuracy: float = 0.0


def cost_plan(
    models: Sequence[str],
    needs: Requirements,
    facts: Facts,
    asked: Asked = Asked(),  # noqa: B008
    detected: Detected | None = None,
    logged: Logged | None = None,
) -> CostPlan:
    """What models, given by their ids, cost at the asked volume and at others; `logged` is the user's own traffic.

    Raises LlmselectError for hardware, hosts and tests that the catalogue does not know.
    """
    check_hardware(needs)
    given = needs = named(needs, facts)
    if needs.monthly_requests is None:
        needs = needs.model_copy(update={"requests_per_month": DEFAULT_REQUESTS_PER_MONTH})
    if "horizon_months" not in given.model_fields_set:  # who asks for a bill has chosen already
        needs = needs.model_copy(update={"horizon_months": 0})
    requests = needs.monthly_requests or DEFAULT_REQUESTS_PER_MONTH
    numbers = [facts.model_no[model] for model in dict.fromkeys(models)]
    found = find_candidates(numbers, needs, facts, detected, logged.traffic if logged else None)
    listed = _listed(found.candidates, asked.top)
    volumes = tuple(sorted({*(asked.volumes or DEFAULT_VOLUMES), requests}))
    every = len(found.candidates) + len(found.left_out)
    return CostPlan(
        requirements=needs.model_dump(mode="json"),
        as_of=needs.as_of.isoformat(),
        currency="USD",
        catalog=CatalogSummary(facts.meta["date"], len(facts.models.model), every),
        assumed=assumed(given, found.request, asked.api_share, DEFAULT_API_SHARE, listed),
        requests_per_month=requests,
        options=tuple(cost_option(row, volumes, logged) for row in listed),
        omitted=len(found.candidates) - len(listed),
        excluded=_exclusions(found.left_out),
        break_even=break_evens(listed[:MOST_CROSSED]),
        cheapest=cheapest_by_volume(listed),
        hybrids=hybrids(listed, requests, asked.api_share or DEFAULT_API_SHARE, asked.router_accuracy),
        usage=logged.report if logged else None,
        notes=notes(listed, found.request),
    )


def _listed(candidates: list[Candidate], top: int | None) -> list[Candidate]:
    """The cheapest of each model, by rising cost: the best of each deployment first, then the next cheapest.

    Of several providers of one machine, and of several machines that hold one quantisation, the cheapest stands for
    all unless all are asked for.
    """
    ordered = sorted(candidates, key=_by_cost)
    if top is None:
        return ordered
    kept: list[Candidate] = []
    for model in dict.fromkeys(row.model_no for row in ordered):
        own = [row for row in ordered if row.model_no == model]
        first = {row.deployment: row for row in reversed(own)}
        by_source: dict[tuple[str, ...], Candidate] = {}
        for row in own:
            by_source.setdefault(_source(row), row)
        chosen = [*first.values(), *(row for row in by_source.values() if row not in first.values())]
        kept += chosen[: max(top, len(first))]
    return sorted(kept, key=_by_cost)


def _source(row: Candidate) -> tuple[str, ...]:
    """The host and effort of an offering; the deployment, quantisation and effort of weights."""
    table, at = row.table, int(row.table.options.own_no[row.row])
    if at < 0:
        return (table.facts.offerings.host[int(table.options.offering_no[row.row])], row.effort)
    return (row.deployment, table.own.level[at], row.effort)


def _by_cost(row: Candidate) -> tuple[float, str]:
    return row.usd_per_month.value, row.id


def _exclusions(left_out: Sequence[tuple[Priced, int]]) -> tuple[Exclusion, ...]:
    """What was left out, grouped by model and reasons; the last option of a group is shown."""
    groups: dict[tuple[object, ...], list[tuple[Priced, int]]] = {}
    for priced, row in left_out:
        reasons = priced.judgement.reasons(priced.judged, row)
        words = ((name, "" if name in _MEASURES else words.had) for name, _, words in reasons)
        groups.setdefault((int(priced.table.options.model_no[row]), *words), []).append((priced, row))
    return tuple(_exclusion(*group[-1], len(group)) for group in groups.values())


def _exclusion(priced: Priced, row: int, options: int) -> Exclusion:
    found = priced.judgement.reasons(priced.judged, row)
    reasons = tuple(reason(priced.table.facts, name, undecided, words) for name, undecided, words in found)
    return exclusion(priced.table, row, options, reasons)
