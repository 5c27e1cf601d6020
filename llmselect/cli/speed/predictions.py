"""Predicted speeds of well-known models from measured rates."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmselect.catalog.schema import Architecture, Catalog, Model
    from llmselect.estimate.own_speeds import ProbedRates
    from llmselect.probe.report import Prediction

    Triple = tuple[float, float, float]

WELL_KNOWN = (
    "qwen/qwen3-4b",
    "meta/llama-3.1-8b-instruct",
    "openai/gpt-oss-20b",
    "qwen/qwen3-30b-a3b",
    "meta/llama-3.3-70b-instruct",
)
DEPTH_TOKENS = PROMPT_TOKENS = 512
BITS = {"fp32": 32.0, "bf16": 16.0, "fp16": 16.0}  # of torch's precisions; others are levels of the catalogue
PREFERRED = {"llama.cpp": ("q4",), "transformers": ("bf16", "fp16", "fp32")}  # one line a model is enough


def predictions(rates: "Sequence[ProbedRates]") -> "tuple[Prediction, ...]":
    """Predicted speeds of five well-known models, at one precision for each measured runtime."""
    from llmselect.catalog.load import load

    catalog = load()
    shown = [one for one in map(_preferred, _by_runtime(rates)) if one is not None]
    models = [catalog.models[name] for name in WELL_KNOWN if name in catalog.models]
    found = (_prediction(catalog, model, one) for model in models for one in shown)
    return tuple(one for one in found if one is not None)


def _by_runtime(rates: "Sequence[ProbedRates]") -> "list[list[ProbedRates]]":
    groups: dict[tuple[str, str], list[ProbedRates]] = {}
    for one in rates:
        groups.setdefault((one.runtime, one.device), []).append(one)
    return list(groups.values())


def _preferred(rows: "Sequence[ProbedRates]") -> "ProbedRates | None":
    by_precision = {one.precision: one for one in rows}
    wanted = PREFERRED.get(rows[0].runtime, ())
    return next((by_precision[name] for name in wanted if name in by_precision), rows[0])


def _prediction(catalog: "Catalog", model: "Model", row: "ProbedRates") -> "Prediction | None":
    """A model's speed from one row of rates; None without an architecture or an artifact at the level."""
    from llmselect.probe.report import Prediction

    shape = model.architecture.value if model.architecture else None
    precision = _precision(catalog, model, row)
    if shape is None or precision is None:
        return None
    (least, value, most), (first, middle, last) = _seconds(shape, precision[1:], row)
    pace, first_ms = (1 / most, 1 / value, 1 / least), (first * 1000, middle * 1000, last * 1000)
    return Prediction(model.id, model.name, precision[0], row.runtime, DEPTH_TOKENS, pace, first_ms)


def _seconds(shape: "Architecture", bits: tuple[float, float, float], row: "ProbedRates") -> "tuple[Triple, Triple]":
    """Seconds of a decoding step and of a prompt, each as low, value and high, at these bits of weights."""
    import numpy as np

    from llmselect.estimate.intervals import around
    from llmselect.estimate.memory import Precision, weight_bytes
    from llmselect.estimate.rates import of_device
    from llmselect.estimate.runtimes import RUNTIMES
    from llmselect.estimate.shapes import known_shape, shapes_of
    from llmselect.estimate.speed import ALONE, decode_parts, prefill_parts
    from llmselect.estimate.work import work_of

    runtime, rates, shapes = RUNTIMES[row.runtime], of_device(row.rates), shapes_of([known_shape(shape)])
    weights = weight_bytes(shapes, Precision(*(np.array([part]) for part in bits)))
    work = work_of(shapes, weights, runtime.last_token_alone, runtime.chunk_tokens)
    step = around(decode_parts(work, rates, 1, DEPTH_TOKENS, ALONE).total_s, rates.decode_spread)
    prompt = around(prefill_parts(work, rates, PROMPT_TOKENS, 0, ALONE).total_s, rates.prefill_spread)
    steps, prompts = step[:, 0].tolist(), prompt[:, 0].tolist()
    return (steps[0], steps[1], steps[2]), (prompts[0], prompts[1], prompts[2])


def _precision(catalog: "Catalog", model: "Model", row: "ProbedRates") -> tuple[str, float, float, float] | None:
    """A precision's name, and its bits of weights, embedding and head."""
    if row.precision in BITS:
        bits = BITS[row.precision]
        return row.precision, bits, bits, bits
    level = catalog.quantizations.quantizations.get(row.precision)
    artifacts = level.artifacts.items() if level else ()
    artifact = next((one for runtime, one in artifacts if runtime == row.runtime), None)
    if artifact is None:
        return None
    return artifact.name, artifact.bits_per_weight, artifact.embedding_bits, artifact.head_bits
