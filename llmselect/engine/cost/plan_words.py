"""What a cost plan assumes, and what its reader should not miss."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from llmselect.engine.constraints.terms import host_of
from llmselect.engine.cost.candidates import Candidate
from llmselect.engine.request import Request
from llmselect.requirements import Requirements, flag

MOST_NOTES = 3


def assumed(
    given: Requirements, request: Request, api_share: float | None, default_share: float, rows: Sequence[Candidate]
) -> dict[str, str]:
    """What the plan assumes: texts by the flag that changes each."""
    given_fields = given.model_fields_set
    texts = {"task": request.needs.task} | _workload(request, given)
    if any(not row.at_host for row in rows):
        texts |= _machines(request, rows)
        texts["api_share"] = f"{default_share:.0%} of requests in hybrids"
    texts["verbosity"] = "each model's own length of thinking"
    if api_share is not None:
        texts.pop("api_share", None)
    return given.from_file() | {flag(name): text for name, text in texts.items() if name not in given_fields}


def _workload(request: Request, given: Requirements) -> dict[str, str]:
    needs, load = request.needs, request.workload
    texts = {}
    if given.monthly_requests is None:
        texts["requests_per_month"] = f"{needs.monthly_requests:,}"
    if len(request.traffic.bands) == 1:
        texts |= {"prompt_tokens": f"{load.prompt_tokens:,}", "output_tokens": f"{load.output_tokens:,}"}
        texts["cached_share"] = "none"
    if needs.response_time != "batch" and not request.traffic.batch_share:
        texts["batch_share"] = "none"
    return texts


def _machines(request: Request, rows: Sequence[Candidate]) -> dict[str, str]:
    needs, machine = request.needs, request.machine
    texts = {"hours_per_day": "around the clock"} if needs.hours_per_day == 24 else {}
    if request.peak_factor > 1:
        texts["peak_to_mean"] = f"the busiest time has {needs.peak_to_mean:g} times the mean rate"
    if not needs.spare_machines:
        texts["spare_machines"] = "none"
    if any(row.rental for row in rows):
        texts["gpu"] = "the cheapest kinds that are rented"
    owned = machine.owned and machine.usd_per_gpu_hour is None
    if owned:
        texts["kwh_usd"] = f"${needs.kwh_usd:.2f} per kWh"
    if owned and needs.purchase_usd is not None:
        texts["years"] = f"{needs.years:g} years of use"
    return texts


def notes(rows: Sequence[Candidate], request: Request) -> tuple[str, ...]:
    """What the order of prices hides: models that are cheaper per token and dearer per request; guessed thinking."""
    found = _verbose(rows)[:MOST_NOTES]
    guessed = sorted({_name(row) for row in rows if _guessed(row)})
    if guessed and request.needs.verbosity == "own":
        found.append(
            f"how long {', '.join(guessed)} think at these efforts was not measured: estimated from other efforts or "
            "models like them, within a factor of 5 (--verbosity equal leaves thinking out)"
        )
    return tuple(found)


def _name(row: Candidate) -> str:
    names = row.table.facts.models.name
    return names[row.model_no]


def _guessed(row: Candidate) -> bool:
    table, at = row.table, int(row.table.options.at_task_no[row.row])
    logged = table.request.traffic.model == table.facts.models.model[row.model_no]
    thinks = row.priced.judged.figures.tokens.thinking[2, row.row] > 0
    return bool(not logged and thinks and not table.at_task.thinking_measured[at])


def _verbose(rows: Sequence[Candidate]) -> list[str]:
    """Pairs of APIs of which one has the lower price per token and the higher bill."""
    apis = [row for row in rows if row.at_host and not row.free]
    pairs = [
        (cheap, dear)
        for cheap in apis
        for dear in apis
        if cheap.model_no != dear.model_no
        if _same_tokens_usd(cheap) < _same_tokens_usd(dear)
        and cheap.curves.value.per_request > dear.curves.value.per_request
    ]
    pairs.sort(key=lambda pair: pair[1].curves.value.per_request / pair[0].curves.value.per_request)
    return [_verbose_text(cheap, dear) for cheap, dear in pairs]


def _same_tokens_usd(row: Candidate) -> float:
    """The bill at a row's price if its answers were as long as asked."""
    prices, at = row.table.facts.prices, int(row.priced.judged.figures.costs.price_no[row.row])
    tokens = row.table.request.traffic.total
    usd = tokens.prompt * prices.input_usd_per_mtok[at] + tokens.output * prices.output_usd_per_mtok[at]
    return float(np.nan_to_num(usd)) / 1e6


def _verbose_text(cheap: Candidate, dear: Candidate) -> str:
    tokens = [float(row.priced.judged.figures.tokens.answer[1, row.row]) for row in (cheap, dear)]
    usd = [row.curves.value.per_request * 1000 for row in (cheap, dear)]
    return (
        f"{_label(cheap)} costs less per token than {_label(dear)} and more per request: it writes about "
        f"{tokens[0]:,.0f} tokens against {tokens[1]:,.0f}, ${usd[0]:,.2f} per 1,000 requests against ${usd[1]:,.2f}"
    )


def _label(row: Candidate) -> str:
    effort = "" if row.effort == "default" else f" at {row.effort} effort"
    return f"{_name(row)} ({host_of(row.table, row.row)}){effort}"
