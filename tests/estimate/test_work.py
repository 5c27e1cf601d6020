"""Bytes and operations of one token, counted by hand."""

import pytest

from llmselect.estimate.memory import Precision, kv_bytes, weight_bytes, weight_bytes_by_count
from llmselect.estimate.parameters import parameter_parts
from llmselect.estimate.work import Work, work_by_count, work_of
from tests.factories import SHAPES, shape

F16 = Precision(16, 16, 16)


def work(name: str, runtime: str = "vllm") -> Work:
    parts = parameter_parts(SHAPES[name])
    return work_of(SHAPES[name], parts, weight_bytes(parts, F16), runtime)


def test_a_dense_model_reads_its_layers_and_its_head() -> None:
    found, head = work("llama-2-7b"), 32_000 * 4096
    assert found.dense_bytes == 2 * (6_738_415_616 - head)
    assert (found.expert_bytes, found.experts, found.woken(8)) == (0, 0, 0)
    assert found.dense_flops == 2 * (6_738_415_616 - 2 * head)
    assert found.head_flops == 2 * head
    assert found.pair_flops == 4 * 4096


def test_a_mixture_reads_the_experts_that_are_chosen() -> None:
    found, expert = work("mixtral-8x7b"), 32 * 3 * 4096 * 14336
    assert found.expert_bytes == 2 * 2 * expert
    assert found.expert_flops == 2 * 2 * expert
    assert found.active_bytes == weight_bytes(parameter_parts(SHAPES["mixtral-8x7b"]), F16).active


def test_more_tokens_wake_more_experts_but_never_more_than_there_are() -> None:
    """Of 8 experts each token chooses 2: 2, then 2 + 2 x 6/8, in the end all 8."""
    found = work("mixtral-8x7b")
    assert found.woken(1) == pytest.approx(1)
    assert found.woken(2) == pytest.approx(1.75)
    assert found.woken(1000) == pytest.approx(4)


def test_llama_cpp_leaves_out_the_last_layers_ffn() -> None:
    dense = work("llama-2-7b").dense_flops - work("llama-2-7b", "llama.cpp").dense_flops
    assert dense == 2 * 3 * 4096 * 11008
    sparse = work("mixtral-8x7b").expert_flops - work("mixtral-8x7b", "llama.cpp").expert_flops
    assert sparse == 2 * 2 * 3 * 4096 * 14336


@pytest.mark.parametrize("name", ["llama-2-70b", "mistral-7b", "deepseek-v3"])
def test_the_cache_is_that_of_the_memory_plan(name: str) -> None:
    for tokens in (1, 4096, 30_000):
        assert work(name).kv_bytes(tokens) == kv_bytes(SHAPES[name], tokens)


def test_linear_layers_keep_a_state_that_does_not_grow() -> None:
    found = work("llama-2-7b")._replace(linear_layers=24, state_bytes=1e6)
    assert found.kv_bytes(100) == 8 * 16384 * 100 + 1e6
    assert found.pair_layers(10, 0) == 8 * 55


def test_latent_attention_is_not_shared_out_and_has_wider_keys() -> None:
    found = work("deepseek-v3")
    assert found.kv_splits == 1
    assert found.pair_flops == 2 * 128 * (128 + 64 + 128)


@pytest.mark.parametrize(("prompt", "cached"), [(1, 0), (5, 0), (3, 7), (8, 100), (250, 30)])
def test_pairs_are_those_of_a_walk_through_the_prompt(prompt: int, cached: int) -> None:
    """Four layers, three of which look back 100 tokens."""
    mixed = shape(layers=4, sliding_window_tokens=100, sliding_layers=3)
    parts = parameter_parts(mixed)
    found = work_of(mixed, parts, weight_bytes(parts, F16), "vllm")
    walked = sum(found.token_layers(cached + query) for query in range(1, prompt + 1))
    assert found.pair_layers(prompt, cached) == walked


@pytest.mark.parametrize(("billion", "layers"), [(1.2, 18), (8, 34), (70, 71)])
def test_a_count_alone_gives_a_model_of_usual_depth(billion: float, layers: int) -> None:
    """Llama 3 has 16, 32 and 80 layers at these sizes."""
    count = int(billion * 1e9)
    found = work_by_count(count, count, weight_bytes_by_count(count, count, 16), "vllm")
    assert found.layers == layers
    assert found.active_bytes == 2 * count
    assert found.experts == 0


def test_a_mixture_by_count_wakes_no_more_than_it_has() -> None:
    total, active = 30_000_000_000, 3_000_000_000
    found = work_by_count(total, active, weight_bytes_by_count(total, active, 8), "vllm")
    assert found.active_bytes == pytest.approx(active)
    assert found.dense_bytes + found.expert_bytes * found.woken(1e6) == pytest.approx(total)
