"""`explain`: every term in both languages, found by what people call it, with models from their facts."""

import shlex

import pytest

from llmselect.catalog.explanation import explanation
from llmselect.catalog.load import load
from llmselect.catalog.names.models import ModelNames
from llmselect.catalog.schema import Catalog
from llmselect.catalog.terms import find_term, models_with
from llmselect.cli.framework.commands import ROOT
from tests.cli.conftest import Cli

ASKED = (
    "decoder-only", "autoregression", "mixture of experts", "routing", "grouped-query attention",
    "sliding window attention",
    "constitutional AI", "RLHF", "supervised fine-tuning", "base", "chat", "instruct", "data quality", "RefinedWeb",
    "TTFT", "KV cache", "quantization", "hosting", "hybrid", "MMLU", "HumanEval", "GPQA", "LiveBench", "MT-Bench",
)  # fmt: skip


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


@pytest.mark.parametrize("name", ASKED)
def test_what_people_ask_for_is_found(name: str, catalog: Catalog) -> None:
    for language in ("en", "zh-TW"):
        found = explanation(catalog, name, language)
        assert len(found.what) > 15
        assert found.sources
    assert explanation(catalog, name, "en").what != explanation(catalog, name, "zh-TW").what


def test_every_spelling_names_one_term(catalog: Catalog) -> None:
    seen: dict[str, str] = {}
    for key, term in catalog.glossary.terms.items():
        for word in {key, term.name.en, term.name.zh_tw, *term.aliases}:
            assert find_term(catalog, word) == ("term", key), word
            assert seen.setdefault(word, key) == key


def test_related_terms_and_commands_exist(catalog: Catalog) -> None:
    for term in catalog.glossary.terms.values():
        assert set(term.related) <= catalog.glossary.terms.keys()
        for line in term.see:
            program, command, *words = shlex.split(line)
            assert (program, command in ROOT.commands) == ("llmselect", True), line
            named = [word for word in words if command in ("show", "estimate", "cost")]
            models = named[: next((at for at, word in enumerate(named) if word.startswith("-")), len(named))]
            assert all(ModelNames(catalog).find(name) for name in models), line


@pytest.mark.parametrize(
    ("name", "has", "lacks"),
    [
        ("mixture-of-experts", "mistral/mixtral-8x7b-instruct-v0.1", "meta/llama-2-7b-chat"),
        ("dense", "meta/llama-2-7b-chat", "mistral/mixtral-8x7b-instruct-v0.1"),
        ("multi-head-attention", "meta/llama-2-13b-chat", "meta/llama-2-70b-chat"),
        ("grouped-query-attention", "meta/llama-2-70b-chat", "meta/llama-2-13b-chat"),
        ("sliding-window-attention", "mistral/mistral-7b-instruct-v0.1", "meta/llama-2-70b-chat"),
        ("latent-attention", "deepseek/deepseek-v3", "meta/llama-2-70b-chat"),
        ("constitutional-ai", "anthropic/claude-2.0", "meta/llama-2-70b-chat"),
        ("rlhf", "meta/llama-2-70b-chat", "meta/llama-2-70b"),
        ("base-model", "tii/falcon-40b", "tii/falcon-40b-instruct"),
        ("data-quality", "tii/falcon-7b", "meta/llama-2-7b"),
    ],
)
def test_models_follow_their_facts(name: str, has: str, lacks: str, catalog: Catalog) -> None:
    selector = catalog.glossary.terms[name].models
    assert selector is not None
    found = {model.id for model in models_with(catalog, selector)}
    assert has in found
    assert lacks in catalog.models
    assert lacks not in found


def test_an_unknown_term_gets_close_matches(real_cli: Cli) -> None:
    ran = real_cli("explain", "mixture-of-expert")
    assert ran.status == 2
    assert "Did you mean mixture-of-experts" in ran.err


def test_json_and_the_list(real_cli: Cli) -> None:
    data = real_cli("explain", "gqa", "--json", "--lang", "zh").json["data"]
    assert data["id"] == "grouped-query-attention"
    assert data["name"] == "分組查詢注意力"
    assert len(data["models"]) > 50
    listed = real_cli("explain", "--json").json["data"]
    assert len(listed["terms"]) >= 30
    assert "gpqa-diamond" in listed["benchmarks"]


def test_the_page_fits_and_cites(real_cli: Cli) -> None:
    out = real_cli("explain", "kv-cache", "--lang", "en").out
    assert max(map(len, out.splitlines())) <= 100
    assert "https://arxiv.org/abs/2309.06180" in out
