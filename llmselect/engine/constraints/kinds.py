"""What a constraint is: verdicts on columns, and words for a row when it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from llmselect.catalog.sql.read import Flags, Numbers
from llmselect.engine.columns import Verdicts
from llmselect.engine.figures import Figures
from llmselect.engine.options import Table
from llmselect.engine.sources import Origin

PASS, FAIL, UNDECIDED = range(3)
NO = 1.0  # a miss, in doublings, of what is a matter of yes or no, or is unknown
NEVER = 4.0  # of what no change of the request can mend
Grain = Literal["model", "offered", "own", "option"]


@dataclass(frozen=True, slots=True)
class Words:
    """Why a constraint speaks against an option: what is needed, and what the option has or what is unknown of it."""

    needed: str
    had: str
    origin: Origin | None = None


@dataclass(slots=True)
class Judged:
    """What constraints look at: the options of a request and their figures."""

    table: Table
    figures: Figures


@dataclass(frozen=True, slots=True)
class Constraint:
    """A hard rule by its plain name.

    `verdicts` gives one int8 (`PASS`, `FAIL`, `UNDECIDED`) for each row of the grain `per`; the rows of `Offerings`
    and of `Own` are judged only where an option is one of them. `words` tells of an option what speaks against it.
    An undecided verdict excludes or keeps the option, as `unknown` says, unless flags say otherwise. `fields` are the
    requirements whose change can lift the constraint. `asked` names those without which the request asks nothing of
    it; without any it always applies. `measures` says that its words are of figures, in which options of one model
    differ without failing for different reasons; `waits` that it is of time; `by_effort` that its other words differ
    with the effort. `miss` says by how many doublings each option misses it, see `misses`: a number for all, or a
    function that gives (n,).
    """

    name: str
    per: Grain
    verdicts: Callable[[Judged], Verdicts]
    words: Callable[[Judged, int], Words]
    unknown: Literal["excludes", "keeps"]
    fields: tuple[str, ...]
    asked: tuple[str, ...] = ()
    measures: bool = False
    waits: bool = False
    by_effort: bool = False
    miss: float | Callable[[Judged], Numbers] = NO


def verdicts(fails: Flags, undecided: Flags | bool = False) -> Verdicts:
    """Verdicts from two masks; what fails is not undecided."""
    return np.where(fails, FAIL, np.where(undecided, UNDECIDED, PASS)).astype(np.int8)
