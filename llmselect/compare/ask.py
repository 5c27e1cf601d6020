"""Compares named models, or the top models of a ranking."""

from collections.abc import Sequence
from dataclasses import replace

from llmselect.compare.build import comparison
from llmselect.compare.columns import DEFAULT_COLUMNS, RANKING_COLUMNS, columns_by_name
from llmselect.compare.subjects import Subject, subjects_by_name
from llmselect.compare.view import View
from llmselect.engine.facts import Facts
from llmselect.engine.machine.machines import Detected
from llmselect.engine.recommend import recommend
from llmselect.errors import LlmselectError
from llmselect.requirements import Requirements
from llmselect.results.comparison import Comparison


def compare_models(
    facts: Facts, needs: Requirements, models: Sequence[str], columns: Sequence[str], top: int,
    detected: Detected | None = None,
) -> Comparison:  # fmt: skip
    """The comparison of the named models, or of the `top` models for a request if none is named."""
    columns_of = columns_by_name(columns or (DEFAULT_COLUMNS if models else RANKING_COLUMNS))
    view = View(facts, needs, detected)
    subjects, seen = (subjects_by_name(facts.catalog, models), view) if models else ranked_subjects(view, top)
    return comparison(subjects, columns_of, seen)


def ranked_subjects(view: View, top: int) -> tuple[list[Subject], View]:
    """The top models for a request, and the view with their ranking; raises LlmselectError if nothing is asked for."""
    if not view.needs.model_fields_set:
        raise LlmselectError(
            "missing-argument",
            "nothing to compare: no model, no request and no file",
            "Name models, or what they are for, such as --task qa.",
        )
    found = replace(view, given=recommend(view.needs, view.facts, view.detected, top))
    rows = ((row.name, row.model) for row in found.answer.recommendations)
    return [Subject(name, (view.catalog.models[model],)) for name, model in rows], found
