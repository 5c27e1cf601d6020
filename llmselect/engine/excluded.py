"""Models without an option that passes every constraint, and the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from llmselect.catalog.sql.read import Integers
from llmselect.engine.constraints.judge import Judgement
from llmselect.engine.constraints.kinds import UNDECIDED, Judged, Words
from llmselect.engine.facts import Facts
from llmselect.engine.options import Table, option_id
from llmselect.engine.sources import citations
from llmselect.results.recommendation import Exclusion, Reason


def exclusions(judged: Judged, judgement: Judgement, models: Sequence[str] | None = None) -> tuple[Exclusion, ...]:
    """Models without an option that passes, their options grouped by what speaks against them; all, or these ids.

    Options of one group may differ in figures (sizes at each quantisation): the last, which needs the least memory,
    speaks for the group.
    """
    wording, options = _Wording(judged, judgement), judged.table.options
    groups: dict[tuple[object, ...], list[int]] = {}
    reasons: dict[int, list[int]] = {}
    for row, numbers in _against(judgement, _left_out(judged, judgement, models)):
        reasons[row] = numbers
        groups.setdefault((int(options.model_no[row]), *wording.group_key(numbers, row)), []).append(row)
    ordered = sorted(groups.values(), key=lambda group: (options.model_no[group[0]], group[0]))
    shown = [(group[-1], len(group)) for group in ordered]
    return tuple(
        exclusion(judged.table, row, count, tuple(wording.reason(number, row) for number in reasons[row]))
        for row, count in shown
    )


def _left_out(judged: Judged, judgement: Judgement, models: Sequence[str] | None) -> Integers:
    """The options of models of which none passes."""
    options, known = judged.table.options, judged.table.facts.model_no
    asked = np.ones(len(known), dtype=bool)
    if models is not None:
        asked = np.isin(np.arange(len(known)), [known[model] for model in models])
    asked[options.model_no[judgement.passes & ~options.expected]] = False
    return np.flatnonzero(asked[options.model_no] & ~options.expected)


def _against(judgement: Judgement, rows: Integers) -> Iterator[tuple[int, list[int]]]:
    """Each of these options with the numbers of the constraints that exclude it."""
    pairs = np.argwhere(judgement.against[:, rows].T).tolist()
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


def exclusion(table: Table, row: int, options: int, reasons: tuple[Reason, ...]) -> Exclusion:
    """The record of a group of `options` excluded options of one model, of which `row` is shown."""
    model, models = int(table.options.model_no[row]), table.facts.models
    return Exclusion(models.model[model], models.name[model], option_id(table, row), options, reasons)


def reason(facts: Facts, constraint: str, undecided: bool, words: Words) -> Reason:
    """A constraint's reason against an option as a record, with its sources."""
    had = f"unknown: {words.had}" if undecided else words.had
    return Reason(constraint, words.needed, had, citations(facts, words.origin), undecided)
