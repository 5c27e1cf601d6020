"""Where options stand beside each other: what no other beats, in what a row leads, and how sure its place is."""

from __future__ import annotations

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers
from llmselect.engine.criteria import CRITERIA
from llmselect.engine.score import undominated
from llmselect.engine.scored import Scored
from llmselect.engine.simulate import Robustness, simulate

LEAD = 0.0005  # of a utility times its weight: less cannot turn scores that are compared to a thousandth


def pareto(found: Scored, rows: Integers, shown: Integers) -> Flags:
    """Which of `shown` no other of `rows` equals or beats in every criterion that counts, and beats in one.

    Judged on values in their own units, of which a scale may tell no difference any more, and on utilities, which say
    what an uncertain value is taken for.
    """
    values = []
    for criterion in CRITERIA:
        if found.weights.get(criterion.name, 0.0) > 0:
            middle = found.values[criterion.name].interval[1]
            values += [-middle if criterion.less_is_better else middle, found.values[criterion.name].utility[1]]
    return undominated(np.array(values), rows, shown)


def leads_in(found: Scored, best: Integers, place: int) -> tuple[str, ...]:
    """For a row of the ranking that one below beats in quality and money: the criteria in which it leads that row.

    The criterion that tells most comes first. Empty where no row below beats it.
    """
    quality, cost = found.values["quality"].interval[1], found.values["cost"].interval[1]
    row, below = best[place], best[place + 1 :]
    no_worse = (quality[below] >= quality[row]) & (cost[below] <= cost[row])
    beats = below[no_worse & ((quality[below] > quality[row]) | (cost[below] < cost[row]))]
    if not len(beats):
        return ()
    leads = {
        name: weight * float(found.values[name].utility[1, row] - found.values[name].utility[1, beats[0]])
        for name, weight in found.weights.items()
    }
    ahead = sorted((-lead, name) for name, lead in leads.items() if lead > 0)
    clear = [name for lead, name in ahead if -lead >= LEAD]
    return tuple(clear or [name for _, name in ahead[:1]])


def simulated(found: Scored, rows: Integers) -> Robustness:
    """How sure the places of these options are, one a model and best first."""
    utilities = {name: values.utility[:, rows] for name, values in found.values.items()}
    evidence = {name: values.evidence[rows] for name, values in found.values.items()}
    names, models = [found.id(row) for row in rows.tolist()], [found.model(row) for row in rows.tolist()]
    return simulate(names, models, utilities, evidence, found.weights)
