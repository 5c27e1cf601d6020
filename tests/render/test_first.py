"""The first screen, row by row: where a model runs, what ends, what is rented, and names that are too long."""

from dataclasses import replace
from pathlib import Path

import pytest

from llmselect.catalog.load import load
from llmselect.render.first import close_calls, first_screen
from llmselect.render.format.layout import plain
from llmselect.render.phrases import Phrases
from llmselect.render.place import place, short_place
from llmselect.requirements import parse
from llmselect.results.recommendation import Recommendation, RecommendedModel
from tests.factories import recommend

SAY = Phrases()


@pytest.fixture
def answer(small_catalog: Path) -> Recommendation:
    """An answer with a machine of one's own."""
    fields = {"as_of": "2026-11-23", "gpu": "Home 24GB", "requests_per_month": "100k"}
    return recommend(parse(fields), load(small_catalog))


def _screen(answer: Recommendation, **changes: object) -> str:
    first, *others = answer.recommendations
    changed = replace(first, **changes)  # type: ignore[arg-type]
    return plain(first_screen(replace(answer, recommendations=(changed, *others)), SAY), 80)


@pytest.mark.parametrize(
    ("changes", "behind_name", "cell"),
    [
        ({"host": "openai", "deployment": "api", "effort": "high"}, "at openai, high effort", "openai, high"),
        ({"host": "openai", "deployment": "api", "region": "EU"}, "at openai (EU)", "openai EU"),
        ({"host": "xai", "deployment": "api", "effort": "none"}, "at xai, no thinking", "xai, no thinking"),
        ({"quantization": "q4"}, "on Home 24GB (q4, vllm)", "here, q4"),
        ({"quantization": "none"}, "on Home 24GB (as released, vllm)", "here"),
        ({"rented": True, "hardware": "1 x L40S 48 GB"}, "on a rented L40S 48 GB (q8, vllm)", "rented L40S, q8"),
        ({"rented": True, "hardware": "2 x H200"}, "on 2 rented H200 (q8, vllm)", "rented 2 x H200, q8"),
        ({"hardware": None}, "on a machine of your own, with vllm", "here, q8"),
    ],
)
def test_a_place_is_said_in_words(
    answer: Recommendation, changes: dict[str, object], behind_name: str, cell: str
) -> None:
    base = {"deployment": "self-host", "runtime": "vllm", "quantization": "q8", "hardware": "1 x Home 24GB"}
    row: RecommendedModel = replace(answer.recommendations[0], effort=None, region=None, rented=False)
    row = replace(row, **{**base, **changes})  # type: ignore[arg-type]
    assert place(row, SAY).replace("\u00a0", " ") == behind_name
    assert short_place(row, SAY).replace("\u00a0", " ") == cell


def test_an_end_is_said_before_any_price(answer: Recommendation) -> None:
    warning = "ends in 9 days: globex shuts it down on 2026-12-02"
    changes = {"ends": "2026-12-02", "ends_in_days": 9, "successor": "giant-2", "warnings": (warning,)}
    before, _, behind = " ".join(_screen(answer, host="globex", **changes).split()).partition("$")
    assert "globex ends it on 2026-12-02, in 9 days, and names giant-2 in its place" in before
    assert "2026-12-02" not in behind


def test_two_warnings_are_two_sentences(answer: Recommendation) -> None:
    words = _screen(answer, warnings=("its price is old", "nobody has seen it"))
    assert "Its price is old.\n" in words
    assert "Nobody has seen it.\n" in words


def test_a_name_that_is_too_long_loses_its_middle_and_no_row_wraps(answer: Recommendation) -> None:
    lines = _screen(answer, name="Giant " * 20 + "of 2026").splitlines()
    row = next(line for line in lines if line.startswith("1  "))
    assert "…" in row
    assert "$" in row
    assert len(row) <= 80


def test_columns_of_which_nothing_is_known_are_dropped(answer: Recommendation) -> None:
    silent = tuple(replace(row, speed=None, cost=None) for row in answer.recommendations)
    beside = tuple(replace(one, row=replace(one.row, speed=None, cost=None)) for one in answer.beside)
    drawn = plain(first_screen(replace(answer, recommendations=silent, beside=beside), SAY), 80)
    titles = next(line for line in drawn.splitlines() if line.startswith("#"))
    assert titles.split() == ["#", "model", "where", "quality"]
    assert "price not known" in drawn


def test_as_many_rows_as_were_asked_for_are_shown(answer: Recommendation) -> None:
    row = answer.recommendations[0]
    many = replace(answer, recommendations=tuple(replace(row, rank=rank) for rank in range(1, 10)))
    drawn = plain(first_screen(many, SAY), 80)
    assert all(f"\n{rank}  {row.name[:8]}" in drawn for rank in range(1, 10))


@pytest.mark.parametrize(
    ("tied", "groups"),
    [((), []), ((1,), [[1, 2]]), ((1, 3), [[1, 2], [3, 4]]), ((2, 3, 4), [[2, 3, 4, 5]]), ((5,), [])],
)
def test_close_calls_go_from_row_to_row(answer: Recommendation, tied: tuple[int, ...], groups: list[list[int]]) -> None:
    row = answer.recommendations[0]
    rows = [replace(row, rank=rank, tied_with_next=rank in tied) for rank in range(1, 6)]
    assert close_calls(rows) == groups
