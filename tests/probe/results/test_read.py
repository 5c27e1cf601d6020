"""Results of llama-bench, vLLM and GuideLLM as rows."""

import json
from pathlib import Path
from typing import Any

import pytest

from llmselect.errors import LlmselectError
from llmselect.probe.results.llama_bench import file_name
from llmselect.probe.results.read import Results, read_results
from llmselect.probe.results.row import ResultRow
from tests.probe.results.files import guidellm, llama_bench, vllm


def _read(tmp_path: Path, data: Any) -> tuple[str, list[ResultRow]]:
    found = _results(tmp_path, data)
    assert found.left_out == []
    return found.program, found.rows


def _results(tmp_path: Path, data: Any) -> Results:
    path = tmp_path / "results.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return read_results(path)


def test_llama_bench(tmp_path: Path) -> None:
    prompt = llama_bench(n_prompt=512, n_gen=0, samples_ts=[100.0, 110.0, 120.0], n_depth=1024)
    program, rows = _read(tmp_path, [llama_bench(), prompt, llama_bench(n_prompt=64)])
    assert program == "llama-bench"
    assert len(rows) == 2  # a test of both says neither speed
    decode, prefill = rows
    assert (decode.name, decode.artifact, decode.runtime) == ("small-7b-chat", "Q4_K_M", "llama.cpp")
    assert decode.decode_tok_s == pytest.approx((9.56, 10.0, 10.44))
    assert (decode.prefill_tok_s, decode.depth_tokens, decode.measured_on) == (None, 0, "2025-04-24")
    assert prefill.prefill_tok_s == pytest.approx((101, 110, 119))
    assert (prefill.prompt_tokens, prefill.depth_tokens) == (512, 1024)
    assert (decode.cpu, decode.on_gpu) == ("AMD Ryzen 7 5800X", False)


def test_llama_bench_one_object_a_line_and_without_samples(tmp_path: Path) -> None:
    row = llama_bench(backends="CUDA", n_gpu_layers=-1)
    del row["samples_ts"]
    _, rows = _read(tmp_path, f"{json.dumps(row)}\n{json.dumps(llama_bench())}\n")
    assert rows[0].decode_tok_s == pytest.approx((10 - 1.645 * 0.5, 10.0, 10 + 1.645 * 0.5))
    assert (rows[0].on_gpu, rows[1].on_gpu) == (True, False)


@pytest.mark.parametrize(
    ("path", "name", "artifact"),
    [
        ("models/Qwen2.5-7B-Instruct-Q4_K_M.gguf", "Qwen2.5-7B-Instruct", "Q4_K_M"),
        ("C:\\models\\gemma-3-12b-it-q8_0.gguf", "gemma-3-12b-it", "Q8_0"),
        ("/m/big.UD-Q2_K_XL-00001-of-00003.gguf", "big", "UD-Q2_K_XL"),
        ("Llama-3.1-8B-BF16.gguf", "Llama-3.1-8B", "BF16"),
        ("gpt-oss-20b-mxfp4.gguf", "gpt-oss-20b", "MXFP4"),
        ("mystery.gguf", "mystery", None),
    ],
)
def test_names_of_files(path: str, name: str, artifact: str | None) -> None:
    assert file_name(path) == (name, artifact)


def test_vllm(tmp_path: Path) -> None:
    program, (row,) = _read(tmp_path, vllm())
    assert program == "vllm bench serve"
    assert (row.name, row.runtime, row.prompt_tokens, row.concurrency) == ("acme/small-7b-chat", "vllm", 512, 8)
    assert row.decode_tok_s == pytest.approx((1000 / 21.645, 50.0, 1000 / 18.48), rel=0.01)
    assert row.ttft_ms is not None
    assert row.ttft_ms[1] == 100.0
    assert row.measured_on == "2025-11-07"


def test_vllm_details_and_concurrency_by_littles_law(tmp_path: Path) -> None:
    details = {"ttfts": [0.1, 0.2, 0.3], "max_concurrency": None, "request_throughput": 2.0}
    _, (row,) = _read(tmp_path, vllm(**details))
    assert row.ttft_ms == pytest.approx((110, 200, 290))
    assert row.concurrency == round(2.0 * (0.12 + 0.021 * 127))


def test_guidellm(tmp_path: Path) -> None:
    program, (row,) = _read(tmp_path, guidellm())
    assert program == "GuideLLM"
    assert (row.name, row.prompt_tokens, row.concurrency) == ("acme/small-7b-chat", 256, 4)
    assert row.decode_tok_s == pytest.approx((1000 / 30, 40.0, 1000 / 22.5))
    assert row.ttft_ms == pytest.approx((135, 150, 180))
    assert row.measured_on == "2025-11-07"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("no json", "is no JSON"),
        ("[" * 100_000, "is nested too deeply"),
        ({"hello": 1}, "holds no results that are known"),
        ([], "holds no results that are known"),
        ([llama_bench(n_prompt=5)], "holds no test"),
        ([llama_bench(samples_ts=["fast"])], "\\[0\\]: samples_ts.0: input should be a valid number"),
        ([llama_bench(n_gen="x")], "n_gen: input should be a valid integer"),
        (vllm(completed=0), "no row of it can be used: completed"),
        (vllm(median_tpot_ms="quick"), "median_tpot_ms"),
        (guidellm(time_to_first_token_ms={"successful": {"mean": 1}}), "successful.median: field required"),
    ],
)
def test_other_files_are_refused_with_the_reason(tmp_path: Path, data: Any, words: str) -> None:
    with pytest.raises(LlmselectError, match=words):
        _read(tmp_path, data)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LlmselectError, match="no such file"):
        read_results(tmp_path / "none.json")


def _own(**changes: Any) -> dict[str, Any]:
    """What `measure --json` prints."""
    row = {"model": "acme/small-7b-chat", "host": "self", "runtime": "vllm", "quantization": "q8", "prompt_tokens": 512}
    row |= {"depth_tokens": 512, "concurrency": 2, "decode_tok_s": [9.0, 10, 11], "prefill_tok_s": None}
    row |= {"ttft_ms": [90, 100, 120], "measured_on": "2026-11-01", "origin": "measure", **changes}
    return {"schema_version": 1, "command": "measure", "status": "ok", "data": {"measurements": [row]}}


def test_what_llmselect_prints_is_read_again(tmp_path: Path) -> None:
    program, (row,) = _read(tmp_path, _own())
    assert program == "llmselect"
    assert (row.name, row.runtime, row.artifact, row.host) == ("acme/small-7b-chat", "vllm", "q8", "self")
    assert (row.decode_tok_s, row.ttft_ms, row.measured_on) == ((9, 10, 11), (90, 100, 120), "2026-11-01")


GUIDELLM_TWO = {
    **guidellm(),
    "benchmarks": [*guidellm(inter_token_latency_ms=7)["benchmarks"], *guidellm()["benchmarks"]],
}
OWN_TWO = {
    **_own(),
    "data": {"measurements": [*_own(ttft_ms=[3, 2, 1])["data"]["measurements"], *_own()["data"]["measurements"]]},
}


@pytest.mark.parametrize(
    ("data", "left_out"),
    [
        ([llama_bench(n_depth=-5), llama_bench()], "[0]: n_depth: input should be greater than or equal to 0"),
        ([llama_bench(), llama_bench(avg_ts=10**400)], "[1]: avg_ts: "),
        ([llama_bench(), llama_bench(samples_ts=[1, float("nan")])], "[1]: samples_ts.1: "),
        ([llama_bench(), llama_bench(stddev_ts=float("inf"))], "[1]: stddev_ts: "),
        ([llama_bench(), llama_bench(test_time="soon")], "[1]: test_time: "),
        ([llama_bench(), llama_bench(avg_ts=0, samples_ts=[])], "[1]: it says no speed"),
        ([llama_bench(), 5], "[1]: it is no result of llama-bench"),
        (f"{json.dumps(llama_bench())}\n{json.dumps(llama_bench(n_prompt=None))}\n", "line 2: n_prompt: "),
        (f"{json.dumps(llama_bench())}\n{json.dumps(llama_bench())[:90]}", "line 2: it is no JSON: "),
        ([vllm(), vllm(total_input_tokens=-1)], "[1]: total_input_tokens: "),
        ([vllm(), vllm(date="20251399")], "[1]: date: "),
        ([vllm(), vllm(ttfts=["x"])], "[1]: ttfts.0: "),
        (GUIDELLM_TWO, "benchmarks[0]: metrics.inter_token_latency_ms: "),
        ({**guidellm(), "benchmarks": [*guidellm()["benchmarks"], 5]}, "benchmarks[1]: "),
        (
            {
                **guidellm(),
                "benchmarks": [*guidellm()["benchmarks"], {**guidellm()["benchmarks"][0], "start_time": 1e15}],
            },
            "benchmarks[1]: start_time: ",
        ),
        (OWN_TWO, "data.measurements[0]: ttft_ms: "),
    ],
)
def test_a_row_at_fault_is_named_and_the_others_are_read(tmp_path: Path, data: Any, left_out: str) -> None:
    found = _results(tmp_path, data)
    assert len(found.rows) == 1
    assert [reason.startswith(left_out) for reason in found.left_out] == [True], found.left_out
