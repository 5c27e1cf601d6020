"""One estimate: its figures, its steps and its words are those of the arithmetic on single options."""

from dataclasses import fields
from functools import cache
from typing import Any

import pytest

from llmselect.engine import estimate as today
from llmselect.engine.situation import situate
from llmselect.requirements import parse
from llmselect.results.estimate import Estimate
from llmselect.table.estimate import estimate_model
from tests.table.test_fleets import AUTO, DENSE, LLAMA, QWEN
from tests.table.test_own import catalog
from tests.table.test_single import opened, request_of

CASES = [
    (LLAMA, "llama.cpp", "q4", {"gpu": "rtx-4090"}),
    (LLAMA, "llama.cpp", "q4", {"hardware": "auto", "prompt_tokens": 500, "output_tokens": 200}),
    (DENSE, "llama.cpp", "q4", {"hardware": "auto", "concurrency": 3}),
    (DENSE, "llama.cpp", "q8", {"gpu": "rtx-4090", "ram": "64"}),
    (DENSE, "vllm", "q8", {"gpu": "h100", "gpus": 2, "concurrency": 20, "context_tokens": 30_000}),
    ("openai/gpt-oss-120b", "llama.cpp", "q4", {"gpu": "rtx-4090", "ram": "128"}),
    ("deepseek/deepseek-r1", "vllm", "none", {"gpu": "h100", "gpus": 8, "concurrency": 32}),
    (QWEN, "transformers", "none", {"gpu": "rtx-4090"}),
    (QWEN, "llama.cpp", "q4", {"hardware": "cpu", "ram": "16"}),
    (QWEN, "llama.cpp", "q4", {"vram": "24"}),
    (QWEN, "llama.cpp", "none", {"vram": "8", "bandwidth": "300GB/s"}),
]


@cache
def both(at: int) -> tuple[Estimate, Estimate]:
    """A case as today's arithmetic says it, and as columns do."""
    name, runtime, level, given = CASES[at]
    needs, model = parse({"task": "qa", "as_of": "2026-11-25", **given}), catalog().models[name]
    situation = situate(needs, catalog(), today_detected())
    artifact = catalog().quantizations.quantizations[level].artifacts[runtime]  # type: ignore[index]
    old = today.estimate(model, level, runtime, artifact, situation)
    return old, estimate_model(opened(), request_of(needs), name, level, runtime)


def today_detected() -> Any:
    from llmselect.engine.machine import Detected

    return Detected(*AUTO)


every_case = pytest.mark.parametrize("at", range(len(CASES)), ids=[f"{case[0]}-{case[1]}" for case in CASES])


def _close(found: Any, wanted: Any) -> None:
    if found is None or wanted is None:
        assert found is wanted
        return
    for field in fields(wanted):
        one, other = getattr(found, field.name), getattr(wanted, field.name)
        assert one == (pytest.approx(other, rel=1e-9) if isinstance(other, (float, tuple)) else other), field.name


@every_case
def test_figures(at: int) -> None:
    old, new = both(at)
    for name in ("decode_tok_s", "tpot_ms", "prefill_tok_s", "ttft_ms", "throughput_tok_s", "memory"):
        _close(getattr(new, name), getattr(old, name))


@every_case
def test_words(at: int) -> None:
    old, new = both(at)
    plain = {field.name for field in fields(Estimate)} - {"steps", "memory"}
    for name in (name for name in plain if not hasattr(getattr(old, name), "evidence")):
        assert getattr(new, name) == getattr(old, name), name


@every_case
def test_steps(at: int) -> None:
    old, new = both(at)
    assert [step.name for step in new.steps] == [step.name for step in old.steps]
    for one, other in zip(new.steps, old.steps, strict=True):
        _close(one, other)
