"""The questionnaire's loop: asks one question after another and saves the session after each answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from llmselect.ask.influence import Ranker
from llmselect.ask.prompt import Reply, Row, Surface, View, Wording
from llmselect.ask.questions import Fields, Question, fields_of_choices, fields_of_text
from llmselect.ask.session import MAX_QUESTIONS, Answer, Session, back, next_question, with_answer
from llmselect.errors import LlmselectError


@dataclass(frozen=True)
class Questionnaire:
    """What the loop needs: questions, words, a surface to ask on, a ranker and two callbacks.

    `check` raises LlmselectError if answers contradict the catalogue or each other; `keep` saves a session.
    """

    questions: Sequence[Question]
    say: Wording
    surface: Surface
    rank: Ranker
    check: Callable[[Fields], None]
    keep: Callable[[Session], None]


def run(asking: Questionnaire, session: Session) -> Session:
    """Continues a session until no question is left or the person asks for the result."""
    while (question := next_question(session, asking.questions, asking.rank)) is not None:
        after = _ask_one(asking, session, question)
        if after is None:
            return session
        session = after
        asking.keep(session)
    asking.surface.tell(asking.say("most_asked" if len(session.given) >= MAX_QUESTIONS else "no_more"))
    return session


def _ask_one(asking: Questionnaire, session: Session, question: Question) -> Session | None:
    """The session after one question; None if the person asks for the result instead."""
    notices: tuple[str, ...] = ()
    while True:
        reply = asking.surface.ask(view_of(question, session, asking.say, notices))
        if reply.act == "enough":
            return None
        if reply.act == "back" and session.given:
            return back(session)
        if reply.act in ("help", "back"):
            notices = _notices(reply, question, asking.say)
            continue
        try:
            given = answer_from_reply(reply, question, asking.say)
            after = with_answer(session, given)
            asking.check(after.fields)
        except LlmselectError as error:
            notices = tuple(text for text in (error.message, error.hint) if text)
            continue
        asking.surface.tell(transcript(len(after.given), given, asking.say))
        return after


def _notices(reply: Reply, question: Question, say: Wording) -> tuple[str, ...]:
    return (say("first"),) if reply.act == "back" else (say.of(question.id, "help"), say("help"))


def view_of(question: Question, session: Session, say: Wording, notices: tuple[str, ...] = ()) -> View:
    """A question as it is shown at this point of a session."""
    labels = [(name, say.label(question.id, name)) for name in question.rows(session.fields)]
    rows = tuple(Row(name, label) for name, label in labels if label is not None)
    before = session.withdrawn.get(question.id)
    usual = (question.default,) if question.default and question.default in {row.id for row in rows} else ()
    return View(
        number=len(session.given) + 1,
        most=MAX_QUESTIONS,
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


def answer_from_reply(reply: Reply, question: Question, say: Wording) -> Answer:
    """A reply as an answer; raises LlmselectError if the question does not accept it."""
    if reply.act in ("skip", "unknown"):
        return Answer(question.id, reply.act)
    if reply.act == "choices":
        return Answer(question.id, "answer", fields_of_choices(question, reply.choices), reply.choices)
    if reply.act == "fields":
        return Answer(question.id, "answer", reply.fields, text=reply.text)
    if question.typed is None or not reply.text:
        words = say("not_understood", said=reply.text) if reply.text else say("nothing_chosen")
        raise LlmselectError("bad-answer", words, say("not_understood_hint"))
    return Answer(question.id, "answer", fields_of_text(question, reply.text), text=reply.text)


def transcript(number: int, given: Answer, say: Wording) -> str:
    """One line with a question and its answer."""
    return f"{number}. {say.of(given.question, 'ask')} {answer_label(given, say)}"


def answer_label(given: Answer, say: Wording) -> str:
    """An answer as text: the labels of its choices, or what was typed."""
    if given.how != "answer":
        return say("skipped" if given.how == "skip" else "unknown")
    labels = (say.label(given.question, name) or name for name in given.choices)
    return given.text or ", ".join(labels)


def answer_from_record(record: Mapping[str, object]) -> Answer:
    """An answer from its saved form; raises KeyError, TypeError or ValueError if it is malformed."""
    given = Answer(**record)  # type: ignore[arg-type]
    return given._replace(choices=tuple(given.choices), fields=dict(given.fields))
