"""What recommend, cost, compare, estimate and a decision record say of one option is the same."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.catalog.load import open_catalog
from llmselect.compare.ask import compare_models
from llmselect.engine.cost.plan import Asked, cost_plan
from llmselect.engine.decision.record import decision
from llmselect.engine.facts import Facts
from llmselect.engine.named import request_of
from llmselect.engine.preview import TOP_COUNT, preview
from llmselect.engine.quality import best_quality
from llmselect.engine.recommend import recommend
from llmselect.engine.single.estimate import estimate_model
from llmselect.engine.skill_mix import efforts_at
from llmselect.requirements import parse
from llmselect.results.recommendation import RecommendedModel

SAME: dict[str, Any] = {"rel": 1e-9, "abs": 1e-12}
REQUESTS = st.fixed_dictionaries(
    {
        "task": st.sampled_from(("qa", "coding", "summarization")),
        "as_of": st.just("2026-11-25"),
        "gpu": st.sampled_from(("rtx-4090", "h100-sxm-80gb", "m4-max")),
        "requests_per_month": st.sampled_from((2_000, 300_000)),
    },
    optional={
        "ram": st.just(64),
        "gpus": st.sampled_from((1, 2)),
        "gpu_hour_usd": st.just(2.5),
        "context_tokens": st.sampled_from((8_000, 60_000)),
        "concurrency": st.sampled_from((1, 4)),
        "batch_share": st.sampled_from((0.5, 1.0)),
        "cached_share": st.just(0.5),
        "budget": st.just(3_000),
    },
)
few = settings(derandomize=True, max_examples=10, deadline=None)


@cache
def facts() -> Facts:
    return Facts(open_catalog(own=False))


def shown(fields: dict[str, Any], deployment: str) -> list[RecommendedModel]:
    """The first and the last model of a ranking of APIs, or of weights on the machine."""
    rows = recommend(parse({**fields, "deployment": deployment}), facts()).recommendations
    return list({row.model: row for row in (*rows[:1], *rows[-1:])}.values())


@few
@given(REQUESTS, st.sampled_from(("api", "self-host")))
def test_a_cost_plan_bills_what_recommend_bills(fields: dict[str, Any], deployment: str) -> None:
    for row in shown(fields, deployment):
        needs = parse({**fields, "deployment": deployment})
        options = {one.id: one for one in cost_plan([row.model], needs, facts(), Asked(top=None)).options}
        if row.cost is None or row.cost.usd_per_month is None:
            assert row.option not in options
            continue
        found = options[row.option]
        assert found.usd_per_month == pytest.approx(row.cost.usd_per_month, **SAME)
        assert found.usd_per_1k_requests == pytest.approx(row.cost.usd_per_1k_requests, **SAME)
        assert found.quality == pytest.approx(row.criteria["quality"].interval, **SAME)


@few
@given(REQUESTS)
def test_an_estimate_says_the_speed_and_memory_that_recommend_says(fields: dict[str, Any]) -> None:
    for row in shown(fields, "self-host"):
        assert row.quantization is not None
        assert row.runtime is not None
        assert row.memory is not None
        request = request_of(parse(fields), facts())
        found = estimate_model(facts(), request, row.model, row.quantization, row.runtime)
        assert found.option == row.option.removesuffix(f":{row.effort}")
        parts = (found.memory.weights_gib, found.memory.kv_cache_gib, found.memory.total_gib)
        assert parts == pytest.approx((row.memory.weights_gib, row.memory.kv_cache_gib, row.memory.needed_gib), **SAME)
        assert (found.decode_tok_s is None) == (row.speed is None)
        if found.decode_tok_s is not None and row.speed is not None:
            assert found.decode_tok_s.interval == pytest.approx(row.speed.decode_tok_s, **SAME)


@few
@given(REQUESTS, st.sampled_from(("api", "self-host")))
def test_a_comparison_and_a_record_repeat_what_recommend_says(fields: dict[str, Any], deployment: str) -> None:
    needs = parse({**fields, "deployment": deployment})
    answer = recommend(needs, facts(), top=3)
    rows = answer.recommendations
    kept = decision(answer, needs, facts(), 3, "")
    for row, choice in zip(rows, kept.choices, strict=True):
        assert (choice.option, choice.cost, choice.quality) == (
            row.option, row.criteria["cost"].value, row.criteria["quality"].value,
        )  # fmt: skip
    columns = ("rank", "where", "score", "cost", "memory_none", "memory_q8", "memory_q4")
    table = compare_models(facts(), needs, [row.model for row in rows], columns, 3)
    for row, cells in zip(rows, (one.cells for one in table.rows), strict=True):
        told = [cells[name].value for name in ("rank", "where", "score", "cost")]
        assert told == [row.rank, row.option, row.score, row.criteria["cost"].value]
        if row.memory is not None and (cell := cells.get(f"memory_{row.quantization}")):
            assert cell.value == pytest.approx(row.memory.needed_gib, abs=0.005)


@few
@given(REQUESTS)
def test_quality_by_itself_is_that_of_an_option_that_loses_nothing(fields: dict[str, Any]) -> None:
    for row in shown(fields, "api"):
        efforts = efforts_at(request_of(parse(fields), facts()).task, facts())
        found = best_quality(efforts, facts().model_no[row.model], row.effort or "default")
        assert found is not None
        assert found.score == pytest.approx(row.criteria["quality"].interval, **SAME)


@few
@given(REQUESTS, st.fixed_dictionaries({}, optional={
    "license": st.just("commercial"), "privacy": st.just("no-training"), "optimize": st.just("cost"),
    "horizon_months": st.just(12), "budget": st.just(20), "needs": st.just(["tools"]), "domain": st.just("specific"),
    "concurrency": st.just(8), "context_tokens": st.just(100_000), "compute": st.just("low"),
}))  # fmt: skip
def test_a_preview_of_other_needs_is_the_ranking_of_a_new_request(fields: dict[str, Any], more: dict[str, Any]) -> None:
    start = {name: value for name, value in fields.items() if name not in ("gpu", "gpus", "ram", "gpu_hour_usd")}
    changed = parse({**start, **more})
    found = preview(parse(start), facts()).under(changed).top_models
    assert found == tuple(row.model for row in recommend(changed, facts(), top=TOP_COUNT).recommendations)
