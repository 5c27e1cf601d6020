"""Ten people with their needs, each a file of answers, and what such a person says to a question."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from llmselect.ask.influence import Ranker
from llmselect.ask.questions import Question
from llmselect.ask.session import Answer, Session, next_question, with_answer

SCENARIOS = sorted((Path(__file__).parent / "answers").glob("*.yaml"))


@cache
def read(path: Path) -> dict[str, Any]:
    """The answers of a scenario by field."""
    fields: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return fields


def answer_of(question: Question, fields: dict[str, Any]) -> Answer:
    """What the person of a scenario says: their answer, or that they do not know."""
    own = {name: fields[name] for name in question.fields if name in fields}
    return Answer(question.id, "answer" if own else "unknown", own)


def following(session: Session, questions: Sequence[Question], rank: Ranker) -> Question | None:
    """The question that comes next."""
    return next_question(session, questions, rank)


def walked(fields: dict[str, Any], questions: Sequence[Question], rank: Ranker, start: Session) -> Session:
    """The session of a person who answers until nothing is asked any more."""
    session = start
    while (question := following(session, questions, rank)) is not None:
        session = with_answer(session, answer_of(question, fields))
    return session
