"""The answer when nothing qualifies: the binding rules, and the smallest changes that admit something."""

from collections.abc import Iterator, Mapping, Sequence

from llmselect.render.excluded import binding_rules, nearest_by_model
from llmselect.render.format.blocks import Block, Heading, Items, Paragraph
from llmselect.render.phrases import Phrases, join
from llmselect.render.words import flag
from llmselect.results.recommendation import Recommendation, Relaxation

MAX_ADMITTED = 8


def empty(answer: Recommendation, known: Mapping[str, str], say: Phrases, most: int | None = None) -> Iterator[Block]:
    """The binding rules and (the first `most`) relaxations of an empty answer; `known` has models' names by id."""
    counts = binding_rules(nearest_by_model(answer.excluded))
    if counts:
        parts = [say("binds_count", rule=say(f"rule.{rule}"), count=count) for rule, count in counts]
        yield Paragraph(", ".join(parts), say("binds"))
    if answer.relaxations:
        yield Heading(say("relax"))
        yield Items(tuple(_relaxation(row, known, say) for row in answer.relaxations[:most]))
    if answer.admitting_flag:
        yield Paragraph(say("admitting", flag=answer.admitting_flag))


def _relaxation(row: Relaxation, known: Mapping[str, str], say: Phrases) -> str:
    flags = join((flag(change.field, change.to) for change in row.changes), say)
    return say("admits", flags=flags, models=first_names([known.get(model, model) for model in row.admits], ", ", say))


def first_names(names: Sequence[str], separator: str, say: Phrases, limit: int = MAX_ADMITTED) -> str:
    """At most `limit` names, and how many more there are."""
    rest = len(names) - limit
    return separator.join([*names[:limit], *([say("and_more", count=rest)] if rest > 0 else [])])
