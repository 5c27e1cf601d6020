"""`probe --import`: results of other programs as own measurements."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.errors import LlmselectError, fold

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog
    from llmselect.estimate.own_speeds import Measurement
    from llmselect.hardware.detect import Detected
    from llmselect.probe.report import ImportReport
    from llmselect.probe.results.row import ResultRow
    from llmselect.render.format.blocks import Block

SELF = "self"
MAX_REASONS = 3  # that an error names
MAX_LINES = 20  # of what is left out, in a text


def imported(given: Mapping[str, Any]) -> "ImportReport":
    """A file's results stored as measurements of catalogue models; what cannot be used is left out with its reason.

    Raises LlmselectError where nothing can be used.
    """
    from llmselect.catalog.load import load
    from llmselect.cli.speed.own import note, shown_measurement, store
    from llmselect.cli.speed.target import chosen_host
    from llmselect.hardware.detect import detect
    from llmselect.probe.report import ImportReport
    from llmselect.probe.results.read import read_results
    from llmselect.probe.store.rows import Run
    from llmselect.probe.store.speeds import StoredSpeeds, add, today

    path = Path(given["import_"])
    catalog = load()
    host = chosen_host(given["host"], catalog) or SELF
    results = read_results(path)
    machine = detect() if host == SELF else None
    found, unusable = _measurements(results.rows, given, catalog, host, machine, f"{results.program} {path.name}")
    left_out = tuple(dict.fromkeys((*results.left_out, *unusable)))
    if not found:
        raise LlmselectError("bad-file", f"{path}: {'; '.join(left_out[:MAX_REASONS])}", "Nothing was stored.")
    run = Run("import", found[0].runtime or "", results.program, {}, "", 0.0, today())
    add(store(), StoredSpeeds(machine, (), found, (run,)), note)
    shown = tuple(map(shown_measurement, found))
    return ImportReport(str(path), results.program, shown, left_out, str(store()))


def _measurements(
    rows: "list[ResultRow]",
    given: Mapping[str, Any],
    catalog: "Catalog",
    host: str,
    machine: "Detected | None",
    origin: str,
) -> "tuple[tuple[Measurement, ...], list[str]]":
    """Rows as measurements, and why others are left out.

    Raises the LlmselectError of a model that is not told exactly where that leaves nothing.
    """
    from llmselect.catalog.names.quantizations import find_level
    from llmselect.catalog.names.runtimes import find_runtime
    from llmselect.probe.store.rows import measurement_fault

    flag = find_runtime(given["runtime"][0]) if given["runtime"] else None
    asked = find_level(given["quantization"]) if given["quantization"] else None
    found: list[Measurement] = []
    left_out: list[str] = []
    unnamed: LlmselectError | None = None
    for row in rows:
        runtime = flag or row.runtime
        level = asked or _level_of(row.artifact, runtime, catalog)
        reason = _untold(row, runtime, level, host) or _unfit(row, host, machine, given["this_machine"])
        if not reason:
            try:
                one = _measurement(row, given, catalog, host, runtime, level, origin)
            except LlmselectError as error:
                unnamed, reason = unnamed or error, error.message
            else:
                reason = measurement_fault(one) or ""
        if reason:
            left_out.append(reason)
        else:
            found.append(one)
    if unnamed is not None and not found:
        raise unnamed
    return tuple(found), left_out


def _level_of(artifact: str | None, runtime: str | None, catalog: "Catalog") -> str | None:
    """The quantisation level with exactly this artifact, since speeds of other artifacts would be wrong."""
    for level, row in catalog.quantizations.quantizations.items():
        kinds = {level, *(one.name for maker, one in row.artifacts.items() if runtime in (None, maker))}
        if artifact is not None and artifact.lower() in map(str.lower, kinds):
            return level
    return None


def _measurement(
    row: "ResultRow",
    given: Mapping[str, Any],
    catalog: "Catalog",
    host: str,
    runtime: str | None,
    level: str | None,
    origin: str,
) -> "Measurement":
    """A row as a measurement; raises LlmselectError if its model is ambiguous."""
    from llmselect.cli.speed.own import named_model
    from llmselect.estimate.own_speeds import Measurement
    from llmselect.probe.store.speeds import today

    model = named_model(catalog, given["model"] or _name(row), "--model").id
    return Measurement(
        model, host, runtime if host == SELF else None, level if host == SELF else None,
        row.prompt_tokens, row.depth_tokens, row.concurrency, row.decode_tok_s, row.prefill_tok_s, row.ttft_ms,
        row.measured_on or today(), origin,
    )  # fmt: skip


def _name(row: "ResultRow") -> str:
    if not row.name:
        raise LlmselectError("missing-flag", "the file does not say which model it is about", "Name it with --model.")
    return row.name


def _untold(row: "ResultRow", runtime: str | None, level: str | None, host: str) -> str:
    """What is missing to identify a self-hosted option; empty if nothing is."""
    if host != SELF:
        return ""
    if runtime is None:
        return "which runtime served it is not told; add --runtime"
    if level is None and row.artifact:
        return f"{row.artifact} is no kind of weights of the catalogue; name the nearest level with --quantization"
    if level is None:
        return "how its weights are quantized is not told; add --quantization (none: as released)"
    return ""


def _unfit(row: "ResultRow", host: str, machine: "Detected | None", trusted: bool) -> str:
    """Why a row does not apply to this host or this machine; empty if it does."""
    if row.host and row.host != host:
        return f"it was measured at {row.host}; add --host {row.host}"
    if machine is None or trusted:
        return ""
    if row.cpu and fold(row.cpu) != fold(machine.cpu):
        return f"it ran on {row.cpu}, this machine has {machine.cpu}; add --this-machine if it is the same"
    if row.on_gpu is False and machine.gpus:
        return "it ran on the processor, and this machine's models run on its GPU"
    return ""


def import_blocks(report: "ImportReport") -> "Iterator[Block]":
    """The imported measurements and the skipped rows."""
    from llmselect.cli.speed.measured import spread_words
    from llmselect.render.format.blocks import Column, Items, Paragraph, Table

    count = len(report.measurements)
    yield Paragraph(f"Added {count} {'measurement' if count == 1 else 'measurements'} of {report.program}", strong=True)
    titles = ("model", "runtime", "weights", "prompt", "depth", "at once", "tok/s", "prompt tok/s", "TTFT ms")
    rows = tuple(
        (
            *(row.model, row.runtime or "-", row.quantization or "-", str(row.prompt_tokens or "-")),
            *(str(row.depth_tokens), str(row.concurrency)),
            *map(spread_words, (row.decode_tok_s, row.prefill_tok_s, row.ttft_ms)),
        )
        for row in report.measurements
    )
    yield Table(tuple(Column(one) for one in titles), rows)
    if report.left_out:
        more = len(report.left_out) - MAX_LINES
        lines = [f"left out: {reason}" for reason in report.left_out[:MAX_LINES]]
        yield Items((*lines, *([f"and {more} more, which --json names"] if more > 0 else ())))
    yield Paragraph(f"in {report.stored_in}.", "Kept")
