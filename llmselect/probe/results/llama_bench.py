"""Results of llama.cpp's llama-bench, as its `-o json` and `-o jsonl` write them.

Fields after its README (https://github.com/ggml-org/llama.cpp/blob/master/tools/llama-bench/README.md).
"""

import re
from collections.abc import Iterator
from typing import Any

from llmselect.probe.results.row import ResultRow
from llmselect.probe.spread import Interval, around, interval

RUNTIME = "llama.cpp"
_SHARD = re.compile(r"-\d{5}-of-\d{5}$")
_ARTIFACT = re.compile(r"[-._]((?:UD-)?(?:I?Q\d[A-Z0-9_]*|F16|F32|BF16|MXFP4[A-Z_]*))$", re.IGNORECASE)


def recognised(data: Any) -> bool:
    """Whether data is a list of such results."""
    rows = data if isinstance(data, list) else []
    return bool(rows) and all(
        isinstance(row, dict) and {"model_filename", "n_gen", "avg_ts"} <= row.keys() for row in rows
    )


def rows(data: Any) -> Iterator[ResultRow]:
    """Each test of prompt or of generation; raises KeyError, TypeError or ValueError for what is damaged.

    Tests of both in one (`-pg`) say neither speed and are left out.
    """
    for test in data:
        prompt, generated = int(test["n_prompt"]), int(test["n_gen"])
        if (prompt > 0) == (generated > 0):
            continue
        name, artifact = file_name(str(test["model_filename"]))
        speed = _speed(test)
        layers, backends = int(test.get("n_gpu_layers", 0)), str(test.get("backends", "")).upper()
        yield ResultRow(
            name=name,
            runtime=RUNTIME,
            artifact=artifact,
            prompt_tokens=prompt or None,
            depth_tokens=int(test.get("n_depth", 0)),
            concurrency=1,
            decode_tok_s=speed if generated else None,
            prefill_tok_s=speed if prompt else None,
            ttft_ms=None,
            measured_on=str(test.get("test_time", ""))[:10],
            cpu=str(test.get("cpu_info", "")),
            on_gpu=layers != 0 and backends not in ("", "CPU", "BLAS"),
        )


def file_name(path: str) -> tuple[str, str | None]:
    """A model's name and kind of weights from a file's name, such as `Qwen3-8B` and `Q4_K_M`."""
    stem = re.split(r"[\\/]", path)[-1]
    stem = _SHARD.sub("", re.sub(r"\.gguf$", "", stem, flags=re.IGNORECASE))
    found = _ARTIFACT.search(stem)
    return (stem[: found.start()], found[1].upper()) if found else (stem, None)


def _speed(test: dict[str, Any]) -> Interval:
    samples = test.get("samples_ts")
    if isinstance(samples, list) and samples:
        found = interval(map(float, samples))
        assert found is not None
        return found
    return around(float(test["avg_ts"]), float(test.get("stddev_ts", 0.0)))
