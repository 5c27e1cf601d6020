"""What has been answered, and the steps from one state to the next: pure, so that a step back is the state before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from llmselect.ask.influence import Ranker, influence
from llmselect.ask.questions import Fields, Question

MOST = 10
SPREAD = 2
How = Literal["answer", "skip", "unknown"]


class Given(NamedTuple):
    """One question's answer: the fields that it sets, and what was said: ids of choices, or text as it was typed."""

    question: str
    how: How
    fields: Fields = MappingProxyType({})
    choices: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """The answers in their order. `fixed` fields were known from the start; `taken_back` answers become defaults."""

    given: tuple[Given, ...] = ()
    fixed: Fields = field(default_factory=dict)
    taken_back: Mapping[str, Given] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, Any]:
        """The profile so far: later answers go before earlier ones, and what is fixed before all."""
        merged = {name: value for given in self.given for name, value in given.fields.items()}
        return {**merged, **self.fixed}

    @property
    def unsure(self) -> list[str]:
        """The questions that were answered with "don't know"."""
        return [given.question for given in self.given if given.how == "unknown"]


def answered(session: Session, given: Given) -> Session:
    """The session with one more answer."""
    return replace(session, given=(*session.given, given))


def back(session: Session) -> Session:
    """The session without its last answer, which becomes the default when it is asked again."""
    if not session.given:
        return session
    last = session.given[-1]
    return replace(session, given=session.given[:-1], taken_back={**session.taken_back, last.question: last})


def pending(session: Session, questions: Sequence[Question]) -> list[Question]:
    """The questions that are still open and make sense after the answers so far."""
    done = {given.question for given in session.given}
    fields = session.fields
    return [
        question
        for question in questions
        if question.id not in done and question.applies(fields) and not session.fixed.keys() & set(question.fields)
    ]


def next_question(session: Session, questions: Sequence[Question], rank: Ranker) -> Question | None:
    """The next question: those that are always asked, then the one that changes most; None where none does or
    MOST have been asked.

    The ranking by which the later ones are chosen is begun while SPREAD others are open, so that nobody waits for
    all of it at once.
    """
    if len(session.given) >= MOST:
        return None
    fields, rest = session.fields, pending(session, questions)
    ranking = rank(fields)
    fixed = [question for question in rest if question.always]
    if fixed or not rest:
        if 0 < len(fixed) <= SPREAD:
            ranking.prepare()
        return fixed[0] if fixed else None
    strength = {question.id: influence(question, fields, ranking) for question in rest}
    best = max(rest, key=lambda question: strength[question.id])  # of equal ones the first in the file
    return best if strength[best.id] > 0 else None
