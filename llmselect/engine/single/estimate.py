"""Speed and memory of one model in one placement, with the arithmetic step by step: the table with a single row."""

from __future__ import annotations

from math import isnan

import numpy as np

from llmselect.engine.facts import Facts
from llmselect.engine.machine.artifacts import RELEASED, OwnFacts, artifact_of
from llmselect.engine.machine.own import Own, load_of, own_rows
from llmselect.engine.request import Request
from llmselect.engine.single.estimate_words import FitOrigin, Subject, basis, checks, in_two_memories, notes
from llmselect.engine.single.steps import steps
from llmselect.engine.sources import Origin, citations
from llmselect.estimate.interval import Interval
from llmselect.estimate.intervals import inverse
from llmselect.estimate.memory import PLACEMENTS
from llmselect.estimate.rows import Floats, take
from llmselect.estimate.speed import prefill_tok_s
from llmselect.results.citations import Citation
from llmselect.results.estimate import Estimate, EstimatedMemory, Quantity

UNQUANTIZED_BITS = 16


def estimate_model(facts: Facts, request: Request, model: str, level: str, runtime: str) -> Estimate:
    """What a model of the catalogue does at a level of quantisation in a runtime; both must be known of each other."""
    on_machines, number = facts.on_machines, facts.model_no[model]
    artifact = artifact_of(on_machines, level, runtime)
    own = own_rows(on_machines, facts.models.model, request, np.array([number]), np.array([artifact]))
    weights = facts.record("model", model).get("weights") or {}
    name, file_format = facts.models.name[number], on_machines.artifacts.artifact[artifact]
    released_bits = float(on_machines.released_bits[number])
    if level == RELEASED and released_bits != UNQUANTIZED_BITS:
        file_format = f"as released, {released_bits:g} bits a weight"
    subject = Subject(model, name, weights.get("value") or model, file_format)
    known = "parameters" if own.assumed[0] else "architecture"
    origins = (Origin("model", model, (known,)), Origin("quantization", level, ("artifacts", runtime)))
    return _estimate(facts, own, subject, request, tuple(row for origin in origins for row in citations(facts, origin)))


def estimate_own_model(
    facts: Facts, request: Request, subject: Subject, own_facts: OwnFacts, artifact_no: int, source: Citation
) -> Estimate:
    """What a model does that is not in the catalogue: the only one of `own_facts`; `source` is what tells of it."""
    own = own_rows(own_facts, [subject.model], request, np.array([0]), np.array([artifact_no]))
    format_origin = Origin("quantization", own.level[0], ("artifacts", own.runtime[0]))
    listed = artifact_no < len(facts.on_machines.artifacts.level)
    return _estimate(facts, own, subject, request, (source, *(citations(facts, format_origin) if listed else ())))


def _estimate(facts: Facts, own: Own, subject: Subject, request: Request, sources: tuple[Citation, ...]) -> Estimate:
    """The estimate, with the constants that its speed was computed from and their sources."""
    fit_no, fit, cited = int(own.fit_no[0]), None, list(sources)
    if not request.machine.described:
        cited += citations(facts, Origin("device", request.machine.id))
    if fit_no >= 0:
        number = int(facts.on_machines.constants.fit_no[fit_no])
        where = "SELECT rows, left_out, median_error_percent, note FROM speed_constants WHERE fit_no = ?"
        fit = FitOrigin(*facts.connection.execute(where, (number,)).fetchone())
        rated = own.probe_no[0] < 0 and not isnan(own.speed_inputs.rates.read_gb_s[0])
        cited += citations(facts, Origin("speed_constants", str(number))) if rated else ()
    return estimate(own, subject, request, fit, tuple(dict.fromkeys(cited)))


def estimate(
    own: Own, subject: Subject, request: Request, fit: FitOrigin | None, sources: tuple[Citation, ...]
) -> Estimate:
    """The record of a table's single row with its arithmetic; `fit` is the row's entry in the speed constants."""
    machine, work, speeds = request.machine, request.workload, take(own.speeds, 0)
    evidence = "measured" if speeds.measured else "estimated"
    tok_s = inverse(speeds.tpot_s)
    label = own.label(0, machine)
    return Estimate(
        model=subject.model,
        name=subject.name,
        option=f"{subject.model}@self:{label}",
        runtime=own.runtime[0],
        quantization=own.level[0],
        artifact=subject.artifact,
        placement=PLACEMENTS[own.placement[0]],
        hardware=machine.name,
        devices=machine.count,
        prompt_tokens=work.prompt_tokens,
        output_tokens=work.output_tokens,
        context_tokens=work.context_tokens,
        concurrency=work.concurrency,
        decode_tok_s=_quantity(tok_s, evidence),
        tpot_ms=_quantity(speeds.tpot_s * 1000, evidence),
        prefill_tok_s=_quantity(_prefill_tok_s(own, request), "estimated"),
        ttft_ms=_quantity(speeds.ttft_s * 1000, evidence),
        throughput_tok_s=_quantity(tok_s * work.concurrency, evidence),
        memory=_memory(own),
        fits_with=(),
        steps=steps(own, 0, load_of(request), work.concurrency),
        basis=basis(own, request, fit),
        check=tuple(checks(own, subject, request)),
        notes=tuple(notes(own, request, fit)),
        sources=sources,
    )


def _quantity(interval: Floats, evidence: str) -> Quantity | None:
    found = Interval(*(float(end) for end in interval))
    return None if isnan(found.value) else Quantity(found, evidence)


def _prefill_tok_s(own: Own, request: Request) -> Floats:
    inputs = own.speed_inputs
    if in_two_memories(own) or not np.isfinite(inputs.rates.prefill_tflops[0]):
        return np.full(3, np.nan)
    return prefill_tok_s(inputs.prompt_s, inputs.rates, request.workload.prompt_tokens)[:, 0]


def _memory(own: Own) -> EstimatedMemory:
    return EstimatedMemory(
        weights_gib=float(own.weights_gib[0]),
        kv_cache_gib=float(own.kv_gib[0]),
        overhead_gib=float(own.overhead_gib[0]),
        total_gib=float(own.needed_gib[0]),
        available_gib=float(own.available_gib[0]),
        fits=bool(own.fits[0]),
        evidence="estimated" if own.assumed[0] else "derived",
    )
