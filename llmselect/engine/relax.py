"""When nothing qualifies: the nearest rung of one field's ladder, of two, or of the fewest that admit something."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers
from llmselect.engine.constraints.judge import Judgement, judge
from llmselect.engine.constraints.kinds import FAIL, Judged
from llmselect.engine.facts import Facts
from llmselect.engine.figures import make_figures
from llmselect.engine.ladders import LENIENT, Ladder, ladders, lenient
from llmselect.engine.machine.machines import Machine, machine_of
from llmselect.engine.machine.own import own_table
from llmselect.engine.options import make_table
from llmselect.engine.request import Request, make_request
from llmselect.engine.score import best_of_models
from llmselect.engine.tier import with_tier
from llmselect.requirements import Requirements
from llmselect.results.recommendation import Change, Relaxation

MOST_PAIRS = 3
# Fields that no figure of an option rests on: the constraints alone are asked anew.
TERMS = frozenset(
    (
        "license",
        "monthly_active_users",
        "domicile",
        "deployment",
        "host",
        "offline",
        "open_weights",
        "privacy",
        "region",
        "horizon_months",
        "needs",
        "modality_in",
        "modality_out",
        "language",
        "min_score",
        "at_least",
        "effort",
        "budget",
        *LENIENT,
    )
)
# Fields whose further rungs may exclude what a nearer one admits, so that each rung is tried.
_IN_TURN = frozenset(
    (
        "compute",
        "deployment",
        "needs",
        "modality_in",
        "modality_out",
        "language",
        "concurrency",
        "gpus",
        "context_tokens",
    )
)
_CONSTRAINT_FIELD = {"compute": "vram", "gpu_only": "ram"}  # ladders whose field constraints know by another name
Steps = tuple[tuple[Ladder, int], ...]  # ladders, and the index of a rung on each


@dataclass(slots=True)
class Search:
    """A search for requests near one that nothing qualifies for, and for the models that these admit."""

    judged: Judged
    judgement: Judgement
    _built: dict[tuple[Any, ...], Judged] = field(default_factory=dict)

    def admitted(self, steps: Steps) -> tuple[str, ...]:
        """The models that pass and can be ranked after these steps, the ablest first."""
        judged = self._moved(steps)
        table = judged.table
        passing = with_tier(judge(judged), judged).passes
        if table.request.rates_quality:
            passing &= ~np.isnan(table.at_task.quality_percent[table.options.at_task_no])
        rows = np.flatnonzero(passing)
        ablest = rows[np.argsort(-table.at_task.quality_percent[table.options.at_task_no[rows]], kind="stable")]
        best = best_of_models(ablest, table.options.model_no)
        return tuple(table.facts.models.model[number] for number in table.options.model_no[best])

    def within_reach(self, *fields: str) -> Integers:
        """The models that have an option against which nothing speaks but what these fields can lift."""
        asked, options = self.judgement.asked, self.judged.table.options
        fails = self.judgement.verdicts == FAIL
        against = self.judgement.against if set(fields).isdisjoint(LENIENT) else fails
        lifted = np.array([not set(fields).isdisjoint(constraint.fields) for constraint in asked], dtype=bool)
        rows: Flags = np.any(self.judgement.against, axis=0) & ~np.any(against[~lifted], axis=0)
        return np.unique(options.model_no[rows])

    def _moved(self, steps: Steps) -> Judged:
        """The options after these steps; where figures change, only those of models that the steps can admit."""
        start = self.judged.table
        rebuilding = tuple((ladder, rung) for ladder, rung in steps if _name(ladder) not in TERMS)
        fields = tuple(_name(ladder) for ladder, _ in steps)
        key = (fields, *((ladder.field, rung) for ladder, rung in rebuilding))
        if rebuilding and key not in self._built:
            request = _request(start.request, start.facts, rebuilding)
            self._built[key] = options_of(request, start.facts, self.within_reach(*fields))
        judged = self._built[key] if rebuilding else self.judged
        request = _request(start.request, start.facts, steps)
        return Judged(replace(judged.table, request=request), judged.figures)


def _name(ladder: Ladder) -> str:
    """The field that a ladder moves, as constraints name it."""
    name = ladder.field.partition(".")[0]
    return _CONSTRAINT_FIELD.get(name, name)


def _request(start: Request, facts: Facts, steps: Steps) -> Request:
    needs: Requirements = start.needs
    machine: Machine | None = start.machine
    for ladder, rung in steps:
        needs, moved = ladder.moved(needs, start.machine if machine is None else machine, ladder.rungs[rung])
        machine = moved
    machine = machine or machine_of(needs, facts.hardware)
    return replace(make_request(needs, facts.records_of(needs.task), machine), without=start.without, tier=start.tier)


def options_of(request: Request, facts: Facts, models: Integers) -> Judged:
    """The options of some models, rows of `Models`, with their figures."""
    own = own_table(facts.on_machines, facts.models.model, request, models)
    table = make_table(request, facts, own, models)
    return Judged(table, make_figures(table))


def relaxations(judged: Judged, judgement: Judgement) -> tuple[Relaxation, ...]:
    """For each field alone the nearest rung that admits something; else the nearest pairs; else the fewest fields."""
    search, table = Search(judged, judgement), judged.table
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        usable = ladders(table.request, table.facts.hardware)
        singles = [_single(search, one) for one in usable if len(search.within_reach(_name(one)))]
        found = [one for one in singles if one is not None]
        if found:
            return tuple(found)
        pairs = [(one, two) for one, two in combinations(usable, 2) if len(search.within_reach(_name(one), _name(two)))]
        nearest = [pair for one, two in pairs if (pair := _pair(search, one, two)) is not None]
        if not nearest and (together := _together(search, [*usable, *lenient(table.request.needs)])) is not None:
            return (together,)
    return tuple(sorted(nearest, key=_distance)[:MOST_PAIRS])


def _together(search: Search, usable: Sequence[Ladder]) -> Relaxation | None:
    """Some fields of which none can be spared, each at its nearest rung; numbers give way before choices do."""
    steps = {number: len(ladder.rungs) - 1 for number, ladder in enumerate(usable)}

    def admits(tried: Mapping[int, int]) -> bool:
        return bool(search.admitted(tuple((usable[number], rung) for number, rung in sorted(tried.items()))))

    def admits_with(number: int, rung: int) -> bool:
        return admits({**steps, number: rung})

    if not admits(steps):
        return None
    for number in reversed(range(len(usable))):
        fewer = {other: rung for other, rung in steps.items() if other != number}
        if admits(fewer):
            steps = fewer
    for number in tuple(steps):
        nearest = _nearest(usable[number], partial(admits_with, number))
        steps[number] = steps[number] if nearest is None else nearest
    return _relaxation(search, tuple((usable[number], rung) for number, rung in sorted(steps.items())))


def _single(search: Search, ladder: Ladder) -> Relaxation | None:
    rung = _nearest(ladder, lambda rung: bool(search.admitted(((ladder, rung),))))
    return None if rung is None else _relaxation(search, ((ladder, rung),))


def _pair(search: Search, first: Ladder, second: Ladder) -> Relaxation | None:
    """The nearest pair of rungs: of the second field, then of the first beside it, then of the second once more."""

    def admits(one: int, two: int) -> bool:
        return bool(search.admitted(((first, one), (second, two))))

    furthest = _nearest(second, lambda two: admits(len(first.rungs) - 1, two))
    if furthest is None:
        return None
    one = _nearest(first, lambda one: admits(one, furthest))
    if one is None:
        return None
    two = _nearest(second, lambda two: admits(one, two))
    return _relaxation(search, ((first, one), (second, furthest if two is None else two)))


def _nearest(ladder: Ladder, admits: Callable[[int], bool]) -> int | None:
    """The nearest rung that admits something; None where none does."""
    rungs = range(len(ladder.rungs))
    if ladder.field in _IN_TURN:
        return next((rung for rung in rungs if admits(rung)), None)
    low, high = 0, len(rungs) - 1
    if not admits(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if admits(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _relaxation(search: Search, steps: Steps) -> Relaxation:
    changes = tuple(Change(ladder.field, ladder.start, ladder.rungs[rung]) for ladder, rung in steps)
    return Relaxation(changes, search.admitted(steps))


def _distance(relaxation: Relaxation) -> float:
    """How far a relaxation goes: a number by its ratio, a choice as much as a doubling."""
    total = 0.0
    for change in relaxation.changes:
        numeric = isinstance(change.to, (int, float)) and not isinstance(change.to, bool)
        pair = sorted((abs(float(change.from_)), abs(float(change.to)))) if numeric else [1.0, 2.0]
        total += pair[1] / pair[0] if pair[0] > 0 else 2.0
    return total


def admitting_flag(judged: Judged, judgement: Judgement) -> str | None:
    """The fewest flags that admit an option which nothing but missing facts excludes; None where there is none."""
    options, at_task = judged.table.options, judged.table.at_task
    rows = np.any(judgement.against, axis=0) & ~np.any(judgement.verdicts == FAIL, axis=0)
    if judged.table.request.rates_quality:
        rows &= ~np.isnan(at_task.quality_percent[options.at_task_no])
    if not rows.any():
        return None
    keeps = np.array([constraint.unknown == "keeps" for constraint in judgement.asked], dtype=bool)
    strictly = np.any(judgement.against[keeps], axis=0)
    unknown = np.any(judgement.against[~keeps], axis=0)
    if np.any(rows & ~unknown):
        return "without --strict"
    return "--allow-unknown" if np.any(rows & ~strictly) else "--allow-unknown without --strict"
