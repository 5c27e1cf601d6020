"""Machines that serve: probes and measurements of the detected one, and the largest batch that a machine holds."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from llmselect.catalog.load import open_catalog
from llmselect.engine.facts import Facts
from llmselect.engine.machine.fleets import fleets, meets, speeds_at
from llmselect.engine.machine.machines import Detected, machine_of
from llmselect.engine.machine.own import Own, own_table
from llmselect.engine.request import Request, make_request
from llmselect.estimate import own_speeds
from llmselect.requirements import parse

PROBE = own_speeds.DeviceRates(
    step_overhead_s=0.0005,
    layer_overhead_s=2e-5,
    read_gb_s=700.0,
    expert_read_gb_s=350.0,
    attention_s=0.02,
    prefill_tflops=60.0,
    expert_prefill_tflops=20.0,
    decode_spread=1.2,
    prefill_spread=1.4,
    evidence="measured",
    layout_s=0.01,
    lookup_s=0.001,
)
GPU = "GeForce RTX 3090"


def _probe(device: str, precision: str, rates: own_speeds.DeviceRates) -> own_speeds.ProbedRates:
    return own_speeds.ProbedRates(device, "llama.cpp", "b1", precision, rates, "2026-01-01")


def _timed(model: str, prompt: int, depth: int, decode: Any, first: Any, **only: str) -> own_speeds.Measurement:
    own = (prompt, depth, 1, decode, None, first, "2026-01-01", "a file")
    return own_speeds.Measurement(model, "self", only.get("runtime"), only.get("quantization"), *own)


LLAMA, QWEN, DENSE = "meta/llama-3.1-8b-instruct", "qwen/qwen3-8b", "qwen/qwen3-32b"
SPEEDS = own_speeds.OwnSpeeds(
    (_probe(GPU, "q4", PROBE._replace(read_gb_s=1.0)), _probe(GPU, "q4", PROBE), _probe("cpu", "q8", PROBE)),
    (
        _timed(LLAMA, 500, 600, (50, 60, 70), (100, 200, 300), runtime="llama.cpp", quantization="q4"),
        _timed(LLAMA, 500, 600, None, (150, 250, 350), runtime="llama.cpp"),
        _timed(LLAMA, 500, 600, (1, 2, 3), None, runtime="vllm"),
        _timed(QWEN, 9000, 600, (5, 6, 7), (1, 2, 3), quantization="q8"),
        _timed(DENSE, 500, 60_000, (5, 6, 7), (1, 2, 3)),
    ),
)
AUTO = Detected(64.0, "AMD Ryzen", ((GPU, 23.99),), SPEEDS)
REQUESTS: dict[str, dict[str, Any]] = {
    "detected": {"hardware": "auto", "prompt_tokens": 500, "output_tokens": 200},
    "server": {"gpu": "h100", "gpus": 8, "min_tok_s": 20, "max_ttft_ms": 2000},
    "rented": {"compute": "high", "concurrency": 12, "task": "reasoning"},
}


@cache
def asked(name: str) -> tuple[Facts, Request]:
    needs, facts = parse({"task": "qa", "as_of": "2026-11-25", **REQUESTS[name]}), Facts(open_catalog(own=False))
    return facts, make_request(needs, facts.records_of(needs.task), machine_of(needs, facts.hardware, AUTO))


@cache
def own(name: str) -> Own:
    facts, request = asked(name)
    return own_table(facts.on_machines, facts.models.model, request)


def test_the_detected_machine_is_judged_by_its_own_probes_and_measurements() -> None:
    table = own("detected")
    models = asked("detected")[0].models.model
    assert set(table.probe_no.tolist()) == {-1, 1}
    assert {(models[table.model_no[row]], table.level[row]) for row in np.flatnonzero(table.speeds.measured)} == {
        (LLAMA, "q4"),
        (QWEN, "q8"),
    }


@pytest.mark.parametrize("name", ["server", "rented"])
def test_one_more_than_the_largest_batch_has_no_room_or_is_too_slow(name: str) -> None:
    """The search may leave larger batches aside: they are never nearer to a limit."""
    table, request = own(name), asked(name)[1]
    rows = np.arange(0, len(table), 5)
    tokens = np.full((3, len(rows)), 700.0)
    best = fleets(table, rows, tokens, request).batch
    asked_for = request.workload.concurrency
    for more in (1, 2, 7, 50):
        batch = np.minimum(best + more, 256)
        speeds, own_rows = speeds_at(table, rows, batch, request), np.array(table.kv_bytes_per_sequence)[rows]
        full = batch * own_rows > (table.available_gib - table.weights_gib - table.overhead_gib)[rows] * 2**30
        too_slow = ~meets(speeds, tokens[1], batch, request)
        assert (full | too_slow | (batch == best) | (best == asked_for)).all()
