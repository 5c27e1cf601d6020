"""A term of the glossary, or a benchmark, as blocks of text."""

from collections.abc import Sequence

from llmselect.languages import texts
from llmselect.render.format.blocks import Block, Column, Heading, Items, Paragraph, Table
from llmselect.results.citations import Citation
from llmselect.results.explanation import Explanation

MAX_MODELS = 8


def explanation_blocks(found: Explanation, language: str) -> list[Block]:
    """The explanation, why it matters, the models it applies to, commands that show it, and sources."""
    words = texts(language, "explain")
    blocks: list[Block] = [Paragraph(found.name, strong=True), Paragraph(found.what)]
    if found.matters:
        blocks.append(Paragraph(found.matters, words["matters"]))
    if found.models is not None:
        blocks.append(Paragraph(_models(found, words), words["models"]))
    if found.see:
        blocks += [Heading(words["see"]), Items(found.see)]
    if found.related:
        blocks.append(Paragraph(", ".join(found.related), words["related"]))
    return [*blocks, Heading(words["sources"]), Items(tuple(_cited(row, words) for row in found.sources))]


def glossary_blocks(terms: Sequence[tuple[str, str]], benchmarks: Sequence[str], language: str) -> list[Block]:
    """Every term with its name, and the benchmarks."""
    words = texts(language, "explain")
    table = Table((Column(words["term"]), Column(words["name"])), tuple(terms))
    return [table, Paragraph(", ".join(benchmarks), words["benchmarks"])]


def _models(found: Explanation, words: dict[str, str]) -> str:
    names = list(found.models or ())
    if not names:
        return words["no-models"]
    rest = len(names) - MAX_MODELS
    listed = ", ".join(names[:MAX_MODELS])
    return words["and-others"].format(models=listed, count=rest) if rest > 0 else listed


def _cited(row: Citation, words: dict[str, str]) -> str:
    place = f", {row.locator}" if row.locator else ""
    return f"{row.title}{place}, {words['read'].format(day=row.retrieved)}: {row.url}"
