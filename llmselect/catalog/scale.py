"""The scale of abilities as it stands in `abilities.yaml`, and the subjects that only link tests."""

from datetime import date

from pydantic import Field, model_validator

from llmselect.catalog.facts import Source, SourceKeys, Strict


class ScaleTest(Strict):
    """A test on the scale: the share of points that a subject of ability t reaches is 1 / (1 + exp(-a (t - b))).

    The share is counted above what guessing reaches. `noise` is the standard deviation of scores' log-odds about
    that curve, `subjects` the number of scores that it was fitted to.
    """

    a: float = Field(gt=0)
    b: float
    noise: float = Field(gt=0)
    subjects: int = Field(gt=0)


class Ability(Strict):
    """A model's abilities at one effort: per skill of the scale its level and standard error.

    `tests` counts the tests that they rest on, `independent` those that nobody's vendor ran.
    """

    level: tuple[float, ...]
    error: tuple[float, ...]
    tests: int = Field(ge=0)
    independent: int = Field(ge=0)


class Gap(Strict):
    """How far successors of one maker and tier rose above their predecessors, per skill of the scale."""

    mean: tuple[float, ...]
    spread: tuple[float, ...]
    successions: int = Field(gt=0)


class AbilitiesFile(Strict):
    """abilities.yaml, written by `llmselect catalog fit`.

    `skills` gives the order of all levels and errors; `reference` names for each skill the test by which people
    are told a level; `spread` is the covariance of skills over subjects, and `likeness` the correlation of one
    model's efforts, with which a score that was not fitted can be placed.
    """

    skills: tuple[str, ...] = ()
    reference: dict[str, str] = Field(default_factory=dict)
    likeness: float = Field(default=0.0, ge=0, lt=1)
    spread: tuple[tuple[float, ...], ...] = ()
    tests: dict[str, ScaleTest] = Field(default_factory=dict)
    gaps: dict[str, Gap] = Field(default_factory=dict)
    models: dict[str, dict[str, Ability]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> "AbilitiesFile":
        size = len(self.skills)
        if len(self.spread) != size or any(len(row) != size for row in self.spread):
            raise ValueError(f"`spread` must have {size} rows of {size} numbers, as many as there are skills")
        for skill in self.skills:
            if self.reference.get(skill) not in self.tests:
                raise ValueError(f"the reference of {skill!r} must be one of the scale's tests")
        return self


class ScoresFile(Strict):
    """scores/<harness>.yaml: subjects of one harness that are scored and never options."""

    sources: dict[str, Source]
    harness: str
    date: date
    source: SourceKeys
    subjects: dict[str, dict[str, float]]
