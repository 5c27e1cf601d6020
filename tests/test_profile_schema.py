"""The JSON Schema of profiles takes what llmselect reads, and refuses what it could never read."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.errors import LlmselectError
from llmselect.requirements import FIELDS, Requirements, parse

SCHEMA = json.loads(
    (Path(__file__).parent.parent / "llmselect" / "schemas" / "profile.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_it_is_a_schema_of_every_field() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert list(SCHEMA["properties"]) == list(FIELDS)
    assert all(FIELDS[name].help in row["description"] for name, row in SCHEMA["properties"].items())


@pytest.mark.parametrize(
    "profile",
    [
        {},
        Requirements().model_dump("json"),
        {"task": "rag", "gpu": "RTX 3090", "ram": "64GiB", "license": "commercial"},
        {"needs": ["tools", "vision"], "deployment": "local", "offline": True, "budget": "$50", "vram": 24},
        {"weight": {"cost": 2}, "min_score": {"mmlu": "60"}, "as_of": "2024-04-30", "gpus": "2"},
        {"weight": ["cost=2"], "needs": "tools,streaming", "batch_share": "30%", "max_ttft_ms": "2s"},
    ],
)
def test_it_takes_what_llmselect_reads(profile: dict[str, Any]) -> None:
    parse(profile)
    VALIDATOR.validate(profile)


@pytest.mark.parametrize(
    "profile",
    [
        {"budgt": 3},
        {"gpus": 65},
        {"gpus": 0},
        {"vram": -1},
        {"cached_share": 1.5},
        {"offline": "", "task": ""},
        {"task": 3},
        {"task": None},
        {"weight": {"cost": -1}},
        {"weight": 3},
        {"needs": {"tools": True}},
        {"as_of": 2024},
        ["qa"],
    ],
)
def test_it_refuses_what_llmselect_refuses(profile: Any) -> None:
    assert not VALIDATOR.is_valid(profile)
    if isinstance(profile, dict):
        with pytest.raises(LlmselectError):
            parse(profile)


values = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 2000), st.floats(-5, 2000), st.text(max_size=6),
    st.sampled_from(["qa", "8k", "24GiB", "30%", "2024-04-30", "tools", "EU"]),
    st.lists(st.sampled_from(["tools", "api", "text", "", "cost=1"]), max_size=2),
    st.dictionaries(st.sampled_from(["cost", "mmlu", ""]), st.one_of(st.floats(-1, 9), st.just("3")), max_size=2),
)  # fmt: skip


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.sampled_from(sorted(FIELDS)), values)
def test_whatever_is_read_is_valid(name: str, value: Any) -> None:
    try:
        parse({name: value})
    except LlmselectError:
        return
    assert VALIDATOR.is_valid({name: value})
