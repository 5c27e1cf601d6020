"""The source document's 48 answers, to the letter, and what the engine says beside them."""

import pytest

from llmselect.catalog.load import open_catalog
from llmselect.engine.document import Question, all_questions, answer, matching_rule
from llmselect.engine.facts import Facts
from llmselect.engine.recommend import recommend
from llmselect.engine.request import Json
from llmselect.requirements import parse

TUNED = "領域微調的Falcon-40B"
MORE = "需要更多訊息來做出推薦"
REAL, BATCH, ANY, SPECIAL = "real-time", "batch", "general", "specific"
# task, compute: the answers for real-time general, real-time specific, batch general, batch specific
ANSWERS: dict[tuple[str, str], tuple[str, str, str, str]] = {
    ("conversation", "high"): ("LLaMA-2-70B-chat",) * 4,
    ("conversation", "medium"): ("LLaMA-2-13B-chat",) * 4,
    ("conversation", "low"): ("Mistral-7B-Instruct",) * 4,
    ("content-generation", "high"): ("LLaMA-2-70B", TUNED, "LLaMA-2-70B", TUNED),
    ("content-generation", "medium"): ("LLaMA-2-70B", TUNED, "LLaMA-2-70B", TUNED),
    ("content-generation", "low"): ("Falcon-7B", TUNED, "Falcon-7B", TUNED),
    ("qa", "high"): ("LLaMA-2-13B-chat", "LLaMA-2-13B-chat", "Falcon-40B-Instruct", "Falcon-40B-Instruct"),
    ("qa", "medium"): ("LLaMA-2-13B-chat", "LLaMA-2-13B-chat", "Falcon-40B-Instruct", "Falcon-40B-Instruct"),
    ("qa", "low"): ("Mistral-7B-Instruct", "Mistral-7B-Instruct", "Falcon-40B-Instruct", "Falcon-40B-Instruct"),
    ("reasoning", "high"): ("LLaMA-2-70B",) * 4,
    ("reasoning", "medium"): ("Mistral-7B",) * 4,
    ("reasoning", "low"): ("Mistral-7B",) * 4,
}
ROWS = [
    (Question(task, compute, response_time, domain), answers[2 * i + j])
    for (task, compute), answers in ANSWERS.items()
    for i, response_time in enumerate((REAL, BATCH))
    for j, domain in enumerate((ANY, SPECIAL))
]


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(open_catalog())


@pytest.fixture(scope="module")
def document(facts: Facts) -> Json:
    return facts.record("document", "document")


def test_there_are_48_rows() -> None:
    assert len(ROWS) == len({question for question, _ in ROWS}) == 48
    assert [question for question, _ in ROWS] == list(all_questions())


@pytest.mark.parametrize(
    ("question", "text"), ROWS, ids=lambda part: part if isinstance(part, str) else str(part)[9:-1]
)
def test_the_documents_answer(question: Question, text: str, facts: Facts, document: Json) -> None:
    assert answer(document, question) == text
    rule = matching_rule(document, question)
    assert rule is not None
    assert rule.get("model") is None or rule["model"] in facts.model_no
    assert (text == TUNED) == (rule.get("strategy") is not None)


@pytest.mark.parametrize(("question", "text"), ROWS[::5], ids=lambda part: part if isinstance(part, str) else "")
def test_recommend_says_what_the_document_says(question: Question, text: str, facts: Facts) -> None:
    fields = {name: getattr(question, name) for name in ("task", "compute", "response_time", "domain")}
    found = recommend(parse({**fields, "as_of": "2026-11-23"}), facts)
    assert found.document is not None
    assert found.document.answer == text
    assert found.document.today == (found.recommendations[0].model if found.recommendations else None)
    assert found.document.why or found.document.model == found.document.today


@pytest.mark.parametrize(
    "task", ["coding", "agents", "summarization", "extraction", "classification", "translation", "math"]
)
def test_other_tasks_need_more_information(task: str, document: Json) -> None:
    for compute in ("high", "medium", "low"):
        for response_time in (REAL, BATCH):
            for domain in (ANY, SPECIAL):
                assert answer(document, Question(task, compute, response_time, domain)) == MORE


@pytest.mark.parametrize("task", ["summarization", "coding"])
def test_recommend_for_other_tasks_says_so(task: str, facts: Facts) -> None:
    fields = {"task": task, "compute": "low", "response_time": BATCH, "domain": ANY, "as_of": "2026-11-23"}
    found = recommend(parse(fields), facts)
    assert found.document is not None
    assert (found.document.answer, found.document.model) == (MORE, None)
    assert found.recommendations


def test_without_all_four_answers_the_document_is_silent(facts: Facts) -> None:
    assert recommend(parse({"compute": "low", "as_of": "2026-11-23"}), facts).document is None


def test_every_question_expands_the_request(document: Json) -> None:
    found = {(row["question"], row["value"]) for row in document["expansions"]}
    assert {("response_time", REAL), ("response_time", BATCH), ("domain", SPECIAL), ("compute", "low")} <= found


def test_a_specific_domain_brings_a_strategy(facts: Facts) -> None:
    found = recommend(parse({"domain": SPECIAL, "as_of": "2026-11-23"}), facts)
    assert found.strategy
    assert found.recommendations[0].criteria["adaptability"].weight > 0
    assert not recommend(parse({"domain": ANY, "as_of": "2026-11-23"}), facts).strategy
