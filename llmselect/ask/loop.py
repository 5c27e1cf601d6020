"""Asking until there is enough: one question after another, each step of the session kept as it is made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from llmselect.ask.influence import Ranker
from llmselect.ask.prompt import Reply, Row, Surface, View, Wording
from llmselect.ask.questions import Fields, Question, chosen, typed
from llmselect.ask.session import MOST, Given, Session, answered, back, next_question
from llmselect.errors import LlmselectError


@dataclass(frozen=True)
class Asking:
    """What a questionnaire needs of its surroundings.

    `check` raises LlmselectError where answers contradict the catalogue or each other, `keep` saves a session.
    """

    questions: Sequence[Question]
    say: Wording
    surface: Surface
    rank: Ranker
    check: Callable[[Fields], None]
    keep: Callable[[Session], None]


def run(asking: Asking, session: Session) -> Session:
    """Asks from where a session stands until nothing is open, or the person has had enough."""
    while (question := next_question(session, asking.questions, asking.rank)) is not None:
        after = _asked(asking, session, question)
        if after is None:
            return session
        session = after
        asking.keep(session)
    asking.surface.tell(asking.say("most_asked" if len(session.given) >= MOST else "no_more"))
    return session


def _asked(asking: Asking, session: Session, question: Question) -> Session | None:
    """The session after one question was dealt with; None where the person has had enough."""
    notices: tuple[str, ...] = ()
    while True:
        reply = asking.surface.ask(view_of(question, session, asking.say, notices))
        if reply.act == "enough":
            return None
        if reply.act == "back" and session.given:
            return back(session)
        if reply.act in ("help", "back"):
            notices = _told(reply, question, asking.say)
            continue
        try:
            given = given_by(reply, question, asking.say)
            after = answered(session, given)
            asking.check(after.fields)
        except LlmselectError as error:
            notices = tuple(text for text in (error.message, error.hint) if text)
            continue
        asking.surface.tell(transcript(len(after.given), given, asking.say))
        return after


def _told(reply: Reply, question: Question, say: Wording) -> tuple[str, ...]:
    return (say("first"),) if reply.act == "back" else (say.of(question.id, "help"), say("help"))


def view_of(question: Question, session: Session, say: Wording, notices: tuple[str, ...] = ()) -> View:
    """A question as it is asked at this point of a session."""
    labels = [(name, say.label(question.id, name)) for name in question.rows(session.fields)]
    rows = tuple(Row(name, label) for name, label in labels if label is not None)
    before = session.taken_back.get(question.id)
    usual = (question.default,) if question.default and question.default in {row.id for row in rows} else ()
    return View(
        number=len(session.given) + 1,
        most=MOST,
        question=question.id,
        ask=say.of(question.id, "ask"),
        why=say.of(question.id, "why"),
        rows=rows,
        many=question.many,
        typed=say.of(question.id, "typed"),
        default=before.choices if before and (before.choices or before.text) else usual,
        default_text=before.text if before else "",
        notices=notices,
    )


def given_by(reply: Reply, question: Question, say: Wording) -> Given:
    """A reply as an answer; raises LlmselectError for one that the question does not take."""
    if reply.act in ("skip", "unknown"):
        return Given(question.id, reply.act)
    if reply.act == "choices":
        return Given(question.id, "answer", chosen(question, reply.choices), reply.choices)
    if reply.act == "fields":
        return Given(question.id, "answer", reply.fields, text=reply.text)
    if question.typed is None or not reply.text:
        words = say("not_understood", said=reply.text) if reply.text else say("nothing_chosen")
        raise LlmselectError("bad-answer", words, say("not_understood_hint"))
    return Given(question.id, "answer", typed(question, reply.text), text=reply.text)


def transcript(number: int, given: Given, say: Wording) -> str:
    """One line for an answered question."""
    return f"{number}. {say.of(given.question, 'ask')} {said(given, say)}"


def said(given: Given, say: Wording) -> str:
    """An answer in the words in which it was offered."""
    if given.how != "answer":
        return say("skipped" if given.how == "skip" else "unknown")
    labels = (say.label(given.question, name) or name for name in given.choices)
    return given.text or ", ".join(labels)


def from_record(record: Mapping[str, object]) -> Given:
    """An answer from its saved form; raises KeyError, TypeError or ValueError for another form."""
    given = Given(**record)  # type: ignore[arg-type]
    return given._replace(choices=tuple(given.choices), fields=dict(given.fields))
