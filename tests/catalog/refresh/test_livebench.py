"""A LiveBench release becomes scores of the models that it names, per category and effort."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from llmselect.catalog.checks.run import check
from llmselect.catalog.load import load
from llmselect.catalog.refresh.livebench import Release, ScoresReport, refresh_scores
from llmselect.catalog.schema import Score
from llmselect.errors import LlmselectError

SOURCE = {
    "url": "https://live.test/t.csv",
    "title": "The table",
    "kind": "third-party",
    "retrieved": date(2026, 11, 20),
}
RELEASE = Release(
    date(2026, 6, 25), "board-v1", {"Reasoning": "arc-challenge", "IF": "mmlu"},
    {"-high": "high", "-high-effort": "high", "-max": "max"}, "live-2026-06", SOURCE,
)  # fmt: skip
CATEGORIES = json.dumps({"Reasoning": ["zebra", "maze"], "IF": ["summarize"], "Coding": ["python"]}).encode()
HEAD = "model,zebra,maze,summarize,python\n"


def _refresh(folder: Path, *lines: str, into: Path | None = None, categories: bytes = CATEGORIES) -> ScoresReport:
    table = (HEAD + "".join(f"{line}\n" for line in lines)).encode()
    return refresh_scores(load(folder), table, categories, RELEASE, into or folder, dry_run=False)


def _scores(folder: Path, model: str) -> list[Score]:
    return [score for score in load(folder).models[model].scores if score.source == ("live-2026-06",)]


def test_means_by_category_and_effort(small_copy: Path) -> None:
    report = _refresh(small_copy, "giant-1,80,61,50,1", "Giant-1-high-effort,90.5,70,60,", "someone-else,1,2,3,4")
    found = [(row.benchmark, row.effort, row.value, row.date) for row in _scores(small_copy, "globex/giant-1")]
    day = date(2026, 6, 25)
    assert found == [
        ("arc-challenge", "default", 70.5, day),
        ("mmlu", "default", 50, day),
        ("arc-challenge", "high", 80.25, day),
        ("mmlu", "high", 60, day),
    ]
    assert report.unknown == ("someone-else",)
    assert report.files == ("models/globex/giant-1.yaml",)
    assert [fault for fault in check(small_copy, date(2026, 11, 23)) if fault.code != "unused-source"] == []
    before = (small_copy / report.files[0]).read_bytes()
    again = _refresh(small_copy, "giant-1,80,61,50,1", "giant-1-high-effort,90.5,70,60,")
    assert (again.files, again.changes) == ((), ())
    assert (small_copy / report.files[0]).read_bytes() == before


def test_a_corrected_value_replaces(small_copy: Path) -> None:
    _refresh(small_copy, "giant-1,80,60,50,1")
    report = _refresh(small_copy, "giant-1,80,62,50,1")
    assert [(change.before, change.after) for change in report.changes] == [("70", "71")]
    assert len(_scores(small_copy, "globex/giant-1")) == 2


def test_aliases_and_names_of_two(small_copy: Path) -> None:
    report = _refresh(small_copy, "small-7b-base,50,50,50,50", "small-7b-base-max,60,60,60,60")
    assert report.unknown == ()
    assert {score.effort for score in _scores(small_copy, "acme/small-7b")} == {"default", "max"}


@pytest.mark.parametrize("cell", ["", "nan", "-1", "101", "x", "inf"])
def test_a_category_with_a_hole_is_left_out(small_copy: Path, cell: str) -> None:
    report = _refresh(small_copy, f"giant-1,80,{cell},50,1")
    assert [score.benchmark for score in _scores(small_copy, "globex/giant-1")] == ["mmlu"]
    assert report.left_out == {"a category with a task that has no value": 1}


def test_lines_that_cannot_be_used(small_copy: Path) -> None:
    lines = [
        "giant-1,1,2,3,4",
        "giant-1,5,6,7,8",
        "giant-1-high,1,2,3,4",
        "giant-1-high-effort,1,2,3,4",
        ",1,2,3,4",
        "a,1,2,3,4,5",
    ]
    report = _refresh(small_copy, *lines)
    assert report.left_out == {
        "a line without a name of its own, or of another length": 3,
        "another subject is the same model at the same effort": 1,
    }


@pytest.mark.parametrize(
    "categories", [b"", b"[]", b"{}", b'{"Reasoning": "zebra"}', b'{"Reasoning": []}', b"[" * 100_000]
)
def test_categories_that_cannot_be_used(small_copy: Path, categories: bytes) -> None:
    with pytest.raises(LlmselectError) as caught:
        _refresh(small_copy, "giant-1,1,2,3,4", categories=categories)
    assert caught.value.code == "bad-scores-file"


@pytest.mark.parametrize("table", [b"", b"a,b\n", b"\xff", b'model\n"' + b"x" * 200_000])
def test_tables_that_cannot_be_used(small_copy: Path, table: bytes) -> None:
    with pytest.raises(LlmselectError):
        refresh_scores(load(small_copy), table, CATEGORIES, RELEASE, small_copy, dry_run=False)


def test_a_user_gets_whole_records_in_the_layer(user: Path, folder: Path) -> None:
    table: Any = (HEAD + "giant-1,80,61,50,1\n").encode()
    report = refresh_scores(load(own=False), table, CATEGORIES, RELEASE, user, dry_run=False)
    assert report.files == ("models/globex/giant-1.yaml",)
    assert (user / report.files[0]).read_text().startswith("id: globex/giant-1\n")
    record = folder / report.files[0]
    record.write_text(record.read_text().replace("name: Giant", "name: Renamed Giant"))
    model = load().models["globex/giant-1"]
    assert model.name.startswith("Renamed")  # of a layer's record only the scores count
    assert ("arc-challenge", 70.5) in {(score.benchmark, score.value) for score in model.scores}
    assert refresh_scores(load(own=False), table, CATEGORIES, RELEASE, user, dry_run=False).files == ()
