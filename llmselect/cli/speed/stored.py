"""`probe --list` and `probe --forget`: lists and deletes stored speeds."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmselect.estimate.own_speeds import Measurement, ProbedRates
    from llmselect.probe.report import StoredFile, StoredMeasurement, StoredReport
    from llmselect.render.format.blocks import Block

LATENCY = "TTFT ms"


def stored(removed: int = 0) -> "StoredReport":
    """All stored speeds as a report."""
    from llmselect.cli.speed.own import note, shown_file, store
    from llmselect.probe.report import StoredReport
    from llmselect.probe.store.speeds import all_stored

    here = _here()
    return StoredReport(tuple(shown_file(one, here) for one in all_stored(store(), note)), removed)


def forgotten(given: Mapping[str, Any]) -> "StoredReport":
    """Remove what flags name of this machine, or of all machines and hosts; says what is left."""
    from llmselect.cli.speed.own import note, store
    from llmselect.hardware.detect import detect
    from llmselect.probe.store.speeds import forget

    narrowed = given["runtime"] or given["model"] or given["quantization"]
    doomed = _doomed(given) if narrowed else None
    machine = None if given["all"] else detect()
    return stored(forget(store(), doomed, note, machine))


def _doomed(given: Mapping[str, Any]) -> "Callable[[ProbedRates | Measurement], bool]":
    """Whether a row is one of those that flags name."""
    from llmselect.catalog.load import load
    from llmselect.catalog.names.quantizations import find_level
    from llmselect.cli.speed.own import named_model
    from llmselect.probe.probers import PROBERS

    runtime_of = {one.name: one.runtime for one in PROBERS}
    runtimes = {runtime_of.get(name, name) for name in given["runtime"] or ()}
    catalog = load() if given["model"] else None
    model = named_model(catalog, given["model"], "--model").id if catalog and given["model"] else None
    level = find_level(given["quantization"]) if given["quantization"] else None

    def doomed(row: "ProbedRates | Measurement") -> bool:
        precision = getattr(row, "precision", None) or getattr(row, "quantization", None)
        return (
            (not runtimes or row.runtime in runtimes)
            and (model is None or getattr(row, "model", None) == model)
            and (level is None or precision == level)
        )

    return doomed


def _here() -> Any:
    """This machine; None if it cannot be detected."""
    from llmselect.errors import LlmselectError
    from llmselect.hardware.detect import detect

    try:
        return detect()
    except LlmselectError:
        return None


def stored_blocks(report: "StoredReport") -> "Iterator[Block]":
    """Each file: its machine, its rates and its measurements."""
    from llmselect.render.format.blocks import Paragraph

    if report.removed:
        yield Paragraph(f"Removed {report.removed} {'row' if report.removed == 1 else 'rows'}.", strong=True)
    if not report.files:
        yield Paragraph("No own speeds are stored. `llmselect probe` measures this machine.")
    for file in report.files:
        yield from file_blocks(file)


def file_blocks(file: "StoredFile") -> "Iterator[Block]":
    """One file of own speeds."""
    from llmselect.render.format.blocks import Column, Heading, Paragraph, Table
    from llmselect.render.words import number

    whose = f"{file.machine}{' (this machine)' if file.this_machine else ''}" if file.machine else "Hosts"
    yield Heading(whose)
    if file.rates:
        titles = ("runtime", "device", "precision", "reads GB/s", "computes TFLOP/s", "build", "measured")
        rates = tuple(
            (
                row.runtime,
                row.device,
                row.precision,
                number(row.read_gb_s),
                number(row.prefill_tflops),
                row.build,
                row.measured_on,
            )
            for row in file.rates
        )
        yield Table(tuple(Column(one) for one in titles), rates)
    if file.measurements:
        heads = ("model", "host", "weights", "prompt", "at once", "tok/s", LATENCY, "from", "measured")
        yield Table(tuple(Column(one) for one in heads), tuple(map(_measurement, file.measurements)))
    yield Paragraph(file.path, "File")


def _measurement(row: "StoredMeasurement") -> tuple[str, ...]:
    from llmselect.cli.speed.measured import spread_words

    runtime = " ".join(filter(None, (row.runtime, row.quantization))) or "-"
    prompt = "-" if row.prompt_tokens is None else f"{row.prompt_tokens:,}"
    speed = row.decode_tok_s if row.decode_tok_s is not None or row.prefill_tok_s is None else row.prefill_tok_s
    words = spread_words(speed) + (" (prompt)" if speed is not None and speed is row.prefill_tok_s else "")
    return (
        row.model, row.host, runtime, prompt, str(row.concurrency), words, spread_words(row.ttft_ms), row.origin,
        row.measured_on,
    )  # fmt: skip
