"""Stored speeds for tests."""

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llmselect.estimate.own_speeds import DeviceRates, Measurement, ProbedRates
from llmselect.hardware.detect import Detected
from llmselect.probe.store.rows import Run
from llmselect.probe.store.speeds import StoredSpeeds, add

MACHINE = Detected(31.2, "AMD Ryzen 7 5800X", 16, (("NVIDIA GeForce RTX 3090", 24.0),))
RATES = DeviceRates(0.001, 1e-5, 40.0, 30.0, 1e-9, 0.5, 0.4, 1.1, 1.2, "measured")
BUILD = "llama-bench b6000 (AVX2)"


def rates(**changes: Any) -> ProbedRates:
    """Rates of llama.cpp on the processor."""
    return ProbedRates("cpu", "llama.cpp", BUILD, "q4", RATES, "2026-11-01")._replace(**changes)


def measured(**changes: Any) -> Measurement:
    """A local model's speeds at one prompt length."""
    row = Measurement(
        "acme/small-7b-chat", "self", "llama.cpp", "q4", 512, 512, 1, (9.0, 10.0, 11.0), None, (90.0, 100.0, 120.0),
        "2026-11-01", "measure",
    )  # fmt: skip
    return row._replace(**changes)


def add_one(path: Path, number: int) -> None:
    """Stores rates of one more precision."""
    add(path, StoredSpeeds(MACHINE, (rates(precision=f"p{number}"),)), print)


def at_once(work: Callable[[Path, int], None], path: Path, count: int) -> None:
    """Does something in several processes at once, all of which must succeed."""
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    workers = [context.Process(target=work, args=(path, number)) for number in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * count


RUN = Run("probe", "llama.cpp", "b6000", {"gguf": "0.19.0"}, "", 12.5, "2026-11-01")
HOSTS_ROW = measured(host="globex", runtime=None, quantization=None)


def silent(text: str) -> None:
    """A report of which nothing is expected."""
    raise AssertionError(text)
