"""Measured speeds as rows that the package's arithmetic can be held against."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy

from llmselect.catalog.schema import Architecture
from llmselect.estimate.memory import Precision, weight_bytes
from llmselect.estimate.rows import take
from llmselect.estimate.runtimes import RUNTIMES
from llmselect.estimate.shapes import Shapes, assumed_shape, known_shape, shapes_of
from llmselect.estimate.work import Work, work_of

USUAL_DEPTH_TOKENS = 1024  # what people measure at; the files say how much room there was, not how much was used
UNIFIED = ("apple", "gb10", "graphics")
KV_BITS = {"bf16": 16, "fp8": 8, "fp4": 8, "int4": 16}
# Bits of (dense layers of a dense model, dense layers of a mixture, experts): FP4 and INT4 checkpoints of mixtures
# keep attention and shared parts in 16 bits.
BITS = {"bf16": (16, 16, 16), "fp8": (8, 8, 8), "fp4": (4.5, 16, 4.5), "int4": (4.5, 16, 4.5)}


class Row(NamedTuple):
    """One measurement: what ran where, and the seconds that it took. `group` is what is left out together.

    `work` are single numbers under the names of `Work`; `batch` requests ran at once, each with these tokens.
    """

    group: str
    runtime: str
    kind: str
    work: Work
    bandwidth_gb_s: float
    tflops: float
    devices: int
    link_gb_s: float
    batch: int
    prompt_tokens: float
    output_tokens: float
    cached_tokens: float
    tpot_s: float
    ttft_s: float | None
    label: str
    rivals: tuple[float | None, ...] = ()
    low_bits: bool = False
    replicated: bool = False
    size_gb: float = 0.0
    memory_gb: float = float("inf")

    @property
    def mixture(self) -> bool:
        """Whether the model is a mixture of experts."""
        return bool(self.work.experts > 0)


class Card(NamedTuple):
    """Vendor's peaks of a device in the server file: GB/s, dense BF16 and FP8 TFLOP/s, NVLink GB/s one way."""

    bandwidth_gb_s: float
    bf16_tflops: float
    link_gb_s: float


# aiconfigurator-core 0.12.0, systems/*.yaml
CARDS = {
    "h100_sxm": Card(3350, 989, 450),
    "h200_sxm": Card(4800, 989, 450),
    "b200_sxm": Card(7700, 2250, 900),
    "b300_sxm": Card(7750, 2250, 900),
    "gb200": Card(8000, 2500, 900),
    "gb300": Card(8000, 2500, 900),
}
COMPUTE_FACTOR = {"bf16": 1, "fp8": 2, "fp4": 4, "int4": 1}
_MLA = {
    **{"layers": 61, "hidden_size": 7168, "head_size": 128, "ffn_size": 18432, "mla_kv_rank": 512},
    **{"mla_query_rank": 1536, "mla_rope_head_size": 64, "mla_value_head_size": 128, "experts_per_token": 8},
    **{"shared_experts": 1, "expert_ffn_size": 2048},
}


def _llama(layers: int, hidden: int, heads: int, ffn: int) -> dict[str, int]:
    sizes = {"layers": layers, "hidden_size": hidden, "attention_heads": heads, "kv_heads": 8, "head_size": 128}
    return {**sizes, "ffn_size": ffn, "vocabulary_size": 128_256}


# From the models' config.json. Qwen3.5's 45 layers of linear attention keep a state of 4 MB each, which is what a
# window of 2,048 tokens would.
SHAPES = {
    "Llama-3.1-8B": _llama(32, 4096, 32, 14336),
    "Llama-3.1-70B": _llama(80, 8192, 64, 28672),
    "DeepSeek-R1": {
        **_MLA,
        **{"attention_heads": 128, "kv_heads": 128, "vocabulary_size": 129_280, "experts": 256, "dense_layers": 3},
    },
    "Kimi-K2.5": {
        **_MLA,
        **{"attention_heads": 64, "kv_heads": 64, "vocabulary_size": 163_840, "experts": 384, "dense_layers": 1},
    },
    "MiniMax-M2.5": {
        **{"layers": 62, "hidden_size": 3072, "attention_heads": 48, "kv_heads": 8, "head_size": 128},
        **{"ffn_size": 1536, "vocabulary_size": 200_064, "experts": 256, "experts_per_token": 8},
        "expert_ffn_size": 1536,
    },
    "Qwen3.5-397B": {
        **{"layers": 60, "hidden_size": 4096, "attention_heads": 32, "kv_heads": 2, "head_size": 256},
        **{"ffn_size": 1024, "vocabulary_size": 248_320, "experts": 512, "experts_per_token": 10},
        **{"shared_experts": 1, "expert_ffn_size": 1024, "sliding_window_tokens": 2048, "sliding_layers": 45},
    },
}


def read_silicon(path: Path) -> list[Row]:
    """Server measurements; rows without a precision are left out."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_server_row(row) for row in csv.DictReader(file) if row["precision"]]


def _server_row(row: dict[str, str]) -> Row:
    name = next(name for name in SHAPES if name in row["model_path"])
    card, precision = CARDS[row["system"]], row["precision"]
    devices, replicated = _layout(row)
    concurrency, prompt, output = (int(row[key]) for key in ("batch_size", "isl", "osl"))
    return Row(
        group=name,
        runtime=row["backend"],
        kind="gpu",
        work=_server_work(name, precision),
        bandwidth_gb_s=card.bandwidth_gb_s,
        tflops=card.bf16_tflops * COMPUTE_FACTOR[precision],
        devices=devices,
        link_gb_s=card.link_gb_s,
        batch=concurrency,
        prompt_tokens=prompt,
        output_tokens=output,
        cached_tokens=0.0,
        tpot_s=float(row["silicon_tpot_ms"]) / 1000,
        ttft_s=float(row["silicon_ttft_ms"]) / 1000,
        label=f"{row['backend']} {row['system']} {precision} x{devices} b{concurrency} {prompt}/{output}",
        replicated=replicated,
    )


def _server_work(name: str, precision: str) -> Work:
    shape = Architecture.model_validate(SHAPES[name])
    dense, dense_of_mixture, expert = BITS[precision]
    work = _work(shapes_of([known_shape(shape)]), (expert, 16, 16), "vllm", KV_BITS[precision])
    bits = dense_of_mixture if shape.experts else dense
    return replace(work, dense_bytes=work.dense_flops / 2 * bits / 8 + work.head_flops)


def _work(shapes: Shapes, bits: tuple[float, float, float], runtime: str, kv_bits: float = 16) -> Work:
    """The work of a single model, given its bits per weight, of the embedding and of the head."""
    weights = weight_bytes(shapes, Precision(*(numpy.array([float(part)]) for part in bits)))
    own = RUNTIMES[runtime]
    return take(work_of(shapes, weights, own.last_token_alone, own.chunk_tokens, kv_bits), 0)


def _layout(row: dict[str, str]) -> tuple[int, bool]:
    """Devices, and whether each keeps the whole attention (data-parallel attention).

    With experts spread over devices the file multiplies sizes that describe the same devices twice (tensor 4, expert 4
    as 16): such rows stand in it a second time with the plain size and the very same times.
    """
    tensor, copies = int(row["tp_size"]), int(row["attention_dp_size"] or 1)
    expert_tensor, spread = int(row["moe_tp_size"]), int(row["moe_ep_size"])
    if spread > 1 and expert_tensor == spread:
        return spread, copies > 1
    if spread > 1 and copies > 1:
        return (tensor if tensor > 1 else spread), True
    return tensor * copies, copies > 1


def read_measured(path: Path) -> list[Row]:
    """Speeds that people measured, one request at a time; rows above the physical bound are left out."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row for text in csv.DictReader(file) for row in _home_rows(text)]


def _home_rows(text: dict[str, str]) -> Iterator[Row]:
    bandwidth, active_gb, speed = (float(text[key]) for key in ("bandwidth_gbps", "active_gb", "decode_tok_s"))
    if speed > bandwidth / active_gb:
        return
    name = text["hardware"].lower()
    kind = "cpu" if text["cpu_only"] == "True" else "soc" if any(word in name for word in UNIFIED) else "gpu"
    billion = float(text["params_b"])
    active_billion = float(text["active_params_b"] or billion) if text["is_moe"] == "True" else billion
    total, active = int(billion * 1e9), int(min(active_billion, billion) * 1e9)
    bits = active_gb * 1e9 * 8 / active
    depth = min(float(text["context_tokens"] or USUAL_DEPTH_TOKENS), USUAL_DEPTH_TOKENS) / 2
    yield Row(
        group=text["hardware"],
        runtime={"llamacpp": "llama.cpp"}.get(text["engine"], text["engine"]),
        kind=kind,
        work=_work(shapes_of([assumed_shape(total, active)]), (bits, bits, bits), "llama.cpp"),
        bandwidth_gb_s=bandwidth,
        tflops=1e6,
        devices=1,
        link_gb_s=0.0,
        batch=1,
        prompt_tokens=0.0,
        output_tokens=0.0,
        cached_tokens=depth,
        tpot_s=1 / speed,
        ttft_s=None,
        label=f"{text['hardware']} {text['model']} {text['quantization']}",
        rivals=tuple(float(text[key]) if text[key] else None for key in RIVALS),
        low_bits=text["quantization"].startswith(("Q2", "Q3", "IQ")),
        size_gb=active_gb * total / active,
        memory_gb=float(text["memory_gb"] or "inf"),
    )


RIVALS = ("llmfit_tok_s", "whichllm_tok_s", "llm_checker_tok_s")
