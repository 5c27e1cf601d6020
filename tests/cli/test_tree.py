"""`tree`: the document's own answers to the letter, and today's beside them."""

import csv
import io

import pytest

from llmselect.catalog.load import open_catalog
from llmselect.engine.document import Question, all_questions, answer
from llmselect.engine.facts import Facts
from tests.cli.conftest import Cli

QUESTIONS = ("--compute", "low", "--response-time", "batch", "--domain", "specific")


def test_the_first_line_is_the_documents_answer(cli: Cli) -> None:
    ran = cli("tree", "--task", "qa", *QUESTIONS, "--as-of", "2026-11-23")
    assert ran.status == 0
    assert ran.out.splitlines()[0] == "Small-7B"
    assert "today Giant 1, globex (API), because instruct: " in ran.out
    assert "\nToday: Giant 1, globex (API): quality " in ran.out


def test_other_tasks_get_its_request_for_more(real_cli: Cli) -> None:
    ran = real_cli("tree", "--task", "coding", *QUESTIONS)
    assert ran.status == 0
    assert ran.out.splitlines()[0] == "需要更多訊息來做出推薦"
    assert "more information is needed" in ran.out


def test_all_rows_are_the_documents_answers(real_cli: Cli) -> None:
    document = Facts(open_catalog()).record("document", "document")
    rows = real_cli("tree", "--all", "--json").json["data"]["rows"]
    assert len(rows) == 48
    for row, question in zip(rows, all_questions(), strict=True):
        asked = Question(*(row[name] for name in ("task", "compute", "response_time", "domain")))
        assert asked == question
        assert row["document"] == answer(document, question)
        assert row["same"] or row["why"]


@pytest.mark.parametrize("columns", ["80", "200"])
def test_the_table_shows_every_row(cli: Cli, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    out = cli("tree", "--all").out
    assert "48 combinations" in out
    assert out.count("real-time") == 24


def test_some_answers_choose_rows(cli: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("tree", "--all", "--task", "qa", "--format", "csv").out)))
    assert len(rows) == 12
    assert {row["task"] for row in rows} == {"qa"}


def test_labels_in_chinese(real_cli: Cli) -> None:
    assert "今日：" in real_cli("tree", "--task", "qa", *QUESTIONS, "--lang", "zh-TW").out


def test_json_of_one_question(cli: Cli) -> None:
    data = cli("tree", "--task", "qa", *QUESTIONS, "--as-of", "2026-11-23", "--json").json["data"]
    assert data["document"] == "Small-7B"
    assert data["today"] == "globex/giant-1"
    assert data["same"] is False
    assert data["as_of"] == "2026-11-23"
