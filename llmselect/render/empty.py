"""The answer when nothing qualifies: the binding rules, and the smallest changes that admit something."""

from collections.abc import Iterator, Mapping, Sequence

from llmselect.render.excluded import binding_rules, nearest_by_model
from llmselect.render.format.blocks import Block, Heading, Items, Paragraph
from llmselect.render.phrases import Phrases, join
from llmselect.render.words import flag
from llmselect.results.recommendation import Recommendation, Relaxation

MAX_ADMITTED = 8


def empty(answer: Recommendation, known: Mapping[str, str], say: Phrases) -> Iterator[Block]:
    """The binding rules and the relaxations of an empty answer; `known` has models' names by id."""
    counts = binding_rules(nearest_by_model(answer.excluded))
    if counts:
        parts = [say("binds_count", rule=say(f"rule.{rule}"), count=count) for rule, count in counts]
        yield Paragraph(", ".join(parts), say("binds"))
    if answer.relaxations:
        yield Heading(say("relax"))
        yield Items(tuple(relaxation_text(row, known, say) for row in answer.relaxations))
    if answer.admitting_flag:
        yield Paragraph(say("admitting", flag=answer.admitting_flag))


def relaxation_text(row: Relaxation, known: Mapping[str, str], say: Phrases, limit: int = MAX_ADMITTED) -> str:
    """What to change, and at most `limit` models that it lets through."""
    flags = join((flag(change.field, change.to) for change in row.changes), say)
    names = [known.get(model, model) for model in row.admits]
    return say("admits", flags=flags, models=first_names(names, ", ", say, limit))


def first_names(names: Sequence[str], separator: str, say: Phrases, limit: int = MAX_ADMITTED) -> str:
    """At most `limit` names, and how many more there are."""
    rest = len(names) - limit
    return separator.join([*names[:limit], *([say("and_more", count=rest)] if rest > 0 else [])])
