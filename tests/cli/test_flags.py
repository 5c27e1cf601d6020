"""The table of flags says what the requirements say."""

import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.words import CriterionName, TaskName
from llmselect.cli.flags import FIELDS, GROUPS, OUTPUTS, RECOMMEND, TASKS, TIERS
from llmselect.engine.document import TASKS as DOCUMENT_TASKS
from llmselect.requirements import READERS, Requirements

TYPES = typing.get_type_hints(Requirements)
BY_NAME = {flag.name: flag for flag in FIELDS}


def test_every_field_has_a_flag_and_every_flag_a_field() -> None:
    assert set(BY_NAME) == set(READERS)
    assert len(BY_NAME) == len(FIELDS)


def test_output_flags_stand_apart() -> None:
    assert {flag.name for flag in OUTPUTS} == {
        *("profile", "top", "all_options", "format", "json", "output", "explain", "lang")
    }


def test_groups_hold_together_and_the_dozen_come_first() -> None:
    order = list(dict.fromkeys(flag.group for flag in FIELDS))
    assert order == [group for group in GROUPS if group in order]
    assert sum(flag.group in GROUPS[:2] for flag in FIELDS) == 12


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_kinds_follow_the_types(name: str) -> None:
    annotation = TYPES[name]
    collects = typing.get_origin(annotation) in (tuple, Mapping)
    expected = "switch" if annotation is bool else "list" if collects else "text"
    assert BY_NAME[name].kind == expected


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_choices_are_named_in_full(name: str) -> None:
    choices = _choices(TYPES[name])
    if name in ("task", "weight") or not choices:
        return
    assert BY_NAME[name].metavar.split("|") == choices


def _choices(annotation: Any) -> list[str]:
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        return list(get_args(annotation))
    if origin in (tuple, typing.Union, types.UnionType, typing.Annotated):
        return [choice for part in get_args(annotation) for choice in _choices(part)]
    return []


def test_tasks_and_criteria_are_named_in_full() -> None:
    assert get_args(TaskName) == TASKS
    assert TASKS[:4] == DOCUMENT_TASKS
    assert all(name in BY_NAME["weight"].help for name in get_args(CriterionName))


def test_tiers_are_those_of_the_catalogue() -> None:
    presets = load(Path(__file__).parents[2] / "catalog").hardware.presets
    assert "; ".join(f"{name}: {row.count} x {row.device}" for name, row in presets.items()) == TIERS


@pytest.mark.parametrize("flag", RECOMMEND, ids=lambda flag: flag.name)
def test_help_says_something_and_stays_short(flag: Any) -> None:
    assert flag.help.endswith(".")
    assert len(flag.help) <= 170
