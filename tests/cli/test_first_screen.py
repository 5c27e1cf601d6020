"""The default answers of `recommend` and `estimate` fit 24 lines of 80 columns, the most important first."""

import pytest

from benchmarks.screens import KINDS, screen
from llmselect.catalog.load import open_catalog
from llmselect.engine.facts import Facts
from llmselect.render.screen import LINES, WIDTH
from llmselect.render.words import shortened
from tests.cli.conftest import Cli

DRAWN = [(kind, number) for kind in KINDS for number in range(3)]
DAY = ("--as-of", "2026-11-25")
REQUESTS = (
    (),
    ("--task", "conversation", "--gpu", "RTX 3090"),
    ("--task", "coding", "--hardware", "M4 Max 128GB", "--requests-per-month", "20k"),
    ("--task", "qa", "--optimize", "quality", "--deployment", "api"),
    ("--task", "classification", "--requests-per-month", "10M", "--response-time", "batch"),
    ("--task", "summarization", "--context-tokens", "128k", "--requests-per-month", "2k"),
    ("--task", "translation", "--language", "ja", "--region", "EU", "--privacy", "no-training"),
    ("--task", "agents", "--gpu", "H100", "--gpus", "8", "--requests-per-month", "2M"),
    ("--task", "math", "--hardware", "cpu", "--ram", "32GiB"),
    ("--budget", "0.001", "--deployment", "api"),
    ("--host", "mistral", "--region", "JP"),
)
ESTIMATES = (
    ("gpt-oss-20b", "--gpu", "RTX 3090"),
    ("llama-3.3-70b", "--gpu", "RTX 3090"),
    ("deepseek-v3.2", "--gpu", "h200", "--gpus", "8", "--concurrency", "40"),
    ("qwen3-30b-a3b", "--hardware", "m2 max", "--quantization", "q6"),
)


def _fits(text: str) -> None:
    lines = text.rstrip("\n").split("\n")
    assert len(lines) <= LINES, text
    assert max(map(len, lines)) <= WIDTH, text
    assert "\x1b" not in text


@pytest.mark.parametrize("flags", REQUESTS, ids=" ".join)
def test_an_answer_fits_one_screen(real_cli: Cli, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    ran = real_cli("recommend", *flags, *DAY)
    assert ran.status in (0, 3), ran.err
    _fits(ran.out)
    data = real_cli("recommend", *flags, *DAY, "--json").json["data"]
    if data["recommendations"]:
        assert ran.out.startswith(data["recommendations"][0]["name"])
    assert "--explain" in ran.out


@pytest.mark.parametrize("words", ESTIMATES, ids=" ".join)
def test_an_estimate_fits_one_screen_and_says_first_that_it_does_not_fit(
    real_cli: Cli, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    ran = real_cli("estimate", *words)
    _fits(ran.out)
    first = ran.out.split("\n\n")[0]
    fits = real_cli("estimate", *words, "--json").json["data"]["memory"]["fits"]
    assert ("does not fit" in first) is not fits
    assert ("tok/s" in ran.out) is fits


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(open_catalog())


@pytest.mark.parametrize(("kind", "number"), DRAWN)
def test_a_drawn_request_fits_one_screen(facts: Facts, kind: str, number: int) -> None:
    names = dict(zip(facts.models.model, facts.models.name, strict=True))
    found = screen(KINDS[kind](number, "test"), facts, names)
    if found is not None:  # it may contradict itself
        _fits(found[0])


def test_explain_has_the_rest(real_cli: Cli) -> None:
    explained = real_cli("recommend", "--task", "qa", *DAY, "--explain").out
    assert len(explained.splitlines()) > 4 * LINES
    arithmetic = real_cli("estimate", "gpt-oss-20b", "--gpu", "RTX 3090", "--explain").out
    assert "How it is reckoned" in arithmetic
    assert "Sources" in arithmetic


@pytest.mark.parametrize(
    ("text", "width", "shown"), [("short", 5, "short"), ("abcdefgh", 5, "abc…h"), ("abcdef", 4, "ab…f")]
)
def test_long_names_lose_their_middle(text: str, width: int, shown: str) -> None:
    assert shortened(text, width) == shown
