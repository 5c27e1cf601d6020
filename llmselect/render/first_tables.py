"""The tables of a first screen, each row on one line: names are shortened, empty columns dropped."""

from collections.abc import Sequence

from llmselect.render.answer import quality_text
from llmselect.render.format.blocks import Column, Table
from llmselect.render.format.layout import GAP
from llmselect.render.format.wrap import size
from llmselect.render.phrases import Phrases
from llmselect.render.place import short_place
from llmselect.render.words import money, number, seconds, shortened
from llmselect.results.recommendation import Recommendation, RecommendedModel, Way

NONE = "–"
NARROWEST = 8  # columns for a name, whatever the width


def shown_rows(answer: Recommendation, rows: int) -> list[RecommendedModel]:
    """The first of the ranking, then what stands beside it: so many rows together."""
    beside = [one.row for one in answer.beside]
    return [*answer.recommendations[: max(1, rows - len(beside))], *beside]


def ranking(rows: Sequence[RecommendedModel], say: Phrases, width: int) -> Table:
    """The rows with where they run, and quality, waiting and money."""
    figures = [_figures(row) for row in rows]
    titles = [say(title) for title in ("quality", "screen.first_word", "screen.answer", "screen.month")]
    kept = [at for at in range(len(titles)) if any(row[at] != NONE for row in figures)]
    ranks = [str(row.rank) for row in rows]
    room = width - max(map(len, ranks)) - len(GAP)
    room -= sum(len(GAP) + max(size(titles[at]), *(size(row[at]) for row in figures)) for at in kept)
    names, places = _names_and_places(rows, say, room)
    columns = (Column("#", "right"), Column(say("model")), Column(say("where")))
    cells = zip(ranks, names, places, figures, strict=True)
    lines = tuple((rank, name, where, *(row[at] for at in kept)) for rank, name, where, row in cells)
    return Table((*columns, *(Column(titles[at], "right") for at in kept)), lines, head=2)


def _figures(row: RecommendedModel) -> tuple[str, ...]:
    speed, cost = row.speed, row.cost.usd_per_month if row.cost else None
    first, whole = (speed.first_answer_token_ms, speed.answer_s) if speed else (None, None)
    return (
        quality_text(row.criteria.get("quality")),
        seconds(first.value / 1000) if first else NONE,
        seconds(whole.value) if whole else NONE,
        money(cost.value) if cost else NONE,
    )


def _names_and_places(rows: Sequence[RecommendedModel], say: Phrases, room: int) -> tuple[list[str], list[str]]:
    """Names and places that share the room; a rented machine's name is the first to go."""
    names = [row.name for row in rows]
    places = [short_place(row, say) for row in rows]
    titles = (size(say("model")), size(say("where")))
    if _widest(names, titles[0]) + _widest(places, titles[1]) + len(GAP) > room:
        places = [short_place(row, say, device=False) for row in rows]
    name_width, place_width = _shared(_widest(names, titles[0]), _widest(places, titles[1]), room - len(GAP))
    return [shortened(name, name_width) for name in names], [shortened(place, place_width) for place in places]


def _widest(texts: Sequence[str], title: int) -> int:
    return max(title, *map(size, texts))


def _shared(one: int, other: int, room: int) -> tuple[int, int]:
    """Two widths cut to a room: the wider gives way first."""
    half = max(NARROWEST, room // 2)
    if one + other <= room:
        return one, other
    if one <= half:
        return one, max(NARROWEST, room - one)
    return (max(NARROWEST, room - other), other) if other <= half else (half, half)


def ways_table(ways: Sequence[Way], say: Phrases, width: int) -> Table:
    """The ways to a specific domain, each with its option and its bill."""
    figures = [_way_figures(way, say) for way in ways]
    titles = [say("screen.way"), say("model"), say("quality"), say("screen.month")]
    kinds = [say(f"screen.way.{way.kind}") for way in ways]
    room = width - _widest(kinds, size(titles[0])) - 3 * len(GAP)
    room -= sum(_widest([row[at] for row in figures], size(titles[at + 2])) for at in (0, 1))
    names = [shortened(_way_name(way, say), max(NARROWEST, room)) for way in ways]
    columns = (Column(titles[0]), Column(titles[1]), *(Column(title, "right") for title in titles[2:]))
    return Table(columns, tuple((kind, name, *row) for kind, name, row in zip(kinds, names, figures, strict=True)))


def _way_name(way: Way, say: Phrases) -> str:
    if way.name is None:
        return say("screen.no_way")
    return say.comma.join((way.name, say("self_hosted") if way.host == "self" else way.host or ""))


def _way_figures(way: Way, say: Phrases) -> tuple[str, str]:
    if way.option is None:
        return NONE, NONE
    usd = money(way.usd_per_month.value) if way.usd_per_month else NONE
    quality = f"{number(way.quality_percent)} %" if way.quality_percent is not None else NONE
    return quality, say("screen.plus_training", usd=usd) if way.kind == "fine-tuning" else usd
