"""An empty answer names the smallest changes that let something through: they work, and one step less does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from llmselect.catalog.load import load
from llmselect.catalog.schema import Catalog
from llmselect.engine.recommend import recommend
from llmselect.requirements import QUANTIZATION_LEVELS, parse
from llmselect.results.recommendation import Change, Recommendation, Relaxation
from tests.engine.worlds import World, requests, worlds
from tests.factories import TODAY, Record, ask, catalog, fact, host, model, offering, price, weights

STEPS = {
    "context_tokens": 1, "prompt_tokens": 1, "output_tokens": 1, "concurrency": 1, "requests_per_month": 1,
    "requests_per_day": 1, "monthly_active_users": 1, "gpus": 1, "budget": 0.01, "max_ttft_ms": 1,
    "max_latency_s": 0.001, "min_tok_s": 0.01, "vram": 0.01, "ram": 0.01,
}  # fmt: skip


def changed(fields: Record, changes: tuple[Change, ...] | list[Change]) -> Record:
    """The request with each named field at its new value."""
    made = dict(fields)
    for change in changes:
        name, _, key = change.field.partition(".")
        made[name] = {**made.get(name, {}), key: change.to} if key else change.to
    return made


def nearer(change: Change) -> Change | None:
    """The same change, one step less far; None where nothing lies between."""
    name = change.field.partition(".")[0]
    if name == "quantization":
        before = QUANTIZATION_LEVELS[QUANTIZATION_LEVELS.index(change.to) - 1]
        return Change(change.field, change.from_, before) if before != change.from_ else None
    if not isinstance(change.to, (int, float)) or isinstance(change.to, bool):
        return None
    step = 0.01 if name == "min_score" else STEPS[name]
    to = change.to + step if change.to < change.from_ else change.to - step
    to = round(to, 3) if isinstance(step, float) else to
    if abs(change.to - change.from_) <= step or to <= 0:
        return None
    return Change(change.field, change.from_, to)


@contextmanager
def no_relaxations() -> Iterator[None]:
    """Answers without the way out of an empty one, which changes nothing in what is recommended and takes longest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("llmselect.engine.recommend.relaxations", lambda *_: ())
        patch.setattr("llmselect.engine.recommend.admitting_flag", lambda *_: None)
        yield


def check(facts: Catalog, fields: Record, relaxation: Relaxation) -> None:
    """The relaxation admits the models that it names, and neither member can be spared a step."""

    def models(changes: tuple[Change, ...] | list[Change]) -> set[str]:
        with no_relaxations():
            answer = recommend(parse({"as_of": TODAY, **changed(fields, changes)}), facts)
        return {row.model for row in answer.recommendations}

    assert relaxation.admits
    assert set(relaxation.admits) <= models(relaxation.changes)
    for i, change in enumerate(relaxation.changes):
        if (less := nearer(change)) is not None:
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
    lengths = {len(relaxation.changes) for relaxation in answer.relaxations}
    assert lengths in (set(), {1}, {2})


FURTHEST: Record = {
    "context_tokens": 1, "prompt_tokens": 1, "output_tokens": 1, "budget": 1e7, "max_ttft_ms": 8e7,
    "max_latency_s": 86_400,
    "min_tok_s": 0.01, "license": "any", "deployment": ["any"], "host": [], "offline": False, "open_weights": False,
    "needs": [], "modality_in": [], "language": [], "monthly_active_users": 1, "quantization": "q2",
    "requests_per_month": 1, "concurrency": 1, "gpu_only": False, "vram": 4000, "ram": 4000,
}  # fmt: skip


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


def test_a_token_a_cent_and_a_user() -> None:
    assert changes(ask(API, context_tokens=9000)) == {"context_tokens": (9000, 8192)}
    found = changes(ask(API, requests_per_month=1000, budget=5))
    assert found["budget"] == (5, 16.5)
    assert found["requests_per_month"] == (1000, 303)
    open_model = catalog([weights("m", license=fact("community"))])
    found = changes(ask(open_model, gpu="home-24gb", monthly_active_users=900_000_000))
    assert found == {"monthly_active_users": (900_000_000, 700_000_000)}


def test_lists_move_by_what_occurs() -> None:
    assert changes(ask(API, deployment="self-host")) == {"deployment": (("self-host",), ("self-host", "api"))}
    assert changes(ask(API, license="osi")) == {"license": ("osi", "commercial")}
    assert changes(ask(API, modality_in=["text", "image"])) == {"modality_in": (("text", "image"), ("text",))}
    assert changes(ask(API, offline=True)) == {"offline": (True, False)}


def test_a_pair_where_no_single_field_suffices() -> None:
    answer = ask(API, context_tokens=9000, license="osi")
    assert [[c.field for c in row.changes] for row in answer.relaxations] == [["context_tokens", "license"]]
    assert changes(answer) == {"context_tokens": (9000, 8192), "license": ("osi", "commercial")}


def test_memory_moves_by_a_hundredth() -> None:
    world = catalog([weights("m")])
    found = changes(ask(world, gpu="home-24gb", vram="4GiB", deployment="self-host", quantization="none"))
    assert {"vram", "ram", "gpus", "quantization"} <= set(found)
    below = ask(world, gpu="home-24gb", vram=found["vram"][1] - 0.01, deployment="self-host", quantization="none")
    assert not below.recommendations


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
