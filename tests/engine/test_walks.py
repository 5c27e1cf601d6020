"""Six walks through the real catalogue, from the request to the reasons."""

from typing import Any

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.schema import Catalog
from llmselect.requirements import parse
from llmselect.results.recommendation import Exclusion, Recommendation
from tests.factories import recommend

APRIL = "2024-04-30"
NOVEMBER = "2026-11-23"
HOME = {"as_of": APRIL, "gpu": "RTX 3090", "deployment": "self-host"}
API = {"deployment": "api", "context_tokens": "90k"}


@pytest.fixture(scope="module")
def facts() -> Catalog:
    return load()


def models(answer: Recommendation) -> list[str]:
    return [row.model for row in answer.recommendations]


def against(answer: Recommendation, model: str, host: str = "self") -> dict[str, tuple[str, str]]:
    """The reasons against a model at a host, by rule."""
    rows = [row for row in answer.excluded if row.model == model and f"@{host}" in row.option]
    return {reason.rule: (reason.needed, reason.had) for row in rows for reason in row.reasons}


def rules(row: Exclusion) -> set[str]:
    return {reason.rule for reason in row.reasons}


def test_conversation_at_home(facts: Catalog) -> None:
    answer = recommend(parse({**HOME, "context_tokens": 4096}), facts)
    assert {"mistral/mistral-7b-instruct-v0.1", "mistral/mistral-7b-instruct-v0.2"} & set(models(answer)[:5])
    assert "meta/llama-2-13b-chat" in models(answer)
    ranks = {model: rank for rank, model in enumerate(models(answer))}
    assert ranks["meta/llama-3-8b-instruct"] < ranks["meta/llama-2-13b-chat"]
    needed, had = against(answer, "meta/llama-2-70b-chat")["memory"]
    assert float(needed.split(" GiB")[0]) == pytest.approx(40.5, abs=0.5)
    assert "weights" in needed
    assert had == "22.1 GiB usable on 1 x GeForce RTX 3090"


def test_more_context_than_the_early_models_have(facts: Catalog) -> None:
    answer = recommend(parse({**HOME, "context_tokens": 8000}), facts)
    assert "mistral/mistral-7b-instruct-v0.1" in models(answer)
    assert not any("llama-2" in model or "falcon" in model for model in models(answer))
    for name, window in (("meta/llama-2-{}-chat", "4,096"), ("tii/falcon-{}-instruct", "2,048")):
        for size in ("7b", "13b", "70b") if "llama" in name else ("7b", "40b"):
            assert against(answer, name.format(size))["context"] == ("8,000 tokens of context", window)


def test_an_open_licence_for_many_users(facts: Catalog) -> None:
    answer = recommend(parse({**HOME, "license": "osi", "monthly_active_users": "900M"}), facts)
    passing = {*models(answer), *(row.model for row in answer.unrated)}
    assert {"mistral/mistral-7b-instruct-v0.1", "tii/falcon-7b-instruct"} <= passing
    assert not any(model.startswith("meta/") for model in passing)
    for size in ("7b", "13b", "70b"):
        assert "OSI" in against(answer, f"meta/llama-2-{size}-chat")["license"][0]
    users = recommend(parse({**HOME, "license": "commercial", "monthly_active_users": "900M"}), facts)
    assert "700,000,000" in against(users, "meta/llama-2-13b-chat")["license"][1]
    assert "mistral/mistral-7b-instruct-v0.1" in models(users)


def test_a_long_context_from_an_api_in_2024(facts: Catalog) -> None:
    answer = recommend(parse({**API, "as_of": APRIL}), facts)
    assert "anthropic/claude-2.0" in models(answer)
    assert all(row.deployment == "api" for row in answer.recommendations)


def test_a_long_context_from_an_api_in_2026(facts: Catalog) -> None:
    answer = recommend(parse({**API, "as_of": NOVEMBER}), facts)
    if models(answer):
        pytest.skip("the catalogue has newer models now")
    assert "shut down on 2025-07-21" in against(answer, "anthropic/claude-2.0", "anthropic")["lifecycle"][1]
    assert all(row.reasons for row in answer.excluded)
    assert {row.model for row in answer.excluded} == set(facts.models)
    for relaxation in answer.relaxations:
        fields: dict[str, Any] = {
            **API,
            "as_of": NOVEMBER,
            **{change.field: change.to for change in relaxation.changes},
        }
        assert set(relaxation.admits) <= set(models(recommend(parse(fields), facts)))
    assert answer.relaxations


def test_quantisation_decides_on_one_card(facts: Catalog) -> None:
    """On 80 GB the admission of the large ones turns on it, and only by memory."""
    fields = {"as_of": APRIL, "gpu": "A100 80GB", "deployment": "self-host", "context_tokens": 4096}
    exact, coarse = (recommend(parse({**fields, "quantization": level}), facts) for level in ("none", "any"))
    large = set(models(coarse)) - set(models(exact))
    assert "meta/llama-2-70b-chat" in large
    assert set(models(exact)) <= set(models(coarse))
    for model in large:
        own = [row for row in exact.excluded if row.model == model and "@self" in row.option]
        assert [rules(row) for row in own] == [{"memory"}], model


def test_the_relaxation_of_exact_weights_is_a_level_that_the_runtime_has(facts: Catalog) -> None:
    only = facts.model_copy(update={"models": {"meta/llama-2-70b-chat": facts.models["meta/llama-2-70b-chat"]}})
    fields = {
        "as_of": APRIL,
        "gpu": "A100 80GB",
        "deployment": "self-host",
        "context_tokens": 4096,
        "quantization": "none",
    }
    answer = recommend(parse(fields), only)
    assert [row.changes[0].to for row in answer.relaxations if row.changes[0].field == "quantization"] == ["q8"]
    bigger = recommend(parse({**fields, "gpu": "A100 40GB"}), only)
    levels = [row.changes[0].to for row in bigger.relaxations if row.changes[0].field == "quantization"]
    assert levels in ([], ["q4"])


def test_a_quarter_gigabyte_admits_nothing_and_says_what_would(facts: Catalog) -> None:
    fields = {"vram": "0.25GiB", "bandwidth": 300, "deployment": "self-host", "as_of": NOVEMBER}
    answer = recommend(parse(fields), facts)
    assert models(answer) == []
    for name in ("meta/llama-2-7b-chat", "meta/llama-2-70b-chat", "mistral/mistral-7b-instruct-v0.1"):
        assert "memory" in against(answer, name)
    found = {row.changes[0].field: row for row in answer.relaxations}
    assert {"vram", "deployment"} <= set(found)
    for field, row in found.items():
        assert set(row.admits) <= set(models(recommend(parse({**fields, field: row.changes[0].to}), facts)))
    sold = sorted({row.memory_gib for row in facts.hardware.devices.values() if row.kind == "gpu" and row.memory_gib})
    assert found["vram"].changes[0].to == next(size for size in sold if size > 0.25)  # a small model fits the smallest


def test_assumptions_are_told(facts: Catalog) -> None:
    assumed = recommend(parse({"as_of": NOVEMBER, "deployment": "self-host"}), facts).assumed
    assert {
        "--task",
        "--compute",
        "--cached-share",
        "--prompt-tokens",
        "--output-tokens",
        "--requests-per-month",
    } <= set(assumed)
    given = recommend(
        parse({"as_of": NOVEMBER, "task": "qa", "gpu": "RTX 3090", "requests_per_month": 10}), facts
    ).assumed
    assert not {"--task", "--compute", "--requests-per-month"} & set(given)


@pytest.mark.parametrize("task", ["conversation", "content-generation", "qa", "reasoning", "coding", "agents", "math"])
def test_every_task_has_an_answer_with_sources(task: str, facts: Catalog) -> None:
    answer = recommend(parse({"task": task, "as_of": NOVEMBER}), facts)
    assert answer.recommendations
    for row in answer.recommendations:
        quality = row.criteria["quality"]
        assert quality.value is not None
        assert quality.sources
