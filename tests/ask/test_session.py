"""The steps of a session, the questions' data, and what a reply becomes."""

from collections.abc import Mapping
from typing import Any

import pytest

from llmselect.ask.influence import influence, ranking_change
from llmselect.ask.loop import Questionnaire, answer_from_reply, run, view_of
from llmselect.ask.numbered import read_reply
from llmselect.ask.prompt import Reply, View, Wording
from llmselect.ask.questions import Question, fields_of_choices, fields_of_text, questions
from llmselect.ask.session import MAX_QUESTIONS, Answer, Session, back, next_question, pending, with_answer
from llmselect.errors import LlmselectError
from llmselect.languages import LANGUAGES, texts
from llmselect.requirements import READERS, parse

BY_ID = {question.id: question for question in questions()}
ALWAYS = [
    "task",
    "environment",
    "hardware",
    "performance",
    "resources",
    "domain",
    "volume",
    "region",
    "inputs",
    "language",
]
SAY = Wording("en", {"detected": "a machine", "low": "l", "medium": "m", "high": "h"})


class Fixed:
    """A ranking in which some fields put other models first."""

    def __init__(self, effects: Mapping[str, tuple[str, ...]]) -> None:
        self.top_models = ("a", "b", "c")
        self._effects = effects

    def __call__(self, fields: Mapping[str, Any]) -> "Fixed":
        return self

    def top_models_with(self, fields: Mapping[str, Any]) -> tuple[str, ...]:
        return next((first for name, first in self._effects.items() if fields.get(name)), self.top_models)


def _through(rank: Fixed, session: Session | None = None) -> list[str]:
    """The questions that are asked of one who knows nothing."""
    session, order = session or Session(), []
    while (question := next_question(session, questions(), rank)) is not None:
        order.append(question.id)
        session = with_answer(session, Answer(question.id, "unknown"))
    return order


def test_without_influence_only_what_is_always_asked() -> None:
    assert _through(Fixed({})) == ALWAYS


def test_the_most_influential_comes_next_and_twelve_end_it() -> None:
    effects = {"open_weights": ("x", "y", "z"), "license": ("a", "b", "x"), "privacy": ("b", "a", "c")}
    effects |= {"domicile": ("q",), "optimize": ("b", "a", "c")}
    order = _through(Fixed(effects))
    assert len(order) == MAX_QUESTIONS
    assert order[:10] == ALWAYS
    assert order[10:12] == ["home", "ownership"]  # home changes all for both usual answers, ownership for one of two


def test_equal_influence_keeps_the_order_of_the_file() -> None:
    order = _through(Fixed({"optimize": ("b", "a", "c"), "license": ("b", "a", "c")}))
    assert order[10:] == ["priority", "license"]


def test_what_is_known_from_the_start_is_not_asked() -> None:
    order = _through(Fixed({}), Session(fixed={"task": "qa", "gpu": "RTX 3090", "requests_per_day": 5}))
    assert order == ["environment", "running", "performance", "resources", "domain", "region", "inputs", "language"]


def test_whether_a_machine_runs_anyway_is_asked_of_those_that_have_one() -> None:
    for fields, asked in (({"hardware": "auto"}, True), ({"gpu": "RTX 3090"}, True), ({"compute": "low"}, False)):
        session = with_answer(Session(), Answer("hardware", "answer", fields))
        assert ("running" in [question.id for question in pending(session, questions())]) is asked


def test_hardware_is_left_out_only_where_none_can_be_used() -> None:
    for deployment, asked in ((["api", "managed"], False), (["self-host"], True), (["any"], True)):
        session = with_answer(Session(), Answer("environment", "answer", {"deployment": deployment}))
        assert ("hardware" in [question.id for question in pending(session, questions())]) is asked


def test_back_takes_the_last_answer_and_offers_it_again() -> None:
    session = with_answer(Session(), Answer("task", "answer", {"task": "qa"}, ("qa",)))
    before = back(session)
    assert before.given == ()
    assert before.fields == {}
    assert view_of(BY_ID["task"], before, SAY).default == ("qa",)
    assert back(Session()) == Session()


def test_later_answers_go_before_earlier_ones() -> None:
    session = with_answer(Session(), Answer("environment", "answer", {"deployment": ["any"]}))
    session = with_answer(session, Answer("hardware", "answer", {"deployment": ["api", "managed"]}))
    assert session.fields == {"deployment": ["api", "managed"]}


@pytest.mark.parametrize(
    ("after", "distance"),
    [
        (("a", "b", "c"), 0), (("a", "c", "b"), 0), (("a", "b", "x"), 1), (("b", "a", "c"), 2), (("x", "y", "z"), 5),
        (("a",), 2), ((), 0),
    ],
)  # fmt: skip
def test_how_far_a_ranking_changed(after: tuple[str, ...], distance: float) -> None:
    assert ranking_change(("a", "b", "c"), after) == distance


def test_influence_is_the_mean_over_the_usual_answers() -> None:
    question = Question("q", ("region",), [{"region": "EU"}, {}], {"EU": {"region": "EU"}})
    assert influence(question, {}, Fixed({"region": ("x", "b", "c")})) == 1.5


# The data


def test_ids_are_unique_and_every_field_exists() -> None:
    assert len(BY_ID) == len(questions())
    for question in questions():
        assert set(question.fields) <= set(READERS)
        assert question.typed is None or question.typed in question.fields


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.id)
def test_every_answer_is_a_profile(question: Question) -> None:
    for sets in (*question.choices.values(), *question.representatives):
        parse(sets)
    implied = {name for sets in question.hidden.values() for name in sets}
    set_by_choices = {name for sets in question.choices.values() for name in sets}
    assert set_by_choices - implied <= set(question.fields)
    assert question.default is None or question.default in question.choices


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_choice_has_words(language: str) -> None:
    said = texts(language, "ask")["questions"]
    assert list(said) == list(BY_ID)
    for question in questions():
        assert list(said[question.id]["choices"]) == list(question.choices)
        assert ("typed" in said[question.id]) == (question.typed is not None)


def test_the_usual_machines_of_the_labels_are_filled_in() -> None:
    assert SAY.label("hardware", "detected") == "this one: a machine"
    assert Wording("en", {}).label("hardware", "detected") is None
    rows = [row.id for row in view_of(BY_ID["hardware"], Session(), Wording("en", {"low": "l"})).rows]
    assert rows == ["low", "none"]


# Replies


@pytest.mark.parametrize(
    ("question", "text", "fields"),
    [
        ("hardware", "RTX 4090", {"gpu": "RTX 4090"}),
        ("hardware", "2x L40S", {"gpu": "L40S", "gpus": 2}),
        ("hardware", "24 GB", {"vram": "24 GB"}),
        ("performance", "30s", {"max_latency_s": "30"}),
        ("performance", "2.5", {"max_latency_s": "2.5"}),
        ("resources", "$75", {"budget": "$75"}),
        ("volume", "50k", {"requests_per_month": "50k"}),
        ("language", "pt, it", {"language": ["pt", "it"]}),
        ("region", "jp", {"region": "JP"}),
    ],
)
def test_typed_answers(question: str, text: str, fields: dict[str, Any]) -> None:
    assert fields_of_text(BY_ID[question], text) == fields


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [("volume", "many", "no quantity"), ("resources", "-5", "no quantity"), ("length", "0", "greater than 0")],
)
def test_bad_typed_answers_say_why_without_flags(question: str, text: str, words: str) -> None:
    with pytest.raises(LlmselectError, match=words) as caught:
        fields_of_text(BY_ID[question], text)
    assert "--" not in caught.value.message


def test_several_choices_are_joined() -> None:
    assert fields_of_choices(BY_ID["inputs"], ["image", "pdf"]) == {"modality_in": ["image", "pdf"]}


VIEW = View(1, MAX_QUESTIONS, "q", "?", "why", (("one", "First"), ("two", "Second")), default=("two",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("1", Reply("choices", ("one",))),
        ("２", Reply("choices", ("two",))),
        ("second", Reply("choices", ("two",))),
        ("", Reply("choices", ("two",))),
        ("?", Reply("help")),
        ("？", Reply("help")),
        ("B", Reply("back")),
        ("skip", Reply("skip")),
        ("don't know", Reply("unknown")),
        ("show me", Reply("enough")),
        ("3", Reply("text", text="3")),
        ("24GB", Reply("text", text="24GB")),
    ],
)
def test_what_a_line_means(line: str, reply: Reply) -> None:
    assert read_reply(line, VIEW, SAY) == reply


def test_several_numbers_where_several_may_be_chosen() -> None:
    assert read_reply("2, 1 2", VIEW._replace(many=True), SAY) == Reply("choices", ("two", "one"))
    assert read_reply("", VIEW._replace(default=()), SAY) is None


def test_chinese_commands() -> None:
    assert read_reply("不知道", VIEW, Wording("zh-TW", {})) == Reply("unknown")


def test_words_that_are_no_choice_are_refused() -> None:
    with pytest.raises(LlmselectError, match="none of the choices"):
        answer_from_reply(Reply("text", text="maybe"), BY_ID["domain"], SAY)


# The loop


class Script:
    """A surface that replies in order, and remembers what it showed."""

    def __init__(self, *replies: Reply) -> None:
        self._replies, self.views, self.told = list(replies), [], []  # type: ignore[var-annotated]

    def ask(self, view: View) -> Reply:
        self.views.append(view)
        return self._replies.pop(0)

    def tell(self, text: str) -> None:
        self.told.append(text)

    def line(self, prompt: str) -> str:
        return ""


def test_a_talk_with_help_errors_and_enough() -> None:
    def check(fields: Mapping[str, Any]) -> None:
        if fields.get("gpu") == "RTX 4711":
            raise LlmselectError("unknown-device", "unknown device 'RTX 4711'", "Did you mean RTX 4090?")

    script = Script(
        Reply("back"), Reply("help"), Reply("choices", ("qa",)), Reply("skip"), Reply("text", text="RTX 4711"),
        Reply("text", text="RTX 4090"), Reply("back"), Reply("text", text="RTX 3090"), Reply("enough"),
    )  # fmt: skip
    kept: list[Session] = []
    session = run(Questionnaire(questions(), SAY, script, Fixed({}), check, kept.append), Session())
    assert session.fields == {"task": "qa", "gpu": "RTX 3090"}
    assert [given.how for given in session.given] == ["answer", "skip", "answer"]
    notices = [view.notices for view in script.views]
    assert notices[1] == ("This is the first question.",)
    assert "once for each" in notices[2][0]
    assert notices[5] == ("unknown device 'RTX 4711'", "Did you mean RTX 4090?")
    assert script.views[7].default_text == "RTX 4090"
    assert kept[-1] == session
    assert (
        script.told[0]
        == "1. What should the model do? answer questions, from knowledge or from passages that it is given"
    )
