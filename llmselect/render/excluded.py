"""What was left out and why: one line for what several models share, nothing hidden."""

from collections.abc import Iterator, Sequence

from llmselect.engine.result import Exclusion, Reason, Recommendation
from llmselect.render.blocks import Block, Heading, Items
from llmselect.render.phrases import Phrases, join

_AMOUNTS = ("memory", "context", "speed", "throughput", "quality")
_PLAIN = ("lifecycle", "instruct", "exists")  # what they need is what their names say
_OF_THE_MODEL = ("instruct", "modality", "exists", "language", "quality")


def excluded(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """Every excluded model with the rule, what was needed and what it had; models that share a line stand together."""
    if not answer.excluded:
        return
    ways = by_model(answer.excluded)
    lines: dict[str, list[str]] = {}
    for rows in sorted(ways.values(), key=_lead):
        lines.setdefault(say.separator.join(_texts(rows, say)), []).append(rows[0].name)
    yield Heading(say("excluded", count=len(ways)))
    yield Items(tuple(f"{join(sorted(models), say)}{say.colon}{text}" for text, models in lines.items()))


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


def _texts(rows: Sequence[Exclusion], say: Phrases) -> list[str]:
    """The reasons of a model, each said once; with several hosts, the host before what only it says."""
    single = len(rows) == 1
    texts: dict[str, None] = {}
    for row in rows:
        for reason in row.reasons:
            host = "" if single or reason.rule in _OF_THE_MODEL else f"{place(row)} "
            texts[host + reason_text(reason, say, full=False)] = None
    return list(texts)
