"""The model that is replaced: what it took and gave as it was used, and where else it can still be had."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf

import numpy as np

from llmselect.catalog.names.hosts import own_host
from llmselect.catalog.sql.read import Flags, Integers
from llmselect.engine.columns import SELF_HOST
from llmselect.engine.constraints.terms import host_of
from llmselect.engine.criteria import CRITERIA
from llmselect.engine.facts import Facts
from llmselect.engine.relax import options_of
from llmselect.engine.request import Request
from llmselect.engine.scored import Scored, scored
from llmselect.estimate.intervals import interval_at
from llmselect.estimate.rows import known
from llmselect.results.replacement import OldModel


def options_of_model(request: Request, facts: Facts, model: str) -> Scored:
    """The options of one model, judged and scored, whatever it has to be near."""
    request = replace(request, without=None, tier=None)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # NaN is what is unknown
        judged = options_of(request, facts, np.array([facts.model_no[model]]))
        return scored(judged, {criterion.name: criterion.values(judged) for criterion in CRITERIA})


def old_model(request: Request, facts: Facts, model: str) -> OldModel:
    """A model's figures as it was used, at the last price that is known of it on the request's day.

    On a named machine that is how its weights run there, if they do; else at its developer's own host if that ever had
    it, else at any. Of its efforts it is the one that scores best among those with a price.
    """
    day = _last_priced_day(facts, model, request.as_of_day)
    then = replace(request, needs=request.needs.model_copy(update={"as_of": date.fromordinal(day)}), as_of_day=day)
    found = options_of_model(then, facts, model)
    row = _as_used(found, model)
    table, figures = found.judged.table, found.judged.figures
    effort = table.at_task.effort[table.options.at_task_no[row]]
    context = known(table.options.context_tokens[row])
    return OldModel(
        model=model,
        name=facts.models.name[facts.model_no[model]],
        option=found.id(row),
        host=host_of(table, row),
        effort=None if effort == "default" else effort,
        as_of=date.fromordinal(day).isoformat(),
        quality=interval_at(found.values["quality"].interval, row),
        usd_per_month=known(figures.costs.usd_per_month[1, row]),
        answer_s=known(figures.speeds.answer_s[1, row]),
        context_tokens=None if context is None else round(context),
    )


def elsewhere_row(found: Scored, host: str) -> int | None:
    """The best option of a model at another host than the one where it was used; `found` are its options."""
    rows = [row for row in found.order.tolist() if host_of(found.judged.table, row) != host]
    return rows[0] if rows else None


def _as_used(found: Scored, model: str) -> int:
    """The option whose figures stand for a model: on the machine, at its developer's, anywhere; the best score of them.

    What is billed goes before what is free, and that before what has no price.
    """
    table = found.judged.table
    usd = found.judged.figures.costs.usd_per_month[1]
    paid, priced = usd > 0, ~np.isnan(usd)
    on_machine = (table.options.deployment == SELF_HOST) & table.request.machine.owned & (table.options.own_no >= 0)
    at_home = table.of_offerings(_at(table.facts, own_host(model)), False)
    hosted = table.options.deployment != SELF_HOST
    for among in (on_machine & priced, at_home & paid, hosted & paid, at_home & priced, at_home, hosted, usd == usd):
        rows = np.flatnonzero(among)
        if len(rows):
            return _best(found, rows)
    return 0


def _best(found: Scored, rows: Integers) -> int:
    quality = found.values["quality"].interval[1, rows]
    return int(rows[np.lexsort((found.tie_place[rows], -found.score[rows], np.isnan(quality)))[0]])


def _at(facts: Facts, host: str) -> Flags:
    return np.array([one == host for one in facts.offerings.host], dtype=bool)


def _last_priced_day(facts: Facts, model: str, as_of_day: int) -> int:
    """The last day, up to one, on which the developer's host had a price of a model, or if it never had, any host."""
    prices, of_price = facts.prices, facts.offering_of_price
    theirs = facts.model_of_offering[of_price] == facts.model_no[model]
    at_home = theirs & _at(facts, own_host(model))[of_price]
    rows = np.flatnonzero((at_home if at_home.any() else theirs) & (prices.from_day <= as_of_day))
    if not len(rows):
        return as_of_day
    last = np.where(np.isnan(prices.to_day[rows]), inf, prices.to_day[rows]).max()
    return int(min(last, as_of_day))
