"""Bytes and operations of one token, counted by hand."""

from dataclasses import replace

import numpy as np
import pytest

from llmselect.estimate.memory import Precision, kv_bytes, weight_bytes
from llmselect.estimate.runtimes import RUNTIMES
from llmselect.estimate.shapes import Shapes, assumed_shape, known_shape, shapes_of
from llmselect.estimate.work import Work, pair_layers, token_layers, woken, work_of
from llmselect.estimate.work import kv_bytes as cache_bytes
from tests.estimate.single import single
from tests.factories import SHAPES, shape


def of(shapes: Shapes, bits: float = 16, runtime: str = "vllm") -> Work:
    precision, own = single(Precision, layers=bits, embedding=bits, head=bits), RUNTIMES[runtime]
    return work_of(shapes, weight_bytes(shapes, precision), own.last_token_alone, own.chunk_tokens)


def work(name: str, runtime: str = "vllm") -> Work:
    return of(shapes_of([known_shape(SHAPES[name])]), runtime=runtime)


def test_a_dense_model_reads_its_layers_and_its_head() -> None:
    found, head = work("llama-2-7b"), 32_000 * 4096
    assert found.dense_bytes == 2 * (6_738_415_616 - head)
    assert (found.expert_bytes[0], found.experts[0], woken(found, 8)[0]) == (0, 0, 0)
    assert found.dense_flops == 2 * (6_738_415_616 - 2 * head)
    assert found.head_flops == 2 * head
    assert found.pair_flops == 4 * 4096


def test_a_mixture_reads_the_experts_that_are_chosen() -> None:
    found, expert = work("mixtral-8x7b"), 32 * 3 * 4096 * 14336
    assert found.expert_bytes == 2 * 2 * expert
    assert found.expert_flops == 2 * 2 * expert
    assert found.dense_bytes + found.expert_bytes == pytest.approx(2 * (12_879_925_248 - 32_000 * 4096))


def test_more_tokens_wake_more_experts_but_never_more_than_there_are() -> None:
    """Of 8 experts each token chooses 2: 2, then 2 + 2 x 6/8, in the end all 8."""
    found = work("mixtral-8x7b")
    assert [woken(found, tokens)[0] for tokens in (1, 2, 1000)] == pytest.approx([1, 1.75, 4])


def test_llama_cpp_leaves_out_the_last_layers_ffn() -> None:
    dense = work("llama-2-7b").dense_flops - work("llama-2-7b", "llama.cpp").dense_flops
    assert dense == 2 * 3 * 4096 * 11008
    sparse = work("mixtral-8x7b").expert_flops - work("mixtral-8x7b", "llama.cpp").expert_flops
    assert sparse == 2 * 2 * 3 * 4096 * 14336


@pytest.mark.parametrize("name", ["llama-2-70b", "mistral-7b", "deepseek-v3"])
def test_the_cache_is_that_of_the_memory_plan(name: str) -> None:
    for tokens in (1, 4096, 30_000):
        assert cache_bytes(work(name), tokens) == kv_bytes(shapes_of([known_shape(SHAPES[name])]), tokens)


def test_linear_layers_keep_a_state_that_does_not_grow() -> None:
    found = replace(work("llama-2-7b"), linear_layers=np.array([24.0]), state_bytes=np.array([1e6]))
    assert cache_bytes(found, 100) == 8 * 16384 * 100 + 1e6
    assert pair_layers(found, 10, 0) == 8 * 55


def test_latent_attention_is_not_shared_out_and_has_wider_keys() -> None:
    found = work("deepseek-v3")
    assert found.kv_splits == 1
    assert found.pair_flops == 2 * 128 * (128 + 64 + 128)


@pytest.mark.parametrize(("prompt", "cached"), [(1, 0), (5, 0), (3, 7), (8, 100), (250, 30)])
def test_pairs_are_those_of_a_walk_through_the_prompt(prompt: int, cached: int) -> None:
    """Four layers, three of which look back 100 tokens."""
    found = of(shapes_of([known_shape(shape(layers=4, sliding_window_tokens=100, sliding_layers=3))]))
    walked = sum(token_layers(found, cached + query) for query in range(1, prompt + 1))
    assert pair_layers(found, prompt, cached) == walked


@pytest.mark.parametrize(("billion", "layers"), [(1.2, 18), (8, 34), (70, 71)])
def test_a_count_alone_gives_a_model_of_usual_depth(billion: float, layers: int) -> None:
    """Llama 3 has 16, 32 and 80 layers at these sizes."""
    count = int(billion * 1e9)
    found = of(shapes_of([assumed_shape(count, count)]))
    assert found.layers == layers
    assert found.dense_bytes + found.expert_bytes == 2 * count
    assert found.experts == 0


def test_a_mixture_by_count_wakes_no_more_than_it_has() -> None:
    total, active = 30_000_000_000, 3_000_000_000
    found = of(shapes_of([assumed_shape(total, active)]), bits=8)
    assert found.dense_bytes + found.expert_bytes == pytest.approx(active)
    assert found.dense_bytes + found.expert_bytes * woken(found, 1e6) == pytest.approx(total)
