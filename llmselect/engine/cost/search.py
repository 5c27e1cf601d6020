"""The options whose bills a cost plan compares: models at hosts, and weights on machines owned, rented or managed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers
from llmselect.engine.columns import SELF_HOST
from llmselect.engine.constraints.judge import Judgement, judge
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.cost.candidates import Candidate, Priced, at_hosts, on_machines, price
from llmselect.engine.facts import Facts
from llmselect.engine.machine.hardware import Rental, valid_rentals
from llmselect.engine.machine.machines import Detected, machine_of, rented_machine
from llmselect.engine.machine.own import Own, own_rows, own_table, worth_rows
from llmselect.engine.options import Table, make_table
from llmselect.engine.request import Request, make_request
from llmselect.errors import LlmselectError
from llmselect.estimate.cost import Traffic
from llmselect.estimate.memory import GPU
from llmselect.estimate.rows import take
from llmselect.requirements import Requirements, flag

RENTED_COUNTS = (1, 2, 4, 8)  # GPUs of one machine that providers commonly rent together
HARDWARE_FIELDS = frozenset(("hardware", "gpu", "vram", "compute"))


@dataclass(slots=True)
class SearchResult:
    """The candidates of some models, and the options that were left out, in the order of the models."""

    request: Request
    candidates: list[Candidate] = field(default_factory=list)
    left_out: list[tuple[Priced, int]] = field(default_factory=list)
    """The table of each, and its row there."""


def check_hardware(needs: Requirements) -> None:
    """Raises LlmselectError for flags that only make sense with hardware of one's own."""
    own = [name for name in ("purchase_usd", "power_w") if getattr(needs, name) is not None]
    if own and not needs.model_fields_set & {"hardware", "gpu", "vram"}:
        flags = " and ".join(flag(name) for name in own)
        raise LlmselectError("missing-flag", f"{flags} is of hardware that no flag names", "Add --gpu or --hardware.")


def find_candidates(
    models: Sequence[int], needs: Requirements, facts: Facts, detected: Detected | None, traffic: Traffic | None
) -> SearchResult:
    """All that qualifies and has a price of some models, given their rows in `Models`.

    Weights are judged on the machine that was named; on every rented kind that holds them where none was.
    """
    request = make_request(needs, facts.records_of(needs.task), machine_of(needs, facts.hardware, detected), traffic)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # NaN is what is unknown
        base = price(_table(models, request, facts))
        result = SearchResult(request)
        kinds = None if _machine_is_named(needs) else list(_rented_kinds(base, models))
        for model in models:
            rows = np.flatnonzero(base.table.options.model_no == model)
            own = base.table.options.deployment[rows] == SELF_HOST
            _add_passing(result, base, _once_if_logged(base, model, rows[~own]))
            if facts.models.open_weights[model]:
                _add_own(result, base, kinds, model, rows[own])
        return result


def _table(models: Sequence[int], request: Request, facts: Facts) -> Table:
    """The options of some models on the request's machine and at hosts."""
    some = np.array(models, dtype=np.int64)
    own = own_table(facts.on_machines, facts.models.model, request, some)
    return make_table(request, facts, own, some)


def _machine_is_named(needs: Requirements) -> bool:
    return bool(needs.model_fields_set & HARDWARE_FIELDS) or needs.gpu_hour_usd is not None


def _once_if_logged(priced: Priced, model: int, rows: Integers) -> Integers:
    """A logged model's answers are as long as the log says, whatever the effort: one option stands for all."""
    table = priced.table
    if table.request.traffic.model != table.facts.models.model[model]:
        return rows
    return rows[np.unique(table.options.offering_no[rows], return_index=True)[1]]


def _add_passing(result: SearchResult, priced: Priced, rows: Integers) -> None:
    """Add the options that pass: at hosts, or on a machine that is owned or whose hourly price the user gave."""
    passing = rows[priced.judgement.passes[rows]].tolist()
    hosted = [row for row in passing if priced.table.options.offering_no[row] >= 0]
    held = [row for row in passing if priced.table.options.own_no[row] >= 0]
    added = [*at_hosts(priced, hosted), *on_machines(priced, held)]
    result.candidates += added
    have = {candidate.row for candidate in added}
    result.left_out += [(priced, row) for row in rows.tolist() if row not in have]


@dataclass(slots=True)
class _RentedKind:
    """The machines of one rented device: tables of the options that fit, and one of those that fit none of them."""

    fitting: list[Priced]
    failing: Table | None


def _add_own(result: SearchResult, base: Priced, kinds: list[_RentedKind] | None, model: int, rows: Integers) -> None:
    machine = base.table.request.machine
    if kinds is None and (machine.owned or machine.usd_per_gpu_hour is not None):
        _add_passing(result, base, rows)
    elif kinds is None:
        _add_rented(result, base, rows)
    else:
        before = len(result.candidates)
        for priced in (one for kind in kinds for one in kind.fitting):
            _add_rented(result, priced, np.flatnonzero(priced.table.options.model_no == model))
        if len(result.candidates) == before:
            result.left_out += [(base, row) for row in rows.tolist() if base.table.options.own_no[row] < 0]
            for kind in kinds:
                _leave_out(result, kind, model)


def _leave_out(result: SearchResult, kind: _RentedKind, model: int) -> None:
    """Add to what is left out the options of a model that fit no machine of a kind."""
    if kind.failing is not None and (rows := np.flatnonzero(kind.failing.options.model_no == model)).size:
        table = kind.failing
        priced = price(replace(table, options=take(table.options, rows)))
        result.left_out += [(priced, row) for row in range(len(rows))]


def _rented_kinds(base: Priced, models: Sequence[int]) -> Iterator[_RentedKind]:
    """Every device that providers rent out on the day: the smallest machine for each model at each quantisation."""
    facts, day = base.table.facts, base.table.request.as_of_day
    for device in sorted({rental.device for rental in facts.hardware.rentals}):
        if valid_rentals(facts.hardware, device, day):
            yield _rented_kind(base, models, device)


def _rented_kind(base: Priced, models: Sequence[int], device: str) -> _RentedKind:
    facts, request = base.table.facts, base.table.request
    kind, waiting = _RentedKind([], None), None
    for count in RENTED_COUNTS:
        there = replace(request, machine=rented_machine(request.needs, facts.hardware, device, count))
        if waiting is None:
            model_no, artifact_no = worth_rows(facts.on_machines, there)
            some = np.isin(model_no, models)
            waiting = model_no[some], artifact_no[some]
        own = own_rows(facts.on_machines, facts.models.model, there, *waiting)
        fits = own.fits & (own.placement == GPU)
        if fits.any():
            kind.fitting.append(price(_options_on(base.table, there, own, fits)))
        if fits.all():
            return kind
        waiting = waiting[0][~fits], waiting[1][~fits]
    kind.failing = _options_on(base.table, there, own, ~fits)
    return kind


def _options_on(base: Table, request: Request, own: Own, rows: Flags) -> Table:
    """Rows of weights on another machine at every effort of their models, as they stand in a table of one machine."""
    first, count = _of_models(base)
    own_no = np.flatnonzero(rows)
    model_no = own.model_no[own_no]
    repeated = np.repeat(own_no, count[model_no])
    step = np.concatenate([np.arange(count[model]) for model in model_no])
    options = take(base.options, first[np.repeat(model_no, count[model_no])] + step)
    options = replace(options, own_no=repeated)
    return Table(base.facts, request, own, base.efforts, options)


def _of_models(table: Table) -> tuple[Integers, Integers]:
    """Of each model the first option that is weights on the machine, and how many there are at that quantisation."""
    options, models = table.options, len(table.facts.models.model)
    first, count = np.full(models, -1), np.zeros(models, dtype=np.int64)
    for row in np.flatnonzero(options.own_no >= 0)[::-1].tolist():
        first[options.model_no[row]] = row
    for model in np.flatnonzero(first >= 0).tolist():
        count[model] = np.count_nonzero(options.own_no == options.own_no[first[model]])
    return first, count


def _add_rented(result: SearchResult, priced: Priced, rows: Integers) -> None:
    """Each option at each provider of the machine's kind, judged with that provider's price and deployment."""
    table = priced.table
    needs, machine, day = table.request.needs, table.request.machine, table.request.as_of_day
    passing = rows[_without_provider_limits(priced).passes[rows]].tolist()
    rentals = [row for row in valid_rentals(table.facts.hardware, machine.id, day) if _admits(needs, row)]
    held = [row for row in passing if table.options.own_no[row] >= 0] if rentals else []
    for rental in rentals:
        result.candidates += [one for one in on_machines(priced, held, rental) if _affordable(one, needs)]
    have = set(passing) if rentals else set()
    result.left_out += [(priced, row) for row in rows.tolist() if row not in have]


def _without_provider_limits(priced: Priced) -> Judgement:
    """The verdicts without the budget and the deployment, which are judged for each provider."""
    table = priced.table
    if table.request.needs.budget is None and table.request.needs.deployment == ("any",):
        return priced.judgement
    needs = table.request.needs.model_copy(update={"deployment": ("any",), "budget": None})
    free = Table(table.facts, replace(table.request, needs=needs), table.own, table.efforts, table.options)
    return judge(Judged(free, priced.judged.figures))


def _admits(needs: Requirements, rental: Rental) -> bool:
    """A managed endpoint's terms are not in the catalogue: what asks for terms excludes it."""
    if rental.managed and (needs.privacy != "any" or needs.region or needs.offline or needs.host):
        return False
    return "any" in needs.deployment or ("managed" if rental.managed else "self-host") in needs.deployment


def _affordable(candidate: Candidate, needs: Requirements) -> bool:
    served = candidate.curves.value.unit_requests
    return isfinite(served) and (needs.budget is None or candidate.usd_per_month.value <= needs.budget)
