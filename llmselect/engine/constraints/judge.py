"""Every constraint's verdict on every option, and the reasons against an option in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from llmselect.catalog.sql.read import Flags
from llmselect.engine.columns import Verdicts
from llmselect.engine.constraints import CONSTRAINTS
from llmselect.engine.constraints.kinds import FAIL, PASS, UNDECIDED, Constraint, Judged, Words
from llmselect.engine.options import Table
from llmselect.requirements import Requirements


@dataclass(slots=True)
class Judgement:
    """The verdicts of the constraints that a request asks something of, (constraints, n).

    `excludes` tells of each whether what it cannot decide speaks against an option.
    """

    asked: tuple[Constraint, ...]
    excludes: tuple[bool, ...]
    verdicts: Verdicts

    @property
    def against(self) -> Flags:
        """Which constraints speak against which options, (constraints, n)."""
        undecided = np.array(self.excludes, dtype=bool)[:, None] & (self.verdicts == UNDECIDED)
        found: Flags = (self.verdicts == FAIL) | undecided
        return found

    @property
    def passes(self) -> Flags:
        """Which options nothing speaks against, (n,)."""
        found: Flags = ~np.any(self.against, axis=0)
        return found

    def reasons(self, judged: Judged, row: int) -> list[tuple[str, bool, Words]]:
        """What speaks against an option: the constraint's name, whether it is undecided, and its words."""
        return [
            (self.asked[at].name, bool(self.verdicts[at, row] == UNDECIDED), self.asked[at].words(judged, row))
            for at in np.flatnonzero(self.told[:, row]).tolist()
        ]

    @property
    def told(self) -> Flags:
        """What is said against which options, (constraints, n): not how long it would take what does not fit."""
        of_time = np.array([constraint.waits for constraint in self.asked], dtype=bool)[:, None]
        of_size = np.array([constraint.name in ("memory", "context") for constraint in self.asked], dtype=bool)
        fits = ~np.any(self.verdicts[of_size] == FAIL, axis=0)
        found: Flags = self.against & (fits | ~of_time)
        return found

    def unverified(self, judged: Judged, row: int) -> list[tuple[str, Words]]:
        """What could not be decided of an option that is kept."""
        rows = zip(self.asked, self.excludes, self.verdicts[:, row], strict=True)
        kept = [constraint for constraint, excludes, verdict in rows if verdict == UNDECIDED and not excludes]
        return [(constraint.name, constraint.words(judged, row)) for constraint in kept]


def judge(judged: Judged, constraints: Sequence[Constraint] = CONSTRAINTS) -> Judgement:
    """All verdicts. `--strict` excludes whatever is undecided, `--allow-unknown` keeps it."""
    needs, plain = judged.table.request.needs, Requirements()
    asked = tuple(constraint for constraint in constraints if not constraint.asked or _given(needs, plain, constraint))
    rows = [_by_option(constraint, judged) for constraint in asked]
    return Judgement(asked, tuple(_excludes(constraint, needs) for constraint in asked), np.array(rows, dtype=np.int8))


def _given(needs: Requirements, plain: Requirements, constraint: Constraint) -> bool:
    return any(getattr(needs, name) != getattr(plain, name) for name in constraint.asked)


def _excludes(constraint: Constraint, needs: Requirements) -> bool:
    return (constraint.unknown == "excludes" and not needs.allow_unknown) or (
        constraint.unknown == "keeps" and needs.strict
    )


def _by_option(constraint: Constraint, judged: Judged) -> Verdicts:
    """A constraint's verdicts, spread over the options, (n,)."""
    found, table = constraint.verdicts(judged), judged.table
    if constraint.per == "model":
        return found[table.options.model_no]
    if constraint.per == "option":
        return found
    return _spread(found, table, constraint.per)


def _spread(found: Verdicts, table: Table, per: str) -> Verdicts:
    """Verdicts on rows of `Offerings` or `Own` for each option; what is no such row passes."""
    rows = table.options.offering_no if per == "offered" else table.options.own_no
    return np.where(rows >= 0, found[rows], PASS).astype(np.int8) if len(found) else np.zeros(len(rows), dtype=np.int8)
