"""One estimate: of a model of the catalogue, of a model and a file of one's own."""

from functools import cache

import pytest

from llmselect.catalog.load import open_catalog
from llmselect.engine.facts import Facts
from llmselect.engine.machine.artifacts import facts_of_one, with_artifact
from llmselect.engine.machine.machines import machine_of
from llmselect.engine.request import Request, make_request
from llmselect.engine.single.estimate import estimate_model, estimate_own_model
from llmselect.engine.single.estimate_words import Subject
from llmselect.errors import LlmselectError
from llmselect.estimate.shapes import assumed_shape, known_shape
from llmselect.requirements import Requirements, parse
from llmselect.results.citations import Citation
from tests.engine.test_fleets import AUTO, LLAMA


@cache
def opened() -> Facts:
    return Facts(open_catalog())


def request_of(needs: Requirements) -> Request:
    facts = opened()
    return make_request(needs, facts.records_of(needs.task), machine_of(needs, facts.hardware, AUTO))


GIVEN = Citation("docs/speed.md", "What the user gave", None, "2026-11-25")


def test_a_model_of_ones_own_is_estimated_as_one_of_the_catalogue() -> None:
    """The same shape, given by the user, at a level of the catalogue."""
    needs = parse({"task": "qa", "as_of": "2026-11-25", "gpu": "rtx-4090"})
    request, on_machines = request_of(needs), opened().on_machines
    shape = known_shape(opened().catalog.models[LLAMA].architecture.value)  # type: ignore[union-attr,arg-type]
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
