"""Models of which nothing passes, with what speaks against each of their options."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from llmselect.catalog.sql.read import Integers
from llmselect.results.recommendation import Exclusion, Reason
from llmselect.table.constraints import CONSTRAINTS
from llmselect.table.constraints.judge import Judgement
from llmselect.table.constraints.kinds import Judged, Words
from llmselect.table.facts import Facts
from llmselect.table.options import option_id
from llmselect.table.sources import citations

_MEASURES = {one.name for one in CONSTRAINTS if one.measures}


def exclusions(judged: Judged, judgement: Judgement) -> tuple[Exclusion, ...]:
    """Models without an option that passes, their options grouped by what speaks against them.

    Options of one group may differ in figures (sizes at each quantisation): the last, which needs the least memory,
    speaks for the group.
    """
    options = judged.table.options
    passing = np.zeros(len(judged.table.facts.models.model), dtype=bool)
    passing[options.model_no[judgement.passes & ~options.expected]] = True
    rows = np.flatnonzero(~passing[options.model_no] & ~options.expected)
    groups: dict[tuple[object, ...], list[int]] = {}
    said: dict[tuple[object, ...], list[tuple[str, bool, Words]]] = {}
    for row, patterns in zip(rows.tolist(), _patterns(judged, judgement, rows), strict=True):
        if patterns not in said:
            said[patterns] = judgement.reasons(judged, row)
        key = (
            options.model_no[row],
            *((name, "" if name in _MEASURES else words.had) for name, _, words in said[patterns]),
        )
        groups.setdefault(key, []).append(row)
    ordered = sorted(groups.values(), key=lambda group: (options.model_no[group[0]], group[0]))
    return tuple(_exclusion(judged, judgement, group) for group in ordered)


def _patterns(judged: Judged, judgement: Judgement, rows: Integers) -> list[tuple[object, ...]]:
    """What makes the words of options the same: the verdicts, and the offering or the model."""
    options, verdicts = judged.table.options, judgement.verdicts[:, rows].T
    places = zip(options.model_no[rows].tolist(), options.offering_no[rows].tolist(), strict=True)
    efforts = options.at_task_no[rows].tolist()
    return [(*place, effort, each.tobytes()) for place, effort, each in zip(places, efforts, verdicts, strict=True)]


def _exclusion(judged: Judged, judgement: Judgement, group: Sequence[int]) -> Exclusion:
    table, row = judged.table, group[-1]
    model = int(table.options.model_no[row])
    reasons = tuple(
        reason(table.facts, name, undecided, words) for name, undecided, words in judgement.reasons(judged, row)
    )
    models = table.facts.models
    return Exclusion(models.model[model], models.name[model], option_id(table, row), len(group), reasons)


def reason(facts: Facts, constraint: str, undecided: bool, words: Words) -> Reason:
    """What a constraint says, as a reader meets it."""
    had = f"unknown: {words.had}" if undecided else words.had
    return Reason(constraint, words.needed, had, citations(facts, words.origin), undecided)
