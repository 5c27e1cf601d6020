"""The three ways to a specific domain: what each takes, what it costs, and why one is missing."""

from typing import Any

import pytest

from llmselect.results.recommendation import Way
from tests.factories import Record, ask, catalog, fact, host, model, offering, price, rental, weights

SMALL = weights("small", 50.0)
ABLE = model("able", 90.0)
SERVED = [host("cloud", offering("able", price(10, 30)), offering("dear", price(100, 300)))]
MODELS = [SMALL, ABLE, model("dear", 89.0)]
CHEAP = {"cost": 0.9, "quality": 0.1, "latency": 0, "context": 0, "safety": 0, "openness": 0}


def ways(records: list[Record] = MODELS, **fields: Any) -> dict[str, Way]:
    asked: Record = {"domain": "specific", "gpu": "home-24gb", "requests_per_month": 1000, **fields}
    return {way.kind: way for way in ask(catalog(records, SERVED), **asked).ways}


def test_a_general_domain_has_no_ways() -> None:
    assert ways(domain="general") == {}


def test_each_way_names_its_option_and_its_bill() -> None:
    found = ways(weight=CHEAP)
    assert list(found) == ["retrieval", "fine-tuning", "larger-model"]
    assert found["fine-tuning"].model == "acme/small"
    assert found["larger-model"].model == "acme/able", "the cheaper of two that are within 3 % of the best"
    assert all(way.usd_per_month is not None and way.quality_percent for way in found.values())


def test_retrieval_is_billed_with_its_passages() -> None:
    """2,000 tokens more at $10 a million are $20 more for 1,000 requests."""
    plain = ask(catalog(MODELS, SERVED), gpu="home-24gb", requests_per_month=1000, host="cloud")
    found = ways(host="cloud")["retrieval"]
    assert found.model == plain.recommendations[0].model == "acme/able"
    assert found.usd_per_month is not None
    assert found.usd_per_month.value == pytest.approx(1000 * (2900 * 10 + 250 * 30) / 1e6)


def test_retrieval_needs_no_model_that_can_be_tuned() -> None:
    """Adaptability puts the small model first; with passages in the prompt the abler one does."""
    asked: Record = {"domain": "specific", "gpu": "home-24gb", "requests_per_month": 1000}
    weight = {"quality": 0.3, "adaptability": 0.6, "cost": 0.02, "latency": 0, "context": 0, "safety": 0, "openness": 0}
    answer = ask(catalog(MODELS, SERVED), **asked, weight=weight)
    assert answer.recommendations[0].model == "acme/small"
    assert [way.model for way in answer.ways] == ["acme/able", "acme/small", "acme/able"]


def test_what_nobody_tested_is_not_called_the_ablest() -> None:
    weight = {"quality": 0, "adaptability": 1, "cost": 0, "latency": 0, "context": 0, "safety": 0, "openness": 0}
    untested = weights("untested", None)
    assert ways([*MODELS, untested], weight=weight)["larger-model"].model == "acme/able"
    alone = ways([untested, model("able", None), model("dear", None)], weight=weight)["larger-model"]
    assert alone.option is None
    assert alone.assumed == "no test says which of what qualifies is the ablest"


def test_passages_that_do_not_fit_are_said() -> None:
    found = ways([model("able", 90.0, limits={"context_tokens": fact(2000)})], deployment="api")["retrieval"]
    assert found.option is None
    assert "too much" in found.assumed


@pytest.mark.parametrize("terms", ["research", "community"])
def test_weights_that_one_may_not_tune_are_no_way(terms: str) -> None:
    found = ways([weights("small", 50.0, license=fact(terms)), ABLE])["fine-tuning"]
    assert found.option is None


def test_large_weights_are_not_the_small_model() -> None:
    found = ways([weights("big", 50.0, of="llama-2-70b"), ABLE], gpu="dc-80gb")["fine-tuning"]
    assert found.option is None


def test_without_a_machine_of_ones_own_the_small_model_is_tuned_on_a_rented_one() -> None:
    facts = catalog(MODELS, SERVED, rentals=[rental("dc-48gb", 1.0)])
    [_, found, _] = ask(facts, domain="specific", requests_per_month=1000).ways
    assert found.model == "acme/small"
    assert "rented 1 x DC 48GB" in found.assumed
    assert found.usd_per_month is not None
    assert found.usd_per_month.value == pytest.approx(730)
    [_, none, _] = ask(facts, domain="specific", requests_per_month=1000, deployment="api").ways
    assert none.option is None, "who wants an API is not told to rent"


def test_the_ablest_first_choice_needs_no_larger_one() -> None:
    """The small model stays a way, though it is too weak to be ranked."""
    found = ways(optimize="quality")
    assert found["larger-model"].model == "acme/able"
    assert "as able as any" in found["larger-model"].assumed
    assert found["fine-tuning"].model == "acme/small"
