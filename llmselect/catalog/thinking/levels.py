"""A model's levels: the tokens that it thinks at each effort for a question of GPQA diamond.

Measured ones stand; between two of them the others are interpolated, and beyond them they follow the usual ratio
between the efforts. A model without any takes the median of its family, else of its developer's models of its size,
else of all of its size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import exp, log
from statistics import fmean, median
from typing import TYPE_CHECKING, NamedTuple

from llmselect.catalog.thinking.constants import ANY_EFFORT, EFFORTS, Evidence, Prior, ThinkingFile

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model

SIZES = (12e9, 60e9, 250e9)  # weights at which a class of size ends
LEAST: dict[Prior, int] = {"family": 1, "developer": 2, "class": 3}  # models without which a median is not taken
Levels = Mapping[str, float]  # tokens by effort


class Level(NamedTuple):
    """Tokens for a question of GPQA diamond, and what they rest on."""

    tokens: float
    evidence: Evidence


def measured_levels(model: Model, file: ThinkingFile) -> dict[str, float]:
    """What was measured of a model, by effort, and rising with it.

    LiveBench's count comes first, because its questions are those that a task takes its share of.
    """
    found: dict[str, float] = {effort: float(tokens) for effort, tokens in file.tokens.get(model.id, {}).items()}
    found |= livebench_levels(model, file.skills)
    return rising({effort: tokens for effort, tokens in found.items() if effort != "none"})


def livebench_levels(model: Model, skills: Mapping[str, float]) -> dict[str, float]:
    """The levels that LiveBench's counts amount to: the geometric mean of tokens over what each skill usually takes."""
    return {
        effort: exp(fmean(log(max(count, 1) / skills.get(skill, 1.0)) for skill, count in fact.value.items()))
        for effort, fact in model.effort_tokens.items()
        if fact.value
    }


def rising(levels: Levels) -> dict[str, float]:
    """Levels that rise from low to max, `default` no higher than max: those that do not are pooled (geometric mean).

    Two boards' measurements differ by 1.2 usually, so an order that contradicts the efforts is error.
    """
    pools: list[list[str]] = []
    for effort in (name for name in EFFORTS if name in levels):
        pools.append([effort])
        while len(pools) > 1 and _mean(levels, pools[-2]) > _mean(levels, pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    found = {effort: _mean(levels, pool) for pool in pools for effort in pool}
    if "default" in levels:
        found["default"] = levels["default"]
        if found["default"] > found.get("max", float("inf")):
            found["default"] = found["max"] = _mean(found, ["default", "max"])
    return found


def _mean(levels: Levels, efforts: Iterable[str]) -> float:
    return exp(fmean(log(levels[effort]) for effort in efforts))


def at_effort(known: Levels, effort: str, ratios: Mapping[str, float]) -> float:
    """A model's level at an effort, from those at other efforts (at least one).

    It is interpolated in logarithms of level and ratio; beyond the known ones both rise alike. What was measured at
    `default` counts only where nothing else was, because nobody says which effort that is.
    """
    named = {name: level for name, level in known.items() if name != "default"} or known
    place = {name: log(ratios.get(name, 1.0)) for name in (*named, effort)}
    below = max((name for name in named if place[name] <= place[effort]), key=place.__getitem__, default=None)
    above = min((name for name in named if place[name] >= place[effort]), key=place.__getitem__, default=None)
    near = below or above
    assert near is not None, "no known level"
    slope = 1.0
    if below and above and place[above] > place[below]:
        slope = log(named[above] / named[below]) / (place[above] - place[below])
    return named[near] * exp(slope * (place[effort] - place[near]))


class Group(NamedTuple):
    """Models like each other, and what an estimate that rests on them is called."""

    evidence: Prior
    name: tuple[str, ...]


class Usual:
    """Median levels at `high` of models that were measured, by family, by developer and size, and by size."""

    def __init__(self, measured: Iterable[tuple[Model, Levels]], ratios: Mapping[str, float]) -> None:
        self.high: dict[Group, list[float]] = {}
        for model, levels in measured:
            for group in _groups(model):
                self.high.setdefault(group, []).append(at_effort(levels, "high", ratios))

    def of(self, model: Model) -> Level | None:
        """What a model takes that was not measured; None where nobody was."""
        return next(self.each(model), self.all)

    def each(self, model: Model) -> Iterator[Level]:
        """The medians of those like it, the most alike first."""
        for group in _groups(model):
            found = self.high.get(group, [])
            if len(found) >= LEAST[group.evidence]:
                yield Level(median(found), group.evidence)

    @property
    def all(self) -> Level | None:
        """The median of all that were measured."""
        every = [level for group, levels in self.high.items() if group.evidence == "class" for level in levels]
        return Level(median(every), "class") if every else None


def _groups(model: Model) -> tuple[Group, ...]:
    """Those of a model, the most alike first."""
    developer, family, size = model.developer.value or "", model.family.value or "", _size(model)
    return Group("family", (developer, family)), Group("developer", (developer, size)), Group("class", (size,))


def _size(model: Model) -> str:
    """The class of size: how many of `SIZES` the weights exceed, or that nobody discloses them."""
    counts = model.parameters.value if model.parameters else None
    return str(sum(counts.total > limit for limit in SIZES)) if counts and counts.total else "undisclosed"


def levels_of(model: Model, measured: Levels, usual: Usual, ratios: Mapping[str, float]) -> dict[str, Level]:
    """A model's level at `default` and at each named effort. Empty where no model at all was measured."""
    prior = Level(0.0, "other-effort") if measured else usual.of(model)
    if prior is None:
        return {}
    known = measured or {"high": prior.tokens}
    found = {
        effort: Level(measured[effort], "measured")
        if effort in measured
        else Level(at_effort(known, effort, ratios), prior.evidence)
        for effort in ANY_EFFORT
    }
    most = max(found["max"].tokens, found["default"].tokens)  # default is an effort, and none is above max
    return {**found, "max": found["max"]._replace(tokens=most)}
