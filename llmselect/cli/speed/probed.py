"""Runs probes for `probe`, stores their results and makes the report."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.errors import LlmselectError

if TYPE_CHECKING:
    from llmselect.cli.framework.progress import Progress
    from llmselect.probe.outcome import Outcome
    from llmselect.probe.outcome import Progress as Step
    from llmselect.probe.probers import ProbeOptions, Prober
    from llmselect.probe.report import Prediction, ProbeReport, ProbeRun
    from llmselect.render.format.blocks import Block

MIB, GIB = 2**20, 2**30


def probed(asked: "ProbeOptions", names: Sequence[str], keep_contended: bool) -> "ProbeReport":
    """Run the probes of the runtimes that are there, one after the other, and keep what they measured.

    A probe that fails is named and the others go on; the error is raised where none succeeds.
    """
    from llmselect.cli.framework.progress import Progress
    from llmselect.cli.speed.own import note, shown_rates, store
    from llmselect.cli.speed.predictions import predictions
    from llmselect.probe import probers
    from llmselect.probe.report import ProbeReport
    from llmselect.probe.store.speeds import require_writable

    require_writable(store(), note)
    wanted = probers.choose(names, asked.device, probers.PROBERS)
    skipped = [f"{one.name}: {one.install}" for one in probers.PROBERS if one not in wanted and not one.available()]
    with Progress() as progress:
        outcomes = _outcomes(wanted, asked, progress, skipped)
    good = [one for one in outcomes if keep_contended or not _contended(one)]
    path = _kept(good) if good else None
    rates = tuple(row for one in outcomes for row in one.rates)
    return ProbeReport(
        asked.depth,
        tuple(_run(one, one in good) for one in outcomes),
        tuple(map(shown_rates, rates)),
        predictions([row for one in good for row in one.rates]),
        tuple(skipped),
        str(path) if path else None,
    )


def probed_first(given: Mapping[str, Any]) -> dict[str, Any]:
    """Run the quick probe before a recommendation; returns the flags, with the machine at hand among them.

    Raises LlmselectError where other hardware is named.
    """
    from llmselect.cli.speed.own import note
    from llmselect.probe.probers import ProbeOptions

    if given["gpu"] or given["hardware"] not in (None, "auto"):
        message = "--probe measures this machine, and another is named"
        raise LlmselectError("bad-value", message, "Leave one of them out.")
    report = probed(ProbeOptions("quick", "auto", None, None), (), keep_contended=False)
    for run in report.runs:
        note(f"measured {run.build} in {run.seconds:.0f} s" + ("" if run.kept else f": not used, {run.disturbances}"))
    return {**given, "hardware": "auto"}


def _outcomes(
    wanted: "Sequence[Prober]", asked: "ProbeOptions", progress: "Progress", skipped: list[str]
) -> "list[Outcome]":
    from llmselect.probe.jobs import Deadline
    from llmselect.probe.probers import MAX_S

    found: list[Outcome] = []
    error: LlmselectError | None = None
    deadline = Deadline(MAX_S[asked.depth])
    for number, prober in enumerate(wanted):

        def at(step: "Step", number: int = number) -> None:
            progress.at((number + step.share) / len(wanted), step.doing)

        try:
            found.append(prober.run(asked, at, deadline.left_s / (len(wanted) - number)))
        except LlmselectError as caught:
            error = caught
            skipped.append(f"{prober.name}: {caught.message}")
            progress.say(f"{prober.name}: {caught.message}")
    if error is not None and not found:
        raise error
    return found


def _contended(outcome: "Outcome") -> bool:
    return outcome.load is not None and bool(outcome.load.contended)


def _kept(outcomes: "Iterable[Outcome]") -> Path:
    """Stores what probes measured on this machine; returns the file's path."""
    from llmselect.cli.speed.own import note, store
    from llmselect.hardware.detect import detect
    from llmselect.probe.store.rows import Run
    from llmselect.probe.store.speeds import StoredSpeeds, add, today

    machine, day = detect(), today()
    for one in outcomes:
        words = one.load.description() if one.load is not None and one.load.contended else ""
        run = Run("probe", one.runtime, one.build, one.versions, words, one.seconds, day)
        add(store(), StoredSpeeds(machine, one.rates, (), (run,)), note)
    return store()


def _run(outcome: "Outcome", kept: bool) -> "ProbeRun":
    from llmselect.probe.report import ProbeRun

    return ProbeRun(
        runtime=outcome.runtime,
        device=outcome.device,
        build=outcome.build,
        versions=outcome.versions,
        samples=outcome.samples,
        bytes_written=outcome.bytes_written,
        bytes_read_per_step=outcome.bytes_read_per_step,
        cache_bytes=outcome.cache_bytes,
        seconds=outcome.seconds,
        cpu_seconds=outcome.cpu_seconds,
        peak_rss_bytes=outcome.peak_rss_bytes,
        contended=None if outcome.load is None else outcome.load.contended,
        disturbances="" if outcome.load is None else outcome.load.description(),
        left_out=outcome.left_out,
        kept=kept,
    )


def probe_blocks(report: "ProbeReport") -> "Iterator[Block]":
    """The report as blocks: rates, predictions for well-known models, costs of the probe, and the file."""
    from llmselect.render.format.blocks import Column, Heading, Items, Paragraph, Table

    yield Paragraph(_headline(report), strong=True)
    titles = ("runtime", "device", "precision", "reads GB/s", "experts GB/s", "computes TFLOP/s", "step ms", "± decode")
    yield Table(
        tuple(Column(one, "left" if place < 3 else "right") for place, one in enumerate(titles)), _rates(report)
    )
    if report.predictions:
        yield Heading("What it means: predicted speeds on this machine")
        heads = ("model", "runtime", "weights", "tok/s", "TTFT ms of 512 tokens")
        rows = tuple(map(_prediction, report.predictions))
        yield Table(tuple(Column(one, "left" if place < 3 else "right") for place, one in enumerate(heads)), rows)
        yield Paragraph(
            "Each as low – value – high of a 90 % interval; one request at a time, 512 tokens in the context."
        )
    yield Heading("What it took")
    yield Items(tuple(line for run in report.runs for line in _took(run)))
    if report.skipped:
        yield Heading("Not timed")
        yield Items(report.skipped)
    yield Paragraph(_kept_words(report), "Kept")


def _headline(report: "ProbeReport") -> str:
    marks = [run.runtime for run in report.runs if run.contended]
    state = f"; contended, so too slow: {', '.join(marks)}" if marks else ""
    return f"Measured {' and '.join(run.build for run in report.runs)}{state}"


def _rates(report: "ProbeReport") -> tuple[tuple[str, ...], ...]:
    from llmselect.render.words import number

    return tuple(
        (
            row.runtime, row.device, row.precision, number(row.read_gb_s), number(row.expert_read_gb_s),
            number(row.prefill_tflops), number(row.step_overhead_s * 1000), f"x {row.decode_spread:.2f}",
        )
        for row in report.rates
    )  # fmt: skip


def _prediction(row: "Prediction") -> tuple[str, ...]:
    from llmselect.cli.speed.measured import spread_words

    return row.name, row.runtime, row.quantization, spread_words(row.decode_tok_s), spread_words(row.ttft_ms)


def _took(run: "ProbeRun") -> Iterator[str]:
    cache = (
        f" (the processor's cache holds {run.cache_bytes / MIB:,.0f} MiB)" if run.cache_bytes else " (cache unknown)"
    )
    read = f"steps read up to {run.bytes_read_per_step / MIB:,.0f} MiB of weights{cache}"
    written = f"; wrote {run.bytes_written / MIB:,.0f} MiB, removed again" if run.bytes_written else ""
    peak = f", at most {run.peak_rss_bytes / GIB:.1f} GiB of memory" if run.peak_rss_bytes else ""
    time = f"{run.seconds:.1f} s, {run.cpu_seconds:.1f} s of processor time"
    yield f"{run.runtime}: {time}{peak}, {run.samples} timed runs"
    yield f"{run.runtime}: {read}{written}"
    if run.left_out:
        yield f"{run.runtime}: no time was left for {', '.join(run.left_out)}, so the intervals are wider"
    if run.contended:
        yield f"{run.runtime}: contended: {run.disturbances}"
    elif run.contended is None:
        yield f"{run.runtime}: whether something else ran is not known: {run.disturbances or 'nobody looked'}"
    else:
        yield f"{run.runtime}: nothing else of note ran meanwhile"


def _kept_words(report: "ProbeReport") -> str:
    busy = [run.runtime for run in report.runs if not run.kept]
    lost = f"{', '.join(busy)}: not kept, because other work disturbed it; run it again when the machine is quiet, or "
    lost += "add --keep-contended."
    if report.stored_in is None:
        return lost
    return f"in {report.stored_in}, used by --hardware auto." + (f" {lost}" if busy else "")
