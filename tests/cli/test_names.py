"""Names as people write them, through commands."""

import pytest

from tests.cli.conftest import Cli


@pytest.mark.parametrize(
    "words",
    [
        ("show", "small 7b"),
        ("estimate", "small-7b", "--gpu", "home-24gb"),
        ("replace", "small_7b", "--as-of", "2026-11-24"),
        ("cost", "Small 7B", "--requests-per-month", "10 thousand", "--gpu", "home-24gb"),
    ],
    ids=" ".join,
)
def test_a_base_models_bare_name_is_read_as_the_tuned_one_and_said(cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli(*words, "--json")
    assert "is read as acme/small-7b-chat: the tuned model; the base model is acme/small-7b" in ran.err
    assert "acme/small-7b-chat" in ran.out


def test_an_id_is_read_as_itself_and_nothing_is_said(cli: Cli) -> None:
    ran = cli("show", "acme/small-7b", "--json")
    assert (ran.json["data"]["model"]["id"], ran.err) == ("acme/small-7b", "")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("IQ4_XS", "IQ4_XS, taken as Q4_K_M"), ("q4_k_m", "Q4_K_M"), ("q4", "Q4_K_M"), ("4bit", "4bit, taken as Q4_K_M")],
)
def test_a_format_is_shown_as_typed(cli: Cli, typed: str, shown: str) -> None:
    ran = cli("estimate", "small-7b-chat", "--gpu", "home-24gb", "--quantization", typed, "--json")
    assert (ran.json["data"]["artifact"], ran.json["data"]["quantization"]) == (shown, "q4")


def test_the_format_of_a_repository_is_what_is_estimated(cli: Cli) -> None:
    ran = cli("estimate", "someone/Small-7B-Chat-GGUF:Q8_0", "--gpu", "home-24gb", "--json")
    assert ran.json["data"]["quantization"] == "q8"


def test_a_number_in_the_name_is_the_number_of_gpus(cli: Cli) -> None:
    ran = cli("estimate", "small-7b-chat", "--gpu", "2x home-24gb", "--json")
    assert ran.json["data"]["devices"] == 2
    ran = cli("recommend", "--gpu", "2x home-24gb", "--gpus", "3")
    assert ran.status == 2
    assert "names 2 GPUs, --gpus says 3" in ran.err


def test_a_runtime_by_the_program_that_is_built_on_it(cli: Cli) -> None:
    ran = cli("estimate", "small-7b-chat", "--gpu", "home-24gb", "--runtime", "LM Studio", "--json")
    assert ran.json["data"]["runtime"] == "llama.cpp"


def test_values_as_people_say_them(cli: Cli) -> None:
    ran = cli("recommend", "--task", "chat", "--optimize", "price", "--budget", "free", "--needs", "json", "--json")
    asked = ran.json["data"]["requirements"]
    assert (asked["task"], asked["optimize"], asked["budget"]) == ("conversation", "cost", 0)
    assert asked["needs"] == ["structured-output"]
