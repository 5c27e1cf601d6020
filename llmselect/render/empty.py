"""When nothing qualifies: what binds, and the smallest changes that let something through."""

from collections.abc import Iterator, Mapping, Sequence

from llmselect.render.blocks import Block, Heading, Items, Paragraph
from llmselect.render.excluded import binding, by_model
from llmselect.render.phrases import Phrases, join
from llmselect.render.words import flag
from llmselect.results.recommendation import Recommendation, Relaxation

MAX_ADMITTED = 8


def empty(answer: Recommendation, known: Mapping[str, str], say: Phrases) -> Iterator[Block]:
    """The help that an empty answer gives; `known` has the names of models by id."""
    counts = binding(by_model(answer.excluded))
    if counts:
        parts = [say("binds_count", rule=say(f"rule.{rule}"), count=count) for rule, count in counts]
        yield Paragraph(", ".join(parts), say("binds"))
    if answer.relaxations:
        yield Heading(say("relax"))
        yield Items(tuple(_relaxation(row, known, say) for row in answer.relaxations))
    if answer.admitting_flag:
        yield Paragraph(say("admitting", flag=answer.admitting_flag))


def _relaxation(row: Relaxation, known: Mapping[str, str], say: Phrases) -> str:
    flags = join((flag(change.field, change.to) for change in row.changes), say)
    return say("admits", flags=flags, models=some([known.get(model, model) for model in row.admits], ", ", say))


def some(names: Sequence[str], separator: str, say: Phrases, most: int = MAX_ADMITTED) -> str:
    """The first few of many names, and how many more there are."""
    rest = len(names) - most
    return separator.join([*names[:most], *([say("and_more", count=rest)] if rest > 0 else [])])
