"""How much a question's likely answers would change the three top models, without the simulation."""

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Protocol

from llmselect.ask.questions import Fields, Question
from llmselect.errors import LlmselectError

TOP_COUNT = 3
NEW_WINNER = 2.0  # a new winner counts as much as two new models among the top three


class Ranking(Protocol):
    """The ranking for a profile, and its top models if some fields were different."""

    @property
    def top_models(self) -> tuple[str, ...]:
        """The top models, best first."""

    def top_models_with(self, fields: Fields) -> tuple[str, ...]:
        """The top models for other fields."""


Ranker = Callable[[Fields], Ranking]


def ranking_change(before: Sequence[str], after: Sequence[str]) -> float:
    """0 if the top three are the same models with the same winner, up to 5 if all three are new.

    Also 0 if no model is left: an answer that rules out everything is not one that a person is likely to give.
    """
    if not after:
        return 0.0
    missing = len(set(before[:TOP_COUNT]) - set(after[:TOP_COUNT]))
    return missing + (NEW_WINNER if before[:1] != after[:1] else 0.0)


def influence(question: Question, fields: Fields, ranking: Ranking) -> float:
    """The mean ranking change over a question's representative answers."""
    return fmean(
        ranking_change(ranking.top_models, _top_models_with(ranking, {**fields, **answer}))
        for answer in question.representatives
    )


def _top_models_with(ranking: Ranking, fields: Fields) -> tuple[str, ...]:
    """The top models for other fields; unchanged if the fields contradict each other."""
    try:
        return ranking.top_models_with(fields)
    except LlmselectError:
        return ranking.top_models
