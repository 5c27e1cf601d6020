"""An empty answer names the smallest changes that let something through: they work, and one rung less does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from llmselect.catalog.load import load
from llmselect.catalog.schema import Catalog
from llmselect.engine.ladders import ladders, lenient
from llmselect.engine.machine.machines import machine_of
from llmselect.engine.request import make_request
from llmselect.requirements import Requirements, parse
from llmselect.results.recommendation import Change, Recommendation, Relaxation
from tests.engine.worlds import World, requests, worlds
from tests.factories import (
    TODAY,
    Record,
    ask,
    catalog,
    fact,
    facts_of,
    host,
    model,
    offering,
    price,
    recommend,
    weights,
)


def changed(fields: Record, changes: tuple[Change, ...] | list[Change]) -> Record:
    """The request with each named field at its new value."""
    made = dict(fields)
    for change in changes:
        name, _, key = change.field.partition(".")
        made[name] = {**made.get(name, {}), key: change.to} if key else change.to
    return made


def nearer(change: Change, facts: Catalog, fields: Record) -> Change | None:
    """The rung before it on the field's ladder; None where it is the first one."""
    rungs = ladder_rungs(parse({"as_of": TODAY, **fields}), facts)[change.field]
    place = rungs.index(change.to)
    return Change(change.field, change.from_, rungs[place - 1]) if place else None


def ladder_rungs(needs: Requirements, catalog: Catalog) -> dict[str, list[Any]]:
    facts = facts_of(catalog)
    request = make_request(needs, facts.records_of(needs.task), machine_of(needs, facts.hardware))
    return {ladder.field: list(ladder.rungs) for ladder in (*ladders(request, facts.hardware), *lenient(needs))}


@contextmanager
def no_relaxations() -> Iterator[None]:
    """Answers without the way out of an empty one, which changes nothing in what is recommended and takes longest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("llmselect.engine.recommend.relaxations", lambda *_: ())
        patch.setattr("llmselect.engine.recommend.admitting_flag", lambda *_: None)
        yield


def check(facts: Catalog, fields: Record, relaxation: Relaxation) -> None:
    """The relaxation admits the models that it names, and neither member can be spared a rung."""

    def models(changes: tuple[Change, ...] | list[Change]) -> set[str]:
        with no_relaxations():
            answer = recommend(parse({"as_of": TODAY, **changed(fields, changes)}), facts)
        return {row.model for row in answer.recommendations}

    assert relaxation.admits
    assert set(relaxation.admits) == models(relaxation.changes)
    for i, change in enumerate(relaxation.changes):
        if (less := nearer(change, facts, fields)) is not None:
            changes = [*relaxation.changes]
            changes[i] = less
            assert models(changes) == set(), f"{less.field} {less.from_} {less.to} (of {change.to}) is enough"


IMPOSSIBLE: tuple[Record, ...] = (
    {"context_tokens": 200_000},
    {"budget": 0.01, "requests_per_month": 100_000, "deployment": "api"},
    {"gpu": "home-24gb", "vram": "1GiB", "deployment": "self-host"},
    {"gpu": "home-24gb", "vram": "1GiB", "deployment": "self-host", "ram": "1GiB"},
    {"vram": "1GiB", "bandwidth": 400, "deployment": "self-host", "concurrency": 64},
    {"hardware": "cpu", "ram": "1GiB", "bandwidth": 60, "deployment": "self-host"},
    {"gpu": "dc-48gb", "quantization": "none", "deployment": "self-host", "context_tokens": 4096, "concurrency": 40},
    {"gpu": "home-24gb", "max_ttft_ms": 2, "deployment": "self-host"},
    {"gpu": "home-24gb", "min_tok_s": 2000, "deployment": "self-host"},
    {"gpu": "home-24gb", "max_latency_s": 0.02, "deployment": "self-host"},
    {"gpu": "home-24gb", "requests_per_month": 900_000_000, "deployment": "self-host"},
    {"hardware": "soc", "vram": "2GiB", "deployment": "self-host"},
    {"license": "osi", "deployment": "api"},
    {"license": "osi", "deployment": "api", "budget": 0.01, "requests_per_month": 100_000},
    {"min_score": {"exam": 99.5}},
    {"needs": ["reasoning", "tools"], "strict": True},
    {"modality_in": ["image", "audio"]},
    {"language": ["fr", "xx"], "strict": True},
    {"monthly_active_users": 900_000_000, "open_weights": True, "deployment": "self-host"},
    {"offline": True, "deployment": "api"},
    {"host": ["alpha"], "deployment": "self-host"},
    {"compute": "low", "deployment": "self-host", "quantization": "none", "context_tokens": 8000, "concurrency": 8},
    {"compute": "low", "deployment": "self-host", "response_time": "real-time", "prompt_tokens": 30_000},
)


@settings(derandomize=True, max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(most=4), requests(most=2, without=("optimize",)), st.sampled_from(IMPOSSIBLE))
def test_relaxations_work_and_are_the_smallest(world: World, fields: Record, impossible: Record) -> None:
    request = {**fields, **impossible}
    if "gpu" in request:
        request.pop("hardware", None)
    if "hardware" in impossible or "compute" in impossible:
        request.pop("gpu", None)
    facts = world.build()
    answer = recommend(parse({"as_of": TODAY, **request}), facts)
    assume(not answer.recommendations)
    for relaxation in answer.relaxations:
        check(facts, request, relaxation)
    assert len({len(relaxation.changes) for relaxation in answer.relaxations}) <= 1
    if not answer.relaxations:
        with no_relaxations():
            assert not world.ask({**request, **LENIENT, **_furthest(request)}).recommendations


FURTHEST: Record = {
    "context_tokens": 1, "prompt_tokens": 1, "output_tokens": 1, "budget": 1e7, "max_ttft_ms": 8e7,
    "max_latency_s": 86_400,
    "min_tok_s": 0.01, "license": "any", "deployment": ["any"], "host": [], "offline": False, "open_weights": False,
    "needs": [], "modality_in": [], "language": [], "monthly_active_users": 1, "quantization": "q2",
    "requests_per_month": 1, "concurrency": 1, "gpu_only": False, "vram": 4000, "ram": 4000,
}  # fmt: skip


LENIENT: Record = {"strict": False, "allow_unknown": True}


def _furthest(request: Record) -> Record:
    return {field: to for field, to in FURTHEST.items() if field in request}


@settings(derandomize=True, max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(most=4), requests(most=2, without=("optimize",)), st.sampled_from(IMPOSSIBLE))
def test_no_field_that_helps_alone_is_missed(world: World, fields: Record, impossible: Record) -> None:
    request = {**fields, **impossible}
    if "gpu" in request:
        request.pop("hardware", None)
    if "hardware" in impossible or "compute" in impossible:
        request.pop("gpu", None)
    answer = world.ask(request)
    assume(not answer.recommendations)
    alone = {row.changes[0].field for row in answer.relaxations if len(row.changes) == 1}
    with no_relaxations():
        helping = {f for f, to in FURTHEST.items() if f in request and world.ask({**request, f: to}).recommendations}
    assert helping <= alone


@settings(derandomize=True, max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(most=4), requests(most=3))
def test_an_admitting_flag_admits(world: World, fields: Record) -> None:
    fields = {**fields, "language": ["de"], "strict": True}
    answer = world.ask(fields)
    assume(not answer.recommendations)
    assume(answer.admitting_flag)
    flags: Record = {"strict": False} if "strict" in (answer.admitting_flag or "") else {}
    flags |= {"allow_unknown": True} if "--allow-unknown" in (answer.admitting_flag or "") else {}
    assert world.ask({**fields, **flags}).recommendations


REAL: tuple[Record, ...] = (
    {"as_of": "2024-04-30", "gpu": "RTX 3090", "deployment": "self-host", "context_tokens": 40_000},
    {"as_of": "2026-11-23", "deployment": "api", "context_tokens": 90_000},
    {"as_of": "2026-11-23", "vram": 2, "bandwidth": 300, "deployment": "self-host"},
    {"as_of": "2024-04-30", "deployment": "api", "license": "osi", "context_tokens": 3_000_000},
    {"as_of": "2026-11-23", "compute": "low", "deployment": "self-host", "requests_per_month": 900_000_000},
    {"as_of": "2026-11-23", "deployment": "api", "budget": 0.01, "requests_per_month": 600_000},
    {"as_of": "2026-11-23", "gpu": "RTX 3090", "deployment": "self-host", "max_ttft_ms": 1, "min_tok_s": 500},
)


@pytest.mark.parametrize("fields", REAL, ids=str)
def test_relaxations_in_the_real_catalogue(fields: Record) -> None:
    facts = load()
    answer = recommend(parse(fields), facts)
    if answer.recommendations:
        pytest.skip("the catalogue has something for this now")
    assert answer.relaxations
    for relaxation in answer.relaxations:
        check(facts, fields, relaxation)


def changes(answer: Recommendation) -> dict[str, tuple[Any, Any]]:
    return {c.field: (c.from_, c.to) for row in answer.relaxations for c in row.changes}


API = catalog([model("m")], [host("alpha", offering("m", price(10, 30)))])


def test_tokens_money_and_users_move_by_round_numbers() -> None:
    assert changes(ask(API, context_tokens=9000)) == {"context_tokens": (9000, 8192)}
    found = changes(ask(API, requests_per_month=1000, budget=5))  # it takes $16.50
    assert found["budget"] == (5, 20)
    assert found["requests_per_month"] == (1000, 200)
    open_model = catalog([weights("m", license=fact("community"))])
    found = changes(ask(open_model, gpu="home-24gb", monthly_active_users=900_000_000))
    assert found == {"monthly_active_users": (900_000_000, 500_000_000)}  # the licence allows 700 million


def test_the_ablest_of_those_admitted_are_named_first() -> None:
    models = [model("a", 40.0), model("b", 80.0), model("c", 60.0)]
    world = catalog(models, [host("alpha", *(offering(name, price()) for name in "abc"))])
    [row] = ask(world, context_tokens=9000).relaxations
    assert row.admits == ("acme/b", "acme/c", "acme/a")


def test_lists_move_by_what_occurs() -> None:
    assert changes(ask(API, deployment="self-host")) == {"deployment": (("self-host",), ("self-host", "api"))}
    assert changes(ask(API, license="osi")) == {"license": ("osi", "commercial")}
    assert changes(ask(API, modality_in=["text", "image"])) == {"modality_in": (("text", "image"), ("text",))}
    assert changes(ask(API, offline=True)) == {"offline": (True, False)}


def test_a_pair_where_no_single_field_suffices() -> None:
    answer = ask(API, context_tokens=9000, license="osi")
    assert [[c.field for c in row.changes] for row in answer.relaxations] == [["context_tokens", "license"]]
    assert changes(answer) == {"context_tokens": (9000, 8192), "license": ("osi", "commercial")}


def test_the_fewest_fields_where_no_two_suffice() -> None:
    """It takes text and 8,192 tokens, its terms are no open licence, and nobody says what becomes of requests."""
    answer = ask(API, context_tokens=9000, license="osi", modality_in=["image"], privacy="no-training")
    [together] = answer.relaxations
    assert {change.field: change.to for change in together.changes} == {
        "context_tokens": 8192,
        "license": "commercial",
        "modality_in": (),
        "privacy": "any",
    }


def test_what_is_unknown_is_part_of_a_way_out_where_more_stands_in_it() -> None:
    """Neither 20 tokens a second nor leniency alone: no speed of the host is known, and the prompt is too long."""
    unknown = catalog([model("m")], [host("alpha", offering("m", price(10, 30)))], hosted={})
    answer = ask(unknown, context_tokens=9000, min_tok_s=20, strict=True, license="osi")
    [together] = answer.relaxations
    assert {change.field for change in together.changes} == {"context_tokens", "license", "strict"}


def test_memory_moves_by_what_is_sold() -> None:
    world = catalog([weights("m")])
    found = changes(ask(world, gpu="home-24gb", vram="4GiB", deployment="self-host", quantization="none"))
    assert {"vram", "ram", "gpus", "quantization"} <= set(found)
    assert found["vram"][1] in {device.memory_gib for device in world.hardware.devices.values()}
    assert found["ram"][1] in (8, 12, 16, 24, 32, 48, 64)


def test_quantisation_skips_what_the_runtime_lacks() -> None:
    """vLLM has no q6 or q5: weights that need four bits are offered at q4, though q2 is unknown to it."""
    world = catalog([weights("m", of="llama-2-70b")])
    found = changes(ask(world, gpu="dc-48gb", deployment="self-host", quantization="q8"))
    assert found["quantization"] == ("q8", "q4")


def test_fewer_at_once_need_less_memory() -> None:
    """Of all numbers of concurrent requests that fit, the largest is proposed: it serves most."""
    world = catalog([weights("m")])
    fields: Record = {"gpu": "home-24gb", "quantization": "none", "context_tokens": 4096, "deployment": "self-host"}
    alone = ask(world, **fields, concurrency=4, requests_per_month=100_000)
    assert alone.recommendations
    found = changes(ask(world, **fields, concurrency=64, requests_per_month=100_000))
    assert found["concurrency"] == (64, 4)


def test_nothing_is_relaxed_where_something_qualifies() -> None:
    assert ask(API).relaxations == ()
    assert ask(API).admitting_flag is None


def test_no_relaxation_raises_the_dead() -> None:
    ended = {"last_seen": fact(TODAY), "shutdown": fact(TODAY)}
    world = catalog([model("m")], [host("alpha", offering("m", price(), lifecycle=ended))])
    answer = ask(world, context_tokens=9000)
    assert answer.relaxations == ()
    assert answer.admitting_flag is None


def test_unrated_models_are_no_relaxation_but_count_when_quality_does_not() -> None:
    world = catalog([model("m", None)], [host("alpha", offering("m", price()))])
    assert ask(world, context_tokens=9000).relaxations == ()
    found = ask(world, context_tokens=9000, weight={"quality": 0})
    assert changes(found) == {"context_tokens": (9000, 8192)}
