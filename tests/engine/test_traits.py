"""What is scored of models' own facts: safety, openness and adaptability, on records small enough to check by hand."""

from typing import Any

import pytest

from llmselect.results.figures import CriterionValue
from tests.factories import Record, ask, catalog, exam, fact, host, model, offering, price, weights

RLHF, NONE = ({"alignment": fact({"methods": [method], "summary": "tuned"})} for method in ("rlhf", "none"))


def faithful(percent: float) -> Record:
    """A test of summaries without inventions."""
    return exam(percent, benchmark="faithful-summaries")


def criteria(name: str, records: list[Record], *hosts: Record, **fields: Any) -> dict[str, CriterionValue]:
    served = hosts or (host("cloud", *(offering(record["id"].partition("/")[2], price()) for record in records)),)
    answer = ask(catalog(records, list(served)), **fields)
    return {row.model.partition("/")[2]: row.criteria[name] for row in answer.recommendations}


def test_safety_is_judged_by_a_test_before_a_method() -> None:
    """75 % of faithful summaries are worth nothing, 98 % everything; a method is worth half at most."""
    records = [
        model("good", scores=[exam(60), faithful(98)], **NONE),
        model("half", scores=[exam(60), faithful(86.5)], **RLHF),
        model("poor", scores=[exam(60), faithful(70)], **RLHF),
        model("told", **RLHF),
        model("raw", **NONE),
    ]
    found = {name: value.utility for name, value in criteria("safety", records).items()}
    assert found == pytest.approx({"good": 1.0, "half": 0.5, "poor": 0.0, "told": 0.5, "raw": 0.0})


def test_an_untested_model_is_as_safe_as_the_lower_quartile_of_those_tested_like_it() -> None:
    tested = [model(f"m{n}", scores=[exam(60), faithful(percent)]) for n, percent in enumerate((80.75, 86.5, 92.25))]
    found = criteria("safety", [*tested, model("new", alignment=None)])["new"]
    assert (found.evidence, found.value) == ("prior", pytest.approx(0.5))
    assert found.utility == pytest.approx(0.375)


def test_openness_is_of_weights_and_their_licence() -> None:
    records = [weights("free"), weights("own", license=fact("community")), model("closed")]
    found = {name: value.utility for name, value in criteria("openness", records).items()}
    assert found == {"free": 1.0, "own": 0.6, "closed": 0.0}


def test_small_weights_that_one_may_tune_adapt_best() -> None:
    """On the machine by their size and licence; the room for passages is the same for all."""
    records = [
        weights("small"),
        weights("large", of="llama-2-70b"),
        weights("forbidden", license=fact("research")),
        model("closed"),
    ]
    hosts = [host("cloud", offering("closed", price()))]
    found = criteria("adaptability", records, *hosts, gpu="dc-80gb", domain="specific")
    room = found["closed"].utility
    assert found["forbidden"].utility == room
    assert found["small"].utility == pytest.approx(room + 0.5)
    assert room < found["large"].utility < found["small"].utility
    assert found["small"].weight > 0


def test_a_host_that_tunes_says_so() -> None:
    records = [model("tuned"), model("silent"), weights("served")]
    hosts = [
        host("cloud", offering("tuned", price(), capabilities=fact(["fine-tuning"])), offering("silent", price())),
        host("other", offering("served", price())),
    ]
    found = criteria("adaptability", records, *hosts, deployment="api")
    room = found["silent"].utility
    assert found["tuned"].utility == pytest.approx(room + 0.35)
    assert found["served"].utility == pytest.approx(room + 0.25), "the weights can be had, but are tuned elsewhere"
    assert {value.evidence for value in found.values()} == {"derived"}
