"""Schemas of abilities.yaml, and of scores/ files, whose subjects only link tests."""

from datetime import date

from pydantic import Field, model_validator

from llmselect.catalog.facts import Source, SourceKeys, Strict


class ScaleTest(Strict):
    """A test on the scale: the share of points that a subject of ability t reaches is 1 / (1 + exp(-a (t - b))).

    The share is corrected for guessing. `noise` is the standard deviation of scores' log-odds about that curve,
    `subjects` the number of scores that it was fitted to.
    """

    a: float = Field(gt=0)
    b: float
    noise: float = Field(gt=0)
    subjects: int = Field(gt=0)


class Ability(Strict):
    """A model's abilities at one effort: level and standard error per skill of the scale.

    `tests` counts the tests behind them, `independent` those not run by a vendor.
    """

    level: tuple[float, ...]
    error: tuple[float, ...]
    tests: int = Field(ge=0)
    independent: int = Field(ge=0)


class Gap(Strict):
    """Gains of successors over predecessors in one line of models, per skill of the scale."""

    mean: tuple[float, ...]
    spread: tuple[float, ...]
    successions: int = Field(gt=0)


class LanguageTest(Strict):
    """A test in one natural language: at the level t of a skill the share 1 / (1 + exp(-a (t - b) - d)) is expected.

    d is a model's deviation: their standard deviation among models is `spread`, what stays unknown of one `left`.
    """

    skill: str
    a: float = Field(gt=0)
    b: float
    spread: float = Field(ge=0)
    left: float = Field(ge=0)
    deviations: dict[str, float] = Field(default_factory=dict)


class AbilitiesFile(Strict):
    """abilities.yaml, written by `llmselect catalog fit`.

    `skills` gives the order of all levels and errors; `reference` names each skill's reference test; `spread` is the
    covariance of skills over subjects, and `likeness` the correlation of one model's efforts, both needed to place
    scores that were not part of the fit. `gaps` are what successors gain, by line, and of `ANY_LINE`. `languages` are
    by code.
    """

    skills: tuple[str, ...] = ()
    reference: dict[str, str] = Field(default_factory=dict)
    likeness: float = Field(default=0.0, ge=0, lt=1)
    spread: tuple[tuple[float, ...], ...] = ()
    tests: dict[str, ScaleTest] = Field(default_factory=dict)
    gaps: dict[str, Gap] = Field(default_factory=dict)
    languages: dict[str, LanguageTest] = Field(default_factory=dict)
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
    """scores/<harness>.yaml: subjects of one harness that have scores but are not models of the catalogue."""

    sources: dict[str, Source]
    harness: str
    date: date
    source: SourceKeys
    subjects: dict[str, dict[str, float]]
