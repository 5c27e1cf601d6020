"""Rows beside the ranking: the best on the user's own machine, or the best open one, where no shown row is such."""

from __future__ import annotations

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers
from llmselect.engine.aim import AIM
from llmselect.engine.columns import SELF_HOST
from llmselect.engine.rows import Standing, recommended_model
from llmselect.engine.score import ranked
from llmselect.engine.scored import Scored
from llmselect.engine.simulate import ROWS
from llmselect.engine.standing import pareto, simulated
from llmselect.estimate.interval import Interval
from llmselect.results.recommendation import Beside, RecommendedModel

MACHINE, OPEN = "machine", "open"  # why a row stands beside the ranking


def beside(found: Scored, best: Integers, shown: Integers) -> tuple[Beside, ...]:
    """Who names a machine sees what is best on it; who names none, what is best of open weights.

    `best` are the best options of all models in order, `shown` those that the answer shows. What only falls short of
    the quality that `--optimize` aims at is shown where nothing else is such.
    """
    why, wanted = _wanted(found)
    if not len(best) or np.any(wanted[shown]):
        return ()
    rows = found.order[wanted[found.order]]
    if not len(rows):
        rows = found.but_for(AIM)
        rows = rows[wanted[rows]]
    return (Beside(why, _row(found, best, int(rows[0]))),) if len(rows) else ()


def _wanted(found: Scored) -> tuple[str, Flags]:
    """Why a row would stand beside the ranking, and which options it may be, (n,)."""
    table = found.judged.table
    needs = table.request.needs
    if needs.gpu is not None or needs.hardware is not None or needs.vram is not None:
        return MACHINE, table.options.deployment == SELF_HOST
    return OPEN, table.of_models(table.facts.models.open_weights).astype(bool)


def _row(found: Scored, best: Integers, row: int) -> RecommendedModel:
    """The record of an option as if it were its model's best: its rank is the place that it would have."""
    models, score = found.judged.table.options.model_no, found.score
    everything = ranked(score, np.union1d(found.order, [row]), found.tie_place)
    ahead = everything[: int(np.flatnonzero(everything == row)[0])]
    rivals = best[models[best] != models[row]]
    drawn = simulated(found, np.append(rivals[: ROWS - 1], row))
    standing = Standing(
        rank=len(np.setdiff1d(models[ahead], models[row])) + 1,
        score=Interval(float(drawn.score_low[-1]), float(score[row]), float(drawn.score_high[-1])),
        gap_to_next=None,
        win_share=float(drawn.win_share[-1]),
        pareto=bool(pareto(found, np.append(rivals, row), np.array([row]))[0]),
        tied_with_next=False,
        leads_in=(),
    )
    return recommended_model(found, row, standing)
