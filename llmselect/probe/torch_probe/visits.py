"""Combines the timings of several visits into one typical time each, and estimates how much visits differ."""

import math
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean, median

from llmselect.probe.decoder.shape import DecoderShape
from llmselect.probe.drift import drift_of_paces
from llmselect.probe.torch_probe.work import Run, RunTimings

RunKey = tuple[str, DecoderShape, Run]
# The standard error between visits, as a logarithm, if nothing was visited twice.
UNKNOWN_VISIT_ERROR = 0.10
NARROW_ROLES = ("shallow", "deep", "attentive")


class TypicalTimes:
    """Typical times of all runs in one precision, at the processor's typical pace."""

    def __init__(self, timed: Sequence[RunTimings]) -> None:
        self.drift = drift_of_paces(one.pace_s for one in timed)
        self._visits: dict[RunKey, list[RunTimings]] = {}
        for one in timed:
            self._visits.setdefault((one.role, one.shape, one.run), []).append(one)

    def of(self, role: str) -> list[tuple[DecoderShape, Run, float]]:
        """Shape, run and typical seconds of all runs of a role."""
        return [
            (shape, run, self._typical(visits)) for (kind, shape, run), visits in self._visits.items() if kind == role
        ]

    def step(self, role: str) -> tuple[DecoderShape, float]:
        """Shape and typical seconds of a role's decoding step at batch 1 without a context."""
        return next((shape, seconds) for shape, run, seconds in self.of(role) if run == Run(1, 1))

    def error(self, *, prompt: bool) -> float:
        """The standard error, as a logarithm, of a time at another moment beyond the effect of the pace.

        With s the standard deviation between visits, it is s x sqrt(1 + 1/visits): a new visit varies by s, and so
        does the typical time estimated from few visits. Narrow decoders are left out: they vary most and are the
        smallest part of a real step.
        """
        kind = [
            _undisturbed(visits)
            for (role, _, run), visits in self._visits.items()
            if run.decodes is not prompt and role not in NARROW_ROLES
        ]
        apart = [self._logs(visits) for visits in kind if len(visits) > 1]
        one = _deviation(apart) if apart else UNKNOWN_VISIT_ERROR
        fewest = min((len(visits) for visits in kind), default=1)
        return one * math.sqrt(1 + 1 / fewest)

    def _typical(self, visits: Sequence[RunTimings]) -> float:
        """The median of undisturbed visits; if all were disturbed, the fastest one."""
        calm = _undisturbed(visits)
        return min(self._seconds(calm)) if calm[0].disturbed else median(self._seconds(calm))

    def _seconds(self, visits: Iterable[RunTimings]) -> Iterator[float]:
        return (one.typical_s / self.drift.slowdown(one.pace_s, prompt=not one.run.decodes) for one in visits)

    def _logs(self, visits: Sequence[RunTimings]) -> list[float]:
        return [math.log(seconds) for seconds in self._seconds(visits)]


def _undisturbed(visits: Sequence[RunTimings]) -> Sequence[RunTimings]:
    """The undisturbed visits, or all if there are none."""
    return [one for one in visits if not one.disturbed] or visits


def _deviation(groups: Sequence[Sequence[float]]) -> float:
    """The pooled standard deviation within groups."""
    squares = sum((one - fmean(group)) ** 2 for group in groups for one in group)
    return math.sqrt(squares / sum(len(group) - 1 for group in groups))
