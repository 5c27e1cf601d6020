"""The exception that carries an exit status, and close matches."""

import pytest

from llmselect.errors import Exit, LlmselectError, close_matches, fold, unknown_name

KNOWN = ("rtx-3090", "rtx-4090", "a100-sxm-80gb", "h100-sxm-80gb", "m2-ultra")


def test_an_error_keeps_its_parts() -> None:
    error = LlmselectError("bad-value", "what is wrong", "what to do")
    assert (error.code, error.message, error.hint, error.exit) == (
        "bad-value",
        "what is wrong",
        "what to do",
        Exit.USAGE,
    )
    assert str(error) == "what is wrong"


def test_exit_statuses() -> None:
    assert {status.name: status.value for status in Exit} == {
        "DONE": 0,
        "BUG": 1,
        "USAGE": 2,
        "NOTHING_QUALIFIES": 3,
        "INVALID_CATALOG": 4,
        "MISSING": 5,
        "INTERRUPTED": 130,
    }


@pytest.mark.parametrize(
    ("word", "first"),
    [("RTX3090", "rtx-3090"), ("rtx 4090", "rtx-4090"), ("rtx_3091", "rtx-3090"), ("a100", "a100-sxm-80gb")],
)
def test_close_matches(word: str, first: str) -> None:
    assert close_matches(word, KNOWN)[0] == first


# Why the share of letters that must agree is what it is: slips of the hand on this side of it, other things on that.
@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("convresation", ("conversation", "coding", "classification"), "conversation"),
        ("codign", ("coding", "content-generation"), "coding"),
        ("tolls", ("tools", "reasoning", "streaming"), "tools"),
        ("comercial", ("any", "commercial", "osi"), "commercial"),
        ("selfhots", ("api", "managed", "self-host", "any"), "self-host"),
        ("qualty", ("quality", "latency", "cost"), "quality"),
        ("globx", ("globex", "renta"), "globex"),
        ("opnai", ("openai", "openrouter", "azure"), "openai"),
        ("antropic", ("anthropic", "azure"), "anthropic"),
        ("bedrok", ("bedrock", "vertex"), "bedrock"),
        ("vlllm", ("llama.cpp", "vllm", "transformers"), "vllm"),
        ("licens", ("license", "latency"), "license"),
        ("recomend", ("recommend", "replace"), "recommend"),
        ("chek", ("check", "cost"), "check"),
        ("rtx 3091", KNOWN, "rtx-3090"),
        ("gpt-4-turbp", ("openai/gpt-4-turbo", "openai/gpt-4o"), "openai/gpt-4-turbo"),
    ],
)
def test_a_slip_of_the_hand_has_a_match(word: str, known: tuple[str, ...], meant: str) -> None:
    assert close_matches(word, known)[0] == meant


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("Intel Iris Xe", ("Intel Arc A750", "arc-a770", "Intel Arc B580")),
        ("iPhone 15 Pro", ("m1-pro", "Apple M2 Pro", "rtx-pro-5000")),
        ("RTX 4711", ("rtx-4070", "rtx-4090")),
        ("RTX 9090", ("rtx-3090", "rtx-4090", "rtx-5090")),
        ("cooking", ("conversation", "coding", "math")),
        ("moon", ("api", "managed", "self-host", "any")),
        ("gpl", ("any", "commercial", "osi")),
        ("telepathy", ("tools", "reasoning", "streaming")),
        ("huggingface", ("github-models", "groq", "hyperbolic")),
        ("Radeon 780M", ("rx-7800-xt", "Radeon RX 7800 XT", "radeon-pro-w7800")),
        ("gpt-6", ("openai/gpt-4-0613", "openai/gpt-5")),
    ],
)
def test_another_thing_has_none(word: str, known: tuple[str, ...]) -> None:
    assert close_matches(word, known) == []


@pytest.mark.parametrize("word", ["", " ", "-_", "zzzzzzzz", "x" * 100_000])
def test_nothing_close(word: str) -> None:
    assert close_matches(word, KNOWN) == []


def test_at_most_three() -> None:
    assert len(close_matches("xy-", [f"xy-{i}" for i in range(20)])) == 3


def test_fold_ignores_what_people_vary() -> None:
    assert len({fold(name) for name in ("RTX 3090", "rtx-3090", "rtx_3090", "Rtx\t3090")}) == 1


def test_unknown_name_suggests() -> None:
    error = unknown_name("device", "rtx 3091", KNOWN, "Or describe it.")
    assert error.code == "unknown-device"
    assert error.message == "unknown device 'rtx 3091'"
    assert "rtx-3090" in error.hint
    assert error.hint.endswith("Or describe it.")
    assert error.exit == Exit.USAGE


def test_a_long_name_is_cut() -> None:
    assert len(unknown_name("host", "h" * 10_000, KNOWN).message) < 100
