"""Requirements out of flags, environment and profile: every fault is one error with exit status 2."""

from dataclasses import FrozenInstanceError
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.cli.reproduce import flags_of
from llmselect.definition import Origin
from llmselect.errors import Exit, LlmselectError
from llmselect.requirements import READERS, TYPED, Requirements, flag, given_fields, parse

COUNTS = (
    "context_tokens", "prompt_tokens", "output_tokens", "requests_per_month", "requests_per_day",
    "concurrency", "gpus", "monthly_active_users",
)  # fmt: skip
POSITIVE = ("max_ttft_ms", "min_tok_s", "max_latency_s", "usable_memory_share", "vram", "ram", "bandwidth")
MONEY = ("budget", "gpu_hour_usd", "kwh_usd")
CHOICES = {
    "task": "conversation", "compute": "high", "response_time": "real-time", "domain": "specific",
    "deployment": "self-host", "needs": "tools", "modality_in": "image", "modality_out": "audio", "license": "osi",
    "quantization": "q4", "optimize": "cost", "policy": "document",
}  # fmt: skip


def fault(values: dict[str, Any], origin: Origin = TYPED) -> LlmselectError:
    with pytest.raises(LlmselectError) as caught:
        parse(values, origin)
    assert caught.value.exit == Exit.USAGE
    assert caught.value.code == "bad-value"
    assert len(caught.value.message) < 300
    return caught.value


NEVER: tuple[Any, ...] = (
    "nan",
    "inf",
    "-inf",
    "banana",
    "",
    "-1",
    "1" * 400,
    "٣",
    [],
    {},
    float("nan"),
    float("inf"),
    -1,
    10**400,
)


@pytest.mark.parametrize("field", [*COUNTS, *POSITIVE, *MONEY])
@pytest.mark.parametrize("value", NEVER, ids=lambda value: repr(value)[:12])
def test_numbers_are_finite_and_not_negative(field: str, value: Any) -> None:
    assert flag(field) in fault({field: value}).message


@pytest.mark.parametrize("field", [*COUNTS, *POSITIVE])
@pytest.mark.parametrize("value", [0, "0", 0.0])
def test_zero_is_no_size(field: str, value: Any) -> None:
    assert flag(field) in fault({field: value}).message


@pytest.mark.parametrize("field", MONEY)
@pytest.mark.parametrize("value", [0, "0", "$0"])
def test_zero_is_a_price(field: str, value: Any) -> None:
    assert getattr(parse({field: value}), field) == 0


@pytest.mark.parametrize("value", [1.01, "1.5", 2])
def test_shares_end_at_one(value: Any) -> None:
    fault({"usable_memory_share": value})


@pytest.mark.parametrize("field", ["weight", "min_score"])
@pytest.mark.parametrize("value", ["nan", "inf", "-1", "banana", "", "9" * 400, "٣"])
def test_pairs_are_finite_and_not_negative(field: str, value: str) -> None:
    assert flag(field) in fault({field: [f"cost={value}"]}).message


@pytest.mark.parametrize("value", ["cost", ["cost:3"], 7, ["=3"]])
def test_malformed_weights(value: Any) -> None:
    fault({"weight": value})


def test_pairs_are_read_in_three_ways() -> None:
    expected = {"cost": 3.0, "quality": 0.5}
    for value in ("cost=3,quality=0.5", ["cost=3", "QUALITY=.5"], {"cost": 3, "quality": "0.5"}):
        assert parse({"weight": value}).weight == expected


@pytest.mark.parametrize(("field", "value"), CHOICES.items())
def test_choices_ignore_case_and_underscores(field: str, value: str) -> None:
    plain, shouted = parse({field: value}), parse({field: f" {value.upper().replace('-', '_')} "})
    assert getattr(plain, field) == getattr(shouted, field)
    assert getattr(plain, field) in (value, (value,))


@pytest.mark.parametrize("field", CHOICES)
@pytest.mark.parametrize("value", ["banana", "", 7, "x" * 10_000])
def test_an_unknown_choice_is_an_error(field: str, value: Any) -> None:
    assert flag(field) in fault({field: value}).message


@pytest.mark.parametrize(
    ("field", "typo", "meant"),
    [
        ("task", "convresation", "conversation"),
        ("deployment", "selfhots", "self-host"),
        ("weight", ["qualty=3"], "quality"),
        ("license", "comercial", "commercial"),
        ("needs", "tolls", "tools"),
    ],
)
def test_a_typo_gets_a_hint(field: str, typo: Any, meant: str) -> None:
    assert f"Did you mean {meant}" in fault({field: typo}).hint


def test_an_unknown_field_gets_a_hint() -> None:
    error = fault({"max_ttf_ms": 3}, Origin(place=lambda name: "profile.yaml:7: "))
    assert error.message == "profile.yaml:7: unknown field 'max_ttf_ms'"
    assert "max_ttft_ms" in error.hint


def test_every_fault_is_told() -> None:
    message = fault({"task": "x", "vram": "inf", "gpus": 65}).message
    assert all(name in message for name in ("--task", "--vram", "--gpus"))


@pytest.mark.parametrize("value", ["2024", "0", 0, "yesterday", "2024-02-30", "2024-13-01", None])
def test_dates_are_iso_dates(value: Any) -> None:
    assert "--as-of" in fault({"as_of": value}).message


@pytest.mark.parametrize("field", ["hardware", "gpu"])
@pytest.mark.parametrize("value", ["", "  ", 7])
def test_names_are_not_empty(field: str, value: Any) -> None:
    fault({field: value})


@pytest.mark.parametrize("value", ["", "openai,", [""], []])
def test_deployment_and_hosts_are_not_empty(value: Any) -> None:
    fault({"deployment": value})
    if value != []:
        fault({"host": value})


def test_defaults() -> None:
    needs = parse({})
    assert (needs.task, needs.deployment, needs.license, needs.coarsest) == ("conversation", ("any",), "any", "q4")
    assert needs.as_of == date.today()
    assert needs.monthly_requests is None


def test_a_day_is_a_twelfth_of_a_year_over_thirty() -> None:
    assert parse({"requests_per_day": 12}).monthly_requests == 365
    assert parse({"requests_per_day": 12, "requests_per_month": 5}).monthly_requests == 5


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"max_ttft_ms": "soon"}, "max_ttft_ms: 'soon' is no quantity"),
        ({"task": "codign"}, "task: 'codign' is not one of"),
        ({"vram": -1, "gpus": 65}, "gpus: 65 is greater than 64; vram: -1 is not greater than 0"),
    ],
)
def test_the_python_api_speaks_of_its_own_names(values: dict[str, Any], says: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        Requirements(**values)
    assert caught.value.message.startswith(says)


def test_values_may_be_given_as_people_write_them() -> None:
    needs = Requirements(task="QA", vram="24GiB", needs="tools,streaming", weight={"cost": "2"}, as_of="2024-04-30")
    assert (needs.task, needs.vram, needs.needs) == ("qa", 24.0, ("tools", "streaming"))
    assert (needs.weight, needs.as_of) == ({"cost": 2.0}, date(2024, 4, 30))
    assert needs.model_fields_set == {"task", "vram", "needs", "weight", "as_of"}
    assert repr(Requirements(gpus=2, task="qa")) == "Requirements(task='qa', gpus=2)"


def test_a_copy_remembers_what_was_given() -> None:
    needs = Requirements(task="qa")
    other = needs.model_copy(update={"gpus": 4})
    assert (other.task, other.gpus, other.model_fields_set) == ("qa", 4, {"task", "gpus"})
    assert (needs.gpus, needs.model_fields_set) == (1, {"task"})


def test_defaults_are_values_of_their_readers() -> None:
    needs = Requirements()
    assert all(read(getattr(needs, name)) == getattr(needs, name) for name, read in READERS.items()
               if getattr(needs, name) is not None)  # fmt: skip


def test_requirements_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        parse({}).gpus = 3  # type: ignore[misc]


junk = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.binary(max_size=4),
    st.lists(st.text(max_size=5), max_size=3), st.dictionaries(st.text(max_size=5), st.floats(), max_size=2),
    st.dates(), st.datetimes(),
)  # fmt: skip


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(READERS)), junk, max_size=4))
def test_any_input_is_accepted_or_told(values: dict[str, Any]) -> None:
    try:
        needs = parse(values)
    except LlmselectError:
        return
    for name in (*COUNTS, *POSITIVE, *MONEY):
        value = getattr(needs, name)
        assert value is None or 0 <= value < float("inf")
    for share in (*needs.weight.values(), *needs.min_score.values()):
        assert 0 <= share < float("inf")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"task": "conversation", "as_of": "2024-04-30"},
        {"vram": "15.75GiB", "bandwidth": "3.35TB/s", "gpu": "A Card", "gpus": 2, "kwh_usd": 0.00004},
        {"requests_per_month": "600k", "budget": "$0.5", "max_ttft_ms": 1500, "usable_memory_share": 0.8},
        {"needs": ["tools", "streaming"], "deployment": ["api", "managed"], "host": ["a", "b"], "language": ["zh"]},
        {"weight": {"cost": 2.5, "quality": 1}, "min_score": {"mmlu": 60}, "offline": True, "strict": True},
    ],
)
def test_flags_give_the_same_requirements_again(fields: dict[str, Any]) -> None:
    needs = parse(fields)
    again = parse(_read(flags_of(given_fields(needs))))
    assert again == needs
    assert again.model_fields_set == needs.model_fields_set | {"as_of"}


def _read(words: list[str]) -> dict[str, Any]:
    """Flags as the command line reads them."""
    found: dict[str, list[Any]] = {}
    for word, following in zip(words, [*words[1:], "--"], strict=True):
        if word.startswith("--"):
            value = True if following.startswith("--") else following
            found.setdefault(word.removeprefix("--").replace("-", "_"), []).append(value)
    lists = ("needs", "deployment", "host", "language", "weight", "min_score")
    return {name: values if name in lists else values[0] for name, values in found.items()}
