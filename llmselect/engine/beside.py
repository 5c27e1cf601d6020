"""Rows beside the ranking: the best on the user's own machine, or the best open one, where it is not shown."""

from __future__ import annotations

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers
from llmselect.engine.aim import AIM, least_percent
from llmselect.engine.columns import SELF_HOST
from llmselect.engine.rows import Standing, recommended_model
from llmselect.engine.scored import Scored
from llmselect.engine.simulate import ROWS
from llmselect.engine.standing import pareto, simulated
from llmselect.estimate.interval import Interval
from llmselect.results.recommendation import Beside, RecommendedModel

MACHINE, OPEN = "machine", "open"  # why a row stands beside the ranking


def beside(found: Scored, best: Integers, shown: Integers) -> tuple[Beside, ...]:
    """Who names a machine sees what is best on it; who names none, what is best of open weights.

    `best` are the best options of all models in order, `shown` those that the answer shows; the best on the machine may
    stand behind an API of its own model. Where nothing wanted has the quality that `--optimize` aims at, it is aimed at
    among them alone.
    """
    why, wanted = _wanted(found)
    if not len(best):
        return ()
    rows = found.order[wanted[found.order]]
    if not len(rows):
        rows = found.but_for(AIM)
        rows = _aimed(found, rows[wanted[rows]])
    if not len(rows) or rows[0] in shown:
        return ()
    return (Beside(why, _row(found, best, int(rows[0]))),)


def _wanted(found: Scored) -> tuple[str, Flags]:
    """Why a row would stand beside the ranking, and which options it may be, (n,)."""
    table = found.judged.table
    needs = table.request.needs
    if needs.gpu is not None or needs.hardware is not None or needs.vram is not None:
        return MACHINE, table.options.deployment == SELF_HOST
    return OPEN, table.of_models(table.facts.models.open_weights).astype(bool)


def _aimed(found: Scored, rows: Integers) -> Integers:
    """Which of some options have the quality that `--optimize` aims at among them, in their order."""
    quality = found.values["quality"].interval[1, rows]
    least = least_percent(found.judged.table.request, float(np.max(quality, initial=0.0)))
    return rows if least is None else rows[quality >= least]


def _row(found: Scored, best: Integers, row: int) -> RecommendedModel:
    """The record of an option as if it were its model's best: its rank is the place that it would have.

    What falls short of the quality that `--optimize` aims at comes behind all that does not, and is never first.
    """
    models, score = found.judged.table.options.model_no, found.score
    competes = row in found.order
    ahead = found.order[: int(np.argmax(found.order == row))] if competes else found.order
    rivals = best[models[best] != models[row]]
    drawn = simulated(found, np.append(rivals[: ROWS - 1], row))
    standing = Standing(
        rank=len(np.setdiff1d(models[ahead], models[row])) + 1,
        score=Interval(float(drawn.score_low[-1]), float(score[row]), float(drawn.score_high[-1])),
        gap_to_next=None,
        win_share=float(drawn.win_share[-1]) if competes else 0.0,
        pareto=bool(pareto(found, np.append(rivals, row), np.array([row]))[0]),
        tied_with_next=False,
        leads_in=(),
    )
    return recommended_model(found, row, standing)
