"""What an estimate says in words: what it rests on, what to mind, and how to measure the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan

from llmselect.engine.machine.own import Own, load_of
from llmselect.engine.request import Request
from llmselect.estimate.memory import EXPERTS_IN_RAM, SPLIT
from llmselect.estimate.rows import take


@dataclass(frozen=True, slots=True)
class Subject:
    """What is estimated: a model, the repository of its weights (else its id), and the name of their file format."""

    model: str
    name: str
    weights: str
    artifact: str


@dataclass(frozen=True, slots=True)
class FitOrigin:
    """How a row of the speed constants was found: fitted to so many measurements, of which some were left out at a
    time (such as one model's), and what those were missed by, in percent; None where no measurement stands behind it.
    """

    rows: int | None
    left_out: str | None
    median_error_percent: float | None
    note: str | None


def in_two_memories(own: Own) -> bool:
    """Whether the single row lies partly in RAM beside a device."""
    return bool(own.placement[0] in (SPLIT, EXPERTS_IN_RAM))


def basis(own: Own, request: Request, fit: FitOrigin | None) -> str:
    """In words, what the rates rest on."""
    if own.speeds.measured[0]:
        return "measured on this machine; the steps are the estimate beside it"
    if own.probe_no[0] >= 0:
        probe = request.machine.own_speeds.rates[own.probe_no[0]]
        return f"a probe of this machine on {probe.measured_on} ({probe.build}, {probe.precision})"
    if isnan(own.speed_inputs.rates.read_gb_s[0]):
        return "nothing: no rate is known of this runtime on this device"
    if fit is None or fit.rows is None:
        return "a judgement: no measurement stands behind these constants"
    error = f", median error {fit.median_error_percent:.0f} %" if fit.median_error_percent is not None else ""
    return f"constants fitted to {fit.rows} measurements, a {fit.left_out} left out at a time{error}"


def checks(own: Own, subject: Subject, request: Request) -> Iterator[str]:
    """Commands that measure what was estimated."""
    work, machine, runtime = request.workload, request.machine, own.runtime[0]
    if runtime == "llama.cpp":
        layers, depth = "0" if machine.kind == "cpu" else "99", round(load_of(request).depth_tokens)
        yield f"llama-bench -m MODEL.gguf -ngl {layers} -p {work.prompt_tokens} -n 64 -d 0,{depth}"
        return
    if runtime == "vllm":
        quantized = " --quantization fp8" if own.level[0] == "q8" else ""
        yield f"vllm serve {subject.weights} --tensor-parallel-size {machine.count}{quantized}"
        yield (
            f"vllm bench serve --model {subject.weights} --random-input-len {work.prompt_tokens} "
            f"--random-output-len {work.output_tokens} --max-concurrency {work.concurrency} "
            f"--num-prompts {max(20, 5 * work.concurrency)}"
        )
        return
    yield f"transformers serve {subject.weights}"
    yield f"llmselect measure --base-url http://localhost:8000/v1 --model {subject.weights}"


def notes(own: Own, request: Request, fit: FitOrigin | None) -> Iterator[str]:
    """What to know before acting on it."""
    speeds, unverified = take(own.speeds, 0), bool(own.speeds.unverified[0])
    known, first_known = not isnan(speeds.tpot_s[1]), not isnan(speeds.ttft_s[1])
    if own.assumed[0]:
        yield "The catalogue lacks its architecture: layers, width and cache are those of a usual model of this size."
    if not known and request.machine.bandwidth_gb_s is None:
        yield "The memory bandwidth is not known, so speed is not either: add --bandwidth."
    elif not known and in_two_memories(own):
        yield "How fast the RAM is read is not known, so the speed is not either."
    if unverified:
        yield "Nobody has measured this placement over two memories: its speed is unverified, its interval widened."
    if known and not first_known and not unverified:
        yield "The device's rate of arithmetic is not known, so the time to the first token is not either."
    if request.workload.concurrency > 1 and first_known:
        yield "The wait for the first token depends on who else asks when: take its interval, not its middle."
    rated = own.probe_no[0] < 0 and not isnan(own.speed_inputs.rates.read_gb_s[0])
    if rated and fit is not None and fit.note is not None:
        yield f"Of the constants: {fit.note}."
