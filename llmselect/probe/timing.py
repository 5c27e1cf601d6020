"""Times short work on a machine that may be doing other work."""

import math
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from llmselect.probe.load import Load, Snapshot, load_between
from llmselect.probe.observe import snapshot

Report = Callable[[str], None]
WARM_SHARE = 0.1
MIN_MEDIAN_RUNS = 3  # runs of which a median can be taken
MIN_S = 0.2  # any work may be timed for at least this long
OBSERVE_S = 0.3  # between two snapshots while waiting for quiet


def timed_runs(
    run: Callable[[], object],
    *,
    min_runs: int,
    min_s: float,
    max_s: float = math.inf,
    sync: Callable[[], object] | None = None,
) -> tuple[float, ...]:
    """Seconds of each run, in order: at least `min_runs` runs, and as many as fill `min_s`.

    After `max_s` it stops with three runs, or with fewer if these take longer than MIN_S. First the work runs
    untimed, for at least a tenth of `min_s`, to warm up caches, clocks and compiled kernels. `sync` waits until a
    device has finished; its time is part of the run.
    """

    def timed() -> float:
        start = time.perf_counter()
        run()
        if sync is not None:
            sync()
        return time.perf_counter() - start

    warm = timed()
    while warm < min_s * WARM_SHARE:
        warm += timed()
    found: list[float] = []
    total = 0.0
    while len(found) < min_runs or total < min_s:
        if found and warm + total > max_s and (len(found) >= MIN_MEDIAN_RUNS or total > MIN_S):
            break
        found.append(timed())
        total += found[-1]
    return tuple(found)


class Watch:
    """A context manager that observes the machine's other load while its block runs; `load` has it afterwards.

    Raises nothing of its own; what the system does not report is None.
    """

    load: Load

    def __init__(self, snapshot: Callable[[], Snapshot] = snapshot) -> None:
        self._look = snapshot

    def __enter__(self) -> Self:
        self._before = self._look()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.load = load_between(self._before, self._look())


def wait_for_quiet(
    report: Report,
    max_s: float,
    *,
    snapshot: Callable[[], Snapshot] = snapshot,
    sleep: Callable[[float], object] = time.sleep,
) -> Load:
    """Waits until no other work keeps the machine busy, for at most `max_s`; returns the last observed load.

    Calls `report` with the reason when it starts to wait and when it gives up. Observes at least once.
    """
    first = before = snapshot()
    announced = False
    while True:
        sleep(OBSERVE_S)
        after = snapshot()
        load, waited = load_between(before, after), after.at_s - first.at_s
        if not load.contended:
            return load
        if waited >= max_s:
            if max_s > 0:
                report(f"{load.description()}: still so after {waited:.0f} s, so the result is marked")
            return load
        if not announced:
            report(f"{load.description()}: waiting up to {max_s:.0f} s for quiet")
            announced = True
        before = after
