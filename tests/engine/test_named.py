"""Requirements whose names are read as the catalogue's ids."""

from pathlib import Path
from typing import Any

import pytest

from llmselect.catalog.load import open_catalog
from llmselect.engine.facts import Facts
from llmselect.engine.machine.machines import machine_of
from llmselect.engine.named import named
from llmselect.errors import LlmselectError
from llmselect.requirements import parse


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(open_catalog(Path(__file__).parents[2] / "catalog"))


@pytest.mark.parametrize(
    ("asked", "understood"),
    [
        ({"gpu": "2x3090"}, {"gpu": "rtx-3090", "gpus": 2}),
        ({"hardware": "8xH100"}, {"hardware": "h100-sxm-80gb", "gpus": 8}),
        ({"gpu": "2x3090", "gpus": 2}, {"gpu": "rtx-3090", "gpus": 2}),
        ({"gpu": "M4 Max 128GB"}, {"gpu": "m4-max", "ram": 128}),
        ({"hardware": "MacBook Pro M3 Max 36GB"}, {"hardware": "m3-max", "ram": 36}),
        ({"hardware": "CPU only", "ram": "64GiB"}, {"hardware": "cpu", "ram": 64}),
        ({"gpu": "cpu only", "ram": "64GiB"}, {"gpu": None, "hardware": "cpu"}),
        ({"gpu": "RTX 4090"}, {"gpu": "RTX 4090", "gpus": 1}),
        ({"gpu": "Weird 9000", "vram": "24GiB", "bandwidth": "500GB/s"}, {"gpu": "Weird 9000"}),
        ({"host": "aws"}, {"host": ("bedrock", "sagemaker")}),
        ({"host": "google,openai"}, {"host": ("gemini-api", "vertex", "openai")}),
        ({"at_least": "llama 3.1 8b"}, {"at_least": "meta/llama-3.1-8b-instruct"}),
        ({"at_least": "deepseek-chat", "as_of": "2025-06-01"}, {"at_least": "deepseek/deepseek-v3-0324"}),
        ({"min_score": "MMLU=60"}, {"min_score": {"mmlu": 60.0}}),
        ({}, {"gpu": None, "hardware": None, "host": ()}),
    ],
)
def test_names_become_ids(facts: Facts, asked: dict[str, Any], understood: dict[str, Any]) -> None:
    found = named(parse(asked), facts)
    assert {name: getattr(found, name) for name in understood} == understood
    assert named(found, facts) == found


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"gpu": "2x3090", "gpus": 4}, "names 2 GPUs, --gpus says 4"),
        ({"gpu": "M4 Max 128GB", "ram": "64GiB"}, "has 128 GiB, --ram says 64"),
        ({"gpu": "RTX 4090 48GB"}, "has 24 GB, not 48"),
        ({"gpu": "100x H100"}, "names more than 64 GPUs"),
        ({"gpu": "Intel Iris Xe"}, "unknown device"),
        ({"host": "nowhere"}, "unknown host"),
        ({"at_least": "llama3"}, "names a family"),
        ({"min_score": "nope=3"}, "unknown benchmark"),
    ],
)
def test_what_disagrees_or_is_unknown_is_an_error(facts: Facts, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(LlmselectError, match=message):
        named(parse(asked), facts)


@pytest.mark.parametrize(
    ("name", "count", "memory_gib"),
    [
        ("2x3090", 2, 24),
        ("dual RTX 4090 24GB", 2, 24),
        ("8xH100", 8, 80),
        ("M4 Max 64GB", 1, 64),
        ("Raspberry Pi 5", 1, 8),
        ("Raspberry Pi 5 16GB", 1, 16),
        ("Jetson Orin Nano", 1, 8),
    ],
)
def test_the_machine_is_what_the_name_says(facts: Facts, name: str, count: int, memory_gib: float) -> None:
    machine = machine_of(parse({"hardware": name}), facts.hardware)
    assert (machine.count, machine.memory_gib) == (count, memory_gib)
