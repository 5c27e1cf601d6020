"""What each model can in single skills and natural languages, which a request may ask for beside its task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llmselect.catalog.abilities.curves import aims_of, expected_scores
from llmselect.catalog.abilities.expected import ancestor_of, raised
from llmselect.catalog.abilities.gaps import predecessors
from llmselect.catalog.abilities.languages import expected_in_language
from llmselect.catalog.sql.table import Row
from llmselect.catalog.words import language_skill

if TYPE_CHECKING:
    from llmselect.catalog.abilities.curves import Aim, Levels
    from llmselect.catalog.schema import Catalog, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSkillRow(Row):
    """The score that a model at an effort is expected to reach on the reference test of a skill (90 % interval), or on
    the test of a natural language, whose `skill` is `language-` and its code.

    `tested` says whether the model has a score of that skill or language, at whatever effort; elsewhere its other
    scores, or its predecessor's, stand for it.
    """

    table: ClassVar[str] = "at_skill"
    indexed: ClassVar[tuple[str, ...]] = ("skill", "model")
    derived: ClassVar[bool] = True

    skill: str
    model: str
    effort: str
    quality_low_percent: float
    quality_percent: float
    quality_high_percent: float
    tested: bool


def at_skill_rows(catalog: Catalog) -> Iterator[Row]:
    """Every model of which something is expected, at each effort, in each skill that a request may ask for."""
    scale, languages = catalog.abilities, catalog.abilities.languages
    before = predecessors(catalog.models.values())
    skills = {need.skill for need in catalog.tasks.needs.values()} & set(scale.skills)
    aims: dict[str, tuple[Aim, ...]] = {skill: aims_of(scale, {skill: 1.0}) for skill in sorted(skills)}
    for model in catalog.models.values():
        tested = set(_tested(model, catalog))
        for effort, ability in _abilities(model, catalog, before):
            scores = {
                **{skill: expected_scores(ability, aim) for skill, aim in aims.items()},
                **{language_skill(code): expected_in_language(ability, scale, code, model.id) for code in languages},
            }
            for skill, (low, middle, high) in scores.items():
                yield AtSkillRow(
                    skill=skill,
                    model=model.id,
                    effort=effort,
                    quality_low_percent=low,
                    quality_percent=middle,
                    quality_high_percent=high,
                    tested=skill in tested,
                )


def _abilities(model: Model, catalog: Catalog, before: dict[str, str]) -> Iterator[tuple[str, Levels]]:
    """A model's abilities by effort, or what its scored ancestor makes one expect."""
    scale = catalog.abilities
    if model.id in scale.models:
        yield from scale.models[model.id].items()
    elif ancestor := ancestor_of(model.id, scale, before):
        yield from ((effort, raised(ability, ancestor)) for effort, ability in scale.models[ancestor.model].items())


def _tested(model: Model, catalog: Catalog) -> Iterator[str]:
    tests = catalog.benchmarks.benchmarks
    for test in (tests[row.benchmark] for row in model.scores if row.benchmark in tests):
        yield language_skill(test.language) if test.language is not None else test.skill
