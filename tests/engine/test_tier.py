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


def _world(*field: tuple[str, float, float], old: Record = OLD, **successor: Any) -> Catalog:
    """`old`, which ended, and others at the same host; `successor` are facts of those."""
    models = [factories.model("old", 60.0)]
    models += [
        factories.model(name, score, release_date=factories.fact("2023-06-01"), **successor) for name, score, _ in field
    ]
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
    assert (old.as_of, old.host, old.usd_per_month) == (END, "acme", pytest.approx(OLD_USD))
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
        ({}, "cheap", [("developer", "as-dear", True)]),  # of two that are as new, the one at about the old bill
        ({}, "as-dear", [("line", "as-dear", True)]),
        ({}, None, [("developer", "as-dear", True)]),
    ],
)
def test_the_developers_successor_is_what_it_names_else_the_newest_near_it(
    words: dict[str, str], line: str | None, expected: list[tuple[str, str, bool]]
) -> None:
    old = {**OLD, "lifecycle": _ends(END, **words)}
    world = _world(*FIELD, old=old)
    if line:
        models = dict(world.models)
        follows = models[f"acme/{line}"].model_dump(by_alias=True) | {"predecessor": factories.fact("acme/old")}
        models[f"acme/{line}"] = type(models["acme/old"]).model_validate(follows)
        world = world.model_copy(update={"models": models})
    if line == "cheap":
        expected = [("line", "cheap", True)]
    found = [(one.why, one.recommendation.model.removeprefix("acme/"), one.near) for one in _replaced(world).vendor]
    assert found == expected


def test_the_same_model_at_another_host_has_a_row_of_its_own() -> None:
    world = _world(AS_DEAR)
    other = factories.host("other", _priced("old", 1.5))
    hosts = {**world.hosts, **factories.catalog([factories.model("old")], [other]).hosts}
    weights = factories.weights("old", 60.0)  # a closed model that its developer ended is served nowhere
    models = {**world.models, **factories.catalog([weights]).models}
    answer = _replaced(world.model_copy(update={"hosts": hosts, "models": models}), without=("open-weights",))
    assert answer.elsewhere is not None
    assert answer.elsewhere.recommendation.option == "acme/old@other"
    assert answer.elsewhere.cost_ratio == pytest.approx(1.5)
    assert "old" not in _names(answer)


def test_weights_on_a_named_machine_are_followed_by_weights_on_it() -> None:
    models = [factories.weights("old", 60.0), factories.weights("new", 70.0), factories.model("api", 90.0)]
    host = factories.host("acme", _priced("old", 1), _priced("new", 1), _priced("api", 1))
    facts = factories.facts_of(factories.catalog(models, [host]))

    def found(**needs: Any) -> set[str]:
        answer = replace("acme/old", parse({"as_of": factories.TODAY, **needs}), facts, without=("open-weights",))
        return {f"{one.recommendation.name} {one.recommendation.deployment}" for one in answer.candidates}

    assert found(gpu="Home 24GB") == {"New self-host"}
    assert (
        found() == {"New api", "Api api"} or found() == {"New managed", "Api managed"} or "New self-host" not in found()
    )


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
