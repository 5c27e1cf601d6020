"""What was timed at several moments of a probe, as one time each, and how far one moment lies from another."""

import math
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean, median

from llmselect.probe.decoder.shape import DecoderShape
from llmselect.probe.drift import drift_of_paces
from llmselect.probe.torch_probe.work import Run, Timed

Thing = tuple[str, DecoderShape, Run]
# How far moments lie apart where nothing was timed twice, a standard error as a logarithm.
UNSEEN_MOMENTS = 0.10
NARROW = ("shallow", "deep", "attentive")


class Times:
    """The typical time of each thing that was timed at one precision, at the usual pace of the processor."""

    def __init__(self, timed: Sequence[Timed]) -> None:
        self.drift = drift_of_paces(one.pace_s for one in timed)
        self._visits: dict[Thing, list[Timed]] = {}
        for one in timed:
            self._visits.setdefault((one.role, one.shape, one.run), []).append(one)

    def of(self, role: str) -> list[tuple[DecoderShape, Run, float]]:
        """Shape, run and typical seconds of all that was timed in a role."""
        return [
            (shape, run, self._typical(visits)) for (kind, shape, run), visits in self._visits.items() if kind == role
        ]

    def step(self, role: str) -> tuple[DecoderShape, float]:
        """Shape and typical seconds of one sequence's decoding step without a context."""
        return next((shape, seconds) for shape, run, seconds in self.of(role) if run == Run(1, 1))

    def error(self, *, prompt: bool) -> float:
        """The standard error, as a logarithm, of what another moment will take beside what its pace tells.

        Another moment is as far from the usual as the visits to one thing are from each other, and so is the usual
        itself that few visits tell: s x sqrt(1 + 1/visits). Narrow decoders do not count: they vary most, and what
        they tell is the least part of a real step.
        """
        kind = [
            _calm(visits)
            for (role, _, run), visits in self._visits.items()
            if run.decodes is not prompt and role not in NARROW
        ]
        apart = [self._logs(visits) for visits in kind if len(visits) > 1]
        one = _deviation(apart) if apart else UNSEEN_MOMENTS
        fewest = min((len(visits) for visits in kind), default=1)
        return one * math.sqrt(1 + 1 / fewest)

    def _typical(self, visits: Sequence[Timed]) -> float:
        """The median of undisturbed visits; where none was undisturbed the fastest, as none is faster for that."""
        calm = _calm(visits)
        return min(self._seconds(calm)) if calm[0].disturbed else median(self._seconds(calm))

    def _seconds(self, visits: Iterable[Timed]) -> Iterator[float]:
        return (one.typical_s / self.drift.slowdown(one.pace_s, prompt=not one.run.decodes) for one in visits)

    def _logs(self, visits: Sequence[Timed]) -> list[float]:
        return [math.log(seconds) for seconds in self._seconds(visits)]


def _calm(visits: Sequence[Timed]) -> Sequence[Timed]:
    """Those that others did not disturb, all where none is so."""
    return [one for one in visits if not one.disturbed] or visits


def _deviation(groups: Sequence[Sequence[float]]) -> float:
    """The standard deviation within groups, each about its own mean."""
    squares = sum((one - fmean(group)) ** 2 for group in groups for one in group)
    return math.sqrt(squares / sum(len(group) - 1 for group in groups))
