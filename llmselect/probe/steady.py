"""Timings one after the other within a given time; what others disturbed is timed again while there is time."""

import time
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from llmselect.probe.load import Load
from llmselect.probe.outcome import Progress, Report
from llmselect.probe.timing import Watch, wait_for_quiet

MARGIN = 1.2  # of the time that a timing took before, which it may take again
Result = TypeVar("Result")


class Deadline:
    """The moment when the time is out that something was given, in seconds from now."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    @property
    def left_s(self) -> float:
        """Seconds that are left, never below none."""
        return max(0.0, self._end - self._clock())


class Job(NamedTuple, Generic[Result]):
    """Something to time: `cost` says how long it takes beside others, `run` gets the most seconds it should take.

    What is not `needed` is left out when the time is short.
    """

    name: str
    cost: float
    needed: bool
    run: Callable[[float], Result]


class Done(NamedTuple, Generic[Result]):
    """What a job gave, what else the machine did meanwhile, and its seconds."""

    job: Job[Result]
    result: Result
    load: Load
    seconds: float


class Steady(Generic[Result]):
    """Carries out jobs until a deadline; `patience_s` are what it may wait and repeat beyond the first round."""

    def __init__(
        self,
        deadline: Deadline,
        patience_s: float,
        report: Report,
        *,
        watch: Callable[[], Watch] = Watch,
    ) -> None:
        self.deadline, self.patience_s, self.report = deadline, patience_s, report
        self.watch = watch
        self.left_out: list[str] = []
        self.share = 0.0

    def all(self, jobs: Sequence[Job[Result]]) -> list[Done[Result]]:
        """The results in order, without those that there was no time for; `left_out` names these."""
        self._quiet()
        total, gone_s, found = sum(job.cost for job in jobs), 0.0, list[Done[Result]]()
        for place, job in enumerate(jobs):
            behind = sum(one.job.cost for one in found)
            if not job.needed and found and gone_s / behind * job.cost > self.deadline.left_s:
                self.left_out.append(job.name)
                continue
            self.share = sum(one.cost for one in jobs[:place]) / total
            self.report(Progress(self.share, job.name))
            waiting = job.cost + sum(one.cost for one in jobs[place + 1 :] if one.needed)
            found.append(self._once(job, self.deadline.left_s * job.cost / waiting))
            gone_s += found[-1].seconds
        return self._again(found)

    def _quiet(self) -> None:
        """Wait for a quiet machine."""
        start = time.perf_counter()
        most_s = max(0.0, min(self.patience_s, self.deadline.left_s / 4))
        wait_for_quiet(lambda words: self.report(Progress(self.share, words)), most_s)
        self.patience_s -= time.perf_counter() - start

    def _once(self, job: Job[Result], most_s: float) -> Done[Result]:
        start = time.perf_counter()
        with self.watch() as watching:
            result = job.run(most_s)
        return Done(job, result, watching.load, time.perf_counter() - start)

    def _again(self, found: list[Done[Result]]) -> list[Done[Result]]:
        """Repeat what was disturbed, the worst first, while there is time and patience."""
        start = time.perf_counter()
        while doubted := [one for one in found if one.load.contended]:
            worst = max(doubted, key=_trouble)
            left_s = min(self.deadline.left_s, self.patience_s - (time.perf_counter() - start))
            if left_s < MARGIN * worst.seconds:
                break
            self.report(Progress(self.share, f"{worst.job.name}, again: it was disturbed"))
            other = self._once(worst.job, left_s)
            found[found.index(worst)] = min(worst, other, key=_trouble)
        return found


def _trouble(one: Done[Result]) -> float:
    """How much others disturbed a timing: the processors that they kept busy or took."""
    return (one.load.others_cpus or 0.0) + (one.load.stolen_share or 0.0) * one.load.cpus
