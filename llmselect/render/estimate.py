"""An estimate as blocks and as CSV."""

from collections.abc import Iterator

from llmselect.render.format.blocks import Block, Column, Heading, Items, Paragraph, Table
from llmselect.render.format.csv import Rows, table_csv
from llmselect.render.screen import LINES, WIDTH, Chosen, Note, fitted
from llmselect.render.words import UNKNOWN, interval, number
from llmselect.results.estimate import Estimate, Quantity

SPEEDS = ("decode_tok_s", "tpot_ms", "prefill_tok_s", "ttft_ms", "throughput_tok_s")
SPEEDS_FIRST = ("decode_tok_s", "prefill_tok_s", "ttft_ms", "throughput_tok_s")
MEMORY = ("weights_gib", "kv_cache_gib", "overhead_gib", "total_gib", "available_gib")
WORDS = {
    "decode_tok_s": ("decoding", "tok/s"),
    "tpot_ms": ("time per token", "ms"),
    "prefill_tok_s": ("reading the prompt", "tok/s"),
    "ttft_ms": ("first token", "ms"),
    "throughput_tok_s": ("all requests together", "tok/s"),
}
COLUMNS = (
    "model", "name", "option", "runtime", "quantization", "artifact", "placement", "hardware", "devices",
    "prompt_tokens", "output_tokens", "context_tokens", "concurrency",
    *(f"{name}{part}" for name in SPEEDS for part in ("", "_low", "_high", "_evidence")),
    *MEMORY, "fits", "basis",
)  # fmt: skip


def estimate_csv(answer: Estimate) -> str:
    """One row; column names are stable."""
    return table_csv(*estimate_rows(answer))


def estimate_rows(answer: Estimate) -> Rows:
    """The row of the estimate's CSV."""
    row: dict[str, object] = {name: getattr(answer, name, None) for name in COLUMNS}
    for name in SPEEDS:
        quantity: Quantity | None = getattr(answer, name)
        row[name] = quantity.value if quantity else None
        if quantity:
            row |= {f"{name}_low": quantity.low, f"{name}_high": quantity.high, f"{name}_evidence": quantity.evidence}
    row |= {name: getattr(answer.memory, name) for name in (*MEMORY, "fits")}
    return Rows(COLUMNS, [[row[name] for name in COLUMNS]])


def estimate_screen(answer: Estimate, width: int = WIDTH) -> list[Block]:
    """What matters first, in 24 lines: no speed of what does not fit."""
    notes = [Note("", f"Rests on {answer.basis}.", "its basis"), *(Note("", note, "notes") for note in answer.notes)]
    kept = notes if answer.memory.fits else notes[1:]
    return fitted(lambda chosen: _first_screen(answer, chosen), lambda rows: kept, range(1), LINES, width)


def estimate_blocks(answer: Estimate) -> Iterator[Block]:
    """Figures, memory, steps, commands to check them, and sources."""
    yield Paragraph(_answer(answer), strong=True)
    if answer.fits_with:
        yield Paragraph(", or ".join(answer.fits_with) + ".", label="It fits with")
    yield Paragraph(_request(answer))
    yield _figures(answer, SPEEDS)
    yield _memory(answer)
    if answer.steps:
        yield Heading("How it is reckoned")
        yield _steps(answer)
    yield Paragraph(answer.basis + ".", label="Rests on")
    if answer.notes:
        yield Items(answer.notes)
    yield Heading("Check it")
    yield Items(answer.check, ("$",) * len(answer.check))
    if answer.sources:
        yield Heading("Sources")
        marks = tuple(f"[{index}]" for index in range(1, len(answer.sources) + 1))
        lines = (f"{one.title}{f', {one.locator}' if one.locator else ''}, {one.url}" for one in answer.sources)
        yield Items(tuple(lines), marks)


def _first_screen(answer: Estimate, chosen: Chosen) -> list[Block]:
    blocks: list[Block] = [Paragraph(_answer(answer), strong=True)]
    if answer.fits_with:
        blocks.append(Paragraph(", or ".join(answer.fits_with) + ".", label="It fits with"))
    blocks.append(Paragraph(_request(answer)))
    known = tuple(name for name in SPEEDS_FIRST if getattr(answer, name) is not None)
    if answer.memory.fits and known:
        blocks.append(_figures(answer, known))
    blocks.append(Items((_memory(answer).text, *(note.text for note in chosen.notes))))
    if answer.memory.fits:
        blocks.append(Items(answer.check[:1], ("Check it: $",)))
    hidden = list(dict.fromkeys(note.named for note in chosen.left_out))
    also = f", and {' and '.join(hidden)}" if hidden else ""
    return [*blocks, Paragraph(f"--explain shows the arithmetic, all commands and the sources{also}.")]


def _answer(answer: Estimate) -> str:
    """What does not fit before any speed."""
    where = f"{answer.devices} x {answer.hardware}" if answer.devices > 1 else answer.hardware
    subject, memory, pace = f"{answer.name} ({answer.artifact})", answer.memory, answer.decode_tok_s
    if not memory.fits:
        short = memory.total_gib - memory.available_gib
        sizes = f"{number(memory.total_gib)} GiB needed, {number(memory.available_gib)} usable"
        return f"{subject} does not fit on {where}: {sizes}, {number(short)} too little."
    how = f"{subject} with {answer.runtime} on {where}"
    if answer.placement not in ("gpu", "ram"):
        how += {"split": ", layers split with RAM", "experts-in-ram": ", experts in RAM"}[answer.placement]
    if pace is None:
        return f"{how}: speed unknown"
    return f"{how}: {number(pace.value)} tok/s ({interval(pace.low, pace.high)})"


def _request(answer: Estimate) -> str:
    many = "1 request" if answer.concurrency == 1 else f"{answer.concurrency} requests"
    return (
        f"{many} at a time of {answer.prompt_tokens:,} prompt and {answer.output_tokens:,} output tokens, "
        f"{answer.context_tokens:,} in the context at the end. Intervals hold in nine cases of ten."
    )


def _figures(answer: Estimate, speeds: tuple[str, ...]) -> Table:
    rows = []
    for name in speeds:
        if name == "throughput_tok_s" and answer.concurrency == 1:
            continue
        quantity: Quantity | None = getattr(answer, name)
        title, unit = WORDS[name]
        if quantity is None:
            rows.append((title, UNKNOWN, "", unit, "unknown"))
            continue
        value = "" if _queued(name, answer) else number(quantity.value)
        rows.append((title, value, interval(quantity.low, quantity.high), unit, quantity.evidence))
    right = (Column("value", "right"), Column("90 % interval", "right"))
    return Table((Column("speed"), *right, Column("unit"), Column("evidence")), tuple(rows))


def _queued(name: str, answer: Estimate) -> bool:
    """Whether a figure is shown as an interval only: the time to first token with concurrent requests."""
    return name == "ttft_ms" and answer.concurrency > 1


def _memory(answer: Estimate) -> Paragraph:
    memory = answer.memory
    text = (
        f"{number(memory.weights_gib)} GiB weights + {number(memory.kv_cache_gib)} KV cache + "
        f"{number(memory.overhead_gib)} overhead = {number(memory.total_gib)} of "
        f"{number(memory.available_gib)} GiB usable ({memory.evidence})"
    )
    return Paragraph(text, label="Memory")


def _steps(answer: Estimate) -> Table:
    rows = tuple(
        (step.name, step.arithmetic + (f" ({step.bound} bound)" if step.bound else ""), number(step.value), step.unit)
        for step in answer.steps
    )
    return Table((Column("step"), Column("arithmetic"), Column("takes", "right"), Column("")), rows)
