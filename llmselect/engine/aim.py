"""The least quality that `--optimize` asks for, among the options that pass everything else."""

from __future__ import annotations

from functools import partial

import numpy as np

from llmselect.catalog.sql.read import Numbers
from llmselect.engine.columns import Verdicts
from llmselect.engine.constraints.judge import Judgement
from llmselect.engine.constraints.kinds import Constraint, Judged, Words, verdicts
from llmselect.engine.constraints.misses import doublings
from llmselect.engine.request import Request

AIM = "aim"  # the name of the constraint
NEAR_BEST = 0.97  # of the best quality that passes


def with_aim(judgement: Judgement, judged: Judged, quality_percent: Numbers) -> Judgement:
    """The judgement with what `--optimize` asks of `quality_percent`, (n,), as one constraint more.

    `quality` keeps what comes near the best that passes; `cost` what is not insufficient for the task, unless all that
    passes is. What has an unknown quality passes: it is listed apart.
    """
    request = judged.table.request
    admitted = judgement.passes & ~np.isnan(quality_percent)
    least = least_percent(request, float(np.max(quality_percent[admitted], initial=0.0)))
    if least is None:
        return judgement
    aim = Constraint(
        AIM,
        "option",
        partial(_verdicts, quality_percent=quality_percent, least_percent=least),
        partial(_words, quality_percent=quality_percent, least_percent=least),
        "keeps",
        ("optimize",),
        ("optimize",),
        measures=True,
        miss=partial(_miss, quality_percent=quality_percent, least_percent=least),
    )
    found = np.vstack([judgement.verdicts, aim.verdicts(judged)[None, :]])
    return Judgement((*judgement.asked, aim), (*judgement.excludes, False), found)


def least_percent(request: Request, best_percent: float) -> float | None:
    """The least quality where `best_percent` is the best that passes; None where none is asked for."""
    if request.needs.optimize == "quality":
        return NEAR_BEST * best_percent
    if request.needs.optimize == "cost" and best_percent >= request.task.insufficient_percent:
        return request.task.insufficient_percent
    return None


def _verdicts(_: Judged, quality_percent: Numbers, least_percent: float) -> Verdicts:
    return verdicts(quality_percent < least_percent)


def _miss(_: Judged, quality_percent: Numbers, least_percent: float) -> Numbers:
    return doublings(least_percent, quality_percent)


def _words(judged: Judged, row: int, quality_percent: Numbers, least_percent: float) -> Words:
    request = judged.table.request
    near = f"within {100 * (1 - NEAR_BEST):.0f} % of the best that passes"
    why = near if request.needs.optimize == "quality" else f"what is less is insufficient for {request.task.name}"
    return Words(f"a quality of {least_percent:.1f} %: {why}", f"{quality_percent[row]:.1f} %")
