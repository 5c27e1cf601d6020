"""Why the first model ranks first, what would change that, and the figures behind every row."""

from collections.abc import Iterator, Sequence

from llmselect.render.format.blocks import Bars, Block, Heading, Items, Paragraph
from llmselect.render.format.wrap import NO_BREAK
from llmselect.render.phrases import Phrases, join
from llmselect.render.words import decimal, money, number, seconds
from llmselect.results.figures import Cost, CriterionValue, Start
from llmselect.results.recommendation import Flip, Recommendation, RecommendedModel

MAX_CONTRIBUTIONS = 3
MAX_LEADS = 3
MAX_SERIES = 4
MIN_DIFFERENCE = 0.005  # smaller differences of contributions would print as 0.00


def first_because(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """Where the first leads the second and is behind, or that it is a close call, and what would put another first."""
    rows = answer.recommendations
    if not rows:
        return
    if rows[0].gap_to_next is None:
        yield Paragraph(first_lead(answer, say), say("why"))
        return
    flips = [_flip(flip, say) for flip in answer.flips] or [say("flip_none")]
    yield Paragraph(" ".join((first_lead(answer, say), *flips)), say("why"))


def first_lead(answer: Recommendation, say: Phrases, most: int = MAX_LEADS) -> str:
    """What puts the first before the second, in at most so many criteria each, or that it is the only one."""
    first, others = answer.recommendations[0], answer.recommendations[1:]
    if first.gap_to_next is None:
        return say("why_only_aimed" if answer.beside else "why_only", first=first.name)
    return _beside(first, others[0], say, most) if others else say("why_gap", gap=f"{first.gap_to_next:.3f}")


def _beside(first: RecommendedModel, second: RecommendedModel, say: Phrases, most: int) -> str:
    """What speaks for each of the first two, with both figures."""
    ahead, behind = _ahead(first, second, most), _ahead(second, first, most)
    if not first.tied_with_next:
        clear = [name for name in behind if _gap(second, first, name) >= MIN_DIFFERENCE]
        lead, lag = _figures(ahead, first, second, say), _figures(clear, first, second, say)
        if not lead:
            return say("why_gap", gap=f"{first.gap_to_next:.3f}")
        return say("why_leads_behind" if lag else "why_leads", first=first.name, second=second.name, lead=lead, lag=lag)
    lead, lag = _figures(ahead[:1], first, second, say), _figures(behind[:1], second, first, say)
    key = "why_close" if lead and lag else "why_close_lead" if lead else "why_close_level"
    return say(key, first=first.name, second=second.name, lead=lead, lag=lag)


def _ahead(one: RecommendedModel, other: RecommendedModel, most: int) -> list[str]:
    """The criteria in which a row is ahead of another, what counts most first, where something is known of either."""
    names = [name for name in one.criteria if name in other.criteria and _gap(one, other, name) > 0]
    known = [name for name in names if _known(one.criteria[name]) or _known(other.criteria[name])]
    return sorted(known, key=lambda name: -_gap(one, other, name))[:most]


def _gap(one: RecommendedModel, other: RecommendedModel, name: str) -> float:
    return one.criteria[name].contribution - other.criteria[name].contribution


def _figures(names: Sequence[str], one: RecommendedModel, other: RecommendedModel, say: Phrases) -> str:
    """Criteria with the values of two rows."""
    pairs = ((name, one.criteria[name], other.criteria[name]) for name in names)
    return join((_pair("lead_by", name, a.unit, _stated(a), _stated(b), say) for name, a, b in pairs), say)


def _stated(value: CriterionValue) -> float | None:
    """A value, and not what is usual for things like it."""
    return None if value.evidence == "prior" else value.value


def _known(value: CriterionValue) -> bool:
    return _stated(value) is not None


def _flip(flip: Flip, say: Phrases) -> str:
    """A change of one weight in a user's words, with the figures of the winner and of the first."""
    values = [_pair("instead", row.criterion, row.unit, row.other, row.first, say) for row in flip.differences]
    where = flip.name if flip.host == "self" else say("at_host", name=flip.name, host=flip.host)
    if_ = say("flip_if", criterion=say(flip.criterion), factor=say(f"factor.{flip.factor:.2g}"))
    return f"{if_}{say.colon}{say.comma.join((where, *values))}{say('stop')}"


def _pair(key: str, name: str, unit: str, one: float | None, other: float | None, say: Phrases) -> str:
    """Two values of a criterion in a phrase; only its name where they have no unit that says something to people."""
    if name == "cost":
        usd = (money(each) if each is not None else say("not_known") for each in (one, other))
        return say(f"{key}_cost", **dict(zip(("value", "other"), usd, strict=True)), unit=say(unit))
    if key == "lead_by" and unit not in ("%", "s"):
        return say(name)
    value, beside = (_shown(each, unit) if each is not None else say("not_known") for each in (one, other))
    return say(key, criterion=say(name), value=value, other=beside)


def _shown(value: float, unit: str) -> str:
    if unit == "s":
        return seconds(value)
    return number(value) + (f"{NO_BREAK}%" if unit == "%" else "")


def contributions(answer: Recommendation, say: Phrases, full: bool) -> Bars:
    """A chart of the scores' parts, for the first two models, or the first MAX_SERIES if `full`."""
    rows = answer.recommendations[: MAX_SERIES if full else 2]
    weighed = (name for name, value in rows[0].criteria.items() if value.weight > 0)
    lines = tuple((say(name), tuple(row.criteria[name].contribution for row in rows)) for name in weighed)
    return Bars(say("contributions"), tuple(f"{row.rank}. {row.name}" for row in rows), lines)


def reasons(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """For each row, the largest parts of its score, its cost, its other options and warnings."""
    rows = answer.recommendations
    yield Heading(say("rows"))
    yield Items(tuple(_reason(row, say) for row in rows), tuple(f"{row.rank}." for row in rows))


def begin(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """How to start with the first model: what to type or ask for, and the source."""
    start = answer.recommendations[0].start if answer.recommendations else None
    if start is None:
        return
    yield Paragraph(f"{start_text(start, say)} ({', '.join(row.url for row in start.sources[:1])})", say("start"))


def start_text(start: Start, say: Phrases) -> str:
    """What to type or to ask for, and how much there is to download."""
    text = say(f"start_{start.kind}", text=start.text, host=start.host or "")
    if start.download_gib is not None:
        text += say.separator + say("download", gib=f"{start.download_gib:.1f}")
    if start.gated is not None:
        text += say.separator + say("gated" if start.gated else "not_gated")
    return text


def bills(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """For each row its bill, the evidence for it, and the day of its price."""
    rows = [row for row in answer.recommendations if row.cost is not None]
    if rows:
        yield Heading(say("costs"))
        texts = tuple(cost_text(row.cost, say) for row in rows if row.cost is not None)
        yield Items(texts, tuple(f"{row.rank}." for row in rows))


def notes(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """Warnings and unverified facts without duplicates, each after the ranks that it concerns."""
    found: dict[str, list[str]] = {}
    for row in answer.recommendations:
        unverified = (say("unverified_row", text=text) for text in row.unverified)
        for text in (*row.warnings, *unverified, *_leads(row, say)):
            found.setdefault(text, []).append(f"{row.rank}")
    if found:
        yield Heading(say("notes"))
        yield Items(tuple(f"{join(ranks, say)}{say.colon}{text}" for text, ranks in found.items()))


def _leads(row: RecommendedModel, say: Phrases) -> list[str]:
    """Why a row stands above one that is better and costs less."""
    return [say("leads_in", criteria=join(map(say, row.leads_in), say))] if row.leads_in else []


def _reason(row: RecommendedModel, say: Phrases) -> str:
    strongest = sorted(row.criteria.items(), key=lambda item: -item[1].contribution)[:MAX_CONTRIBUTIONS]
    found = [f"{say(name)} {decimal(value.contribution)}" for name, value in strongest if value.contribution > 0]
    parts = [f"{row.name}{say.colon}{say('of_score', parts=join(found, say), score=decimal(row.score))}"]
    if row.cost is not None:
        parts.append(cost_text(row.cost, say))
    if row.gap_to_next is not None:
        parts.append(say("ahead", gap=f"{row.gap_to_next:.3f}"))
    if row.also_at:
        others = (
            option.quantization if option.host == "self" and option.quantization else option.host
            for option in row.also_at
        )
        parts.append(say("also", options=", ".join(dict.fromkeys(others))))
    parts += [say("warning", text=text) for text in (*row.warnings, *_leads(row, say))]
    if row.unverified:
        parts.append(say("unverified_row", text=", ".join(row.unverified)))
    return say.separator.join(parts)


def cost_text(cost: Cost, say: Phrases) -> str:
    """The bill per month and per 1,000 requests, the evidence for it, and the day of its price."""
    month, each = cost.usd_per_month, cost.usd_per_1k_requests
    parts = [
        f"{money(month[1])} {say('USD/month')}" if month else "",
        f"{money(each[1])} {say('USD/1k requests')}" if each else "",
    ]
    text = say("bill", bill=say.comma.join(part for part in parts if part), evidence=cost.evidence)
    if cost.machines is not None and cost.machines > 1:
        text += say.comma + say("machines", count=cost.machines)
    return text + (say.comma + say("price_of", date=cost.price_as_of) if cost.price_as_of else "")
