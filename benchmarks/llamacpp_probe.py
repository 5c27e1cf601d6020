"""The llama.cpp probe's predictions against real llama.cpp on files of real shapes and random weights.

    python benchmarks/llamacpp_probe.py RESULTS.json [--runtime xllamacpp] [--quantization LEVEL] [--rows NAME ...]

First the thorough probe, unless RESULTS.json holds one already; then each row that it does not hold yet, and when all
are there each once more, as the probe times its files in two rounds minutes apart; then the table of all rows. Speeds
are those of the lower quartile of the repeats of both rounds, in the probe and in the rows. "Pace" is how
long a fixed computation took beside a row over what it usually took beside the probe, and the column after it the
error if the row had run at the probe's pace. Give some rows a call to keep calls short. Files of up to 14 GB lie in
the temporary folder, one at a time; the memory must hold them twice.
"""

import argparse
import json
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy

from llmselect.catalog.load import load
from llmselect.estimate.memory import Precision, weight_bytes
from llmselect.estimate.own_speeds import DeviceRates
from llmselect.estimate.parameters import parameter_parts
from llmselect.estimate.rows import take
from llmselect.estimate.runtimes import RUNTIMES
from llmselect.estimate.shapes import known_shape, shapes_of
from llmselect.estimate.work import Work, work_of
from llmselect.probe.drift import Drift, drift_of_repeats
from llmselect.probe.jobs import Deadline, Job, JobRunner
from llmselect.probe.llamacpp.fit import Check, Sample, fit_rates, predicted_s
from llmselect.probe.llamacpp.gguf_files import write_gguf
from llmselect.probe.llamacpp.leftovers import stopped_by_signals
from llmselect.probe.llamacpp.probe_files import ARTIFACTS, ProbeFile
from llmselect.probe.llamacpp.run import physical_cores, probe_llamacpp
from llmselect.probe.llamacpp.runtimes import PROGRAM, Runtime, Xllamacpp, find_runtime
from llmselect.probe.llamacpp.shapes import Decoder
from llmselect.probe.llamacpp.timings import FileTimings, Timing, TimingTask
from llmselect.probe.outcome import Progress

# Real shapes; of Qwen3 30B-A3B a quarter of the layers, so that the file stays small.
MODELS = {
    "TinyLlama 1.1B": Decoder(22, 2048, 5632, 32, 4, 64, 32000),
    "Llama 3.2 3B": Decoder(28, 3072, 8192, 24, 8, 128, 128256, tied_embeddings=True),
    "Llama 2 7B": Decoder(32, 4096, 11008, 32, 32, 128, 32000),
    "Llama 3.1 8B": Decoder(32, 4096, 14336, 32, 8, 128, 128256),
    "Llama 2 13B": Decoder(40, 5120, 13824, 40, 40, 128, 32000),
    "OLMoE 7B-A1B": Decoder(16, 2048, 1024, 16, 16, 128, 50304, False, 64, 8, "olmoe"),
    "Qwen3 30B-A3B, 12 layers": Decoder(12, 2048, 768, 32, 4, 128, 151936, False, 128, 8, "qwen3moe"),
}
WEIGHT_STD = (
    TimingTask(prompt_tokens=128, repeats=3),
    TimingTask(decode_tokens=16, repeats=4),
    TimingTask(decode_tokens=8, depth_tokens=512),
)
LARGE = (TimingTask(prompt_tokens=64, repeats=2), TimingTask(decode_tokens=8, repeats=3))
ROWS = {
    f"{model} {ARTIFACTS[level]}": (model, level, tasks)
    for model, levels, tasks in (
        ("TinyLlama 1.1B", ("none", "q8", "q5", "q4", "q4_0", "q2"), WEIGHT_STD),
        ("Llama 3.2 3B", ("q8", "q6", "q4", "q3"), WEIGHT_STD),
        ("OLMoE 7B-A1B", ("q8", "q4", "q4_0"), WEIGHT_STD),
        ("Qwen3 30B-A3B, 12 layers", ("q4", "q3"), WEIGHT_STD),
        ("Llama 2 7B", ("q4", "q4_0", "none"), LARGE),
        ("Llama 3.1 8B", ("q4",), LARGE),
        ("Llama 2 13B", ("q4_0",), LARGE),
    )
    for level in levels
}
MAX_ROW_S, PATIENCE_S = 400.0, 60.0  # for one row, and of that to wait and to repeat
Q4_0_BITS = (4.5, 4.5, 6.5625)  # of blocks of 32 weights in 18 bytes, the head in Q6_K


class Rival(NamedTuple):
    """A tool that divides a constant of the CPU by the active parameters.

    `constants` are tok/s of one billion active parameters by artifact, `mixture` multiplies them for mixtures.
    """

    name: str
    constants: dict[str, float]
    mixture: float = 1.0

    def tok_s(self, artifact: str, decoder: Decoder) -> float | None:
        """Its tokens per second, None for an artifact that it was not asked about."""
        constant = self.constants.get(artifact)
        factor = self.mixture if decoder.experts else 1.0
        return constant and constant * factor / (parameter_parts(decoder).active / 1e9)


# What the three tools said of seven models on a virtual machine of two cores is within 1 % these constants (llmfit's
# within 10 % for mixtures, whose active parameters it counts otherwise).
RIVALS = (
    Rival("llmfit", {"F16": 12.6, "Q8_0": 16.8, "Q4_0": 24.1, "Q4_K_M": 24.1}),
    Rival("whichllm", {"F16": 16.0, "Q8_0": 18.0, "Q4_0": 21.2, "Q4_K_M": 22.0}),
    Rival("llm-checker", {"F16": 70.0, "Q8_0": 56.0, "Q4_0": 70.0, "Q4_K_M": 80.3}, mixture=2.35),
)


def bits_of(level: str) -> tuple[float, float, float]:
    """Bits per weight of layers, embedding and head as the catalogue has them."""
    if level == "q4_0":
        return Q4_0_BITS
    artifact = load().quantizations.quantizations[level].artifacts["llama.cpp"]
    return artifact.bits_per_weight, artifact.embedding_bits, artifact.head_bits


def model_work(model: str, level: str) -> Work:
    """What a token takes, by the model's architecture and the catalogue's bits: single numbers."""
    shapes, runtime = shapes_of([known_shape(MODELS[model])]), RUNTIMES["llama.cpp"]
    weights = weight_bytes(shapes, Precision(*(numpy.array([part]) for part in bits_of(level))))
    return take(work_of(shapes, weights, runtime.last_token_alone, runtime.chunk_tokens), 0)


def measure(name: str, runtime: Runtime) -> dict[str, Any]:
    """Write a row's file, time it, again if others disturbed it, and delete it."""
    model, level, tasks = ROWS[name]
    with stopped_by_signals(), tempfile.TemporaryDirectory(prefix="llmselect-benchmark-") as folder:
        path = Path(folder) / "model.gguf"
        size = write_gguf(path, MODELS[model], ARTIFACTS[level])
        runner = JobRunner[FileTimings](Deadline(MAX_ROW_S), PATIENCE_S, say)
        (done,) = runner.run_all([Job(name, 1.0, True, partial(runtime.time, path, tasks, physical_cores()))])
    words = done.load.description()
    print(f"{name}: {size / 1e9:.1f} GB; {words or 'nothing else ran'}", file=sys.stderr, flush=True)
    return {"bytes": size, "build": done.result.build, "disturbed": words, "timings": done.result.timings}


def in_two_rounds(first: dict[str, Any] | None, row: dict[str, Any]) -> dict[str, Any]:
    """A row with the repeats of both rounds; what one round alone gave where it is the first."""
    if first is None:
        return {**row, "rounds": 1}
    both = [
        [*one[:3], [*one[3], *two[3]], [*one[4], *two[4]]]
        for one, two in zip(first["timings"], row["timings"], strict=True)
    ]
    return {**first, "timings": both, "rounds": 2, "disturbed": first["disturbed"] or row["disturbed"]}


def say(progress: Progress) -> None:
    """Where a probe or a row stands."""
    print(f"{progress.share:4.0%} {progress.doing}", file=sys.stderr, flush=True)


def probe(runtime: Runtime, level: str | None) -> dict[str, Any]:
    """The thorough probe's timings and cost."""
    found = probe_llamacpp("thorough", level, None, say, runtime)
    outcome = found.outcome
    disturbed = outcome.load.description() if outcome.load else ""
    print(f"{outcome.seconds:.0f} s; {disturbed or 'nothing else ran'}; left out: {outcome.left_out}", file=sys.stderr)
    samples = [[s.probe_file.level, s.probe_file.role, s.probe_file.decoder, s.timed.timings] for s in found.samples]
    return {"outcome": outcome._replace(rates=(), load=None), "samples": samples}


def probed_rates(found: dict[str, Any]) -> tuple[dict[str, DeviceRates], tuple[Check, ...], Drift]:
    """The rates from the timings that a results file keeps, and how the pace moved these."""
    samples = []
    for level, role, decoder, timings in found["probe"]["samples"]:
        kept = tuple(map(kept_timing, timings))
        samples.append(Sample(ProbeFile(role, level, Decoder(*decoder), ()), FileTimings(kept, "", "cpu")))
    return *fit_rates(samples), drift_of_repeats(
        [timing.repeats for sample in samples for timing in sample.timed.timings]
    )


def kept_timing(raw: list[Any]) -> Timing:
    """A timing as a results file keeps it."""
    return Timing(*raw[:3], *map(tuple, raw[3:]))


def table(found: dict[str, Any]) -> None:
    """Prints predicted beside measured, and the errors by kind."""
    all_rates, checks, drift = probed_rates(found)
    print(drift)
    for level, rates in all_rates.items():
        print(level, {name: float(f"{value:.3g}") for name, value in rates._asdict().items() if name != "evidence"})
    for kind in ("prompt", "decode"):
        sizes = [100 * abs(check.error) for check in checks if getattr(check.timing, f"{kind}_tokens")]
        print(f"held-out probe files, {kind}: {len(sizes)}, median {median(sizes):.1f} %, worst {max(sizes):.1f} %")
    errors: dict[str, list[float]] = {}
    inside: dict[str, list[bool]] = {}
    heads = " | ".join(rival.name for rival in RIVALS)
    print(f"\n| file | what | measured tok/s | predicted | error % | pace | at the probe's pace | {heads} |")
    print("|---|---|---:|---:|---:|---:|---:|" + "---:|" * len(RIVALS))
    for name, row in found["rows"].items():
        model, level, _ = ROWS[name]
        rates, work = all_rates[level], model_work(model, level)
        theirs = [(rival.name, rival.tok_s(ARTIFACTS[level], MODELS[model])) for rival in RIVALS]
        for raw in row["timings"]:
            timing = kept_timing(raw)
            pace = median(timing.paces) / drift.typical_pace_s if timing.paces and drift.typical_pace_s else 1.0
            tokens = timing.prompt_tokens or 1
            measured, predicted = tokens / timing.typical_s, tokens / predicted_s(work, timing, rates)
            kind = f"decode at {timing.depth_tokens}" if timing.decode_tokens else "prefill"
            error = 100 * (predicted / measured - 1)
            same = 100 * (predicted * timing.at_typical_pace(drift).typical_s / tokens - 1)
            errors.setdefault(f"{kind}, at the probe's pace", []).append(same)
            errors.setdefault(f"{kind}, median repeats", []).append(100 * (predicted * timing.median_s / tokens - 1))
            spread = rates.decode_spread if timing.decode_tokens else rates.prefill_spread
            errors.setdefault(kind, []).append(error)
            inside.setdefault(kind, []).append(1 / spread <= predicted / measured <= spread)
            said = [f"{value:.1f}" if value and kind == "decode at 0" else "" for _, value in theirs]
            for rival, value in theirs:
                if value and kind == "decode at 0":
                    errors.setdefault(rival, []).append(100 * (value / measured - 1))
            cells = f"{measured:.2f} | {predicted:.2f} | {error:+.1f} | {pace:.2f} | {same:+.1f}"
            print(f"| {name} | {kind} | {cells} | {' | '.join(said)} |")
    print()
    for kind, values in errors.items():
        sizes = sorted(map(abs, values))
        within = f", {sum(inside[kind])} of {len(sizes)} inside the 90 % interval" if kind in inside else ""
        print(f"{kind}: {len(sizes)} rows, median {median(sizes):.1f} %, worst {sizes[-1]:.1f} %{within}")


def main() -> None:
    """Probe, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--runtime", choices=(PROGRAM, "xllamacpp"))
    parser.add_argument("--quantization", choices=list(ARTIFACTS), help="probe and measure this level alone")
    parser.add_argument("--rows", nargs="*", default=list(ROWS), choices=list(ROWS), metavar="NAME")
    arguments = parser.parse_args()
    runtime = Xllamacpp() if arguments.runtime == "xllamacpp" else find_runtime()
    found = json.loads(arguments.results.read_text()) if arguments.results.exists() else {"rows": {}}
    steps = [] if "probe" in found else ["probe"]
    wanted = [name for name in arguments.rows if arguments.quantization in (None, ROWS[name][1])]
    done = {name: row.get("rounds", 1) for name, row in found["rows"].items()}
    steps += [name for number in (1, 2) for name in wanted if done.get(name, 0) < number]
    for name in steps:
        if name == "probe":
            found["probe"] = probe(runtime, arguments.quantization)
        else:
            found["rows"][name] = in_two_rounds(found["rows"].get(name), measure(name, runtime))
        arguments.results.write_text(json.dumps(found))
        found = json.loads(arguments.results.read_text())
    table(found)


if __name__ == "__main__":
    main()
