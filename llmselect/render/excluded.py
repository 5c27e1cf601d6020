"""Excluded models and their reasons, grouped by equal reasons; of many models, the nearest misses."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from llmselect.render.format.blocks import Block, Heading, Items, Paragraph
from llmselect.render.phrases import Phrases, join
from llmselect.results.recommendation import Exclusion, Reason, Recommendation

MAX_MODELS = 12  # above this number only the nearest are listed
NEAREST = 5

_AMOUNTS = ("memory", "context", "speed", "throughput", "quality")
_PLAIN = ("lifecycle", "instruct", "exists")  # rules whose names already say what they need
_OF_THE_MODEL = ("instruct", "modality", "exists", "language", "quality")


def excluded(answer: Recommendation, say: Phrases, everything: str = "--explain") -> Iterator[Block]:
    """The excluded models with the rule, what was needed and what they had, grouped by equal reasons.

    Of more than MAX_MODELS, only the nearest misses, and how many models each rule excludes; `everything` is the flag
    that lists the others, empty if they are listed elsewhere in the answer.
    """
    if not answer.excluded:
        return
    options = nearest_by_model(answer.excluded)
    if len(options) > MAX_MODELS:
        yield from _nearest(options, say, everything, counted=bool(answer.recommendations))
        return
    yield Heading(say("excluded", count=len(options)))
    yield _lines(((rows[0].name, _texts(rows, say)) for rows in options.values()), say)


def _nearest(
    options: Mapping[str, Sequence[Exclusion]], say: Phrases, everything: str, *, counted: bool
) -> Iterator[Block]:
    """The models nearest to passing, each with its nearest option, and the number of models per rule if `counted`."""
    nearest = list(options.values())[:NEAREST]
    yield Heading(say("excluded_nearest", count=len(options), shown=NEAREST))
    yield _lines(((rows[0].name, _texts(rows[:1], say, single=len(rows) == 1)) for rows in nearest), say)
    if counted:
        counts = (say("binds_count", rule=say(f"rule.{rule}"), count=count) for rule, count in binding_rules(options))
        yield Paragraph(say.comma.join(counts), say("excluded_rules"))
    if everything:
        yield Paragraph(say("excluded_all", flag=everything, count=len(options)))


def nothing_on_machine(answer: Recommendation, say: Phrases) -> Iterator[Paragraph]:
    """Where a machine is named and nothing qualifies on it: what is nearest to."""
    row = nearest_on_machine(answer)
    if row is not None:
        yield Paragraph(say("nothing_here", name=row.name, why=reasons_text(row, say)), say("beside_machine"))


def nearest_on_machine(answer: Recommendation) -> Exclusion | None:
    """Where a machine is named and no row that is shown runs on it: what is nearest to qualifying there."""
    shown = (*answer.recommendations, *(beside.row for beside in answer.beside))
    named = any(answer.requirements.get(name) is not None for name in ("gpu", "hardware", "vram"))
    if not named or any(row.deployment == "self-host" for row in shown):
        return None
    own = (row for row in answer.excluded if option_host(row) == "self")
    return next((row for row in own if not any(reason.rule == "hosting" for reason in row.reasons)), None)


def reasons_text(row: Exclusion, say: Phrases) -> str:
    """All reasons of an exclusion."""
    return say.separator.join(reason_text(reason, say) for reason in row.reasons)


def all_excluded(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    """Every excluded model with its nearest option, grouped by equal reasons."""
    options = nearest_by_model(answer.excluded)
    if options:
        yield Heading(say("excluded_whole", count=len(options)))
        rows = options.values()
        yield _lines(((each[0].name, _texts(each[:1], say, single=len(each) == 1)) for each in rows), say)


def _lines(rows: Iterator[tuple[str, list[str]]], say: Phrases) -> Items:
    """Names with their reasons; names with the same reasons share a line."""
    lines: dict[str, list[str]] = {}
    for name, texts in rows:
        lines.setdefault(say.separator.join(texts), []).append(name)
    return Items(tuple(f"{join(sorted(names), say)}{say.colon}{text}" for text, names in lines.items()))


def binding_rules(options: Mapping[str, Sequence[Exclusion]]) -> list[tuple[str, int]]:
    """How many models each rule excludes, judged by each model's nearest option; most first."""
    counts = Counter(reason.rule for rows in options.values() for reason in rows[0].reasons)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def nearest_by_model(rows: Sequence[Exclusion]) -> dict[str, list[Exclusion]]:
    """Each model's excluded options, the nearest of each host, in the order of the answer: nearest to passing first."""
    found: dict[tuple[str, str], Exclusion] = {}
    for row in rows:
        found.setdefault((row.model, option_host(row)), row)
    models: dict[str, list[Exclusion]] = {}
    for row in found.values():
        models.setdefault(row.model, []).append(row)
    return models


def option_host(row: Exclusion) -> str:
    """The host in an option's id."""
    return row.option.removeprefix(f"{row.model}@").split(":")[0].split("/")[0]


def reason_text(reason: Reason, say: Phrases, full: bool = True) -> str:
    """A reason as text; unless `full`, without what was needed if the rule's name already says it."""
    if reason.rule in _PLAIN and not full:
        return f"{say(f'rule.{reason.rule}')}{say.colon}{reason.had}"
    key = "needs" if reason.rule in _AMOUNTS and not reason.unknown else "asked"
    return f"{say(f'rule.{reason.rule}')}{say.colon}{say(key, needed=reason.needed, had=reason.had)}"


def _texts(rows: Sequence[Exclusion], say: Phrases, single: bool | None = None) -> list[str]:
    """A model's reasons without duplicates; with several hosts, reasons specific to a host begin with its name."""
    single = len(rows) == 1 if single is None else single
    texts: dict[str, None] = {}
    for row in rows:
        for reason in row.reasons:
            host = "" if single or reason.rule in _OF_THE_MODEL else f"{option_host(row)} "
            texts[host + reason_text(reason, say, full=False)] = None
    return list(texts)
