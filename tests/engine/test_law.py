"""Regions and data terms: what an offering promises holds, what a host grants for some is asked of the vendor."""

import pytest

from llmselect.engine.constraints.places import lies_in
from tests.factories import Record, ask, catalog, fact, host, model, offering, price, ranked

DEAR = {"regional": [{"region": "EU", "price_factor": 1.1, "source": "s"}]}


@pytest.mark.parametrize(
    ("place", "wanted", "inside"),
    [
        ("eu-west-1", "EU", True),
        ("eu-west-1", "IE", True),
        ("europe-west4", "eu", True),
        ("FR", "EU", True),
        ("eu-west-2", "EU", False),
        ("europe-west6", "EU", False),
        ("GB", "EU", False),
        ("EU", "FR", False),
        ("us-central1", "US", True),
        ("ap-northeast-1", "JP", True),
        ("JP", "APAC", True),
        ("US", "EU", False),
        ("eu-central-9", "EU", True),
    ],
)
def test_what_is_kept_in_a_place_is_kept_in_the_areas_around_it(place: str, wanted: str, inside: bool) -> None:
    assert lies_in(place, wanted) is inside


def _hosts(*offerings: Record, **facts: object) -> list[Record]:
    return [host("cloud", *offerings, **facts)]


def test_a_region_has_an_offering_of_its_own_at_its_own_price() -> None:
    found = catalog(
        [model("m")], _hosts(offering("m", price(1, 2), **DEAR), regions=fact(["EU", "US"]), varies=["regions"])
    )
    [anywhere] = ask(found).recommendations
    [kept] = ask(found, region="EU").recommendations
    assert (anywhere.option, kept.option) == ("acme/m@cloud", "acme/m@cloud/EU")
    usd = [row.criteria["cost"].value or 0 for row in (kept, anywhere)]
    assert usd[0] / usd[1] == pytest.approx(1.1)


@pytest.mark.parametrize(
    ("regions", "varies", "ranked_"),
    [
        (["EU"], [], True),
        (["FR", "DE"], [], True),
        (["EU", "US"], [], False),
        (["EU"], ["regions"], False),
        (["US"], [], False),
    ],
)
def test_a_host_is_believed_where_all_that_it_serves_is_there(
    regions: list[str], varies: list[str], ranked_: bool
) -> None:
    found = catalog([model("m")], _hosts(offering("m", price(1, 2)), regions=fact(regions), varies=varies))
    answer = ask(found, region="EU")
    assert bool(answer.recommendations) is ranked_
    asked = [row.model for row in answer.to_ask]
    assert asked == ([] if ranked_ or regions == ["US"] else ["acme/m"])


def test_retention_that_is_granted_to_some_is_asked_and_never_ranked() -> None:
    handling = {"zero_retention": fact(True), "trains_on_requests": fact(False)}
    found = catalog([model("m")], _hosts(offering("m", price(1, 2)), data=handling, varies=["zero_retention"]))
    answer = ask(found, privacy="zero-retention")
    assert ranked(answer) == []
    [row] = answer.to_ask
    assert "whether cloud grants it" in row.questions[0]
    assert ranked(ask(found, privacy="no-training")) == ["m"], "terms hold for all that a host serves"
    assert ranked(ask(found, privacy="zero-retention", allow_unknown=True)) == ["m"]


def test_what_fails_for_another_reason_is_not_worth_asking() -> None:
    hosts = _hosts(offering("m", price(1, 2)), regions=fact(["EU", "US"]))
    answer = ask(catalog([model("m")], hosts), region="EU", context_tokens=10_000_000)
    assert answer.to_ask == ()
