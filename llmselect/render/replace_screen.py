"""The first screen of a replacement, in 24 lines of 80 columns: when it ends, what follows it, what changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from llmselect.render.empty import empty
from llmselect.render.first_notes import ASSUMED
from llmselect.render.format.blocks import Block, Column, Items, Paragraph, Table
from llmselect.render.format.wrap import NO_BREAK, size
from llmselect.render.phrases import Phrases
from llmselect.render.place import place
from llmselect.render.replace import headline, implied_flags, mark_of
from llmselect.render.words import UNKNOWN, money, number, seconds, shortened
from llmselect.results.replacement import Candidate, Life, OldModel, Replacement

MAX_ENDS = 2
MAX_ROWS = 5  # the old model's not among them
MAX_NOTES = 1
MODEL_WIDTH, WHERE_WIDTH = 19, 16


def replacement_screen(answer: Replacement, say: Phrases, names: Mapping[str, str]) -> Iterator[Block]:
    """The answer in reading order; `names` are all models' names by id."""
    yield Paragraph(headline(answer, say, _last_of_hosts(answer), MAX_ENDS), strong=True)
    if not answer.rows:
        yield Paragraph(say("nothing"))
        nearest = answer.recommendation.relaxations[:MAX_ROWS]
        yield from empty(replace(answer.recommendation, relaxations=nearest), names, say)
        yield _labelled([*_terms(answer, say), *_more(answer, say)], say)
        return
    yield _labelled([*_vendor(answer, say), *_take(answer, say)], say)
    yield _table(answer, say)
    yield _labelled([*_notes(answer, say), *_terms(answer, say), *_more(answer, say)], say)


def _last_of_hosts(answer: Replacement) -> list[Life]:
    """The last end at each host, with what that host names; that where it was used first."""
    found: dict[str, Life] = {}
    for life in sorted((life for life in answer.lives if life.ends), key=lambda life: str(life.ends)):
        known = found.get(life.host)
        found[life.host] = life if known is None or life.replacement else replace(life, replacement=known.replacement)
    used = answer.old.host if answer.old else ""
    return sorted(found.values(), key=lambda life: (life.host != used, str(life.ends)))


def _labelled(rows: Sequence[tuple[str, str]], say: Phrases) -> Items:
    """Texts after labels of one width; those of one label stand together."""
    together: dict[str, list[str]] = {}
    for label, text in rows:
        together.setdefault(say(label), []).append(text)
    wide = max(map(size, together), default=0)
    marks = tuple(label + NO_BREAK * (wide - size(label) + 1) for label in together)
    return Items(tuple(" ".join(texts) for texts in together.values()), marks)


def _vendor(answer: Replacement, say: Phrases) -> Iterator[tuple[str, str]]:
    """What the developer offers in its place, with how far that is from the old model where it is not near."""
    found = [_offer(one, say) for one in answer.vendor]
    if not found and answer.old is not None:
        found = [say("replace.no_vendor" if answer.old.usd_per_month else "replace.no_bill")]
    if found:
        yield "replace.vendor", say.separator.join(found) + say("stop")


def _offer(one: Candidate, say: Phrases) -> str:
    key = "replace.nearest" if one.why == "developer" and not one.near else f"replace.{one.why}"
    return say(key, name=one.recommendation.name, host=one.named_by) + ("" if one.near else _distance(one, say))


def _distance(candidate: Candidate, say: Phrases) -> str:
    """By what a candidate is not near the old model: its bill, or its quality."""
    if candidate.cost_ratio is not None and candidate.cost_ratio > 1:
        return say("replace.times", ratio=f"{candidate.cost_ratio:.2g}")
    if candidate.quality_points is not None:
        return say("replace.points", points=f"{candidate.quality_points:+.1f}")
    return ""


def _take(answer: Replacement, say: Phrases) -> Iterator[tuple[str, str]]:
    """What the developer offers near the old model, for it changes least, where its quality is known; else the best."""
    near = [one for one in answer.vendor if one.near and one.recommendation.criteria["quality"].value is not None]
    if near:
        key, chosen = "replace.take_vendor", near[0]
    elif answer.candidates:
        kept = answer.near is not None and answer.near.widened == 1
        key, chosen = "replace.take_field" if kept else "replace.take_any", answer.candidates[0]
    else:
        return
    row = chosen.recommendation
    yield "replace.take", say(key, name=row.name, where=place(row, say))


def _table(answer: Replacement, say: Phrases) -> Table:
    """The old model, then what may follow it, with the figures that change."""
    titles = ("quality", "screen.month", "replace.bill", "replace.window")
    figures = (Column(say(title), "right") for title in titles)
    columns = (Column("", "right"), Column(say("model")), Column(say("where")), *figures)
    rows = [_row(mark, one) for mark, one in _marked(answer, say)]
    old = [] if answer.old is None else [_old_row(answer, answer.old, say)]
    return Table(columns, (*old, *rows), head=2)


def _marked(answer: Replacement, say: Phrases) -> list[tuple[str, Candidate]]:
    """The rows that are shown, each with its mark."""
    return [(mark_of(one, say), one) for one in answer.rows[:MAX_ROWS]]


def _old_row(answer: Replacement, old: OldModel, say: Phrases) -> tuple[str, ...]:
    return (
        say("replace.old" if old.model == answer.model else "replace.like"),
        shortened(old.name, MODEL_WIDTH),
        shortened(f"{old.host}, {old.effort}" if old.effort else old.host, WHERE_WIDTH),
        _percent(old.quality.value if old.quality else None),
        money(old.usd_per_month),
        "",
        _tokens(old.context_tokens),
    )


def _row(mark: str, one: Candidate) -> tuple[str, ...]:
    row = one.recommendation
    where = f"{row.host}, {row.effort}" if row.effort else row.host
    quality = row.criteria.get("quality")
    cost = row.cost.usd_per_month.value if row.cost and row.cost.usd_per_month else None
    return (
        mark,
        shortened(row.name, MODEL_WIDTH),
        shortened(where, WHERE_WIDTH),
        _percent(quality.value if quality else None, sure=row.proven),
        money(cost),
        UNKNOWN if one.cost_ratio is None else f"{one.cost_ratio:.2g}x",
        _tokens(one.context_tokens),
    )


def _percent(value: float | None, sure: bool = True) -> str:
    """A quality; one that is only expected with a tilde."""
    return UNKNOWN if value is None else f"{'' if sure else '~'}{value:.1f}{NO_BREAK}%"


def _tokens(count: int | None) -> str:
    """Tokens of a window as people say them: 8k, 128k, 1M."""
    if count is None:
        return UNKNOWN
    return f"{count / 1e6:.2g}M" if count >= 1e6 else f"{count / 1000:.0f}k"


def _notes(answer: Replacement, say: Phrases) -> Iterator[tuple[str, str]]:
    """What a look at the figures does not show: capabilities that are lost, ends, what nobody has scored."""
    found: dict[tuple[str, str], dict[str, None]] = {}  # the marks of each note, once and in order
    for rank, one in _marked(answer, say):
        mark = rank if one.why == "field" else one.recommendation.name
        if not one.recommendation.proven:
            found.setdefault(("replace.unscored", ""), {})[mark] = None
        if one.ends:
            found.setdefault(("replace.ends", one.ends), {})[mark] = None
        if one.lost:
            found.setdefault(("replace.lacks", say.comma.join(one.lost)), {})[mark] = None
    for (key, text), marks in list(found.items())[:MAX_NOTES]:
        yield "screen.note", say(key, ranks=say.comma.join(marks), date=text, names=text) + say("stop")


def _terms(answer: Replacement, say: Phrases) -> Iterator[tuple[str, str]]:
    """What was asked of a successor: the tier, what the old model's facts imply, and what the user did not say."""
    yield from (("screen.note", text) for text in answer.recommendation.doubts[:1])
    yield "replace.tier", _tier(answer, say)
    if asked := implied_flags(answer, short=True):
        yield "implied", say.separator.join(asked)
    if found := list(_assumed(answer.recommendation.assumed, say)):
        yield "assumed", say.separator.join(found)


def _assumed(assumed: Mapping[str, str], say: Phrases) -> Iterator[str]:
    """The workload in few words, and what else a first look must show."""
    prompt, output = assumed.get("--prompt-tokens"), assumed.get("--output-tokens")
    for flag in ("--task", *(flag for flag in ASSUMED if flag != "--task")):
        if flag not in assumed or (flag == "--output-tokens" and prompt):
            continue
        if flag == "--prompt-tokens" and output:
            yield say("replace.tokens", prompt=prompt, output=output)
        else:
            yield f"{flag} {assumed[flag].partition(', ')[0]}"  # without the reason that may follow


def _tier(answer: Replacement, say: Phrases) -> str:
    near, old = answer.near, answer.old
    if old is None:
        return say("replace.no_tier", name=answer.name)
    judged = [say("replace.stand_in", name=old.name)] if old.model != answer.model else []
    if near is None:
        return say.separator.join(judged) or "-"
    wider = [say("replace.wider")] if near.widened > 1 else []
    limits = []
    if near.least_quality_percent is not None:
        limits.append(say("replace.quality", percent=f"{near.least_quality_percent:.1f}"))
    if near.most_usd_per_month is not None:
        times = number(near.most_usd_per_month / old.usd_per_month) if old.usd_per_month else UNKNOWN
        bill, dated = say("replace.money", usd=money(near.most_usd_per_month), times=times), old.as_of
        limits.append(bill if dated == answer.recommendation.as_of else say("replace.then", text=bill, day=dated))
    if near.most_answer_s is not None:
        limits.append(say("replace.wait", wait=seconds(near.most_answer_s)))
    if not limits:
        return say.separator.join([*wider, *judged] if wider else [say("replace.no_figures", name=old.name), *judged])
    return say.separator.join([*limits, *judged, *wider])


def _more(answer: Replacement, say: Phrases) -> Iterator[tuple[str, str]]:
    found = answer.recommendation
    ranked = {row.model for row in found.recommendations}
    left_out = {row.model for row in found.excluded} - ranked
    yield "screen.more", say("replace.rest", excluded=len(left_out), unrated=len(found.unrated))
