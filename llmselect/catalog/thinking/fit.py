"""Fits the constants of thinking.yaml: what evaluations, skills and efforts take, and how far estimates are off.

All sums are of logarithms, because tokens differ by factors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import exp, log
from statistics import fmean, median
from typing import TYPE_CHECKING, NamedTuple

from llmselect.catalog.thinking.constants import ANY_EFFORT, PRIORS, Evidence
from llmselect.catalog.thinking.levels import Levels, Usual, at_effort

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model

ROUNDS = 200
COVERED = 0.9
Counts = Mapping[tuple[str, str], float]  # tokens by subject and evaluation
Thought = Sequence[tuple["Model", Levels]]  # models with what was measured of them


class Trial(NamedTuple):
    """A level that was left out, and what the rest makes one expect."""

    model: str
    effort: str
    evidence: Evidence
    expected_tokens: float
    measured_tokens: float

    @property
    def factor(self) -> float:
        """By what factor the expectation is off, either way; at least 1."""
        return exp(abs(log(self.expected_tokens / self.measured_tokens)))


def two_ways(counts: Counts, reference: str) -> dict[str, float]:
    """Tokens per subject as at the reference evaluation, from all of its evaluations.

    In logarithms a count is what its subject takes plus what its evaluation takes, the first a mean and the second a
    median, in turns.
    """
    subjects, evaluations = sorted({one for one, _ in counts}), sorted({one for _, one in counts})
    taken = dict.fromkeys(evaluations, 0.0)
    found = dict.fromkeys(subjects, 0.0)
    by_subject: dict[str, list[tuple[str, float]]] = {}
    by_evaluation: dict[str, list[tuple[str, float]]] = {}
    for (subject, evaluation), count in counts.items():
        by_subject.setdefault(subject, []).append((evaluation, log(count)))
        by_evaluation.setdefault(evaluation, []).append((subject, log(count)))
    for _ in range(ROUNDS):
        found = {subject: fmean(tokens - taken[at] for at, tokens in by_subject[subject]) for subject in subjects}
        taken = {at: median(tokens - found[subject] for subject, tokens in by_evaluation[at]) for at in evaluations}
    return {subject: exp(level + taken[reference]) for subject, level in found.items()}


def counted_twice(
    models: Iterable[Model], tokens: Mapping[str, Mapping[str, int]]
) -> list[tuple[Mapping[str, int], float]]:
    """LiveBench's counts of models and efforts that have a level from elsewhere, each with it."""
    return [
        (fact.value or {}, float(tokens[model.id][effort]))
        for model in models
        for effort, fact in model.effort_tokens.items()
        if effort in tokens.get(model.id, {})
    ]


def skill_ratios(counted: Iterable[tuple[Mapping[str, int], float]]) -> dict[str, float]:
    """What LiveBench's questions of a skill take over the level: the median over counts of models with a level."""
    found: dict[str, list[float]] = {}
    for counts, level in counted:
        for skill, count in counts.items():
            found.setdefault(skill, []).append(count / level)
    return {skill: median(ratios) for skill, ratios in found.items()}


def effort_ratios(measured: Iterable[Levels]) -> dict[str, float]:
    """Levels over the one at `high`, by least squares of logarithms over models with two efforts or more."""
    rows = [{effort: log(tokens) for effort, tokens in levels.items()} for levels in measured if len(levels) > 1]
    efforts = [effort for effort in ANY_EFFORT if any(effort in row for row in rows)]
    ratio = dict.fromkeys(efforts, 0.0)
    for _ in range(ROUNDS):
        own = [fmean(tokens - ratio[effort] for effort, tokens in row.items()) for row in rows]
        ratio = {
            effort: fmean(row[effort] - level for row, level in zip(rows, own, strict=True) if effort in row)
            for effort in efforts
        }
    return {effort: exp(value - ratio.get("high", 0.0)) for effort, value in ratio.items()}


def held_out(measured: Thought) -> list[Trial]:
    """Each level from the model's other efforts, if there are any, and from each group of other models like it.

    Trials of a level from other models stand in the order in which these would be asked. The ratios are fitted
    without the model.
    """
    trials = []
    of_all = effort_ratios(levels for _, levels in measured)
    for model, levels in measured:
        others = [(other, known) for other, known in measured if other.id != model.id]
        ratios = effort_ratios(known for _, known in others) if len(levels) > 1 else of_all  # one effort gives no ratio
        priors = list(Usual(others, ratios).each(model))
        for effort, tokens in levels.items():
            rest = {name: level for name, level in levels.items() if name != effort}
            if rest:
                trials.append(Trial(model.id, effort, "other-effort", at_effort(rest, effort, ratios), tokens))
            for prior in priors:
                expected = at_effort({"high": prior.tokens}, effort, ratios)
                trials.append(Trial(model.id, effort, prior.evidence, expected, tokens))
    return trials


def spreads(trials: Iterable[Trial]) -> dict[str, float]:
    """The factor that nine in ten trials keep within, by what they rest on.

    An estimate from less alike models is never surer.
    """
    every = list(trials)
    found: dict[str, float] = {}
    for kind in PRIORS:
        factors = [trial.factor for trial in every if trial.evidence == kind]
        found[kind] = max([_at_share(factors, COVERED), *found.values()])
    return found


def _at_share(values: Sequence[float], share: float) -> float:
    """The least value that a share of the values, and one more that is still to come, does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * (len(ordered) + 1)))] if ordered else 1.0
