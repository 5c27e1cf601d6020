"""Requests at the ends of what may be asked: an answer in finite numbers, or an error that says what to do."""

import json
from dataclasses import asdict
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmselect.catalog.load import load
from llmselect.catalog.schema import Catalog
from llmselect.errors import LlmselectError
from llmselect.requirements import parse
from tests.engine.worlds import World, requests, worlds
from tests.factories import Record, recommend

WHOLE = (
    "context_tokens",
    "prompt_tokens",
    "output_tokens",
    "requests_per_month",
    "concurrency",
    "monthly_active_users",
)
SIZES = ("max_ttft_ms", "min_tok_s", "max_latency_s", "vram", "ram", "bandwidth", "gpu_hour_usd", "budget", "kwh_usd")
extreme = st.one_of(
    st.dictionaries(st.sampled_from(WHOLE), st.sampled_from((1, 10**6, 10**12, 10**15)), max_size=3),
    st.dictionaries(st.sampled_from(SIZES), st.sampled_from((1e-9, 0.001, 1.0, 1e6, 1e15)), max_size=4),
    st.fixed_dictionaries({"as_of": st.sampled_from(("0001-01-01", "2024-04-30", "9999-12-31"))}),
    st.fixed_dictionaries({"usable_memory_share": st.sampled_from((1e-9, 1.0))}),
    st.fixed_dictionaries(
        {"weight": st.dictionaries(st.sampled_from(("cost", "quality")), st.sampled_from((0, 1e-9, 1e15)))}
    ),
)


EXTREMES = st.lists(extreme, min_size=1, max_size=3)
HARD = settings(derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def _real() -> Catalog:
    return load()


def _answered(request: Record, facts: Catalog) -> None:
    try:
        answer = recommend(parse(request), facts)
    except LlmselectError as error:
        assert error.hint  # noqa: PT017 - an error is one of two right outcomes
        return
    json.dumps(asdict(answer), default=str, allow_nan=False)


@settings(HARD, max_examples=60)
@given(worlds(most=3), requests(most=2), EXTREMES)
def test_any_request_is_answered_in_finite_numbers(world: World, fields: Record, extremes: list[Record]) -> None:
    _answered({name: value for part in (fields, *extremes) for name, value in part.items()}, world.build())


@settings(HARD, max_examples=25)
@given(requests(most=2), EXTREMES)
def test_so_is_any_in_the_real_catalogue(fields: Record, extremes: list[Record]) -> None:
    request = {name: value for part in (fields, *extremes) for name, value in part.items()}
    if "gpu" in request:
        request["gpu"] = "RTX 3090"
    _answered({k: v for k, v in request.items() if k not in ("hardware", "host", "min_score")}, _real())
