"""Every option of a request, judged and scored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.engine.aim import with_aim
from llmselect.engine.constraints.judge import Judgement, judge
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.criteria import CRITERIA
from llmselect.engine.facts import Facts
from llmselect.engine.figures import make_figures
from llmselect.engine.life import ends_soon
from llmselect.engine.machine.own import own_table
from llmselect.engine.options import make_table, option_id
from llmselect.engine.request import Request
from llmselect.engine.score import normalized, ranked, scores, tie_order
from llmselect.engine.tier import with_tier
from llmselect.engine.values import Values
from llmselect.estimate.intervals import lower_quartile


@dataclass(slots=True)
class Scored:
    """Every option of a request with its verdicts, its criteria and its score."""

    judged: Judged
    judgement: Judgement
    values: dict[str, Values]
    weights: dict[str, float]
    """Normalised, by criterion."""
    score: Numbers
    """(n,)"""
    tie_place: Integers
    """(n,): the place of each option among those of equal score."""
    rankable: Flags
    """(n,): which options can be ranked, if they pass."""
    order: Integers
    """The options that pass and can be ranked, best first."""

    def id(self, row: int) -> str:
        """The id of an option."""
        return option_id(self.judged.table, row)

    def model(self, row: int) -> str:
        """The id of an option's model."""
        table = self.judged.table
        return table.facts.models.model[int(table.options.model_no[row])]

    def but_for(self, constraint: str) -> Integers:
        """The options that can be ranked and against which nothing speaks but one constraint, if that, best first."""
        return ranked(self.score, np.flatnonzero(self.passes_but_for(constraint) & self.rankable), self.tie_place)

    def passes_but_for(self, constraint: str) -> Flags:
        """Which options nothing speaks against but one constraint, if that, (n,)."""
        names = np.array([one.name == constraint for one in self.judgement.asked], dtype=bool)
        passes: Flags = ~np.any(self.judgement.against[~names], axis=0)
        return passes

    def others(self, row: int) -> list[int]:
        """The other options of a model, best first."""
        models = self.judged.table.options.model_no
        return [other for other in self.order[models[self.order] == models[row]].tolist() if other != row]


def score_options(request: Request, facts: Facts) -> Scored:
    """The options of a request, judged and scored."""
    table = make_table(request, facts, own_table(facts.on_machines, facts.models.model, request))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # NaN is what is unknown
        judged = Judged(table, make_figures(table))
        values = {criterion.name: criterion.values(judged) for criterion in CRITERIA}
    return scored(judged, values)


def scored(judged: Judged, values: dict[str, Values]) -> Scored:
    """Options whose figures and criteria are known, judged and weighed as their request asks."""
    request, options = judged.table.request, judged.table.options
    weights = normalized(request.weights)
    quality = values["quality"].interval[1]
    with np.errstate(invalid="ignore"):
        sure = np.where(judged.table.expected, lower_quartile(values["quality"].interval), quality)
        judgement = with_aim(with_tier(judge(judged), judged), judged, sure)
        score = scores(np.array([values[name].utility[1] for name in weights]), list(weights.values()))
    rated = ~np.isnan(quality) if request.rates_quality else np.ones(len(score), dtype=bool)
    at_developer = judged.table.of_offerings(judged.table.facts.at_developer, False)
    ending = judged.table.of_offerings(ends_soon(judged.table.facts.lives, request.as_of_day), False)
    places = tie_order(ending, quality, values["cost"].interval[1], at_developer, options.model_no)
    order = ranked(score, np.flatnonzero(judgement.passes & rated), places)
    return Scored(judged, judgement, values, weights, score, places, rated, order)
