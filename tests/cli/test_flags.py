"""The flags are those of the requirements' fields, and their help says what the data says."""

from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.words import CriterionName, TaskName
from llmselect.cli.framework.flags import FIELDS, OUTPUTS, RECOMMEND, of_field
from llmselect.definition import MOST, QUESTIONS, Kind
from llmselect.engine.document import TASKS as DOCUMENT_TASKS
from llmselect.requirements import FIELDS as DEFINITIONS
from llmselect.requirements import TIERS, flag

BY_NAME = {flag.name: flag for flag in FIELDS}


def test_every_flag_is_spelled_as_its_field() -> None:
    assert [one.spellings for one in FIELDS] == [(flag(name),) for name in DEFINITIONS]


@pytest.mark.parametrize(
    ("name", "kind", "metavar", "default"),
    [
        ("task", "text", "TASK", "conversation"),
        ("compute", "text", "high|medium|low", "medium"),
        ("deployment", "list", "api|managed|self-host|any", "any"),
        ("needs", "list", "tools|structured-output|reasoning|fine-tuning|streaming|system-prompt", ""),
        ("weight", "list", "NAME=X", "the task's"),
        ("offline", "switch", "", ""),
        ("kwh_usd", "text", "USD", "0.15"),
        ("years", "text", "N", "4"),
        ("quantization", "text", "any|none|q8|q6|q5|q4|q3|q2", "any, which is q4"),
        ("as_of", "text", "DATE", "today"),
    ],
)
def test_a_flag_is_made_of_its_field(name: str, kind: Kind, metavar: str, default: str) -> None:
    made = of_field(DEFINITIONS[name])
    assert (made.kind, made.metavar, made.default) == (kind, metavar, default)


def test_output_flags_stand_apart() -> None:
    assert {flag.name for flag in OUTPUTS} == {
        *("profile", "no_config", "top", "all_options", "format", "json", "output", "explain", "lang", "probe")
    }


def test_groups_hold_together_and_the_dozen_come_first() -> None:
    groups = [flag.group for flag in FIELDS]
    changes = sum(before != after for before, after in pairwise(groups))
    assert changes == len(set(groups)) - 1
    assert groups[:12] == [QUESTIONS] * 4 + [MOST] * 8
    assert MOST not in groups[12:]


def test_tasks_and_criteria_are_named_in_full() -> None:
    tasks = get_args(TaskName)
    assert tasks[:4] == DOCUMENT_TASKS
    assert ", ".join(tasks) in BY_NAME["task"].help
    assert all(name in BY_NAME["weight"].help for name in get_args(CriterionName))


def test_tiers_are_those_of_the_catalogue() -> None:
    presets = load(Path(__file__).parents[2] / "catalog").hardware.presets
    assert "; ".join(f"{name}: {row.count} x {row.device}" for name, row in presets.items()) == TIERS


@pytest.mark.parametrize("flag", RECOMMEND, ids=lambda flag: flag.name)
def test_help_says_something_and_stays_short(flag: Any) -> None:
    assert flag.help.endswith(".")
    assert len(flag.help) <= 170
