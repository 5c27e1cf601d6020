"""Why the first model ranks first, what would change that, and the figures behind every row."""

from collections.abc import Iterator, Mapping

from llmselect.render.format.blocks import Bars, Block, Heading, Items, Paragraph
from llmselect.render.phrases import Phrases, join
from llmselect.render.words import decimal, money, number
from llmselect.results.figures import Cost
from llmselect.results.recommendation import Flip, Recommendation, RecommendedModel

MAX_CONTRIBUTIONS = 3
MAX_LEADS = 3
MAX_SERIES = 4
MIN_DIFFERENCE = 0.005  # smaller differences of contributions would print as 0.00


def first_because(answer: Recommendation, known: Mapping[str, str], say: Phrases) -> Iterator[Block]:
    """One sentence: where the first leads the second, where it is behind, and what would put another first."""
    rows = answer.recommendations
    if not rows:
        return
    first = rows[0]
    if first.gap_to_next is None:
        yield Paragraph(say("why_only", first=first.name), say("why"))
        return
    gap = f"{first.gap_to_next:.3f}"
    lead = _leads(first, rows[1], say) if len(rows) > 1 else f"{first.name}{say.colon}{say('ahead', gap=gap)}"
    yield Paragraph(f"{lead}{say.separator}{_change(answer.flip, known, say)}", say("why"))


def _leads(first: RecommendedModel, second: RecommendedModel, say: Phrases) -> str:
    gaps = {
        name: value.contribution - second.criteria[name].contribution
        for name, value in first.criteria.items()
        if name in second.criteria
    }
    ahead = sorted(((gap, name) for name, gap in gaps.items() if gap >= MIN_DIFFERENCE), reverse=True)[:MAX_LEADS]
    behind = sorted((gap, name) for name, gap in gaps.items() if gap <= -MIN_DIFFERENCE)[:MAX_LEADS]
    lead, lag = (join([f"{say(name)} ({gap:+.2f})" for gap, name in part], say) for part in (ahead, behind))
    if not lead:
        return say("why_level", first=first.name, second=second.name)
    text = say("why_leads", first=first.name, second=second.name, lead=lead)
    return text + say("why_behind", lag=lag) if lag else text


def _change(flip: Flip | None, known: Mapping[str, str], say: Phrases) -> str:
    """The smallest change of a weight that puts another model first."""
    if flip is None:
        return say("flip_none")
    ends = {"start": number(flip.from_), "end": number(flip.to)}
    key = "flip_up" if flip.to > flip.from_ else "flip_down"
    return say(key, criterion=say(flip.criterion), winner=known.get(flip.winner, flip.winner), **ends)


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
    text = say(f"start_{start.kind}", text=start.text, host=start.host or "")
    if start.download_gib is not None:
        text += say.separator + say("download", gib=f"{start.download_gib:.1f}")
    if start.gated is not None:
        text += say.separator + say("gated" if start.gated else "not_gated")
    yield Paragraph(f"{text} ({', '.join(row.url for row in start.sources[:1])})", say("start"))


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
        for text in (*row.warnings, *unverified):
            found.setdefault(text, []).append(f"{row.rank}")
    if found:
        yield Heading(say("notes"))
        yield Items(tuple(f"{join(ranks, say)}{say.colon}{text}" for text, ranks in found.items()))


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
    parts += [say("warning", text=text) for text in row.warnings]
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
