"""The details that `--explain` adds: every criterion, memory and speed, robustness, and all sources."""

from collections.abc import Iterable, Iterator

from llmselect.render.excluded import reason_text
from llmselect.render.format.blocks import Block, Column, Heading, Items, Paragraph, Table
from llmselect.render.phrases import Phrases
from llmselect.render.words import decimal, interval, number, percent
from llmselect.results.citations import Citation
from llmselect.results.figures import CriterionValue
from llmselect.results.recommendation import Exclusion, Recommendation, RecommendedModel


class Sources:
    """Numbers citations in the order in which they are first cited."""

    def __init__(self) -> None:
        self.numbers: dict[Citation, int] = {}

    def __call__(self, citations: Iterable[Citation]) -> str:
        """The numbers of some citations, such as `[1] [3]`."""
        return " ".join(f"[{self.numbers.setdefault(row, len(self.numbers) + 1)}]" for row in citations)

    def listed(self, say: Phrases) -> Items:
        """All cited sources, for the end of the answer."""
        rows = list(self.numbers)
        return Items(tuple(citation_text(row, say) for row in rows), tuple(f"[{self.numbers[row]}]" for row in rows))


def citation_text(row: Citation, say: Phrases) -> str:
    """A source as text: title, locator, URL and the day it was read."""
    parts = (row.title, row.locator, row.url, say("read", date=row.retrieved))
    return ", ".join(part for part in parts if part)


def details(answer: Recommendation, say: Phrases, *, every_exclusion: bool = True) -> Iterator[Block]:
    """A section per ranked model, optionally every exclusion in full, then the sources."""
    sources = Sources()
    for row in answer.recommendations:
        yield Heading(say("details", rank=row.rank, name=f"{row.name} ({row.option})"))
        yield _criteria(row, sources, say)
        yield from _machine(row, say)
        robust = {
            "low": decimal(row.score_interval.low),
            "high": decimal(row.score_interval.high),
            "wins": percent(row.win_share),
        }
        yield Paragraph(say("robust", seed=answer.seed, **robust), say("robustness"))
    if every_exclusion and answer.excluded:
        yield Heading(say("excluded_options"))
        yield Items(tuple(_excluded(row, sources, say) for row in answer.excluded))
    if sources.numbers:
        yield Heading(say("source_list"))
        yield sources.listed(say)


def _excluded(row: Exclusion, sources: Sources, say: Phrases) -> str:
    texts = (f"{reason_text(reason, say)} {sources(reason.source)}".rstrip() for reason in row.reasons)
    return f"{row.option} ({row.options}){say.colon}{say.separator.join(texts)}"


def _criteria(row: RecommendedModel, sources: Sources, say: Phrases) -> Table:
    titles = ("criterion", "value", "utility", "weight", "contribution", "evidence", "sources")
    right = ("utility", "weight", "contribution")
    rows = [_criterion(say(name), value, sources) for name, value in row.criteria.items()]
    rows.append((say("total"), "", "", "", f"{row.score:.3f}", "", ""))
    return Table(tuple(Column(say(t), "right" if t in right else "left") for t in titles), tuple(rows))


def _criterion(name: str, value: CriterionValue, sources: Sources) -> tuple[str, ...]:
    shown = number(value.value)
    if value.value is not None and value.low != value.high:
        shown += f" ({interval(value.low, value.high)})"
    return (
        name,
        f"{shown} {value.unit}" if value.value is not None else shown,
        decimal(value.utility),
        decimal(value.weight),
        f"{value.contribution:.3f}",
        value.evidence,
        sources(value.sources),
    )


def _machine(row: RecommendedModel, say: Phrases) -> Iterator[Block]:
    memory, speed = row.memory, row.speed
    if memory is not None:
        names = ("weights", "kv_cache", "overhead", "needed", "available")
        sizes = {name.removeprefix("kv_"): f"{getattr(memory, f'{name}_gib'):.2f}" for name in names}
        yield Paragraph(say("arithmetic", evidence=memory.evidence, **sizes), say("memory"))
    if speed is not None:
        low, value, high = speed.decode_tok_s
        text = f"{number(value)} tok/s ({interval(low, high)})"
        if speed.ttft_ms is not None:
            first = speed.ttft_ms
            text += f", {say('first_token')} {number(first[1])} ms ({interval(first[0], first[2])})"
        yield Paragraph(f"{text}, {speed.evidence}", say("decode"))
