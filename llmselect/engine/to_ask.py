"""What would rank if its vendor confirmed it: options that nothing speaks against but an unknown of law."""

from __future__ import annotations

import numpy as np

from llmselect.catalog.sql.read import Flags
from llmselect.engine.constraints.kinds import FAIL
from llmselect.engine.constraints.terms import host_of
from llmselect.engine.score import best_of_models, ranked
from llmselect.engine.scored import Scored
from llmselect.results.recommendation import ToAsk

LAW = ("license", "privacy", "region")
MOST = 5  # as many as people will ask about


def to_ask(found: Scored) -> tuple[ToAsk, ...]:
    """The best options of other models than those ranked, with what to ask of the vendor of each."""
    models = found.judged.table.options.model_no
    rated = ~np.isnan(found.values["quality"].interval[1])
    rows = np.flatnonzero(_undecided_by_law(found) & rated & ~np.isin(models, models[found.order]))
    best = best_of_models(ranked(found.score, rows, found.tie_place), models)[:MOST]
    return tuple(_record(found, row) for row in best.tolist())


def _undecided_by_law(found: Scored) -> Flags:
    """Options that fail nothing, and that an undecided constraint on law alone keeps out, (n,)."""
    judgement = found.judgement
    law = np.array([constraint.name in LAW for constraint in judgement.asked], dtype=bool)[:, None]
    against = judgement.against
    only_law = ~np.any(judgement.verdicts == FAIL, axis=0) & ~np.any(against & ~law, axis=0)
    unknown: Flags = only_law & np.any(against & law, axis=0)
    return unknown


def _record(found: Scored, row: int) -> ToAsk:
    table = found.judged.table
    questions = [words.had for _, undecided, words in found.judgement.reasons(found.judged, row) if undecided]
    return ToAsk(
        model=found.model(row),
        name=table.facts.models.name[table.options.model_no[row]],
        option=found.id(row),
        host=host_of(table, row),
        score=float(found.score[row]),
        questions=tuple(questions),
    )
