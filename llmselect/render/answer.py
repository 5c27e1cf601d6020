"""A recommendation as blocks: the answer first, then what it assumes, the ranking, the reasons, what was left out."""

from collections.abc import Iterator, Mapping, Sequence

from llmselect.render.blocks import Block, Column, Heading, Paragraph, Table
from llmselect.render.details import details
from llmselect.render.empty import empty, some
from llmselect.render.excluded import excluded
from llmselect.render.phrases import Phrases
from llmselect.render.why import begin, bills, contributions, first_because, notes, reasons
from llmselect.render.words import decimal, interval, money, number, percent
from llmselect.render.wrap import NO_BREAK
from llmselect.results.figures import CriterionValue
from llmselect.results.recommendation import DocumentAnswer, Exclusion, Recommendation, RecommendedModel, Unrated

MAX_UNRATED = 8


def recommendation_blocks(
    answer: Recommendation,
    say: Phrases,
    *,
    explain: bool = False,
    all_options: bool = False,
    names: Mapping[str, str] | None = None,
    record: bool = False,
) -> Iterator[Block]:
    """The answer in reading order; `names` are those of models by id, for such as the ranking does not show.

    `explain` and `record` tell every reason of every row; a record tells elsewhere what it left out and the details.
    """
    known, whole = {**(names or {}), **names_of(answer)}, explain or record
    yield from _opening(answer, say)
    yield from first_because(answer, known, say)
    yield from begin(answer, say)
    if answer.assumed and not record:
        yield Paragraph("; ".join(f"{flag} {text}" for flag, text in answer.assumed.items()), say("assumed"))
    for line in answer.strategy:
        yield Paragraph(line, say("strategy"))
    if answer.recommendations:
        yield _ranking(answer, say, whole)
        yield Paragraph(say("legend_whole" if whole else "legend", yardstick=answer.yardstick))
        yield contributions(answer, say, whole)
        yield from _bet(answer, known, say)
        if not whole:
            yield from bills(answer, say)
        yield from reasons(answer, say) if whole else notes(answer, say)
    else:
        yield from empty(answer, known, say)
    if all_options:
        yield from _every_option(answer, say)
    if not record:
        yield from left_out(answer, say, everything="" if explain else "--explain")
    if explain and not record:
        yield from details(answer, say)
    yield footer(answer, say)


def _bet(answer: Recommendation, known: Mapping[str, str], say: Phrases) -> Iterator[Block]:
    """The new model of which more is expected than of the best proven one; it is not ranked."""
    if not answer.provisional or answer.provisional[0].score <= answer.recommendations[0].score:
        return
    row = answer.provisional[0]
    low, middle, high = row.quality
    told = {
        "name": row.name + (f" ({row.effort})" if row.effort else ""),
        "host": row.host,
        "predecessor": known.get(row.predecessor, row.predecessor),
        "successions": row.successions,
        "quality": f"{middle:.0f} % ({low:.0f}-{high:.0f})",
        "score": decimal(row.score),
    }
    yield Paragraph(say("best_bet", **told), say("bet"))


def left_out(answer: Recommendation, say: Phrases, everything: str) -> Iterator[Block]:
    """What is not ranked or not judged; `everything` is the flag that tells all, empty where all is told."""
    if answer.unrated:
        yield Paragraph(_unrated(answer.unrated, say, MAX_UNRATED if everything else None), say("unrated"))
    yield from excluded(answer, say, everything)
    if answer.unverified:
        counts = [say("options", rule=say(f"rule.{each.rule}"), count=each.options) for each in answer.unverified]
        yield Paragraph(", ".join(counts), say("unverified"))


def _unrated(rows: Sequence[Unrated], say: Phrases, most: int | None) -> str:
    """Names by what they lack, at most so many of each."""
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(row.missing, []).append(row.name)
    parts = [f"{missing}{say.colon}{some(each, say.comma, say, most or len(each))}" for missing, each in names.items()]
    return say.separator.join(parts)


def footer(answer: Recommendation, say: Phrases) -> Paragraph:
    """The catalogue that was judged, and the day."""
    known = answer.catalog
    return Paragraph(
        say("footer", date=known.date, models=known.models, options=f"{known.options:,}", as_of=answer.as_of)
    )


def _opening(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """The line that answers. The document's own answer goes before it where the policy says so."""
    document, first = answer.document, answer.recommendations[0] if answer.recommendations else None
    if document is None:
        yield Paragraph(_best(first, say) if first else _nothing(answer, say), strong=True)
        return
    if answer.requirements.get("policy") != "document":
        yield Paragraph(beside_document(document, first, say), strong=True)
        if document.gloss:
            yield Paragraph(document.gloss, say("gloss"))
        yield _now(answer, first, say)
        return
    yield Paragraph(document.answer, strong=True)
    if document.gloss:
        yield Paragraph(document.gloss, say("gloss"))
    yield from today(answer, say)


def today(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """What becomes of the document's answer: the difference and its reasons, then today's best."""
    first = answer.recommendations[0] if answer.recommendations else None
    if answer.document is not None:
        yield Paragraph(beside_document(answer.document, first, say))
    yield _now(answer, first, say)


def _now(answer: Recommendation, first: RecommendedModel | None, say: Phrases) -> Paragraph:
    if first is None:
        return Paragraph(_nothing(answer, say), say("today"))
    return Paragraph(
        say("choice", name=first.name, where=where(first, say), figures=_figures(first, say)), say("today")
    )


def _nothing(answer: Recommendation, say: Phrases) -> str:
    return say("nothing_rated" if answer.unrated else "nothing")


def _best(row: RecommendedModel, say: Phrases) -> str:
    return say("best", name=row.name, where=where(row, say), figures=_figures(row, say))


def beside_document(document: DocumentAnswer, first: RecommendedModel | None, say: Phrases) -> str:
    """What the document would say, the answer today, and why they differ."""
    same = first is not None and document.model == first.model and not document.strategy
    reasons = say.separator.join(text.rstrip(".") for text in document.why)
    why = say("remark" if same else "because", why=reasons) if reasons else say("stop")
    if first is None:
        return say("document_none", answer=document.answer) + why
    key = "document_same" if same else "document"
    return say(key, answer=document.answer, name=first.name, where=where(first, say)) + why


def where(row: RecommendedModel, say: Phrases) -> str:
    """A host, or quantisation, runtime and hardware of one's own, and the effort where it is one of several."""
    effort = say("effort", effort=row.effort) if row.effort else ""
    return _place(row, say) + effort


def _place(row: RecommendedModel, say: Phrases) -> str:
    if row.deployment != "self-host":
        return f"{row.host} ({say(row.deployment)})"
    if row.hardware is None:
        return say("self_unknown", runtime=row.runtime)
    placement = f" ({say(row.placement)})" if row.placement in ("split", "ram", "experts-in-ram") else ""
    hardware = row.hardware.replace(" x ", f"{NO_BREAK}x{NO_BREAK}")
    key = "self_released" if row.quantization == "none" else "self"
    return say(key, level=row.quantization, runtime=row.runtime, hardware=hardware) + placement


def _figures(row: RecommendedModel, say: Phrases) -> str:
    speed = say("speed_known", speed=number(row.speed.decode_tok_s[1])) if row.speed else say("speed_unknown")
    return say(
        "figures",
        quality=quality_text(row.criteria.get("quality")),
        cost=f"{money(_value(row, 'cost'))} {say(_unit(row, 'cost'))}",
        speed=speed,
        score=decimal(row.score),
        wins=percent(row.win_share),
    )


def _value(row: RecommendedModel, name: str) -> float | None:
    return row.criteria[name].value if name in row.criteria else None


def _unit(row: RecommendedModel, name: str) -> str:
    return row.criteria[name].unit if name in row.criteria else ""


def quality_text(value: CriterionValue | None) -> str:
    """Quality with its unit, or a question mark."""
    return f"{number(value.value)}{NO_BREAK}{value.unit}" if value is not None and value.value is not None else "?"


def _ranking(answer: Recommendation, say: Phrases, whole: bool) -> Table:
    """The rows; `whole` adds the room of the context window and the intervals."""
    cost = f"short.{_unit(answer.recommendations[0], 'cost')}"
    titles = ("quality", cost, "speed", *(["headroom"] if whole else []), "score", "wins")
    figures = (Column(say(title), "right") for title in titles)
    columns = (Column("#", "right"), Column(say("model")), Column(say("where")), *figures)
    return Table(columns, tuple(_ranked(row, say, whole) for row in answer.recommendations), head=2, under=2)


def _ranked(row: RecommendedModel, say: Phrases, whole: bool) -> tuple[str, ...]:
    speed = row.speed.decode_tok_s if row.speed else None
    speed_ends = f" ({interval(speed[0], speed[2])})" if speed and whole else ""
    score_ends = f" ({decimal(row.score_interval.low)}–{decimal(row.score_interval.high)})" if whole else ""
    return (
        str(row.rank),
        row.name + (f"{NO_BREAK}*" if row.pareto else "") + (f"{NO_BREAK}?" if row.unverified else ""),
        where(row, say),
        quality_text(row.criteria.get("quality")),
        money(_value(row, "cost")),
        number(speed[1] if speed else None) + speed_ends,
        *([f"{number(_value(row, 'context'))}{NO_BREAK}x"] if whole else []),
        decimal(row.score) + score_ends,
        percent(row.win_share),
    )


def names_of(answer: Recommendation) -> dict[str, str]:
    """A model's name by its id, for all that the answer speaks of."""
    rows: tuple[Exclusion | Unrated | RecommendedModel, ...]
    rows = (*answer.excluded, *answer.unrated, *answer.recommendations)
    return {row.model: row.name for row in rows}


def _every_option(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    rows = []
    for row in answer.recommendations:
        rows.append((row.option, decimal(row.score), f"{money(_value(row, 'cost'))} {say(_unit(row, 'cost'))}"))
        rows += [(o.option, decimal(o.score), f"{money(o.cost)} {say(o.cost_unit)}") for o in row.also_at]
    yield Heading(say("every_option"))
    columns = (Column(say("option")), Column(say("score"), "right"), Column(say("cost"), "right"))
    yield Table(columns, tuple(rows))
