"""The state of a questionnaire and its transitions, as pure functions: a step back restores the earlier state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from llmselect.ask.influence import Ranker, influence
from llmselect.ask.questions import Fields, Question

MAX_QUESTIONS = 12
How = Literal["answer", "skip", "unknown"]


class Answer(NamedTuple):
    """An answer to one question: the fields that it sets, and the ids of the choices or the text as typed."""

    question: str
    how: How
    fields: Fields = MappingProxyType({})
    choices: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """Answers in order. `fixed` fields were known from the start; `withdrawn` answers are offered as defaults."""

    given: tuple[Answer, ...] = ()
    fixed: Fields = field(default_factory=dict)
    withdrawn: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, Any]:
        """The profile so far: later answers override earlier ones, and fixed fields override all."""
        merged = {name: value for given in self.given for name, value in given.fields.items()}
        return {**merged, **self.fixed}

    @property
    def unsure(self) -> list[str]:
        """The questions that were answered with "don't know"."""
        return [given.question for given in self.given if given.how == "unknown"]


def with_answer(session: Session, given: Answer) -> Session:
    """The session with one more answer."""
    return replace(session, given=(*session.given, given))


def back(session: Session) -> Session:
    """The session without its last answer, which becomes the default when the question is asked again."""
    if not session.given:
        return session
    last = session.given[-1]
    return replace(session, given=session.given[:-1], withdrawn={**session.withdrawn, last.question: last})


def pending(session: Session, questions: Sequence[Question]) -> list[Question]:
    """The open questions that make sense after the answers so far."""
    done = {given.question for given in session.given}
    fields = session.fields
    return [
        question
        for question in questions
        if question.id not in done and question.applies(fields) and not session.fixed.keys() & set(question.fields)
    ]


def next_question(session: Session, questions: Sequence[Question], rank: Ranker) -> Question | None:
    """The next question: first those that are always asked, then the one whose answers change the ranking most.

    None if no question changes the ranking or MAX_QUESTIONS have been answered.
    """
    if len(session.given) >= MAX_QUESTIONS:
        return None
    fields, rest = session.fields, pending(session, questions)
    fixed = [question for question in rest if question.always]
    if fixed or not rest:
        return fixed[0] if fixed else None
    ranking = rank(fields)
    strength = {question.id: influence(question, fields, ranking) for question in rest}
    best = max(rest, key=lambda question: strength[question.id])  # on a tie, the first in the file
    return best if strength[best.id] > 0 else None
