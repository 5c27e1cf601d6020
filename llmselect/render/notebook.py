"""Answers for notebooks: the line with the answer and the first table, as HTML."""

from collections.abc import Callable, Iterable
from typing import Any

from llmselect.render.answer import recommendation_blocks
from llmselect.render.bill import bill_blocks
from llmselect.render.compare import comparison_blocks
from llmselect.render.cost import plan_blocks
from llmselect.render.estimate import estimate_blocks
from llmselect.render.explain import explanation_blocks
from llmselect.render.format.blocks import Block, Column, Paragraph, Table
from llmselect.render.format.html import html_body
from llmselect.render.hits import check_rows, summary
from llmselect.render.phrases import Phrases
from llmselect.render.recheck import recheck_blocks
from llmselect.render.replace import replacement_blocks
from llmselect.results.base import Result
from llmselect.results.check import CheckReport
from llmselect.results.comparison import Comparison
from llmselect.results.cost import CostPlan, LoggedBill
from llmselect.results.decision import Recheck
from llmselect.results.estimate import Estimate
from llmselect.results.explanation import Explanation
from llmselect.results.recommendation import Recommendation
from llmselect.results.replacement import Replacement


def _ids(found: CheckReport) -> tuple[Block, ...]:
    """The counts, and the ids with an end."""
    columns, rows = check_rows(found.with_an_end())
    cells = tuple(tuple("" if cell is None else str(cell) for cell in row) for row in rows)
    return Paragraph(summary(found, everything=True), strong=True), Table(tuple(map(Column, columns)), cells)


BLOCKS: dict[type[Result], Callable[[Any], Iterable[Block]]] = {
    Recommendation: lambda found: recommendation_blocks(found, Phrases()),
    Replacement: lambda found: replacement_blocks(found, Phrases(), {}),
    Recheck: lambda found: recheck_blocks(found, Phrases()),
    CostPlan: plan_blocks,
    LoggedBill: bill_blocks,
    Estimate: estimate_blocks,
    Comparison: lambda found: comparison_blocks(found, Phrases()),
    CheckReport: _ids,
    Explanation: lambda found: explanation_blocks(found, "en"),
}


def fragment(result: Result) -> str:
    """The line with the answer and the first table, as an HTML fragment."""
    blocks = list(BLOCKS[type(result)](result))
    lines = [block for block in blocks if isinstance(block, Paragraph) and block.strong]
    tables = [block for block in blocks if isinstance(block, Table)]
    return html_body([*lines[:1], *tables[:1]])
