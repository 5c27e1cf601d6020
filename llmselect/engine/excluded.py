"""Models without an option that passes every constraint, and the reasons."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from llmselect.catalog.sql.read import Integers, Numbers
from llmselect.engine.constraints.judge import Judgement
from llmselect.engine.constraints.kinds import NO, UNDECIDED, Constraint, Judged, Words
from llmselect.engine.facts import Facts
from llmselect.engine.options import Table, option_id
from llmselect.engine.scored import Scored
from llmselect.engine.sources import citations
from llmselect.results.recommendation import Exclusion, Reason

LEAST = 0.01  # a miss of what fails at all, in doublings
STEPS_PER_DOUBLING = 2  # misses within a factor of 1.4 are equally near


def exclusions(found: Scored, models: Sequence[str] | None = None) -> tuple[Exclusion, ...]:
    """Models without an option that passes, their options grouped by what speaks against them; all, or these ids.

    Nearest to passing first, and of those that are equally near the one that would rank highest. Options of one group
    may differ in figures (sizes at each quantisation): the nearest speaks for the group.
    """
    judged, judgement = found.judged, found.judgement
    wording, options, nearness = _Wording(judged, judgement), judged.table.options, Nearness(found)
    groups: dict[tuple[object, ...], list[int]] = {}
    reasons: dict[int, list[int]] = {}
    for row, numbers in _against(judgement, _left_out(judged, judgement, models)):
        reasons[row] = numbers
        groups.setdefault((int(options.model_no[row]), *wording.group_key(numbers, row)), []).append(row)
    shown = sorted((min(nearness.key(row) for row in group), len(group)) for group in groups.values())
    return tuple(
        exclusion(
            judged.table,
            row,
            count,
            tuple(wording.reason(number, row) for number in reasons[row]),
            float(nearness.miss[row]),
        )
        for (_, _, row), count in shown
    )


class Nearness:
    """How near options are to passing: all their misses added, in doublings, then what they would score."""

    def __init__(self, found: Scored) -> None:
        asked, against = found.judgement.asked, found.judgement.against
        each = [_miss(constraint, found.judged) for constraint in asked]
        self.miss: Numbers = np.sum(np.where(against, each, 0.0), axis=0)
        """(n,)"""
        rated = ~np.isnan(found.values["quality"].interval[1])
        self._score = np.where(rated, found.score, 0.0)

    def key(self, row: int) -> tuple[float, float, int]:
        """What options are sorted by, and the row itself."""
        return math.ceil(self.miss[row] * STEPS_PER_DOUBLING), -float(self._score[row]), row


def _miss(constraint: Constraint, judged: Judged) -> Numbers:
    """By how much each option misses a constraint that speaks against it, (n,): a little at least."""
    miss = constraint.miss(judged) if callable(constraint.miss) else np.full(len(judged.table.options), constraint.miss)
    found: Numbers = np.where(np.isnan(miss), NO, np.maximum(miss, LEAST))
    return found


def _left_out(judged: Judged, judgement: Judgement, models: Sequence[str] | None) -> Integers:
    """The options of models of which none passes."""
    options, known = judged.table.options, judged.table.facts.model_no
    asked = np.ones(len(known), dtype=bool)
    if models is not None:
        asked = np.isin(np.arange(len(known)), [known[model] for model in models])
    asked[options.model_no[judgement.passes]] = False
    return np.flatnonzero(asked[options.model_no])


def _against(judgement: Judgement, rows: Integers) -> Iterator[tuple[int, list[int]]]:
    """Each of these options with the numbers of the constraints that exclude it, as they are told."""
    pairs = np.argwhere(judgement.told[:, rows].T).tolist()
    for position, group in groupby(pairs, key=lambda pair: int(pair[0])):
        yield int(rows[position]), [number for _, number in group]


@dataclass(slots=True)
class _Wording:
    """The reasons against options, each worded once for all options that share it (see `_key`)."""

    judged: Judged
    judgement: Judgement
    words: dict[tuple[int, ...], Words] = field(default_factory=dict)
    reasons: dict[tuple[int, ...], Reason] = field(default_factory=dict)

    def group_key(self, numbers: Sequence[int], row: int) -> Iterator[tuple[int, str]]:
        """The constraints against an option with their words, without figures: equal for options of one group."""
        for number in numbers:
            yield number, "" if self.judgement.asked[number].measures else self._words(number, row).had

    def reason(self, number: int, row: int) -> Reason:
        """The reason of a constraint, given its number, against an option."""
        constraint, undecided = self.judgement.asked[number], bool(self.judgement.verdicts[number, row] == UNDECIDED)
        facts = self.judged.table.facts
        if constraint.measures:
            return reason(facts, constraint.name, undecided, constraint.words(self.judged, row))
        key = self._key(number, row)
        if key not in self.reasons:
            self.reasons[key] = reason(facts, constraint.name, undecided, self._words(number, row))
        return self.reasons[key]

    def _words(self, number: int, row: int) -> Words:
        key = self._key(number, row)
        if key not in self.words:
            self.words[key] = self.judgement.asked[number].words(self.judged, row)
        return self.words[key]

    def _key(self, number: int, row: int) -> tuple[int, ...]:
        """What a constraint's words depend on: the offering or the model's weights, and the effort for some."""
        options = self.judged.table.options
        effort = int(options.at_task_no[row]) if self.judgement.asked[number].by_effort else -1
        return number, int(options.model_no[row]), int(options.offering_no[row]), int(options.own_no[row] >= 0), effort


def exclusion(
    table: Table, row: int, options: int, reasons: tuple[Reason, ...], miss: float | None = None
) -> Exclusion:
    """The record of a group of `options` excluded options of one model, of which `row` is shown."""
    model, models = int(table.options.model_no[row]), table.facts.models
    return Exclusion(models.model[model], models.name[model], option_id(table, row), options, reasons, miss)


def reason(facts: Facts, constraint: str, undecided: bool, words: Words) -> Reason:
    """A constraint's reason against an option as a record, with its sources."""
    had = f"unknown: {words.had}" if undecided else words.had
    return Reason(constraint, words.needed, had, citations(facts, words.origin), undecided)
