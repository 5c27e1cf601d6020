"""Runs timings one after another within a time limit, and repeats disturbed ones while time remains."""

import time
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from llmselect.probe.load import Load
from llmselect.probe.outcome import Progress, Report
from llmselect.probe.timing import Watch, wait_for_quiet

REPEAT_MARGIN = 1.2  # a repeat may take this many times as long as the first run
Result = TypeVar("Result")


class Deadline:
    """A point in time, given as seconds from now."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    @property
    def left_s(self) -> float:
        """Seconds until the deadline; 0 after it."""
        return max(0.0, self._end - self._clock())


class Job(NamedTuple, Generic[Result]):
    """Something to time. `cost` is its duration relative to other jobs; `run` gets its time limit in seconds.

    Jobs that are not `needed` are skipped when time is short.
    """

    name: str
    cost: float
    needed: bool
    run: Callable[[float], Result]


class JobResult(NamedTuple, Generic[Result]):
    """A job's result, the machine's other load meanwhile, and the seconds it took."""

    job: Job[Result]
    result: Result
    load: Load
    seconds: float


class JobRunner(Generic[Result]):
    """Runs jobs until a deadline; `patience_s` limits the time for waiting and for repeats."""

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

    def run_all(self, jobs: Sequence[Job[Result]]) -> list[JobResult[Result]]:
        """The results in order; jobs for which there was no time are named in `left_out`."""
        self._wait_for_quiet()
        total, spent_s, results = sum(job.cost for job in jobs), 0.0, list[JobResult[Result]]()
        for index, job in enumerate(jobs):
            finished_cost = sum(one.job.cost for one in results)
            if not job.needed and results and spent_s / finished_cost * job.cost > self.deadline.left_s:
                self.left_out.append(job.name)
                continue
            self.share = sum(one.cost for one in jobs[:index]) / total
            self.report(Progress(self.share, job.name))
            remaining_cost = job.cost + sum(one.cost for one in jobs[index + 1 :] if one.needed)
            results.append(self._run_once(job, self.deadline.left_s * job.cost / remaining_cost))
            spent_s += results[-1].seconds
        return self._repeat_disturbed(results)

    def _wait_for_quiet(self) -> None:
        """Waits for a quiet machine."""
        start = time.perf_counter()
        max_s = max(0.0, min(self.patience_s, self.deadline.left_s / 4))
        wait_for_quiet(lambda words: self.report(Progress(self.share, words)), max_s)
        self.patience_s -= time.perf_counter() - start

    def _run_once(self, job: Job[Result], max_s: float) -> JobResult[Result]:
        start = time.perf_counter()
        with self.watch() as watching:
            result = job.run(max_s)
        return JobResult(job, result, watching.load, time.perf_counter() - start)

    def _repeat_disturbed(self, results: list[JobResult[Result]]) -> list[JobResult[Result]]:
        """Repeats disturbed jobs, the worst first, while time and patience last."""
        start = time.perf_counter()
        while disturbed := [one for one in results if one.load.contended]:
            worst = max(disturbed, key=_disturbance)
            left_s = min(self.deadline.left_s, self.patience_s - (time.perf_counter() - start))
            if left_s < REPEAT_MARGIN * worst.seconds:
                break
            self.report(Progress(self.share, f"{worst.job.name}, again: it was disturbed"))
            other = self._run_once(worst.job, left_s)
            results[results.index(worst)] = min(worst, other, key=_disturbance)
        return results


def _disturbance(one: JobResult[Result]) -> float:
    """How much a job was disturbed: the number of processors that others kept busy or took."""
    return (one.load.others_cpus or 0.0) + (one.load.stolen_share or 0.0) * one.load.cpus
