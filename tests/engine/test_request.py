"""What a request reckons with where the user says some of it."""

from datetime import date

import pytest

from llmselect.engine.named import request_of
from llmselect.requirements import parse
from tests.factories import Record, catalog, facts_of, model

FACTS = facts_of(catalog([model("m")]))  # its task: a prompt of 900 tokens, an answer of 250


@pytest.mark.parametrize(
    ("fields", "prompt", "output", "context"),
    [
        ({}, 900, 250, 1150),
        ({"context_tokens": 128_000}, 127_750, 250, 128_000),  # who asks for a context means prompts that fill it
        ({"context_tokens": 128_000, "output_tokens": 1000}, 127_000, 1000, 128_000),
        ({"context_tokens": 128_000, "prompt_tokens": 2000}, 2000, 250, 128_000),
        ({"context_tokens": 300}, 150, 150, 300),
        ({"context_tokens": 1}, 1, 1, 2),
        ({"prompt_tokens": 5000}, 5000, 250, 5250),
    ],
)
def test_who_gives_a_context_means_prompts_that_fill_it(fields: Record, prompt: int, output: int, context: int) -> None:
    load = request_of(parse(fields), FACTS).workload
    assert (load.prompt_tokens, load.output_tokens, load.context_tokens) == (prompt, output, context)


@pytest.mark.parametrize(("window", "prompt"), [(128_000, 900), (1000, 750), (200, 100)])
def test_a_window_alone_says_nothing_of_prompts_but_that_they_fit(window: int, prompt: int) -> None:
    needs = parse({"context_tokens": window}).model_copy(update={"window_only": True})
    load = request_of(needs, FACTS).workload
    assert (load.prompt_tokens, load.context_tokens) == (prompt, window)


@pytest.mark.parametrize(
    ("as_of", "months", "until"),
    [
        ("2026-12-31", 2, "2027-03-01"),
        ("2026-05-01", 2, "2026-07-01"),
        ("2027-01-31", 1, "2027-03-02"),
        ("2026-05-01", 0, "2026-05-01"),
    ],
)
def test_a_month_to_last_has_thirty_days_at_least(as_of: str, months: int, until: str) -> None:
    request = request_of(parse({"as_of": as_of, "horizon_months": months}), FACTS)
    assert date.fromordinal(request.horizon_day).isoformat() == until
