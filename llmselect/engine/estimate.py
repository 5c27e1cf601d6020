"""Speed and memory of one model in one placement, with the arithmetic step by step."""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf
from typing import TYPE_CHECKING

from llmselect.engine.cite import Ref, ref
from llmselect.engine.options import Option, local_option, option_work
from llmselect.engine.rates import Basis, basis, system_rates
from llmselect.engine.situation import Situation
from llmselect.engine.speeds import SpeedFigures, load_of, speed_of, split_parts
from llmselect.engine.steps import decode_steps, request_steps, split_steps
from llmselect.estimate.interval import Interval
from llmselect.estimate.speed import prefill_interval
from llmselect.results.citations import Citation
from llmselect.results.estimate import Estimate, EstimatedMemory, Quantity, Step

if TYPE_CHECKING:
    from llmselect.catalog.schema import Artifact, Model

SPLIT = ("split", "experts-in-ram")


def estimate(model: Model, level: str, runtime: str, artifact: Artifact, situation: Situation) -> Estimate:
    """What a model at a level of quantisation does on the situation's machine, and how that is reckoned."""
    option = local_option(model, level, runtime, artifact, situation)
    plan, work = option.plan, situation.workload
    assert plan is not None
    figures, ground = speed_of(option, situation), basis(option, situation)
    pace = figures.tpot_s if figures else None
    evidence = figures.evidence if figures else "unknown"
    return Estimate(
        model=model.id,
        name=model.name,
        option=option.id,
        runtime=runtime,
        quantization=level,
        artifact=artifact.name,
        placement=plan.placement,
        hardware=situation.machine.name,
        devices=situation.machine.count,
        prompt_tokens=work.prompt_tokens,
        output_tokens=work.output_tokens,
        context_tokens=work.context_tokens,
        concurrency=work.concurrency,
        decode_tok_s=_quantity(pace.inverse() if pace else None, evidence),
        tpot_ms=_quantity(pace.scaled(1000) if pace else None, evidence),
        prefill_tok_s=_quantity(_prefill_tok_s(option, situation, ground), "estimated"),
        ttft_ms=_quantity(figures.ttft_s.scaled(1000) if figures and figures.ttft_s else None, evidence),
        throughput_tok_s=_quantity(pace.inverse().scaled(work.concurrency) if pace else None, evidence),
        memory=_memory(option),
        steps=tuple(_steps(option, situation, ground)),
        basis=_basis(ground, figures),
        check=tuple(_checks(option, situation)),
        notes=tuple(_notes(option, situation, figures, ground)),
        sources=_sources(option, situation, ground),
    )


def _quantity(interval: Interval | None, evidence: str) -> Quantity | None:
    return Quantity(interval, evidence) if interval else None


def _prefill_tok_s(option: Option, situation: Situation, ground: Basis | None) -> Interval | None:
    if ground is None or isinf(ground.rates.prefill_tflops) or (option.plan and option.plan.placement in SPLIT):
        return None
    load = load_of(situation, 1)
    work = option_work(option, situation)
    alone = prefill_interval(work, ground.rates, load.prompt_tokens, load.cached_tokens, ground.parallel)
    return alone.inverse().scaled(load.prompt_tokens)


def _memory(option: Option) -> EstimatedMemory:
    plan = option.plan
    assert plan is not None
    evidence = "estimated" if plan.estimated else "derived"
    parts = plan.weights_gib, plan.kv_gib, plan.overhead_gib
    return EstimatedMemory(*parts, plan.needed_gib, plan.available_gib, plan.fits, evidence)


def _steps(option: Option, situation: Situation, ground: Basis | None) -> Iterator[Step]:
    if ground is None or option.plan is None:
        return
    load, work = load_of(situation, situation.workload.concurrency), option_work(option, situation)
    if option.plan.placement not in SPLIT:
        yield from decode_steps(work, ground.rates, load, ground.parallel)
        yield from request_steps(work, ground.rates, load, ground.parallel)
        return
    system = system_rates(option, situation)
    if system is not None:
        parts = split_parts(option, work, ground.rates, system, load, ground.parallel)
        yield from split_steps(*parts, option.plan.device_weight_share)


def _basis(ground: Basis | None, figures: SpeedFigures | None) -> str:
    """In words, what the rates rest on."""
    if figures is not None and figures.evidence == "measured":
        return "measured on this machine; the steps are the estimate beside it"
    if ground is None:
        return "nothing: no rate is known of this runtime on this device"
    if ground.probe is not None:
        probe = ground.probe
        return f"a probe of this machine on {probe.measured_on} ({probe.build}, {probe.precision})"
    fit = ground.fit
    if fit is None or fit.rows is None:
        return "a judgement: no measurement stands behind these constants"
    error = f", median error {fit.median_error:.0f} %" if fit.median_error is not None else ""
    return f"constants fitted to {fit.rows} measurements, a {fit.left_out} left out at a time{error}"


def _checks(option: Option, situation: Situation) -> Iterator[str]:
    """Commands that measure what was estimated."""
    work, machine, model = situation.workload, situation.machine, option.model
    weights = model.weights.value if model.weights is not None and model.weights.value else model.id
    depth = round(load_of(situation, 1).depth_tokens)
    if option.runtime == "llama.cpp":
        layers = "0" if machine.kind == "cpu" else "99"
        yield f"llama-bench -m MODEL.gguf -ngl {layers} -p {work.prompt_tokens} -n 64 -d 0,{depth}"
        return
    if option.runtime == "vllm":
        quantized = " --quantization fp8" if option.quantization == "q8" else ""
        yield f"vllm serve {weights} --tensor-parallel-size {machine.count}{quantized}"
        yield (
            f"vllm bench serve --model {weights} --random-input-len {work.prompt_tokens} "
            f"--random-output-len {work.output_tokens} --max-concurrency {work.concurrency} "
            f"--num-prompts {max(20, 5 * work.concurrency)}"
        )
        return
    yield f"transformers serve {weights}"
    yield f"llmselect measure --base-url http://localhost:8000/v1 --model {weights}"


def _notes(option: Option, situation: Situation, figures: SpeedFigures | None, ground: Basis | None) -> Iterator[str]:
    plan, machine = option.plan, situation.machine
    assert plan is not None
    if not plan.fits:
        yield f"It does not fit: {plan.needed_gib:.1f} GiB needed, {plan.available_gib:.1f} GiB usable."
    if plan.estimated:
        yield "No architecture is known: layers, width and cache are those of a usual model of this size."
    if figures is None and machine.bandwidth_gb_s is None:
        yield "The memory bandwidth is not known, so speed is not either: add --bandwidth."
    elif figures is None and plan.placement in SPLIT:
        yield "How fast the RAM is read is not known, so the speed is not either."
    if figures is not None and figures.unverified:
        yield "Nobody has measured this placement over two memories: its speed is unverified, its interval widened."
    if figures is not None and figures.ttft_s is None and not figures.unverified:
        yield "The device's rate of arithmetic is not known, so the time to the first token is not either."
    if situation.workload.concurrency > 1 and figures is not None and figures.ttft_s is not None:
        yield "The wait for the first token depends on who else asks when: take its interval, not its middle."
    if ground is not None and ground.fit is not None and ground.fit.note is not None and ground.probe is None:
        yield f"Of the constants: {ground.fit.note}."


def _sources(option: Option, situation: Situation, ground: Basis | None) -> tuple[Citation, ...]:
    """Where the shape, the artifact's bits, the device's peaks and the constants come from."""
    catalog, model = situation.catalog, option.model
    level = catalog.quantizations.quantizations.get(option.quantization or "")
    artifact = level.artifacts.get(option.runtime) if level and option.runtime else None  # type: ignore[call-overload]
    found = [
        ref(model, model.architecture or model.parameters),
        Ref(catalog.quantizations, artifact.source if artifact else ()),
        Ref(catalog.hardware, situation.machine.sources),
    ]
    if ground is not None and ground.fit is not None and ground.probe is None:
        found.append(Ref(catalog.speed, ground.fit.source))
    return tuple(dict.fromkeys(citation for one in found for citation in one.citations()))
