"""By how much options miss a constraint, so that the nearest of what is excluded can be shown first.

A miss is counted in doublings, which makes sizes, seconds and money comparable: needing 25 GiB of 22 is a miss of 0.18,
needing 224 a miss of 3.3. What is a matter of yes or no, or unknown, counts as one doubling (`NO`); what no change of
the request can mend, such as a model that has ended, as several (`NEVER`).
"""

from __future__ import annotations

import numpy as np

from llmselect.catalog.sql.read import Numbers
from llmselect.engine.columns import APP, DEVICE, NOWHERE
from llmselect.engine.constraints.data import floor_percent, released_quality
from llmselect.engine.constraints.fit import LIMITS, least_tok_s, waits
from llmselect.engine.constraints.kinds import NEVER, NO, Judged


def doublings(needed: Numbers | float, had: Numbers | float) -> Numbers:
    """How often what is there would have to be doubled, between 0 and `NEVER`; NaN where either is unknown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Numbers = np.clip(np.log2(np.asarray(needed, dtype=float) / had), 0.0, NEVER)
    return found


def lifecycle(judged: Judged) -> Numbers:
    """What ends within the horizon misses it; what has ended, or is no longer listed, does not come back."""
    table = judged.table
    ahead = table.facts.offerings.shutdown_day > table.request.as_of_day
    return table.of_offerings(np.where(ahead, NO, NEVER), NO)


def hosting(judged: Judged) -> Numbers:
    """What only an app or a device offers, or nobody, is out of reach."""
    return np.where(np.isin(judged.table.options.deployment, (APP, DEVICE, NOWHERE)), NEVER, NO)


def quality(judged: Judged) -> Numbers:
    """The furthest of the asked floors from what the model reaches."""
    table, needs = judged.table, judged.table.request.needs
    misses = [np.zeros(len(table.options))]
    for benchmark, floor in needs.min_score.items():
        newest = table.facts.newest_scores(benchmark)
        score = np.array([newest[model][0] if model in newest else np.nan for model in table.facts.models.model])
        misses.append(doublings(floor, score)[table.options.model_no])
    if needs.at_least is not None:
        misses.append(doublings(floor_percent(table), released_quality(table)))
    found: Numbers = np.max(misses, axis=0)
    return found


def context(judged: Judged) -> Numbers:
    """The furthest of the limits on tokens."""
    table, load = judged.table, judged.table.request.workload
    misses = [doublings(getattr(load, name), getattr(table.options, name)) for name, _ in LIMITS]
    return np.where(np.isnan(table.options.context_tokens), np.nan, np.nanmax(np.nan_to_num(misses), axis=0))


def memory(judged: Judged) -> Numbers:
    """Memory that is needed over what is usable."""
    table = judged.table
    return table.of_own(doublings(table.own.needed_gib, table.own.available_gib), np.nan)


def speed(judged: Judged) -> Numbers:
    """The asked pace over what is expected."""
    return doublings(judged.figures.speeds.tpot_s[1], 1 / (least_tok_s(judged.table.request) or np.inf))


def latency(judged: Judged) -> Numbers:
    """Seconds that are expected over those allowed, of the limit that is missed most."""
    misses = [doublings(seconds[1], most) for _, seconds, most in waits(judged)]
    found: Numbers = np.max([np.zeros(len(judged.table.options)), *misses], axis=0)
    return found


def throughput(judged: Judged) -> Numbers:
    """Requests of the month over those that the machine gets through."""
    return doublings(judged.table.request.monthly_requests, judged.figures.throughput.full[1])


def budget(judged: Judged) -> Numbers:
    """The month's bill over the budget."""
    return doublings(judged.figures.costs.usd_per_month[1], judged.table.request.needs.budget or 0.0)
