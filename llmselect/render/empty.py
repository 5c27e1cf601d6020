"""When nothing qualifies: what binds, and the smallest changes that let something through."""

from collections import Counter
from collections.abc import Iterator, Mapping

from llmselect.engine.result import Recommendation, Relaxation
from llmselect.render.blocks import Block, Heading, Items, Paragraph
from llmselect.render.excluded import by_model
from llmselect.render.phrases import Phrases, join
from llmselect.render.words import flag


def empty(answer: Recommendation, known: Mapping[str, str], say: Phrases) -> Iterator[Block]:
    """The help that an empty answer gives; `known` has the names of models by id."""
    counts = binding(answer)
    if counts:
        parts = [say("binds_count", rule=say(f"rule.{rule}"), count=count) for rule, count in counts]
        yield Paragraph(", ".join(parts), say("binds"))
    if answer.relaxations:
        yield Heading(say("relax"))
        yield Items(tuple(_relaxation(row, known, say) for row in answer.relaxations))
    if answer.admitting_flag:
        yield Paragraph(say("admitting", flag=answer.admitting_flag))


def binding(answer: Recommendation) -> list[tuple[str, int]]:
    """How many models each rule keeps out by the way that comes nearest to passing, most first."""
    nearest = [ways[0] for ways in by_model(answer.excluded).values()]
    counts = Counter(reason.rule for row in nearest for reason in row.reasons)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _relaxation(row: Relaxation, known: Mapping[str, str], say: Phrases) -> str:
    flags = join((flag(change.field, change.to) for change in row.changes), say)
    return say("admits", flags=flags, models=", ".join(known.get(model, model) for model in row.admits))
