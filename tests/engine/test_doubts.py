"""What of a request could not be judged is said before the ranking."""

from typing import Any

import pytest

from llmselect.requirements import parse
from tests.factories import TODAY, Record, ask, catalog, fact, host, model, offering, price, recommend, weights

SPOKEN = model("a", languages=fact(["en", "de"]))


def told(records: list[Record], hosts: list[Record] | None = None, **fields: Any) -> str:
    served = hosts or [host("cloud", *(offering(record["id"].partition("/")[2], price()) for record in records))]
    return " ".join(ask(catalog(records, served), **fields).doubts)


def test_nothing_is_said_where_everything_is_known() -> None:
    assert told([SPOKEN], language="en", context_tokens=4000) == ""
    assert told([model("b")], language="en") == "", "English needs no word of its developer"


def test_a_language_that_nobody_states() -> None:
    text = told([SPOKEN, model("b")], language="de")
    assert "For 1 of the 2 models below nobody states which languages" in text
    assert "No test is in German" in text
    assert "For the models below nobody states which languages" in told([model("b"), model("c")], language="de")


def test_images_are_in_no_test() -> None:
    assert "reads images" in told([model("a", modalities_in=fact(["text", "image"]))], modality_in="image")


@pytest.mark.parametrize(("day", "old"), [("2024-07-01", False), ("2024-07-02", True), ("2025-06-01", True)])
def test_a_catalogue_older_than_the_day_warns_and_answers(day: str, old: bool) -> None:
    record = weights("w")
    answer = recommend(parse({"as_of": day, "gpu": "home-24gb"}), catalog([record]))
    assert [row.model for row in answer.recommendations] == ["acme/w"]
    assert any(f"The catalogue is of {TODAY}" in text for text in answer.doubts) == old


def test_models_that_are_out_for_what_nobody_states_are_counted() -> None:
    records = [model("a"), model("b"), model("c")]
    hosts = [
        host("alpha", offering("a", price()), regions=fact(["EU"])),
        host("beta", offering("b", price()), offering("c", price())),
    ]
    assert "2 models are left out only because nobody states from where they are served" in told(
        records, hosts, region="EU"
    )
    assert "left out" not in told(records, hosts, region="EU", allow_unknown=True)


def test_what_fails_for_sure_is_no_doubt() -> None:
    records = [model("a"), model("b")]
    hosts = [host("alpha", offering("a", price()), regions=fact(["EU"])), host("beta", offering("b", price()))]
    assert "left out" not in told(records, hosts, region="EU", host="alpha")
