"""The first screen of a recommendation, in 24 lines of 80 columns: what to choose, why, how to begin, what else."""

from collections.abc import Iterator, Mapping, Sequence

from llmselect.render.answer import names_of, quality_text
from llmselect.render.excluded import nearest_on_machine, reasons_text
from llmselect.render.first_empty import empty_screen
from llmselect.render.first_notes import assumed, cautions, document_notes, more, ranks_text
from llmselect.render.first_tables import ranking, shown_rows, ways_table
from llmselect.render.format.blocks import Block, Paragraph
from llmselect.render.phrases import Phrases, join
from llmselect.render.place import place
from llmselect.render.screen import LINES, WIDTH, Chosen, Note, fitted, labelled
from llmselect.render.why import first_lead, start_text
from llmselect.render.words import money, seconds
from llmselect.results.figures import Cost
from llmselect.results.recommendation import Recommendation, RecommendedModel

MAX_ROWS, MIN_ROWS = 5, 2
MAX_LEADS = 2
RENT = ("--compute", "--gpu")  # whichever assumption names the machine that is rented
ABOVE = ("screen.caution", "why", "strategy", "start", "screen.document", "screen.since")
BELOW = ("screen.note", "assumed")


def first_screen(
    answer: Recommendation, say: Phrases, names: Mapping[str, str] | None = None, width: int = WIDTH
) -> list[Block]:
    """The answer in reading order; `names` are models' names by id.

    More rows than MAX_ROWS were asked for: they are all shown, below as many lines as there are with MAX_ROWS.
    """
    if not answer.recommendations:
        return empty_screen(answer, {**(names or {}), **names_of(answer)}, say, width)
    ranked, beside = len(answer.recommendations), len(answer.beside)
    most = ranked + beside if ranked > MAX_ROWS else min(MAX_ROWS, ranked + beside)
    least = most if ranked > MAX_ROWS else min(MIN_ROWS + bool(beside), most)
    return fitted(
        lambda chosen: _blocks(answer, chosen, say, width),
        lambda rows: list(_notes(answer, rows, say)),
        range(most, least - 1, -1),
        LINES + max(0, most - MAX_ROWS),
        width,
    )


def _blocks(answer: Recommendation, chosen: Chosen, say: Phrases, width: int) -> list[Block]:
    above, below = chosen.of(ABOVE), chosen.of(BELOW)
    blocks = [*_headline(answer, say), Paragraph(_figures(answer, say)), *([labelled(above, say)] if above else [])]
    if answer.ways:
        blocks.append(ways_table(answer.ways, say, width))
    blocks.append(ranking(shown_rows(answer, chosen.rows), say, width))
    hidden = len(answer.recommendations) + len(answer.beside) - chosen.rows
    return [*blocks, labelled([*below, more(answer, chosen, hidden, say)], say)]


def _headline(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """The first choice and its end; after the source document's own answer where its policy is asked for."""
    first, document = answer.recommendations[0], answer.document
    text = f"{first.name} {place(first, say)}{_end(first, say)}"
    if document is None or answer.requirements.get("policy") != "document":
        yield Paragraph(text, strong=True)
        return
    yield Paragraph(document.answer + (f" ({document.gloss})" if document.gloss else ""), strong=True)
    yield Paragraph(text, say("today"))


def _end(row: RecommendedModel, say: Phrases) -> str:
    """When an offering ends, and what follows it."""
    if row.ends is None:
        return ""
    ends = say("screen.ends", host=row.host, date=row.ends, days=row.ends_in_days)
    return say("screen.ends_then", ends=ends, successor=row.successor) if row.successor else ends


def _figures(answer: Recommendation, say: Phrases) -> str:
    """Quality, waiting and money of the first in one line."""
    row = answer.recommendations[0]
    speed = row.speed
    parts = [say("screen.quality", quality=quality_text(row.criteria.get("quality")))]
    if speed and speed.first_answer_token_ms and speed.answer_s:
        first, whole = seconds(speed.first_answer_token_ms.value / 1000), seconds(speed.answer_s.value)
        parts.append(say("screen.waiting", first=first, answer=whole))
    elif speed:
        parts.append(say("screen.pace", pace=f"{speed.decode_tok_s.value:.0f}"))
    else:
        parts.append(say("screen.no_speed"))
    return " · ".join([*parts, _bill(answer, row.cost, say)])


def _bill(answer: Recommendation, cost: Cost | None, say: Phrases) -> str:
    """What a month costs, and how many machines it takes if several."""
    if cost is None or cost.usd_per_month is None:
        return say("screen.no_price")
    bill = say("screen.money", usd=money(cost.usd_per_month.value), requests=f"{answer.requests_per_month:,}")
    several = cost.machines is not None and cost.machines > 1
    return f"{bill} {say('machines', count=cost.machines)}" if several else bill


def _notes(answer: Recommendation, rows: int, say: Phrases) -> Iterator[Note]:
    """What to say beside so many rows, the most important first."""
    shown = shown_rows(answer, rows)
    first = answer.recommendations[0]
    yield Note("why", first_lead(answer, say, MAX_LEADS), "behind.why")
    if first.start is not None:
        yield Note("start", start_text(first.start, say), "behind.start")
    ends = [say("screen.ends_on", rank=row.rank, date=row.ends) for row in shown[1:] if row.ends is not None]
    if ends:
        yield Note("screen.note", say("screen.ending", ends=join(ends, say)), "behind.ends")
    assumptions = assumed(answer)
    rented = [flag for flag in RENT if flag in assumptions and any(row.rented for row in shown)]
    yield from (Note("assumed", assumptions.pop(flag), "behind.rented") for flag in rented)
    nearest = nearest_on_machine(answer)
    if nearest is not None:
        text = say("screen.nothing_here", name=nearest.name, why=reasons_text(nearest, say))
        yield Note("screen.note", text, "behind.machine")
    close = close_calls(shown[: len(shown) - len(answer.beside)])
    texts = [say("screen.close", ranks=ranks_text(ranks, say)) for ranks in close if ranks != [1, 2]]  # why says that
    if texts:
        yield Note("screen.note", " ".join(texts), "behind.close")
    yield from cautions(answer, first)
    yield from document_notes(answer, say)
    yield from (Note("strategy", line, "behind.strategy", 3) for line in answer.strategy)
    yield from (Note("assumed", text, "behind.assumed", 4) for text in assumptions.values())
    behind = [row for row in shown if row.leads_in]
    if behind:
        criteria = dict.fromkeys(say(name) for row in behind for name in row.leads_in)
        ranks = ranks_text([row.rank for row in behind], say)
        yield Note("screen.note", say("screen.leads", ranks=ranks, criteria=join(criteria, say)), "behind.leads", 5)


def close_calls(rows: Sequence[RecommendedModel]) -> list[list[int]]:
    """The ranks of rows that follow one another, of which none beats the next but by chance."""
    groups: list[list[int]] = [[]]
    for row in rows:
        groups[-1].append(row.rank)
        if not row.tied_with_next:
            groups.append([])
    return [ranks for ranks in groups if len(ranks) > 1]
