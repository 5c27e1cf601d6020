"""How far a question's usual answers would change the first three, judged without the simulation."""

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Protocol

from llmselect.ask.questions import Fields, Question
from llmselect.errors import LlmselectError

PLACES = 3
NEW_WINNER = 2.0  # another first counts as much as two others among the first three


class Ranking(Protocol):
    """The ranking of a profile, and what becomes of its first places under another."""

    @property
    def first(self) -> tuple[str, ...]:
        """The first models, best first."""

    def prepare(self) -> None:
        """Does what takes time now, so that asking does not."""

    def under(self, fields: Fields) -> tuple[str, ...]:
        """The first models under other fields."""


Ranker = Callable[[Fields], Ranking]


def changed(before: Sequence[str], after: Sequence[str]) -> float:
    """0 where the first three are the same models under the same winner, 5 where all are others.

    Also 0 where nothing is left: who has answered as far as this hardly wants what rules out everything.
    """
    if not after:
        return 0.0
    missing = len(set(before[:PLACES]) - set(after[:PLACES]))
    return missing + (NEW_WINNER if before[:1] != after[:1] else 0.0)


def influence(question: Question, fields: Fields, ranking: Ranking) -> float:
    """The mean change over a question's representative answers."""
    return fmean(changed(ranking.first, _first(ranking, {**fields, **answer})) for answer in question.representatives)


def _first(ranking: Ranking, fields: Fields) -> tuple[str, ...]:
    """The first places under other fields; those that contradict each other leave them as they are."""
    try:
        return ranking.under(fields)
    except LlmselectError:
        return ranking.first
