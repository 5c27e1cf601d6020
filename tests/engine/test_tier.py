"""What is near a model that ended: its money, waiting and quality, what its developer names, and where it lives on."""

from typing import Any

import pytest

from llmselect.api import replace
from llmselect.catalog.schema import Catalog
from llmselect.engine.tier import NEAR, unfinished
from llmselect.requirements import parse
from llmselect.results.replacement import Replacement
from tests import factories
from tests.factories import Record

END = "2024-03-01"
OLD_USD = 1.4  # 1,000 requests of 900 and 250 tokens at 1 and 2 USD per million


def _priced(name: str, times: float, **changes: Any) -> Record:
    return factories.offering(name, factories.price(times, 2 * times), **changes)


def _ends(on: str | None = None, **words: str) -> Record:
    given = {"last_seen": factories.TODAY, "shutdown": on, **words}
    return {name: factories.fact(value) for name, value in given.items() if value}


OLD = factories.offering("old", factories.price(1, 2, to=END, checked="2024-02-01"), lifecycle=_ends(END))
AS_DEAR = ("as-dear", 60.0, 2.0)
# name, score, times the old model's prices
FIELD = (AS_DEAR, ("cheap", 65.0, 0.1), ("dear", 90.0, 4.0), ("weak", 40.0, 0.1), ("new-preview", 90.0, 1.0))


def _world(*field: tuple[str, float, float], old: Record = OLD, follows: str | None = None) -> Catalog:
    """`old`, which ended, and others at the same host; one of them `follows` it in its line."""
    models = [factories.model("old", 60.0)]
    for name, score, _ in field:
        line = {"predecessor": factories.fact("acme/old")} if name == follows else {}
        models.append(factories.model(name, score, release_date=factories.fact("2023-06-01"), **line))
    offerings = [_priced(name, times) for name, _, times in field]
    return factories.catalog(models, [factories.host("acme", old, *offerings)])


def _replaced(catalog: Catalog, without: tuple[str, ...] = (), **needs: Any) -> Replacement:
    asked = parse({"as_of": factories.TODAY, **needs})
    return replace("acme/old", asked, factories.facts_of(catalog), without=without)


def _names(answer: Replacement) -> set[str]:
    return {one.recommendation.model.removeprefix("acme/") for one in answer.candidates}


def test_the_old_bill_is_that_of_the_last_day_with_a_price() -> None:
    old = _replaced(_world(*FIELD)).old
    assert old is not None
    assert (old.as_of, old.host) == (END, "acme")
    assert old.usd_per_month == pytest.approx(OLD_USD)
    assert old.quality is not None
    assert old.quality.value == pytest.approx(60.0, abs=0.1)


@pytest.mark.parametrize(
    ("without", "needs", "names"),
    [
        ((), {}, {"as-dear", "cheap"}),
        (("tier",), {}, {"as-dear", "cheap", "dear", "weak", "new-preview"}),
        ((), {"budget": 100}, {"as-dear", "cheap", "dear"}),
        ((), {"budget": 1}, {"cheap"}),
        ((), {"min_score": {"exam": 30}}, {"as-dear", "cheap", "weak"}),
    ],
)
def test_a_successor_is_near_in_money_and_quality_unless_asked_otherwise(
    without: tuple[str, ...], needs: Record, names: set[str]
) -> None:
    assert _names(_replaced(_world(*FIELD), without, **needs)) == names


def test_where_nothing_is_near_the_limits_widen_and_say_so() -> None:
    answer = _replaced(_world(("dear", 60.0, 4.0), ("dearest", 60.0, 30.0), ("weak", 40.0, 0.1)))
    assert _names(answer) == {"dear"}
    assert answer.near is not None
    assert answer.near.widened == 2.0
    assert answer.near.most_usd_per_month == pytest.approx(2 * NEAR.times_usd * OLD_USD)
    assert not any(one.near for one in answer.rows)


@pytest.mark.parametrize(
    ("words", "line", "expected"),
    [
        ({"replacement": "acme/as-dear"}, None, [("named", "as-dear", True)]),
        ({"replacement": "acme/dear"}, None, [("named", "dear", False), ("developer", "as-dear", True)]),
        ({}, "cheap", [("line", "cheap", True)]),
        ({}, "dear", [("developer", "as-dear", True)]),  # the newest of the line is too dear
        ({}, None, [("developer", "as-dear", True)]),  # of two that are as new, the one at about the old bill
    ],
)
def test_the_developers_successor_is_what_it_names_else_the_newest_near_it(
    words: dict[str, str], line: str | None, expected: list[tuple[str, str, bool]]
) -> None:
    world = _world(*FIELD, old={**OLD, "lifecycle": _ends(END, **words)}, follows=line)
    found = [(one.why, one.recommendation.model.removeprefix("acme/"), one.near) for one in _replaced(world).vendor]
    assert found == expected


def test_the_same_model_at_another_host_has_a_row_of_its_own() -> None:
    models = [factories.weights("old", 60.0), factories.weights("new", 70.0)]
    hosts = [factories.host("acme", OLD, _priced("new", 2.0)), factories.host("other", _priced("old", 1.5))]
    answer = _replaced(factories.catalog(models, hosts))
    assert answer.elsewhere is not None
    assert answer.elsewhere.recommendation.option == "acme/old@other"
    assert answer.elsewhere.cost_ratio == pytest.approx(1.5)
    assert _names(answer) == {"new"}


def test_what_a_developer_ends_is_no_successor_for_being_served_elsewhere() -> None:
    models = [factories.model("old", 60.0), factories.weights("new", 60.0, predecessor=factories.fact("acme/old"))]
    ending = _priced("new", 1.0, lifecycle=_ends("2024-07-01", announced="2024-01-01"))
    hosts = [factories.host("acme", OLD, ending), factories.host("other", _priced("new", 1.0))]
    answer = _replaced(factories.catalog(models, hosts))
    assert answer.vendor == ()
    assert _names(answer) == {"new"}


@pytest.mark.parametrize(
    ("needs", "found"),
    [({"gpu": "Home 24GB"}, {("New", "self-host")}), ({}, {("New", "api"), ("Api", "api")})],
)
def test_the_way_of_access_stays(needs: Record, found: set[tuple[str, str]]) -> None:
    """Weights on a named machine are followed by weights on it, what was used by API by APIs."""
    models = [factories.weights("old", 60.0), factories.weights("new", 70.0), factories.model("api", 90.0)]
    host = factories.host("acme", *(_priced(name, 1.0) for name in ("old", "new", "api")))
    answer = _replaced(factories.catalog(models, [host]), ("open-weights",), **needs)
    assert {(one.recommendation.name, one.recommendation.deployment) for one in answer.candidates} == found


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("google/gemini-3-pro-preview", True),
        ("google/gemini-2.0-flash-thinking-exp-01-21", True),
        ("xai/grok-beta", True),
        ("deepseek/deepseek-v4-flash", False),
        ("openai/gpt-4-expert", False),
    ],
)
def test_a_preview_says_so_in_its_id(model: str, expected: bool) -> None:
    assert unfinished(model) is expected
