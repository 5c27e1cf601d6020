"""Answers as Python sees them: short to read, plain as data, a table in notebooks, a data frame."""

import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from llmselect import api
from llmselect.errors import LlmselectError
from llmselect.render.format.json import envelope
from llmselect.render.frame import ROWS
from llmselect.render.notebook import BLOCKS
from llmselect.requirements import Requirements
from llmselect.results.base import Result
from llmselect.results.recommendation import Recommendation, RecommendedModel

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "small_catalog"
HOME = Requirements(as_of="2026-11-23", gpu="Home 24GB", requests_per_month="100k")
LOG = ROOT / "tests" / "usage" / "log.jsonl"


@cache
def _catalog() -> Any:
    return api.load_catalog(SMALL)


ANSWERS: dict[str, tuple[str, Callable[[], Result]]] = {
    "recommend": ("recommend", lambda: api.recommend(HOME, _catalog())),
    "nothing": ("recommend", lambda: api.recommend(Requirements(modality_out=["video"]), _catalog())),
    "replace": ("replace", lambda: api.replace("giant-1", HOME, _catalog())),
    "compare": ("compare", lambda: api.compare("giant-1", "small-7b-chat", catalog=_catalog())),
    "ranked": ("compare", lambda: api.compare(requirements=HOME, catalog=_catalog(), top=2)),
    "cost": ("cost", lambda: api.cost("giant-1", "small-7b-chat", requirements=HOME, catalog=_catalog())),
    "log": ("cost", lambda: api.cost(usage=LOG, catalog=_catalog())),
    "estimate": ("estimate", lambda: api.estimate("small-7b-chat", HOME, _catalog())),
    "check": ("check", lambda: api.check(ROOT / "README.md", catalog=_catalog())),
}
every_answer = pytest.mark.parametrize("name", ANSWERS)


@cache
def answer(name: str) -> Result:
    return ANSWERS[name][1]()


@every_answer
def test_an_answer_is_what_its_schema_says(name: str) -> None:
    command = ANSWERS[name][0]
    schema = json.loads((ROOT / "llmselect" / "schemas" / f"{command}.schema.json").read_text(encoding="utf-8"))
    record = json.loads(envelope(command, "ok", answer(name).to_dict()))
    jsonschema.Draft202012Validator(schema).validate(record)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({**record, "data": {**record["data"], "more": 1}})


@every_answer
def test_an_answer_prints_itself_in_a_few_lines(name: str) -> None:
    lines = repr(answer(name)).splitlines()
    assert lines[0].startswith(f"<{type(answer(name)).__name__} ")
    assert lines[-1].endswith(">")
    assert len(lines) <= 8
    assert max(map(len, lines)) < 160


def test_a_recommendation_prints_its_ranking() -> None:
    found = api.recommend(HOME, _catalog())
    first = found.recommendations[0]
    lines = repr(found).splitlines()
    assert "qa" not in lines[0]
    assert "conversation" in lines[0]
    assert lines[1].strip().startswith(f"1. {first.option}: ")
    assert f"score {first.score:.2f}" in lines[1]
    assert repr(first) == f"<{lines[1].strip()}>"


@every_answer
def test_an_answer_is_a_table_in_a_notebook(name: str) -> None:
    text = answer(name)._repr_html_()
    assert "<html" not in text
    if name != "nothing":
        assert text.count("<table>") == text.count("</table>") == 1


@pytest.mark.parametrize("library", ["pandas", "polars"])
@every_answer
def test_an_answer_is_a_data_frame(name: str, library: str) -> None:
    frame = answer(name).to_frame(library)
    columns, rows = ROWS[type(answer(name))](answer(name))
    assert type(frame).__module__.partition(".")[0] == library
    assert (len(frame), list(frame.columns)) == (len(rows), list(columns))


def test_numbers_of_a_frame_are_numbers() -> None:
    found = api.recommend(HOME, _catalog())
    for frame in (found.to_frame("pandas"), found.to_frame("polars")):
        assert list(frame["score"]) == [row.score for row in found.recommendations]
        assert list(frame["score_low"]) == [row.score_interval.low for row in found.recommendations]


@pytest.mark.parametrize(("library", "message"), [(None, "neither pandas nor polars is"), ("polars", "polars is not")])
def test_a_frame_without_a_library_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, library: str | None, message: str
) -> None:
    monkeypatch.setattr("llmselect.render.frame.find_spec", lambda name: None)
    with pytest.raises(LlmselectError, match=f"{message} installed") as caught:
        answer("recommend").to_frame(library)
    assert "pip install" in caught.value.hint


def test_another_library_is_refused() -> None:
    with pytest.raises(LlmselectError, match="'numpy' is not known"):
        answer("recommend").to_frame("numpy")


def test_what_has_a_notebook_but_no_frame_says_so() -> None:
    (kind,) = BLOCKS.keys() - ROWS.keys()
    with pytest.raises(LlmselectError, match="is no table"):
        object.__new__(kind).to_frame()


def test_answers_cannot_be_changed() -> None:
    found = answer("recommend")
    with pytest.raises(FrozenInstanceError):
        found.as_of = "2020-01-01"  # type: ignore[attr-defined]
    assert not hasattr(found, "__dict__")


def _rows() -> tuple[RecommendedModel, ...]:
    found = answer("recommend")
    assert isinstance(found, Recommendation)
    return found.recommendations


def test_every_interval_is_low_value_high() -> None:
    """One shape everywhere: no record of an answer tells low and high beside a value."""
    for name in ANSWERS:
        for record in _records(answer(name).to_dict()):
            assert not {"low", "high"} & record.keys()
    for row in _rows():
        for one in row.criteria.values():
            assert one.interval is None or (one.low, one.value, one.high) == tuple(one.interval)
            assert one.interval is None or one.interval.low <= one.interval.value <= one.interval.high


def _records(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(record for item in value.values() for record in _records(item))]
    return [record for item in value for record in _records(item)] if isinstance(value, list) else []


def test_waiting_adds_up() -> None:
    """First token, then the thinking, then the rest of the answer, each at the pace of a token; the middles of all."""
    rows = api.recommend(Requirements(as_of="2026-11-23", gpu="Mid 48GB"), _catalog()).recommendations
    timed = [row for row in rows if row.speed is not None and row.speed.ttft_ms is not None]
    assert timed
    for row in timed:
        speed, tokens = row.speed, row.answer_tokens
        assert speed is not None
        assert speed.ttft_ms is not None
        assert speed.first_answer_token_ms is not None
        assert speed.answer_s is not None
        pace_ms = 1000 / speed.decode_tok_s.value
        told = speed.ttft_ms.value + tokens.thinking.value * pace_ms
        assert speed.first_answer_token_ms.value == pytest.approx(told)
        assert speed.answer_s.value == pytest.approx((told + (tokens.shown.value - 1) * pace_ms) / 1000)
