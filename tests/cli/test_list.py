"""`list`: filters, order and status."""

import csv
import io

import pytest

from tests.cli.conftest import Cli
from tests.reading import html_tables, markdown_tables

DAY = ("--as-of", "2026-11-23")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([], ["globex/giant-1", "acme/small-7b", "acme/small-7b-chat"]),
        (["--developer", "ACME"], ["acme/small-7b", "acme/small-7b-chat"]),
        (["--family", "giant"], ["globex/giant-1"]),
        (["--license", "Apache 2.0"], ["acme/small-7b", "acme/small-7b-chat"]),
        (["--open-weights"], ["acme/small-7b", "acme/small-7b-chat"]),
        (["--modality-in", "image"], ["globex/giant-1"]),
        (["--task", "qa"], ["globex/giant-1", "acme/small-7b-chat"]),
        (["--min-context", "8k"], ["globex/giant-1"]),
        (["--host", "renta"], ["acme/small-7b-chat"]),
        (["--status", "active"], ["globex/giant-1", "acme/small-7b", "acme/small-7b-chat"]),
        (["--sort", "release"], ["globex/giant-1", "acme/small-7b", "acme/small-7b-chat"]),
        (["--sort", "parameters"], ["acme/small-7b", "acme/small-7b-chat", "globex/giant-1"]),
        (["--sort", "context", "--open-weights"], ["acme/small-7b", "acme/small-7b-chat"]),
    ],
    ids=lambda value: " ".join(value) if value and value[0].startswith("--") else None,
)
def test_filters(cli: Cli, filters: list[str], expected: list[str]) -> None:
    ran = cli("list", *DAY, *filters, "--json")
    assert ran.status == 0
    assert [row["id"] for row in ran.json["data"]["models"]] == expected


@pytest.mark.parametrize(
    ("day", "giant", "chat"),
    [("2023-01-01", "announced", "announced"), ("2024-06-01", "active", "active"), ("2027-06-01", "retired", "active")],
)
def test_status_follows_the_day(cli: Cli, day: str, giant: str, chat: str) -> None:
    rows = {row["id"]: row["status"] for row in cli("list", "--as-of", day, "--json").json["data"]["models"]}
    assert (rows["globex/giant-1"], rows["acme/small-7b-chat"]) == (giant, chat)


def test_a_row_has_the_documented_keys(cli: Cli) -> None:
    row = cli("list", "--json").json["data"]["models"][0]
    assert list(row) == [
        *(
            "id",
            "name",
            "developer",
            "release_date",
            "open_weights",
            "license",
            "context_tokens",
            "parameters",
            "status",
            "expected_score",
        )
    ]


def test_no_match_is_an_empty_answer(cli: Cli) -> None:
    ran = cli("list", "--min-context", "1M")
    assert ran.status == 3
    assert ran.out.startswith("No model matches")
    assert cli("list", "--min-context", "1M", "--json").json["status"] == "empty"


def test_unknown_values_are_question_marks(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    lines = cli("list").out.splitlines()
    giant = next(line for line in lines if line.startswith("globex/giant-1"))
    assert giant.split()[-2] == "?"


def test_csv(cli: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("list", "--format", "csv").out)))
    assert rows[0]["id"] == "globex/giant-1"
    assert rows[0]["parameters"] == ""


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_the_table_can_be_read_back(cli: Cli, form: str) -> None:
    read = {"markdown": markdown_tables, "html": html_tables}[form](cli("list", *DAY, "--format", form).out)
    assert [row[0] for row in read[0][1:]] == ["globex/giant-1", "acme/small-7b", "acme/small-7b-chat"]
    assert read[0][0][:2] == ["id", "name"]
