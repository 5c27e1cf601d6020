"""The walk of a cost plan: candidates, their bills at several volumes, where they cross, and mixes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from llmselect.catalog.names.models import find_model
from llmselect.engine.candidates import Candidate, check_hardware, find_candidates
from llmselect.engine.cost_rows import cost_option
from llmselect.engine.crossings import break_evens, cheapest_by_volume
from llmselect.engine.explain import exclusions
from llmselect.engine.hybrid import hybrids
from llmselect.engine.machine import Detected
from llmselect.engine.named import named
from llmselect.engine.plan_words import assumed, notes
from llmselect.engine.situation import situate
from llmselect.requirements import Requirements
from llmselect.results.cost import CostPlan
from llmselect.results.recommendation import CatalogSummary
from llmselect.table.logged import Logged

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog

DEFAULT_REQUESTS_PER_MONTH = 100_000
DEFAULT_VOLUMES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
DEFAULT_TOP = 4
DEFAULT_API_SHARE = 0.2
MOST_CROSSED = 24  # options between which crossings are sought


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
    names: Sequence[str],
    needs: Requirements,
    catalog: Catalog,
    asked: Asked = Asked(),  # noqa: B008
    detected: Detected | None = None,
    logged: Logged | None = None,
) -> CostPlan:
    """What the models cost at the asked volume and at others; `logged` is the user's own traffic.

    Raises LlmselectError for models and hardware that the catalogue does not know.
    """
    check_hardware(needs)
    needs = named(needs, catalog)
    models = list({model.id: model for model in (find_model(catalog, name, needs.as_of) for name in names)}.values())
    given, traffic = needs, logged.traffic if logged else None
    if needs.monthly_requests is None:
        needs = needs.model_copy(update={"requests_per_month": DEFAULT_REQUESTS_PER_MONTH})
    requests = needs.monthly_requests or DEFAULT_REQUESTS_PER_MONTH
    found = find_candidates(models, needs, catalog, detected, traffic)
    listed = _listed(found.candidates, asked.top)
    volumes = tuple(sorted({*(asked.volumes or DEFAULT_VOLUMES), requests}))
    base = situate(needs, catalog, detected, traffic=traffic)
    return CostPlan(
        requirements=needs.model_dump(mode="json"),
        as_of=needs.as_of.isoformat(),
        currency="USD",
        catalog=CatalogSummary(
            catalog.date.isoformat(), len(catalog.models), len(found.candidates) + len(found.judged)
        ),
        assumed=assumed(given, base, asked.api_share, DEFAULT_API_SHARE, listed),
        requests_per_month=requests,
        options=tuple(cost_option(row, volumes, logged) for row in listed),
        omitted=len(found.candidates) - len(listed),
        excluded=exclusions((option.model, option.id, 1, judgement) for option, judgement in found.judged),
        break_even=break_evens(listed[:MOST_CROSSED]),
        cheapest=cheapest_by_volume(listed),
        hybrids=hybrids(listed, requests, asked.api_share or DEFAULT_API_SHARE, asked.router_accuracy),
        usage=logged.report if logged else None,
        notes=notes(listed, base),
    )


def _listed(candidates: list[Candidate], top: int | None) -> list[Candidate]:
    """The cheapest of each model, by rising cost: the best of each way to have it first, then the next cheapest.

    Of several providers of one machine, and of several machines that hold one quantisation, the cheapest stands for
    all unless all are asked for.
    """
    ordered = sorted(candidates, key=_by_cost)
    if top is None:
        return ordered
    kept: list[Candidate] = []
    for model in dict.fromkeys(row.option.model.id for row in ordered):
        own = [row for row in ordered if row.option.model.id == model]
        first = {row.deployment: row for row in reversed(own)}
        ways: dict[tuple[str, ...], Candidate] = {}
        for row in own:
            ways.setdefault(_way(row), row)
        chosen = [*first.values(), *(row for row in ways.values() if row not in first.values())]
        kept += chosen[: max(top, len(first))]
    return sorted(kept, key=_by_cost)


def _way(row: Candidate) -> tuple[str, ...]:
    option = row.option
    if option.offering is not None:
        return (option.host, option.effort)
    return (row.deployment, option.quantization or "", option.effort)


def _by_cost(row: Candidate) -> tuple[float, str]:
    month = row.figures.usd_per_month
    return (month.value if month else 0.0, row.id)
