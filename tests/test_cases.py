"""Every case of the answer sheet, and that the sheet covers what an advisor must get right."""

from pathlib import Path
from typing import get_args

import pytest

from llmselect.catalog.words import TaskName
from llmselect.engine.constraints import CONSTRAINTS
from tests.cases.sheet import Because, case_names, failures, models_of, read_case, real_facts, well_sourced

ROOT = Path(__file__).parent.parent
NAMES = case_names()


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_right(name: str) -> None:
    assert failures(read_case(name), real_facts()) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_case_says_why_and_names_sources_that_exist(name: str) -> None:
    case = read_case(name)
    assert well_sourced(case)
    for source in case.sources:
        path, colon, _ = source.partition(": ")
        assert not path.startswith("catalog/") or (colon and (ROOT / path).is_file())
    assert "as_of" in case.request
    assert any((case.include, case.exclude, case.option_include, case.option_exclude, case.rank_above))


@pytest.mark.parametrize("name", NAMES)
def test_a_case_names_models_of_the_catalogue(name: str) -> None:
    unknown = models_of(read_case(name)) - set(real_facts().model_no)
    assert not unknown


def test_the_sheet_is_wide_enough() -> None:
    assert len(NAMES) >= 60


def test_the_sheet_knows_every_task_and_year() -> None:
    asked = [read_case(name).needs for name in NAMES]
    assert {needs.task for needs in asked} == set(get_args(TaskName))
    assert {needs.as_of.year for needs in asked} >= {2023, 2024, 2025, 2026}


def test_the_sheet_has_each_rule_exclude_something() -> None:
    used: set[str] = set()
    for case in map(read_case, NAMES):
        used |= set(case.option_exclude.values())
        for wanted in case.exclude.values():
            used |= (wanted if isinstance(wanted, Because) else Because(rules=wanted)).names
    assert used >= {one.name for one in CONSTRAINTS}
