"""What was left out and why: one line for what several models share; of many, the nearest and what keeps them out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from llmselect.render.blocks import Block, Heading, Items, Paragraph
from llmselect.render.phrases import Phrases, join
from llmselect.results.recommendation import Exclusion, Reason, Recommendation

MAX_MODELS = 12  # more are not told one by one
NEAREST = 5

_AMOUNTS = ("memory", "context", "speed", "throughput", "quality")
_PLAIN = ("lifecycle", "instruct", "exists")  # what they need is what their names say
_OF_THE_MODEL = ("instruct", "modality", "exists", "language", "quality")
_FURTHEST = ("modality", "instruct", "lifecycle", "exists", "hosting")  # rules that no other request meets, worst last


def excluded(answer: Recommendation, say: Phrases, everything: str = "--explain") -> Iterator[Block]:
    """The excluded models with the rule, what was needed and what they had; those that share a line stand together.

    Of more than a dozen, the few nearest to passing and how many each rule keeps out; `everything` is the flag that
    lists the others, or empty where they stand elsewhere in the answer.
    """
    if not answer.excluded:
        return
    ways = by_model(answer.excluded)
    if len(ways) > MAX_MODELS:
        yield from _nearest(ways, say, everything, counted=bool(answer.recommendations))
        return
    yield Heading(say("excluded", count=len(ways)))
    yield _lines(((rows[0].name, _texts(rows, say)) for rows in sorted(ways.values(), key=_lead)), say)


def _nearest(
    ways: Mapping[str, Sequence[Exclusion]], say: Phrases, everything: str, *, counted: bool
) -> Iterator[Block]:
    """The models nearest to passing, each by its nearest way; unless told elsewhere, the count for each rule."""
    nearest = sorted(ways.values(), key=_distance)[:NEAREST]
    yield Heading(say("excluded_nearest", count=len(ways), shown=NEAREST))
    yield _lines(((rows[0].name, _texts(rows[:1], say, single=len(rows) == 1)) for rows in nearest), say)
    if counted:
        counts = (say("binds_count", rule=say(f"rule.{rule}"), count=count) for rule, count in binding(ways))
        yield Paragraph(say.comma.join(counts), say("excluded_rules"))
    if everything:
        yield Paragraph(say("excluded_all", flag=everything, count=len(ways)))


def all_excluded(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """Every excluded model by its nearest way; those that share a line stand together."""
    ways = by_model(answer.excluded)
    if ways:
        yield Heading(say("excluded_whole", count=len(ways)))
        rows = sorted(ways.values(), key=_distance)
        yield _lines(((each[0].name, _texts(each[:1], say, single=len(each) == 1)) for each in rows), say)


def _lines(rows: Iterator[tuple[str, list[str]]], say: Phrases) -> Items:
    """Names with their reasons; names of the same reasons on one line."""
    lines: dict[str, list[str]] = {}
    for name, texts in rows:
        lines.setdefault(say.separator.join(texts), []).append(name)
    return Items(tuple(f"{join(sorted(names), say)}{say.colon}{text}" for text, names in lines.items()))


def binding(ways: Mapping[str, Sequence[Exclusion]]) -> list[tuple[str, int]]:
    """How many models each rule keeps out by the way that comes nearest to passing, most first."""
    counts = Counter(reason.rule for rows in ways.values() for reason in rows[0].reasons)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def by_model(rows: Sequence[Exclusion]) -> dict[str, list[Exclusion]]:
    """For each model its ways of access, the nearest to passing first: at each host the one with the fewest reasons."""
    found: dict[tuple[str, str], Exclusion] = {}
    for row in rows:
        key = (row.model, place(row))
        if key not in found or len(row.reasons) < len(found[key].reasons):
            found[key] = row
    models: dict[str, list[Exclusion]] = {}
    for row in found.values():
        models.setdefault(row.model, []).append(row)
    return {model: sorted(ways, key=lambda row: len(row.reasons)) for model, ways in models.items()}


def place(row: Exclusion) -> str:
    """The host in an option's id."""
    return row.option.removeprefix(f"{row.model}@").split(":")[0].split("/")[0]


def reason_text(reason: Reason, say: Phrases, full: bool = True) -> str:
    """One rule's word; unless `full`, without what was needed where the rule's name says it."""
    if reason.rule in _PLAIN and not full:
        return f"{say(f'rule.{reason.rule}')}{say.colon}{reason.had}"
    key = "needs" if reason.rule in _AMOUNTS and not reason.unknown else "asked"
    return f"{say(f'rule.{reason.rule}')}{say.colon}{say(key, needed=reason.needed, had=reason.had)}"


def _lead(rows: Sequence[Exclusion]) -> tuple[int, tuple[str, ...]]:
    """Near misses first, then by rule."""
    return len(rows[0].reasons), tuple(reason.rule for reason in rows[0].reasons)


def _distance(rows: Sequence[Exclusion]) -> tuple[int, int]:
    """How far a model's nearest way is from passing: by the number of reasons, then by the worst of them."""
    return len(rows[0].reasons), max(_FURTHEST.index(r.rule) + 1 if r.rule in _FURTHEST else 0 for r in rows[0].reasons)


def _texts(rows: Sequence[Exclusion], say: Phrases, single: bool | None = None) -> list[str]:
    """The reasons of a model, each said once; with several hosts, the host before what only it says."""
    single = len(rows) == 1 if single is None else single
    texts: dict[str, None] = {}
    for row in rows:
        for reason in row.reasons:
            host = "" if single or reason.rule in _OF_THE_MODEL else f"{place(row)} "
            texts[host + reason_text(reason, say, full=False)] = None
    return list(texts)
