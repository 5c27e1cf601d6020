"""Results of other programs, written by hand after their documentation."""

from typing import Any


def llama_bench(**changes: Any) -> dict[str, Any]:
    """A test of generation by llama-bench -o json."""
    row = {
        "build_commit": "8cf427ff", "build_number": 5163, "cpu_info": "AMD Ryzen 7 5800X", "gpu_info": "",
        "backends": "CPU", "model_filename": "models/small-7b-chat-Q4_K_M.gguf", "model_type": "llama 7B Q4_K - Medium",
        "n_threads": 8, "n_gpu_layers": 0, "n_prompt": 0, "n_gen": 128, "n_depth": 0,
        "test_time": "2025-04-24T11:58:51Z", "avg_ts": 10.0, "stddev_ts": 0.5,
        "samples_ts": [9.5, 9.8, 10.0, 10.2, 10.5],
    }  # fmt: skip
    return {**row, **changes}


def vllm(**changes: Any) -> dict[str, Any]:
    """A run of vllm bench serve --save-result."""
    row = {
        "date": "20251107-120000", "backend": "vllm", "model_id": "acme/small-7b-chat", "tokenizer_id": "x",
        "num_prompts": 100, "request_rate": "inf", "max_concurrency": 8, "duration": 60.0, "completed": 100,
        "total_input_tokens": 51200, "total_output_tokens": 12800, "request_throughput": 1.66,
        "mean_ttft_ms": 120.0, "median_ttft_ms": 100.0, "std_ttft_ms": 20.0, "p99_ttft_ms": 200.0,
        "mean_tpot_ms": 21.0, "median_tpot_ms": 20.0, "std_tpot_ms": 1.0, "p99_tpot_ms": 25.0,
    }  # fmt: skip
    return {**row, **changes}


def _spread(median: float) -> dict[str, Any]:
    return {"successful": {"mean": median, "median": median, "percentiles": {"p05": median * 0.9, "p95": median * 1.2}}}


def guidellm(**changes: Any) -> dict[str, Any]:
    """A report of GuideLLM with one benchmark."""
    metrics = {
        "prompt_token_count": _spread(256.0),
        "request_concurrency": _spread(3.9),
        "time_to_first_token_ms": _spread(150.0),
        "inter_token_latency_ms": _spread(25.0),
    }
    benchmark = {"metrics": {**metrics, **changes}, "start_time": 1762516800.0}
    return {"args": {"model": "acme/small-7b-chat", "target": "http://localhost:8000"}, "benchmarks": [benchmark]}
