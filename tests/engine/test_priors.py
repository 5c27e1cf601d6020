"""What is usual for things like one of which a fact is not known, on tables small enough to work by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from llmselect.engine.columns import PRIOR, PUBLISHED, UNKNOWN
from llmselect.engine.priors import HIGH, LOW, LOWER, MEDIAN, UPPER, medians, usual, valued
from tests.engine.worlds import World, requests, worlds
from tests.factories import Record, ask, catalog, fact, host, model, offering, price, ranked, reasons, weights

lawful = settings(derandomize=True, max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
N = np.nan


def test_the_nearest_group_that_says_enough_counts() -> None:
    values = np.array([1.0, 2.0, 3.0, N, 40.0, N, 50.0])
    family = np.array([0, 0, 0, 0, 1, 1, -1])
    every = np.zeros(7, dtype=np.int64)
    found = usual(values, np.isnan(values), [family, every])
    assert found[[LOWER, MEDIAN, UPPER], 3].tolist() == [1.5, 2.0, 2.5], "three of its family are known"
    assert found[MEDIAN, 5] == 3.0, "one of its family is too few: the median of all"
    assert usual(values, np.isnan(values), [family])[:, 5].tolist() == pytest.approx([N] * 5, nan_ok=True)


def test_percentiles_are_in_order_and_within_the_group() -> None:
    values = np.array([5.0, 1.0, 9.0, 3.0, N])
    found = usual(values, np.isnan(values), [np.zeros(5, dtype=np.int64)])[:, 4]
    assert found.tolist() == sorted(found.tolist())
    assert 1.0 <= found[LOW] <= found[HIGH] <= 9.0


def test_medians_of_groups() -> None:
    found = medians(np.array([1.0, 3.0, N, 8.0, N]), np.array([0, 0, 0, 2, 1]), 3)
    assert found.tolist() == pytest.approx([2.0, N, 8.0], nan_ok=True)


def test_a_prior_scores_its_lower_quartile_and_shows_its_range() -> None:
    likely = np.array([[0.1, N], [0.3, N], [0.5, N], [0.7, N], [0.9, N]])
    found = valued("unit", np.array([N, N]), likely, lambda value: value, PUBLISHED)
    assert found.interval[:, 0].tolist() == [0.1, 0.5, 0.9]
    assert found.utility[:, 0].tolist() == [0.1, 0.3, 0.9]
    assert found.evidence.tolist() == [PRIOR, UNKNOWN]
    assert np.isnan(found.interval[:, 1]).all()
    known = valued("unit", np.array([0.8]), likely[:, :1], lambda value: value, PUBLISHED)
    assert known.utility[:, 0].tolist() == [0.8, 0.8, 0.8]


def _windows(*windows: int | None) -> list[Record]:
    return [
        model(f"m{place}", limits={} if window is None else {"context_tokens": fact(window)})
        for place, window in enumerate(windows)
    ]


def _at_cloud(records: list[Record], **limits: Any) -> Any:
    """All of them at one host, and m0 at another that states limits of its own."""
    hosts = [host("cloud", *(offering(record["id"].partition("/")[2], price()) for record in records))]
    return catalog(records, [*hosts, host("other", offering("m0", price(), limits=limits))])


def test_an_unknown_window_is_that_of_its_family() -> None:
    answer = ask(_at_cloud(_windows(None, 4000, 8000, 16_000)), host="cloud")
    values = {row.model: row.criteria["context"] for row in answer.recommendations}
    found = values["acme/m0"]
    assert found.evidence == "prior"
    assert found.value == pytest.approx(8000 / 1150)
    assert found.utility < values["acme/m2"].utility, "it scores the lower quartile"


def test_the_same_model_elsewhere_says_more_than_its_family() -> None:
    answer = ask(_at_cloud(_windows(None, 4000, 8000, 16_000), context_tokens=fact(128_000)), host="cloud")
    found = next(row for row in answer.recommendations if row.model == "acme/m0").criteria["context"]
    assert (found.evidence, found.value) == ("prior", pytest.approx(128_000 / 1150))


def test_a_limit_excludes_a_prior_only_where_its_upper_quartile_fails() -> None:
    facts = _at_cloud(_windows(None, 4000, 8000, 16_000))
    assert "m0" in ranked(ask(facts, host="cloud", context_tokens=12_000))
    beyond = ask(facts, host="cloud", context_tokens=12_001)
    assert "at most about 12,000" in reasons(beyond, "m0")["context"][1]
    assert "m0" not in ranked(ask(facts, host="cloud", context_tokens=4000, strict=True))


def test_a_licence_of_unknown_kind_is_what_is_usual() -> None:
    records = [weights("m0", license=fact("unclear"))] + [weights(f"m{n}") for n in (1, 2, 3)]
    row = next(row for row in ask(catalog(records), gpu="home-24gb").recommendations if row.model == "acme/m0")
    assert row.criteria["openness"].evidence == "prior"


@lawful
@given(worlds(known=True), requests(without=("context_tokens",)))
def test_nothing_gains_by_what_is_not_known_of_it(world: World, fields: Record) -> None:
    """Without its window and its alignment a model scores no more, and stands no higher, than with the best known."""
    others = world.models[1:]
    assume(others)
    windows = [record["limits"]["context_tokens"]["value"] for record in others]
    methods = [record["alignment"]["value"]["methods"][0] for record in others]
    best = max(methods, key=["none", "sft", "dpo", "rlhf"].index)
    known = {
        "limits": {"context_tokens": fact(max(windows))},
        "alignment": fact({"methods": [best], "summary": "tuned"}),
    }
    with_best, without = (
        World(({**world.models[0], **facts}, *others), world.hosts).ask(fields)
        for facts in (known, {"limits": {}, "alignment": None})
    )
    assume("m0" in ranked(with_best) and "m0" in ranked(without))
    assert ranked(without).index("m0") >= ranked(with_best).index("m0")
    scores = [row.score for answer in (with_best, without) for row in answer.recommendations if row.model == "acme/m0"]
    assert scores[1] <= scores[0] + 1e-12


@lawful
@given(worlds(), requests(without=("strict", "allow_unknown")))
def test_strict_admits_a_part_of_which_nothing_is_undecided(world: World, fields: Record) -> None:
    loose, strict = world.ask(fields), world.ask({**fields, "strict": True})
    assert {row.model for row in strict.recommendations} <= {row.model for row in loose.recommendations}
    assert all(row.unverified == () for row in strict.recommendations)
    assert all(row.criteria["context"].evidence != "prior" for row in strict.recommendations)


@lawful
@given(worlds(known=True), requests(without=("context_tokens",)))
def test_an_unknown_window_is_worth_that_of_the_lower_quartile(world: World, fields: Record) -> None:
    """Of the models tuned as it is, where three are known; else of all."""
    first, others = world.models[0], world.models[1:]
    like = [record for record in others if record["tuning"] == first["tuning"]]
    alike = like if len(like) >= 3 else others
    assume(len(alike) >= 3)
    windows = [record["limits"]["context_tokens"]["value"] for record in alike]
    lower = {"context_tokens": fact(int(np.percentile(windows, 25)))}
    as_lower, unknown = (
        World(({**first, "limits": limits}, *others), world.hosts).ask(fields) for limits in (lower, {})
    )
    scores = [row.score for answer in (as_lower, unknown) for row in answer.recommendations if row.model == "acme/m0"]
    assume(len(scores) == 2)
    assert scores[1] == pytest.approx(scores[0], abs=1e-3)
