"""Reads results of llama.cpp's llama-bench, written with `-o json` or `-o jsonl`.

The fields are those of its README (https://github.com/ggml-org/llama.cpp/blob/master/tools/llama-bench/README.md).
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from llmselect.probe.results.row import Amount, Count, Day, ResultRow, Schema, Text
from llmselect.probe.spread import Interval, interval, normal_interval

RUNTIME = "llama.cpp"
_SHARD = re.compile(r"-\d{5}-of-\d{5}$")
_ARTIFACT = re.compile(r"[-._]((?:UD-)?(?:I?Q\d[A-Z0-9_]*|F16|F32|BF16|MXFP4[A-Z_]*))$", re.IGNORECASE)


class Test(Schema):
    """One test of a prompt (`n_prompt`), of generation (`n_gen`) or of both; speeds in tokens per second."""

    model_filename: Text
    n_prompt: Count
    n_gen: Count
    avg_ts: Amount
    stddev_ts: Amount = 0.0
    samples_ts: Annotated[list[Amount], Field(default_factory=list)]
    n_depth: Count = 0
    n_gpu_layers: int = 0  # below zero: all of them
    backends: Text = ""
    cpu_info: Text = ""
    test_time: Day = ""


def recognises(entry: Any) -> bool:
    """Whether an entry of a file is a llama-bench test."""
    return isinstance(entry, dict) and {"model_filename", "n_gen", "avg_ts"} <= entry.keys()


def parts(entry: Any) -> Iterator[tuple[str, Any]]:
    """The entry itself: a test is one row."""
    yield "", entry


def row(part: Any) -> ResultRow | None:
    """A test as a row; None for a test of prompt and generation together (`-pg`), which gives neither speed.

    Raises pydantic's ValidationError if it is malformed.
    """
    test = Test.model_validate(part)
    if (test.n_prompt > 0) == (test.n_gen > 0):
        return None
    name, artifact = file_name(test.model_filename)
    speed = interval(test.samples_ts) or normal_interval(test.avg_ts, test.stddev_ts)
    return ResultRow(
        name=name,
        runtime=RUNTIME,
        artifact=artifact,
        prompt_tokens=test.n_prompt or None,
        depth_tokens=test.n_depth,
        concurrency=1,
        decode_tok_s=_positive(speed) if test.n_gen else None,
        prefill_tok_s=_positive(speed) if test.n_prompt else None,
        ttft_ms=None,
        measured_on=test.test_time,
        cpu=test.cpu_info,
        on_gpu=test.n_gpu_layers != 0 and test.backends.upper() not in ("", "CPU", "BLAS"),
    )


def file_name(path: str) -> tuple[str, str | None]:
    """A model's name and artifact from a file's name, such as `Qwen3-8B` and `Q4_K_M`."""
    stem = re.split(r"[\\/]", path)[-1]
    stem = _SHARD.sub("", re.sub(r"\.gguf$", "", stem, flags=re.IGNORECASE))
    found = _ARTIFACT.search(stem)
    return (stem[: found.start()], found[1].upper()) if found else (stem, None)


def _positive(speed: Interval) -> Interval | None:
    return speed if speed[1] > 0 else None
