"""From the catalogue's glossary and benchmarks to one explanation in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmselect.catalog.citations import citations
from llmselect.catalog.terms import find_term, models_scored, models_with
from llmselect.languages import CHINESE, texts
from llmselect.results.explanation import Explanation

if TYPE_CHECKING:
    from llmselect.catalog.glossary import Bilingual
    from llmselect.catalog.schema import Benchmark, Catalog


def explanation(catalog: Catalog, name: str, language: str) -> Explanation:
    """The explanation of a term or benchmark; raises LlmselectError with close matches for an unknown name."""
    kind, key = find_term(catalog, name)
    return _term(catalog, key, language) if kind == "term" else _benchmark(catalog, key, language)


def glossary(catalog: Catalog, language: str) -> list[tuple[str, str]]:
    """Every term's id and name."""
    return [(key, _in(language, term.name)) for key, term in catalog.glossary.terms.items()]


def _term(catalog: Catalog, key: str, language: str) -> Explanation:
    term = catalog.glossary.terms[key]
    models = models_with(catalog, term.models) if term.models is not None else None
    return Explanation(
        id=key,
        name=_in(language, term.name),
        what=_in(language, term.what),
        matters=_in(language, term.matters),
        models=tuple(row.name for row in models) if models is not None else None,
        see=term.see,
        related=term.related,
        sources=citations(catalog.glossary, term.source),
    )


def _benchmark(catalog: Catalog, key: str, language: str) -> Explanation:
    row, words = catalog.benchmarks.benchmarks[key], texts(language, "explain")
    models = models_scored(catalog, key)
    return Explanation(
        id=key,
        name=row.name,
        what=_measures(row, words),
        matters=words["exposure"][row.exposure],
        models=tuple(model.name for model in models),
        see=(f"llmselect recommend --min-score {key}={_example(row)}",),
        related=("benchmark",),
        sources=citations(catalog.benchmarks, row.source),
    )


def _measures(row: Benchmark, words: dict[str, Any]) -> str:
    """A sentence on what a benchmark measures and its unit, and one on its chance level if it has one."""
    measures = str(words["measures"]).format(skill=words["skills"][row.skill], unit=words["units"][row.unit])
    return measures + (str(words["chance"]).format(percent=f"{row.chance:g}") if row.chance else "")


def _example(row: Benchmark) -> str:
    return {"percent": "60", "elo": "1300", "score-10": "7"}[row.unit]


def _in(language: str, text: Bilingual) -> str:
    return text.zh_tw if language == CHINESE else text.en
