"""One estimate: its figures, its steps and its words are those of the arithmetic on single options."""

from dataclasses import fields
from functools import cache
from typing import Any

import pytest

from llmselect.catalog.load import open_catalog
from llmselect.engine import estimate as today
from llmselect.engine.situation import situate
from llmselect.errors import LlmselectError
from llmselect.estimate.columns.shapes import assumed_shape, known_shape
from llmselect.requirements import Requirements, parse
from llmselect.results.citations import Citation
from llmselect.results.estimate import Estimate
from llmselect.table.artifacts import facts_of_one, with_artifact
from llmselect.table.estimate import Subject, estimate_model, estimate_own_model
from llmselect.table.facts import Facts
from llmselect.table.machines import machine_of
from llmselect.table.request import Request, make_request
from tests.table.test_own import AUTO, DENSE, LLAMA, QWEN, catalog

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
def opened() -> Facts:
    return Facts(open_catalog())


@cache
def both(at: int) -> tuple[Estimate, Estimate]:
    """A case as today's arithmetic says it, and as columns do."""
    name, runtime, level, given = CASES[at]
    needs, model = parse({"task": "qa", "as_of": "2026-11-25", **given}), catalog().models[name]
    situation = situate(needs, catalog(), today_detected())
    artifact = catalog().quantizations.quantizations[level].artifacts[runtime]  # type: ignore[index]
    old = today.estimate(model, level, runtime, artifact, situation)
    return old, estimate_model(opened(), request_of(needs), name, level, runtime)


def request_of(needs: Requirements) -> Request:
    facts = opened()
    records = facts.record("task", needs.task), facts.record("document", "document")
    return make_request(needs, *records, machine_of(needs, facts.hardware, AUTO))


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


GIVEN = Citation("docs/speed.md", "What the user gave", None, "2026-11-25")


def test_a_model_of_ones_own_is_estimated_as_one_of_the_catalogue() -> None:
    """The same shape, given by the user, at a level of the catalogue."""
    needs = parse({"task": "qa", "as_of": "2026-11-25", "gpu": "rtx-4090"})
    request, on_machines = request_of(needs), opened().on_machines
    shape = known_shape(catalog().models[LLAMA].architecture.value)  # type: ignore[union-attr,arg-type]
    alone = facts_of_one(on_machines, shape, 8e9, 16.0)
    row = list(zip(alone.artifacts.level, alone.artifacts.runtime, strict=True)).index(("q4", "llama.cpp"))
    subject = Subject("own/mine", "Mine", "own/mine", "Q4_K_M")
    found = estimate_own_model(opened(), request, subject, alone, row, GIVEN)
    wanted = estimate_model(opened(), request, LLAMA, "q4", "llama.cpp")
    assert (found.tpot_ms, found.ttft_ms, found.memory, found.steps) == (
        wanted.tpot_ms, wanted.ttft_ms, wanted.memory, wanted.steps,
    )  # fmt: skip
    assert found.option.startswith("own/mine@self:q4:llama.cpp:1xrtx-4090")
    assert found.sources[0] == GIVEN


def test_a_file_of_ones_own_has_its_own_size() -> None:
    """1e9 weights of 5 bits; who says how many bits a level has is no source of it."""
    request = request_of(parse({"task": "qa", "gpu": "rtx-4090"}))
    alone = facts_of_one(opened().on_machines, assumed_shape(1e9, 1e9), 1e9, 16.0)
    facts, row = with_artifact(alone, "none", "llama.cpp", "mine.gguf", (5.0, 5.0, 6.0))
    subject = Subject("own/mine", "Mine", "own/mine", "mine.gguf")
    found = estimate_own_model(opened(), request, subject, facts, row, GIVEN)
    assert found.memory.weights_gib == pytest.approx(5e9 / 8 / 2**30)
    assert found.memory.evidence == "estimated"
    assert found.artifact == "mine.gguf"
    assert not [one for one in found.sources if "llama2-file-sizes" in one.url or "ggml" in one.url]


def test_a_runtime_without_a_level_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(LlmselectError, match="vllm has no q2 weights") as caught:
        estimate_model(opened(), request_of(parse({"task": "qa", "gpu": "h100"})), LLAMA, "q2", "vllm")
    assert caught.value.hint == "With vllm --quantization may be none, q8, q4."
