"""The first screen where nothing qualifies: what is in the way, and what would let something through."""

from collections.abc import Iterator, Mapping

from llmselect.render.answer import nothing_text
from llmselect.render.empty import first_names, relaxation_text
from llmselect.render.excluded import binding_rules, nearest_by_model
from llmselect.render.first_notes import assumed, cautions, document_notes, more
from llmselect.render.format.blocks import Block, Heading, Items, Paragraph
from llmselect.render.phrases import Phrases
from llmselect.render.screen import LINES, Chosen, Note, fitted, labelled
from llmselect.results.recommendation import Recommendation

IN_OTHER_WORDS = ("exists", "instruct", "lifecycle")  # rules whose names say little without their reasons
MAX_RULES, MAX_NAMES, MAX_RELAXATIONS = 5, 3, 5
ABOVE = ("screen.in_the_way", "screen.caution", "screen.document", "screen.since")
BELOW = ("screen.note", "unrated", "assumed")


def empty_screen(answer: Recommendation, known: Mapping[str, str], say: Phrases, width: int) -> list[Block]:
    """What binds, the smallest changes that help, and what else there is; `known` has models' names by id."""
    notes = list(_notes(answer, known, say))
    return fitted(lambda chosen: _blocks(answer, chosen, say), lambda rows: notes, range(1), LINES, width)


def _blocks(answer: Recommendation, chosen: Chosen, say: Phrases) -> list[Block]:
    above, changes = chosen.of(ABOVE), chosen.of(("relax",))
    blocks: list[Block] = list(_headline(answer, say))
    blocks += [labelled(above, say)] if above else []
    blocks += [Heading(say("relax")), Items(tuple(note.text for note in changes))] if changes else []
    return [*blocks, labelled([*chosen.of(BELOW), more(answer, chosen, 0, say)], say)]


def _headline(answer: Recommendation, say: Phrases) -> Iterator[Block]:
    document = answer.document
    if document is None or answer.requirements.get("policy") != "document":
        yield Paragraph(nothing_text(answer, say), strong=True)
        return
    yield Paragraph(document.answer + (f" ({document.gloss})" if document.gloss else ""), strong=True)
    yield Paragraph(nothing_text(answer, say), say("today"))


def _notes(answer: Recommendation, known: Mapping[str, str], say: Phrases) -> Iterator[Note]:
    changes = answer.relaxations
    yield from (Note("relax", relaxation_text(row, known, say, MAX_NAMES), "behind.relax") for row in changes[:1])
    counts = binding_rules(nearest_by_model(answer.excluded))
    if counts:
        keys = ("screen.keeps_out", *["screen.also_out"] * (len(counts) - 1))
        pairs = zip(keys, counts, strict=True)
        parts = [say(key, rule=_rule_text(rule, say), count=count) for key, (rule, count) in pairs]
        yield Note("screen.in_the_way", first_names(parts, say.comma, say, MAX_RULES), "behind.rules")
    if answer.admitting_flag:
        yield Note("screen.note", say("admitting", flag=answer.admitting_flag), "behind.admitting")
    yield from cautions(answer, None)
    yield from (
        Note("relax", relaxation_text(row, known, say, MAX_NAMES), "behind.relax") for row in changes[1:MAX_RELAXATIONS]
    )
    if answer.to_ask:
        texts = [say("ask_vendor", name=row.name, questions=say.separator.join(row.questions)) for row in answer.to_ask]
        named = first_names(texts, say.comma, say, MAX_NAMES)
        yield Note("screen.note", say("screen.to_ask", names=named), "behind.to_ask")
    if answer.unrated:
        yield Note(
            "unrated", first_names([row.name for row in answer.unrated], say.comma, say, MAX_NAMES), "behind.unrated"
        )
    yield from document_notes(answer, say)
    yield from (Note("assumed", text, "behind.assumed") for text in assumed(answer).values())


def _rule_text(rule: str, say: Phrases) -> str:
    return say(f"screen.rule.{rule}" if rule in IN_OTHER_WORDS else f"rule.{rule}")
