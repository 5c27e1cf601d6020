"""Abilities from scores added after the fit, such as a user's own, placed on the existing scale."""

import math
from collections.abc import Mapping
from typing import Any

from llmselect.catalog.abilities.curves import Placement, log_odds, place, reading_error
from llmselect.catalog.abilities.readings import Reading, readings
from llmselect.catalog.abilities.scale import AbilitiesFile
from llmselect.catalog.checks.files import as_json
from llmselect.catalog.schema import BenchmarksFile, Model


def place_new_scores(catalog: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The catalogue with new abilities for models whose scores differ from `before`; nothing is refitted.

    All scores of an effort count, except those at tests that the scale lacks.
    """
    known = before["models"]
    names = [name for name, row in catalog["models"].items() if row.get("scores") != known.get(name, {}).get("scores")]
    if not names or not catalog.get("abilities"):
        return catalog
    scale = AbilitiesFile.model_validate_json(as_json(catalog["abilities"]))
    tables = BenchmarksFile.model_validate_json(as_json(catalog["benchmarks"]))
    models = [Model.model_validate_json(as_json(catalog["models"][name])) for name in names]
    abilities = {name: dict(efforts) for name, efforts in catalog["abilities"].get("models", {}).items()}
    for (model, effort), rows in _by_effort(readings(models, (), tables), scale).items():
        ability = place(scale, [_placement(row, scale) for row in rows], sum(row.independent for row in rows))
        abilities.setdefault(model, {})[effort] = ability.model_dump(mode="json")
    return {**catalog, "abilities": {**catalog["abilities"], "models": abilities}}


def _by_effort(rows: list[Reading], scale: AbilitiesFile) -> dict[tuple[str, str], list[Reading]]:
    found: dict[tuple[str, str], list[Reading]] = {}
    for row in rows:
        if row.test in scale.tests and row.skill in scale.skills:
            found.setdefault((row.model, row.effort), []).append(row)
    return found


def _placement(row: Reading, scale: AbilitiesFile) -> Placement:
    """A reading as a placement; its error combines the share's own error and the scatter of its kind."""
    error = math.hypot(reading_error(row.share, row.points), row.floor)
    return Placement(scale.skills.index(row.skill), scale.tests[row.test], log_odds(row.share), error)
