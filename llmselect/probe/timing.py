"""Timing short work on a machine that may be doing other things."""

import math
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from llmselect.probe.load import Load, Snapshot, between
from llmselect.probe.observe import look

Result = TypeVar("Result")
Report = Callable[[str], None]
WARM_SHARE = 0.1
FEWEST = 3  # runs of which a median can be taken
LEAST_S = 0.2  # so long anything may be timed
LOOK_S = 0.3  # one look at a machine before anything is timed on it


def samples(
    run: Callable[[], object],
    *,
    least_runs: int,
    least_s: float,
    most_s: float = math.inf,
    sync: Callable[[], object] | None = None,
) -> tuple[float, ...]:
    """Seconds of each run, in order: at least `least_runs` of them, and as many as fill `least_s`.

    After `most_s` it stops with three, or with fewer where these take longer than a fifth of a second.
    Before them the work runs once or more unmeasured, for a tenth of `least_s`, until caches, clocks and
    compiled kernels are warm. `sync` waits for what a device has been asked to do; it belongs to the run.
    """

    def timed() -> float:
        start = time.perf_counter()
        run()
        if sync is not None:
            sync()
        return time.perf_counter() - start

    warm = timed()
    while warm < least_s * WARM_SHARE:
        warm += timed()
    found: list[float] = []
    total = 0.0
    while len(found) < least_runs or total < least_s:
        if found and warm + total > most_s and (len(found) >= FEWEST or total > LEAST_S):
            break
        found.append(timed())
        total += found[-1]
    return tuple(found)


class Watch:
    """Observes what else the machine does while its block runs; afterwards `load` says it.

    Raises nothing of its own: what a system does not tell stays None in the load.
    """

    load: Load

    def __init__(self, look: Callable[[], Snapshot] = look) -> None:
        self._look = look

    def __enter__(self) -> Self:
        self._before = self._look()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.load = between(self._before, self._look())


def wait_for_quiet(
    report: Report,
    most_s: float,
    *,
    look: Callable[[], Snapshot] = look,
    sleep: Callable[[float], object] = time.sleep,
) -> Load:
    """Wait until nothing else keeps the machine busy, `most_s` at most; returns the last look's load.

    Says by `report` why and how long it waits, and when it gives up. One look is taken in any case.
    """
    first = before = look()
    said = False
    while True:
        sleep(LOOK_S)
        after = look()
        load, waited = between(before, after), after.at_s - first.at_s
        if not load.contended:
            return load
        if waited >= most_s:
            if most_s > 0:
                report(f"{load.words()}: still so after {waited:.0f} s, so the result is marked")
            return load
        if not said:
            report(f"{load.words()}: waiting up to {most_s:.0f} s for quiet")
            said = True
        before = after


def watched(run: Callable[[], Result], report: Report, *, most_wait_s: float) -> tuple[Result, Load]:
    """The result of `run` and what else the machine did meanwhile, after waiting for quiet."""
    wait_for_quiet(report, most_wait_s)
    watch = Watch()
    with watch:
        result = run()
    return result, watch.load
