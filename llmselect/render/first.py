"""The first screen of a recommendation, in 24 lines of 80 columns: what to choose, why, how to begin, what else."""

from collections.abc import Iterator, Mapping, Sequence

from llmselect.render.answer import headline_blocks, names_of, quality_text, ways_table
from llmselect.render.empty import empty
from llmselect.render.excluded import nothing_on_machine
from llmselect.render.format.blocks import Block, Column, Items, Paragraph, Table
from llmselect.render.format.wrap import NO_BREAK, size
from llmselect.render.phrases import Phrases, join
from llmselect.render.why import first_lead, start_text
from llmselect.render.words import money, shortened
from llmselect.results.recommendation import Recommendation, RecommendedModel

MODEL_WIDTH, WHERE_WIDTH = 23, 18
MAX_ROWS = 5
MAX_ROWS_BESIDE_WAYS = 3
MAX_NOTES = 2
# What the answer assumes and a first look must show; --explain has the rest.
ASSUMED = (
    "--requests-per-month",
    "--prompt-tokens",
    "--output-tokens",
    "--cached-share",
    "--compute",
    "--gpu",
    "--task",
)


def first_screen(answer: Recommendation, say: Phrases, names: Mapping[str, str] | None = None) -> Iterator[Block]:
    """The answer in reading order; `names` are models' names by id."""
    rows = answer.recommendations
    if not rows:
        yield from _nothing(answer, {**(names or {}), **names_of(answer)}, say)
        return
    first = rows[0]
    if answer.document is not None:
        yield from headline_blocks(answer, say)
    else:
        yield Paragraph(f"{first.name} {place(first, say)}", strong=True)
    yield Paragraph(_figures(answer, first, say))
    yield _labelled([*_before(answer, first, say), *_why(answer, say), *_start(first, say)], say)
    if answer.ways:
        yield ways_table(answer.ways, say)
    yield _table(answer, say)
    yield from nothing_on_machine(answer, say)
    yield _labelled([*_after(answer, say), *_assumed(answer, say), _more(answer, say)], say)


def _labelled(rows: Sequence[tuple[str, str]], say: Phrases) -> Items:
    """Texts after labels of one width; those of one label stand together."""
    together: dict[str, list[str]] = {}
    for label, text in rows:
        together.setdefault(say(label), []).append(text)
    wide = max(map(size, together))
    marks = tuple(label + NO_BREAK * (wide - size(label) + 1) for label in together)
    return Items(tuple(" ".join(texts) for texts in together.values()), marks)


def place(row: RecommendedModel, say: Phrases) -> str:
    """Where a row runs, behind its model's name: `at deepinfra, high effort`, `on your RTX 3090 (q5, llama.cpp)`."""
    effort = say("effort", effort=row.effort) if row.effort else ""
    if row.deployment != "self-host":
        return say("place_host", host=_host(row)) + effort
    if row.hardware is None:
        return say("place_self", runtime=row.runtime) + effort
    level = say("as_released") if row.quantization == "none" else row.quantization
    hardware = row.hardware.removeprefix("1 x ").replace(" x ", f"{NO_BREAK}x{NO_BREAK}")
    return say("place_machine", hardware=hardware, level=level, runtime=row.runtime) + effort


def _host(row: RecommendedModel) -> str:
    """The host, and the region where the offering is one of a region."""
    behind = row.option.partition("@")[2].partition("/")[2].partition("/")[0].partition(":")[0]
    return f"{row.host} {behind}" if behind.isupper() and behind.isalpha() else row.host


def _short_place(row: RecommendedModel, say: Phrases) -> str:
    where = _host(row)
    if row.deployment == "self-host":
        where = say("place_here", level=say("as_released") if row.quantization == "none" else row.quantization)
    return f"{where}, {row.effort}" if row.effort else where


def _figures(answer: Recommendation, row: RecommendedModel, say: Phrases) -> str:
    """Quality, waiting and money in one line."""
    speed, cost = row.speed, row.cost.usd_per_month if row.cost else None
    parts = [say("screen.quality", quality=quality_text(row.criteria.get("quality")))]
    if speed and speed.first_answer_token_ms and speed.answer_s:
        first, whole = seconds(speed.first_answer_token_ms.value / 1000), seconds(speed.answer_s.value)
        parts.append(say("screen.waiting", first=first, answer=whole))
    elif speed:
        parts.append(say("screen.pace", pace=f"{speed.decode_tok_s.value:.0f}"))
    else:
        parts.append(say("screen.no_speed"))
    bill = money(cost.value) if cost else say("not_known")
    parts.append(say("screen.money", usd=bill, requests=f"{answer.requests_per_month:,}"))
    return " · ".join(parts)


def seconds(value: float) -> str:
    """A time as people say it: 0.4 s, 12 s, 3 min."""
    if value < 9.95:
        return f"{value:.1f}{NO_BREAK}s"
    return f"{value:.0f}{NO_BREAK}s" if value < 120 else f"{value / 60:.0f}{NO_BREAK}min"


def _before(answer: Recommendation, first: RecommendedModel, say: Phrases) -> Iterator[tuple[str, str]]:
    """What to know before any figure: what could not be judged, and what speaks against the first row."""
    yield from (("doubts", text) for text in answer.doubts[:MAX_NOTES])
    yield from (("screen.note", text) for text in first.warnings[:MAX_NOTES])


def _why(answer: Recommendation, say: Phrases) -> Iterator[tuple[str, str]]:
    yield "why", first_lead(answer, say)
    yield from (("strategy", line) for line in answer.strategy[:1])


def _start(first: RecommendedModel, say: Phrases) -> Iterator[tuple[str, str]]:
    if first.start is not None:
        yield "start", start_text(first.start, say)


def _table(answer: Recommendation, say: Phrases) -> Table:
    """The first rows, and what stands beside them at its own rank."""
    beside = [one.row for one in answer.beside]
    most = len(answer.recommendations) if len(answer.recommendations) > MAX_ROWS else MAX_ROWS - len(beside)
    shown = [*answer.recommendations[: MAX_ROWS_BESIDE_WAYS if answer.ways else most], *beside]
    titles = ("quality", "screen.first_word", "screen.answer", "screen.month")
    columns = (
        Column("#", "right"),
        Column(say("model")),
        Column(say("where")),
        *(Column(say(t), "right") for t in titles),
    )
    return Table(columns, tuple(_row(row, say) for row in shown), head=2)


def _row(row: RecommendedModel, say: Phrases) -> tuple[str, ...]:
    speed, cost = row.speed, row.cost.usd_per_month if row.cost else None
    first, whole = (speed.first_answer_token_ms, speed.answer_s) if speed else (None, None)
    return (
        str(row.rank),
        shortened(row.name, MODEL_WIDTH),
        shortened(_short_place(row, say), WHERE_WIDTH),
        quality_text(row.criteria.get("quality")),
        seconds(first.value / 1000) if first else "–",
        seconds(whole.value) if whole else "–",
        money(cost.value) if cost else "–",
    )


def _after(answer: Recommendation, say: Phrases) -> Iterator[tuple[str, str]]:
    """Which of the rows are a close call, and which lead in what a better and cheaper one below lacks."""
    rows = answer.recommendations[:MAX_ROWS]
    tied = [1 + number for number, row in enumerate(rows[:-1]) if row.tied_with_next]
    if tied:
        ranks = sorted({rank for one in tied for rank in (one, one + 1)})
        yield "screen.note", say("screen.close", ranks=join(map(str, ranks), say))
    leads: dict[str, list[str]] = {}
    for row in rows:
        if row.leads_in:
            leads.setdefault(say("leads_in", criteria=join(map(say, row.leads_in), say)), []).append(str(row.rank))
    yield from (("screen.note", f"{join(ranks, say)}{say.colon}{text}.") for text, ranks in leads.items())


def _assumed(answer: Recommendation, say: Phrases) -> Iterator[tuple[str, str]]:
    found = [f"{flag} {answer.assumed[flag]}" for flag in ASSUMED if flag in answer.assumed]
    if found:
        yield "assumed", say.separator.join(found)


def _more(answer: Recommendation, say: Phrases) -> tuple[str, str]:
    ranked = {row.model for row in answer.recommendations}
    left_out = {row.model for row in answer.excluded} - ranked
    return "screen.more", say("screen.rest", excluded=len(left_out), unrated=len(answer.unrated))


def _nothing(answer: Recommendation, known: Mapping[str, str], say: Phrases) -> Iterator[Block]:
    """What binds, and what would let something through."""
    yield from headline_blocks(answer, say)
    yield from empty(answer, known, say, most=MAX_ROWS)
    yield _labelled([*_assumed(answer, say), _more(answer, say)], say)
