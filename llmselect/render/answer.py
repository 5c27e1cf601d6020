"""A recommendation as blocks: the answer, its assumptions, the ranking, the reasons, and what was excluded."""

from collections.abc import Iterator, Mapping, Sequence

from llmselect.render.details import details
from llmselect.render.empty import empty, first_names
from llmselect.render.excluded import excluded, nothing_on_machine
from llmselect.render.format.blocks import Block, Column, Heading, Paragraph, Table
from llmselect.render.format.wrap import NO_BREAK
from llmselect.render.phrases import Phrases
from llmselect.render.place import effort_text, host_text
from llmselect.render.why import begin, bills, contributions, first_because, notes, reasons
from llmselect.render.words import decimal, interval, money, number, percent
from llmselect.results.figures import CriterionValue
from llmselect.results.recommendation import DocumentAnswer, Exclusion, Recommendation, RecommendedModel, Unrated, Way

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
    """The answer in reading order; `names` are models' names by id, for models outside the ranking.

    With `explain` or `record`, every row has all its reasons; a decision record has exclusions and details in sections
    of its own.
    """
    known, full = {**(names or {}), **names_of(answer)}, explain or record
    yield from headline_blocks(answer, say)
    if answer.doubts:
        yield Paragraph(" ".join(answer.doubts), say("doubts"))
    yield from first_because(answer, say)
    yield from begin(answer, say)
    if answer.assumed and not record:
        yield Paragraph("; ".join(f"{flag} {text}" for flag, text in answer.assumed.items()), say("assumed"))
    for line in answer.strategy:
        yield Paragraph(line, say("strategy"))
    if answer.ways:
        yield ways_table(answer.ways, say)
    if answer.recommendations:
        yield _ranking(answer, say, full)
        for beside in answer.beside:
            yield _beside(beside.row, say(f"beside_{beside.why}"), say)
        yield from nothing_on_machine(answer, say)
        yield Paragraph(say("legend_whole" if full else "legend", yardstick=answer.yardstick))
        yield contributions(answer, say, full)
        if not full:
            yield from bills(answer, say)
        yield from reasons(answer, say) if full else notes(answer, say)
    else:
        yield from empty(answer, known, say)
    if all_options:
        yield from _every_option(answer, say)
    if not record:
        yield from left_out(answer, say, everything="" if explain else "--explain")
    if explain and not record:
        yield from details(answer, say)
    yield footer(answer, say)


def ways_table(ways: Sequence[Way], say: Phrases) -> Table:
    """The ways to a specific domain, each with its option and its bill."""
    figures = (Column(say("quality"), "right"), Column(say("cost"), "right"))
    columns = (Column(say("way")), Column(say("model")), *figures, Column(say("way.assumed")))
    return Table(columns, tuple(_way_row(way, say) for way in ways), head=1, under=4)


def _way_row(way: Way, say: Phrases) -> tuple[str, ...]:
    bill = way.usd_per_month
    return (
        say(f"way.{way.kind}"),
        f"{way.name}, {way.host}" if way.option else "-",
        f"{number(way.quality_percent)}{NO_BREAK}%" if way.option else "",
        f"{money(bill.value if bill else None)} {say('USD/month')}" if way.option else "",
        way.assumed,
    )


def left_out(answer: Recommendation, say: Phrases, everything: str) -> Iterator[Block]:
    """Unrated, unconfirmed, excluded and unverified options.

    `everything` is the flag that lists all, empty if all are listed.
    """
    if answer.unrated:
        yield Paragraph(_unrated(answer.unrated, say, MAX_UNRATED if everything else None), say("unrated"))
    if answer.to_ask:
        asked = (say("ask_vendor", name=row.name, questions=say.separator.join(row.questions)) for row in answer.to_ask)
        yield Paragraph(say.separator.join(asked), say("to_ask"))
    yield from excluded(answer, say, everything)
    if answer.unverified:
        counts = [say("options", rule=say(f"rule.{each.rule}"), count=each.options) for each in answer.unverified]
        yield Paragraph(", ".join(counts), say("unverified"))


def _unrated(rows: Sequence[Unrated], say: Phrases, limit: int | None) -> str:
    """Models grouped by what they lack, at most `limit` of each group."""
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(row.missing, []).append(row.name)
    parts = [
        f"{missing}{say.colon}{first_names(each, say.comma, say, limit or len(each))}"
        for missing, each in names.items()
    ]
    return say.separator.join(parts)


def footer(answer: Recommendation, say: Phrases) -> Paragraph:
    """The catalogue's date and size, and the day of the request."""
    known = answer.catalog
    return Paragraph(
        say("footer", date=known.date, models=known.models, options=f"{known.options:,}", as_of=answer.as_of)
    )


def headline_blocks(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """The line with the answer; with the policy `document`, the source document's answer comes first."""
    document, first = answer.document, answer.recommendations[0] if answer.recommendations else None
    if document is None:
        yield Paragraph(_best_text(first, say) if first else nothing_text(answer, say), strong=True)
        return
    if answer.requirements.get("policy") != "document":
        yield Paragraph(document_comparison(document, first, say), strong=True)
        if document.gloss:
            yield Paragraph(document.gloss, say("gloss"))
        yield _todays_best(answer, first, say)
        return
    yield Paragraph(document.answer, strong=True)
    if document.gloss:
        yield Paragraph(document.gloss, say("gloss"))
    yield from todays_answer(answer, say)


def todays_answer(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """The document's answer compared with today's best, and today's best."""
    first = answer.recommendations[0] if answer.recommendations else None
    if answer.document is not None:
        yield Paragraph(document_comparison(answer.document, first, say))
    yield _todays_best(answer, first, say)


def _todays_best(answer: Recommendation, first: RecommendedModel | None, say: Phrases) -> Paragraph:
    if first is None:
        return Paragraph(nothing_text(answer, say), say("today"))
    return Paragraph(
        say("choice", name=first.name, where=where(first, say), figures=_figures(first, say)), say("today")
    )


def nothing_text(answer: Recommendation, say: Phrases) -> str:
    """That nothing qualifies, or that nothing of it can be ranked."""
    return say("nothing_rated" if answer.unrated else "nothing")


def _best_text(row: RecommendedModel, say: Phrases) -> str:
    key = "best_narrowly" if row.tied_with_next else "best"
    return say(key, name=row.name, where=where(row, say), figures=_figures(row, say))


def document_comparison(document: DocumentAnswer, first: RecommendedModel | None, say: Phrases) -> str:
    """The document's answer, today's answer, and why they differ."""
    same = first is not None and document.model == first.model and not document.strategy
    reasons = say.separator.join(text.rstrip(".") for text in document.why)
    why = say("remark" if same else "because", why=reasons) if reasons else say("stop")
    if first is None:
        return say("document_none", answer=document.answer) + why
    key = "document_same" if same else "document"
    return say(key, answer=document.answer, name=first.name, where=where(first, say)) + why


def where(row: RecommendedModel, say: Phrases) -> str:
    """The host, or quantisation, runtime and hardware for self-hosting, and the effort if there are several."""
    effort = f"{say.comma}{effort_text(row.effort, say)}" if row.effort else ""
    return _option_text(row, say) + effort


def _option_text(row: RecommendedModel, say: Phrases) -> str:
    if row.deployment != "self-host":
        return f"{host_text(row, say)} ({say(row.deployment)})"
    if row.hardware is None:
        return say("self_unknown", runtime=row.runtime)
    placement = f" ({say(row.placement)})" if row.placement in ("split", "ram", "experts-in-ram") else ""
    hardware = row.hardware.replace(" x ", f"{NO_BREAK}x{NO_BREAK}")
    hardware = f"{say('rented')} {hardware}" if row.rented else hardware
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
    """Quality with its unit, `~` before one that is only expected; `?` if unknown."""
    if value is None or value.value is None:
        return "?"
    return f"{'~' if value.evidence == 'prior' else ''}{number(value.value)}{NO_BREAK}{value.unit}"


def _ranking(answer: Recommendation, say: Phrases, full: bool) -> Table:
    """The ranking table; `full` adds context headroom and intervals."""
    cost = f"short.{_unit(answer.recommendations[0], 'cost')}"
    titles = ("quality", cost, "speed", *(["headroom"] if full else []), "score", "wins")
    figures = (Column(say(title), "right") for title in titles)
    columns = (Column("#", "right"), Column(say("model")), Column(say("where")), *figures)
    return Table(columns, tuple(_ranking_row(row, say, full) for row in answer.recommendations), head=2, under=2)


def _ranking_row(row: RecommendedModel, say: Phrases, full: bool) -> tuple[str, ...]:
    speed = row.speed.decode_tok_s if row.speed else None
    speed_ends = f" ({interval(speed[0], speed[2])})" if speed and full else ""
    score_ends = f" ({decimal(row.score_interval.low)}–{decimal(row.score_interval.high)})" if full else ""
    return (
        str(row.rank),
        row.name + (f"{NO_BREAK}*" if row.pareto else "") + (f"{NO_BREAK}?" if row.unverified else ""),
        where(row, say),
        quality_text(row.criteria.get("quality")),
        money(_value(row, "cost")),
        number(speed[1] if speed else None) + speed_ends,
        *([f"{number(_value(row, 'context'))}{NO_BREAK}x"] if full else []),
        decimal(row.score) + score_ends,
        percent(row.win_share),
    )


def names_of(answer: Recommendation) -> dict[str, str]:
    """The names, by id, of all models in the answer."""
    rows: tuple[Exclusion | Unrated | RecommendedModel, ...]
    rows = (*answer.excluded, *answer.unrated, *answer.recommendations)
    return {row.model: row.name for row in rows}


def _beside(row: RecommendedModel, label: str, say: Phrases) -> Paragraph:
    """A row beside the ranking: its place, and its figures."""
    text = say("choice", name=row.name, where=where(row, say), figures=_figures(row, say))
    notes = "".join(f" {say('warning', text=warning)}{say('stop')}" for warning in row.warnings)
    return Paragraph(say("ranked", rank=row.rank, text=text) + notes, label)


def _every_option(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    rows = []
    for row in answer.recommendations:
        rows.append((row.option, decimal(row.score), f"{money(_value(row, 'cost'))} {say(_unit(row, 'cost'))}"))
        rows += [(o.option, decimal(o.score), f"{money(o.cost)} {say(o.cost_unit)}") for o in row.also_at]
    yield Heading(say("every_option"))
    columns = (Column(say("option")), Column(say("score"), "right"), Column(say("cost"), "right"))
    yield Table(columns, tuple(rows))
