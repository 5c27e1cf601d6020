"""What is usual for things like one of which a fact is not known.

A prior is a range: five percentiles of the values that are known in the nearest group that says enough. A criterion
scores the unfavourable quartile, so that nothing gains by what is not known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.engine.columns import PRIOR, UNKNOWN
from llmselect.engine.facts import Facts
from llmselect.engine.options import Table
from llmselect.engine.values import Values

PERCENTILES = (5, 25, 50, 75, 95)
LOW, LOWER, MEDIAN, UPPER, HIGH = range(5)
LEAST_KNOWN = 3  # fewer values of a group say nothing of its spread
_NOTHING_USUAL = np.array([[0.0], [0.25], [1.0]])  # of what nobody knows of anything: any utility, the lower quartile


def usual(values: Numbers, missing: Flags, groupings: Sequence[Integers], least: int = LEAST_KNOWN) -> Numbers:
    """The percentiles (5, n) of the known among `values` (n,) in the groups of `missing` rows; NaN elsewhere.

    `groupings` (n,) each give the number of every row's group, nearest first; -1 is no group. A row takes the first
    group that has `least` known values; where none has, its percentiles are NaN.
    """
    found, open_rows = np.full((len(PERCENTILES), len(values)), np.nan), missing.copy()
    known = ~np.isnan(values)
    for groups in groupings:
        for group in np.unique(groups[open_rows & (groups >= 0)]).tolist():
            members = groups == group
            if np.count_nonzero(members & known) >= least:
                rows = members & open_rows
                found[:, rows] = np.percentile(values[members & known], PERCENTILES)[:, None]
                open_rows &= ~rows
    return found


def medians(values: Numbers, groups: Integers, count: int) -> Numbers:
    """The median (count,) of the known values of each of the groups 0 … count - 1; NaN where none is known."""
    found = np.full(count, np.nan)
    known = ~np.isnan(values) & (groups >= 0)
    for group in np.unique(groups[known]).tolist():
        found[group] = np.median(values[known & (groups == group)])
    return found


def usual_of_models(facts: Facts, values: Numbers, day: int, among: Flags | None = None) -> Numbers:
    """The percentiles (5, models) for models whose value is not known: of its family, developer, year, or any.

    Base models and tuned ones are never alike, and only models `among` some say what is usual. What was released after
    `day` says nothing of that day.
    """
    models = facts.models
    counts = models.release_day <= day if among is None else among & (models.release_day <= day)
    years = ["" if np.isnan(released) else str(date.fromordinal(int(released)).year) for released in models.release_day]
    kin = [_groups(kind, models.tuning) for kind in (models.family, models.developer, years)]
    every = [_groups(models.tuning), np.zeros(len(values), dtype=np.int64)]
    return usual(np.where(counts, values, np.nan), np.isnan(values), [*kin, *every])


def _groups(*columns: Sequence[str]) -> Integers:
    """A number for each combination of texts; -1 where the first is empty."""
    numbers: dict[tuple[str, ...], int] = {}
    rows = zip(*columns, strict=True)
    return np.array([numbers.setdefault(row, len(numbers)) if row[0] else -1 for row in rows], dtype=np.int64)


def usual_context_tokens(table: Table) -> Numbers:
    """The percentiles (5, n) of the context windows of models like each option's: at other hosts, else of its kin.

    A host that has the model only after the day says nothing of that day.
    """
    facts, options, day = table.facts, table.options, table.request.as_of_day
    stated = np.where(facts.offerings.released_day > day, np.nan, facts.offerings.context_tokens)
    elsewhere = medians(stated, facts.model_of_offering, len(facts.models.model))
    kin = usual_of_models(facts, facts.models.context_tokens, day)
    return np.where(np.isnan(elsewhere), kin, elsewhere)[:, options.model_no]


def valued(unit: str, known: Numbers, likely: Numbers, utility: Callable[[Numbers], Numbers], evidence: int) -> Values:
    """Values that are `known` (n,), and elsewhere what is `likely`: percentiles (5, n), the unfavourable ones first.

    Where neither is known the utility may be anything.
    """
    missing: Flags = np.isnan(known)
    nothing = missing & np.isnan(likely[MEDIAN])
    interval = np.sort(np.where(missing, likely[[LOW, MEDIAN, HIGH]], known), axis=0)
    scored = utility(np.where(missing, likely[[LOW, LOWER, HIGH]], known))
    codes = np.where(nothing, UNKNOWN, np.where(missing, PRIOR, evidence))
    return Values(unit, interval, np.where(nothing, _NOTHING_USUAL, scored), codes)
