"""Answers as data frames of pandas or polars, if one of them is installed."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from llmselect.errors import Exit, LlmselectError
from llmselect.render.bill import bill_rows
from llmselect.render.compare import comparison_rows
from llmselect.render.cost_csv import plan_rows
from llmselect.render.estimate import estimate_rows
from llmselect.render.format.csv import Rows, recommendation_rows
from llmselect.render.hits import check_rows
from llmselect.render.recheck import recheck_rows
from llmselect.render.replace import replacement_rows
from llmselect.results.base import Result
from llmselect.results.check import CheckReport
from llmselect.results.comparison import Comparison
from llmselect.results.cost import CostPlan, LoggedBill
from llmselect.results.decision import Recheck
from llmselect.results.estimate import Estimate
from llmselect.results.recommendation import Recommendation
from llmselect.results.replacement import Replacement

LIBRARIES = ("pandas", "polars")
ROWS: dict[type[Result], Callable[[Any], Rows]] = {
    Recommendation: recommendation_rows,
    Replacement: replacement_rows,
    Recheck: recheck_rows,
    CostPlan: plan_rows,
    LoggedBill: bill_rows,
    Estimate: estimate_rows,
    CheckReport: check_rows,
    Comparison: lambda found: comparison_rows(found, transposed=True),
}


def frame(result: Result, library: str | None = None) -> Any:
    """The rows of an answer as a data frame of `library`, or of the first one installed.

    Raises LlmselectError if none is installed or the answer is not a table.
    """
    if type(result) not in ROWS:
        raise LlmselectError("no-table", f"{type(result).__name__} is no table", "Use to_dict().")
    name = _installed(library)
    columns, rows = ROWS[type(result)](result)
    if name == "polars":
        return import_module(name).DataFrame(
            [list(row) for row in rows], schema=list(columns), orient="row", infer_schema_length=None
        )
    return import_module(name).DataFrame(rows, columns=list(columns))


def _installed(library: str | None) -> str:
    if library is not None and library not in LIBRARIES:
        raise LlmselectError("bad-value", f"library: {library!r} is not known", f"It may be {' or '.join(LIBRARIES)}.")
    found = next((name for name in LIBRARIES if library in (None, name) and find_spec(name) is not None), None)
    if found is None:
        wanted = library or " nor ".join(LIBRARIES)
        message = f"{'' if library else 'neither '}{wanted} is {'not ' if library else ''}installed"
        hint = f"Install one, as with `pip install {library or LIBRARIES[0]}`, or use to_dict()."
        raise LlmselectError("missing-library", message, hint, Exit.MISSING)
    return found
