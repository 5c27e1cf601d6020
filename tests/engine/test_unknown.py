"""What is unknown in a column is stated, and never taken for something."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llmselect.catalog.load import open_catalog
from llmselect.engine.columns import Models, Offerings, Prices
from llmselect.engine.constraints.kinds import FAIL
from llmselect.engine.facts import Facts
from llmselect.engine.machine.machines import machine_of
from llmselect.engine.request import make_request
from llmselect.engine.scored import Scored, score_options
from llmselect.requirements import Requirements

ASKED = Requirements(
    needs=["tools"], license="commercial", privacy="no-training", region="US", language=["en"], budget=100,
    requests_per_month=1000, max_ttft_ms=2000, at_least="acme/small-7b-chat", gpu="Home 24GB", as_of="2026-11-01",
)  # fmt: skip


# Without a last day a price goes on.
STATED = ("to_day",)
COLUMNS = [
    (name, column.name)
    for name, kind in (("models", Models), ("offerings", Offerings), ("prices", Prices))
    for column in fields(kind)
    if column.type == "Numbers" and (name == "offerings" or column.name not in STATED)
]


def _scored(facts: Facts) -> Scored:
    return score_options(make_request(ASKED, facts.records_of(ASKED.task), machine_of(ASKED, facts.hardware)), facts)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_of_which_nothing_is_known_excludes_nothing_for_sure(
    small_catalog: Path, table: str, column: str
) -> None:
    """Nothing fails that did not fail before, and no score becomes unknown."""
    before, facts = (
        _scored(Facts(open_catalog(small_catalog, own=False))),
        Facts(open_catalog(small_catalog, own=False)),
    )
    whole: Any = getattr(facts, table)
    unknown = np.full_like(getattr(whole, column), np.nan)
    setattr(facts, table, replace(whole, **{column: unknown}))
    after = _scored(facts)
    if column == "total_params":  # weights of unknown size are one option and not one at each quantisation
        assert not np.isnan(after.score).any()
        return
    newly = (after.judgement.verdicts == FAIL) & (before.judgement.verdicts != FAIL)
    assert not newly.any()
    assert not np.isnan(after.score).any()
