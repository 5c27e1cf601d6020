"""The quality of a request: what is expected of models at its task, mixed with what it asks for beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from llmselect.catalog.sql.read import Numbers
from llmselect.engine.columns import AtSkill
from llmselect.engine.facts import Efforts, Facts
from llmselect.engine.request import Task
from llmselect.estimate.intervals import lower_quartile


def efforts_at(task: Task, facts: Facts) -> Efforts:
    """What is expected of models at the efforts of a task, as a request asks for it."""
    efforts = facts.efforts(task.name)
    return _mixed(efforts, facts, task.asked) if task.asked else efforts


def _mixed(efforts: Efforts, facts: Facts, asked: Mapping[str, float]) -> Efforts:
    rows = efforts.at_task
    ends = np.stack([rows.quality_low_percent, rows.quality_percent, rows.quality_high_percent])
    places = {key: place for place, key in enumerate(zip(rows.model, rows.effort, strict=True))}
    mixed = (1 - sum(asked.values())) * ends
    for skill, share in asked.items():
        mixed += share * _scores(facts.at_skill(skill), places)
    low, middle, high = mixed
    return replace(
        efforts,
        at_task=replace(rows, quality_low_percent=low, quality_percent=middle, quality_high_percent=high),
    )


def _scores(skill: AtSkill, places: Mapping[tuple[str, str], int]) -> Numbers:
    """(3, n): the scores in a skill of each model at its efforts; of those that no test of it has seen, the value is
    the unfavourable quartile.
    """
    found = np.full((3, len(places)), np.nan)
    at = [places[key] for key in zip(skill.model, skill.effort, strict=True)]
    ends = np.stack([skill.quality_low_percent, skill.quality_percent, skill.quality_high_percent])
    found[:, at] = np.where(skill.tested, ends, np.stack([ends[0], lower_quartile(ends), ends[2]]))
    return found
