"""Fit the constants of the speed arithmetic and write them as the catalogue's speed.yaml.

    python benchmarks/speed/fit.py silicon.csv measured.csv [--catalog catalog]

`silicon.csv` holds server measurements (vLLM, SGLang, TensorRT-LLM), `measured.csv` what people measured at home;
docs/speed.md describes both, they are no part of the project. Spreads are those of rows that the fit has not seen,
a model or a machine left out at a time. Constants without any measurement are judgements, marked as such.
"""

import argparse
import csv
import math
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from statistics import mean, median
from typing import Any

from model import (
    HOME,
    SERVER,
    Constants,
    fit,
    left_out,
    parallel,
    predicted_by,
    rates,
    spread,
)
from rows import Row, read_measured, read_silicon

from llmselect.catalog.load import load
from llmselect.catalog.names.devices import find_device
from llmselect.catalog.writer import text
from llmselect.errors import LlmselectError
from llmselect.estimate.rows import take

LEVELS_LOW = ["q3", "q2"]
HOME_PROMPT_SPREAD = 2.5
LEAST_PROMPTS = 5  # measured prompts of a device that say what share of its peak they reach
# Of 8 cores x 4 GHz x 32 operations: Llama 2 7B, Mistral 7B and OLMoE 1B-7B, measured per core on a processor with two.
PROCESSOR_SHARES = {False: 0.8, True: 0.6}
HOME_QUEUE_SPREAD = 4.0
FEW = 8  # requests at once that hardly queue
Record = dict[str, Any]
SOURCES: Record = {
    "silicon": {
        "url": "pkg:pypi/aiconfigurator-core@0.12.0",
        "title": "NVIDIA AIConfigurator, measured TTFT and TPOT of six models on H100, H200, B200, B300 and GB200",
        "kind": "third-party",
        "retrieved": date(2026, 11, 23),
        "locator": "silicon_sample.csv; vLLM, SGLang and TensorRT-LLM rows, Apache-2.0",
    },
    "community": {
        "url": "pkg:pypi/llmfit@1.1.17",
        "title": "llmfit's bundled community measurements",
        "kind": "third-party",
        "retrieved": date(2026, 11, 23),
        "locator": "decode speeds of llama.cpp and Ollama on 16 kinds of hardware, MIT",
    },
    "judgement": {
        "url": "docs/speed.md#constants",
        "title": "Constants that no measurement stands behind, with their wide intervals",
        "kind": "judgement",
        "retrieved": date(2026, 11, 25),
    },
}


def _median_error(errors: Sequence[float]) -> float:
    return round(100 * median(abs(math.expm1(error)) for error in errors), 1)


def _numbers(record: Record) -> Record:
    return {key: float(f"{value:.3g}") if isinstance(value, float) else value for key, value in record.items()}


def server_fits(rows: Sequence[Row]) -> list[Record]:
    """vLLM on GPUs, dense and mixtures; SGLang and TensorRT-LLM rows help to fit what runtimes share."""
    constants = fit(SERVER, rows)
    out = left_out(SERVER, rows)
    fits = []
    for mixture in (False, True):
        row = next(row for row in rows if row.runtime == "vllm" and row.mixture == mixture and row.link_gb_s == 450)
        kin = [row for row in rows if row.mixture == mixture]
        found, shared = take(rates(constants, [row]), 0), take(parallel(constants, [row]), 0)
        seconds = predicted_by(out, kin)
        steps = _logs(seconds.tpot_s, [one.tpot_s for one in kin])
        waits = zip(kin, _logs(seconds.ttft_s, [one.ttft_s or math.nan for one in kin]), strict=True)
        firsts = [(one, error) for one, error in waits if one.ttft_s]
        fits.append(
            _numbers(
                {
                    "runtime": "vllm",
                    "kind": "gpu",
                    "mixture": mixture,
                    "step_overhead_s": found.step_overhead_s,
                    "layer_overhead_s": found.layer_overhead_s,
                    "sequence_s": found.sequence_s,
                    "read_share": found.read_gb_s / row.bandwidth_gb_s,
                    "expert_read_share": found.expert_read_gb_s / row.bandwidth_gb_s,
                    "compute_share": found.prefill_tflops / row.tflops,
                    "expert_compute_share": found.expert_prefill_tflops / row.tflops,
                    "sum_s": shared.sum_s,
                    "link_gb_s": shared.link_gb_s,
                    "stall_share": found.stall_share,
                    "first_token_s": found.first_token_s,
                    "decode_spread": spread(steps),
                    "prefill_spread": spread([error for one, error in firsts if one.batch <= FEW]),
                    "queue_spread": spread([error for _, error in firsts]),
                    "rows": len(kin),
                    "left_out": "model",
                    "median_error": _median_error(steps),
                    "source": "silicon",
                }
            )
        )
    return fits


def home_fits(rows: Sequence[Row], prompts: dict[bool, float]) -> list[Record]:
    """llama.cpp on each kind of device, at 4 bits and more and below."""
    rows = [row for row in rows if row.runtime in ("llama.cpp", "ollama") and row.size_gb <= row.memory_gb]
    constants, out = fit(HOME, rows), left_out(HOME, rows)
    everyone = _errors(out, rows)
    fits = []
    for kind in ("gpu", "soc", "cpu"):
        for mixture in (False, True):
            kin = [row for row in rows if row.kind == kind and row.mixture == mixture]
            model_row = next((row for row in rows if row.kind == kind and row.mixture == mixture), None)
            example = model_row or next(row for row in rows if row.mixture == mixture)._replace(kind=kind)
            steps = _errors(out, kin)
            width = max(spread(steps), spread(everyone)) if len({row.group for row in kin}) > 2 else None
            prompt = PROCESSOR_SHARES[mixture] if kind == "cpu" else prompts[mixture]
            for low in (False, True):
                found = take(rates(constants, [example._replace(low_bits=low)]), 0)
                fits.append(
                    _numbers(
                        {
                            "runtime": "llama.cpp",
                            "kind": kind,
                            "mixture": mixture,
                            **({"levels": LEVELS_LOW} if low else {}),
                            "step_overhead_s": found.step_overhead_s,
                            "layer_overhead_s": found.layer_overhead_s,
                            "read_share": found.read_gb_s / example.bandwidth_gb_s,
                            "expert_read_share": found.expert_read_gb_s / example.bandwidth_gb_s,
                            "compute_share": prompt,
                            "expert_compute_share": prompt,
                            "decode_spread": width or 2 * spread(everyone),
                            "prefill_spread": HOME_PROMPT_SPREAD,
                            "queue_spread": HOME_QUEUE_SPREAD,
                            **(_basis(kin, steps) if kin else {"source": "judgement"}),
                        }
                    )
                )
    return fits


def _logs(seconds: Iterable[float], measured: Sequence[float]) -> list[float]:
    """Logarithms of predicted over measured."""
    return [math.log(time / own) for time, own in zip(seconds, measured, strict=True)]


def _errors(constants: dict[str, Constants], rows: Sequence[Row]) -> list[float]:
    """Those of the time per token, by the constants that have not seen a row's group."""
    return _logs(predicted_by(constants, rows).tpot_s, [row.tpot_s for row in rows])


def _basis(rows: Sequence[Row], errors: Sequence[float]) -> Record:
    basis = {"rows": len(rows), "left_out": "machine", "median_error": _median_error(errors), "source": "community"}
    machines = len({row.group for row in rows})
    if machines > 2:
        return basis
    word = "one kind" if machines == 1 else f"{machines} kinds"
    return {**basis, "note": f"they are of {word} of machine only, so the interval is doubled"}


def prompt_shares(path: Path, catalog: Path) -> dict[bool, float]:
    """Shares of the peak that llama.cpp's prompts reached, for dense models and mixtures: the mean over devices."""
    devices = load(catalog).hardware.devices
    shares: dict[bool, dict[str, list[float]]] = {False: {}, True: {}}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["engine"] == "vllm" or not float(row["prefill_tok_s"] or 0) > 1:
                continue
            try:
                name = find_device(row["hardware"], devices)
            except LlmselectError:
                continue
            device = devices[name]
            peak = device.bf16_tflops or device.fp16_tflops or (device.units.tflops if device.units else None)
            if peak:
                active = float(row["active_params_b"] or row["params_b"])
                own = shares[row["is_moe"] == "True"].setdefault(name, [])
                own.append(2 * active * float(row["prefill_tok_s"]) / 1e3 / peak)
    return {mixture: math.exp(mean(_known_shares(found.values()))) for mixture, found in shares.items()}


def _known_shares(devices: Iterable[list[float]]) -> Iterable[float]:
    """The logarithm of each device's median share, of those with several measurements."""
    return (math.log(median(own)) for own in devices if len(own) >= LEAST_PROMPTS)


# Without graphs every layer launches its kernels from Python: about ten launches of 10 to 40 us each.
TRANSFORMERS: Record = {
    "runtime": "transformers",
    "step_overhead_s": 3e-3,
    "layer_overhead_s": 3e-4,
    "read_share": 0.6,
    "expert_read_share": 0.3,
    "compute_share": 0.4,
    "expert_compute_share": 0.15,
    "decode_spread": 2.5,
    "prefill_spread": 2.5,
    "queue_spread": 5.0,
    "source": "judgement",
}


def judged_fits() -> list[Record]:
    """transformers, which neither file measures."""
    return [
        {**TRANSFORMERS, "kind": kind, "mixture": mixture, "layer_overhead_s": 9e-4 if mixture else 3e-4}
        for kind in ("gpu", "soc", "cpu")
        for mixture in (False, True)
    ]


HEAD = """\
# What runtimes reach of a device's peaks, and the times of their own: written by benchmarks/speed/fit.py, which
# docs/speed.md describes; not to be edited by hand.
"""


def main() -> int:
    """Fit and write."""
    parser = argparse.ArgumentParser(description="Fit the constants of the speed arithmetic; write speed.yaml.")
    parser.add_argument("silicon", type=Path, help="CSV of server measurements")
    parser.add_argument("measured", type=Path, help="CSV of measurements at home")
    parser.add_argument("--catalog", type=Path, default=Path("catalog"), help="the catalogue's folder")
    given = parser.parse_args()
    fits = server_fits(read_silicon(given.silicon))
    fits += home_fits(read_measured(given.measured), prompt_shares(given.measured, given.catalog))
    fits += judged_fits()
    path = given.catalog / "speed.yaml"
    path.write_text(HEAD + text({"sources": SOURCES, "fits": fits}), encoding="utf-8", newline="\n")
    print(f"{path}: {len(fits)} rows", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
