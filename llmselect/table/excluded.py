"""Models of which nothing passes, with what speaks against each of their options."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from llmselect.catalog.sql.read import Integers
from llmselect.results.recommendation import Exclusion, Reason
from llmselect.table.constraints import CONSTRAINTS
from llmselect.table.constraints.judge import Judgement
from llmselect.table.constraints.kinds import Judged, Words
from llmselect.table.facts import Facts
from llmselect.table.options import option_id
from llmselect.table.sources import citations

Against = list[tuple[str, bool, Words]]  # as `Judgement.reasons` gives it
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
    words: dict[tuple[object, ...], Against] = {}
    last: dict[int, Against] = {}
    for row, pattern in zip(rows.tolist(), _patterns(judged, judgement, rows), strict=True):
        if pattern not in words:
            words[pattern] = judgement.reasons(judged, row)
        last[row] = words[pattern]
        told = ((name, "" if name in _MEASURES else said.had) for name, _, said in words[pattern])
        groups.setdefault((options.model_no[row], *told), []).append(row)
    ordered = sorted(groups.values(), key=lambda group: (options.model_no[group[0]], group[0]))
    for group in ordered:
        if any(name in _MEASURES for name, _, _ in last[group[-1]]):  # the figures are the row's own
            last[group[-1]] = judgement.reasons(judged, group[-1])
    return tuple(_exclusion(judged, last[group[-1]], group) for group in ordered)


def _patterns(judged: Judged, judgement: Judgement, rows: Integers) -> Iterator[tuple[object, ...]]:
    """What makes the words of options the same: the verdicts and the offering, or the model; the effort where asked."""
    options, verdicts = judged.table.options, judgement.verdicts[:, rows].T
    by_effort = any(one.by_effort for one in judgement.asked)
    efforts = options.at_task_no[rows] if by_effort else np.zeros(len(rows), dtype=np.int64)
    columns = (options.model_no[rows].tolist(), options.offering_no[rows].tolist(), efforts.tolist())
    return zip(*columns, map(bytes, verdicts), strict=True)


def _exclusion(judged: Judged, against: Against, group: Sequence[int]) -> Exclusion:
    table, row = judged.table, group[-1]
    model, models = int(table.options.model_no[row]), table.facts.models
    reasons = tuple(reason(table.facts, name, undecided, words) for name, undecided, words in against)
    return Exclusion(models.model[model], models.name[model], option_id(table, row), len(group), reasons)


def reason(facts: Facts, constraint: str, undecided: bool, words: Words) -> Reason:
    """What a constraint says, as a reader meets it."""
    had = f"unknown: {words.had}" if undecided else words.had
    return Reason(constraint, words.needed, had, citations(facts, words.origin), undecided)
