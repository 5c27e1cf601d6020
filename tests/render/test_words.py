"""Numbers and flags as people read them."""

import pytest

from llmselect.render.phrases import Phrases, join
from llmselect.render.words import decimal, flag, interval, money, number, percent, seconds


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "?"), (0, "0"), (0.0, "0"), (0.000012, "0.000012"), (0.0214, "0.0214"), (1.5, "1.5"), (28.43, "28.4"),
        (99.96, "100"), (123.4, "123"), (1234.6, "1,235"), (-5, "-5"),
    ],
)  # fmt: skip
def test_numbers(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "bill", "listed"),
    [
        (0, "$0", "$0.00"), (0.131, "$0.13", "$0.131"), (0.8, "$0.80", "$0.80"), (0.075, "$0.075", "$0.075"),
        (0.05, "$0.05", "$0.05"), (0.0996, "$0.10", "$0.0996"), (0.00001234, "$0.000012", "$0.00001234"),
        (2.5, "$2.50", "$2.50"), (99.996, "$100", "$99.996"), (1234.6, "$1,235", "$1,234.60"), (None, "?", "?"),
    ],
)  # fmt: skip
def test_bills_have_cents_and_listed_prices_all_their_digits(value: float | None, bill: str, listed: str) -> None:
    assert (money(value), money(value, listed=True)) == (bill, listed)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.04, "<0.1 s"), (9.94, "9.9 s"), (9.96, "10 s"), (119.4, "119 s"), (150, "2 min"), (9000, "2 h")],
)
def test_times_are_said_as_people_say_them(value: float, text: str) -> None:
    assert seconds(value).replace("\u00a0", " ") == text


def test_money_shares_and_intervals() -> None:
    assert [money(x) for x in (None, 0.5, 6.6, 1234)] == ["?", "$0.50", "$6.60", "$1,234"]
    assert percent(0.624) == "62\u00a0%"
    assert (decimal(None), decimal(0.666)) == ("?", "0.67")
    assert (interval(1, 2), interval(2, 2), interval(None, None)) == ("1–2", "2", "?")


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("context_tokens", 4096, "--context-tokens 4096"),
        ("budget", 12.34, "--budget 12.34"),
        ("vram", 39.6, "--vram 39.6GiB"),
        ("ram", 64.0, "--ram 64GiB"),
        ("offline", False, "without --offline"),
        ("host", (), "without --host"),
        ("budget", None, "without --budget"),
        ("strict", True, "--strict"),
        ("deployment", ("api", "self-host"), "--deployment api --deployment self-host"),
        ("min_score.mmlu", 54.3, "--min-score mmlu=54.3"),
        ("quantization", "q3", "--quantization q3"),
    ],
)
def test_relaxed_fields_are_ready_to_type(field: str, value: object, text: str) -> None:
    assert flag(field, value) == text


def test_lists_are_joined() -> None:
    say = Phrases()
    assert [join(items, say) for items in ([], ["a"], ["a", "b"], ["a", "", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert join(["甲", "乙", "丙"], Phrases("zh-TW")) == "甲、乙 與 丙"


def test_an_unknown_rule_speaks_for_itself() -> None:
    assert Phrases("zh-TW")("rule.of-tomorrow") == "of-tomorrow"
