"""What is compared: models by their names, or those of a ranking."""

from collections.abc import Sequence
from dataclasses import replace

from llmselect.compare.build import comparison
from llmselect.compare.columns import RANKED, USUAL, chosen
from llmselect.compare.subjects import Subject, named
from llmselect.compare.view import View
from llmselect.errors import LlmselectError
from llmselect.requirements import Requirements
from llmselect.results.comparison import Comparison
from llmselect.table.facts import Facts
from llmselect.table.machines import Detected
from llmselect.table.recommend import recommend


def compared(
    facts: Facts, needs: Requirements, models: Sequence[str], columns: Sequence[str], top: int,
    detected: Detected | None = None,
) -> Comparison:  # fmt: skip
    """Models by their names, or where none is named the `top` ones of the ranking for a request."""
    columns_of = chosen(columns or (USUAL if models else RANKED))
    view = View(facts, needs, detected)
    subjects, seen = (named(facts.catalog, models), view) if models else ranked(view, top)
    return comparison(subjects, columns_of, seen)


def ranked(view: View, top: int) -> tuple[list[Subject], View]:
    """The models that come first for a request, and the view with their ranking; raises LlmselectError without one."""
    if not view.needs.model_fields_set:
        raise LlmselectError(
            "missing-argument",
            "nothing to compare: no model, no request and no file",
            "Name models, or what they are for, such as --task qa.",
        )
    found = replace(view, given=recommend(view.needs, view.facts, view.detected, top))
    rows = ((row.name, row.model) for row in found.answer.recommendations)
    return [Subject(name, (view.catalog.models[model],)) for name, model in rows], found
