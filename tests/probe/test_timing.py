"""Timing on a machine whose counters are made up."""

from collections.abc import Callable, Iterator

from llmselect.probe.load import Process, Snapshot
from llmselect.probe.timing import Watch, timed_runs, wait_for_quiet


def _looks(*busy_s: float) -> Callable[[], Snapshot]:
    """Looks one second apart that find so many CPU seconds spent by a stranger."""
    moments: Iterator[tuple[int, float]] = iter(enumerate(busy_s))

    def look() -> Snapshot:
        at, busy = next(moments)
        return Snapshot(float(at), 2, 1, busy, processes={1: Process("we", 0, 0.0), 9: Process("cc", 0, busy)})

    return look


def test_samples_are_as_many_as_asked_and_fill_the_time() -> None:
    calls: list[str] = []
    found = timed_runs(lambda: calls.append("run"), min_runs=5, min_s=0.0, sync=lambda: calls.append("sync"))
    assert len(found) == 5
    assert all(one >= 0 for one in found)
    assert calls == ["run", "sync"] * 6  # one of them is warm-up
    longer = timed_runs(lambda: None, min_runs=1, min_s=0.005)
    assert sum(longer) >= 0.005
    assert len(longer) > 1


def test_short_of_time_a_run_is_repeated_less_and_never_not_at_all() -> None:
    import time

    short = timed_runs(lambda: None, min_runs=9, min_s=1.0, max_s=0.0)
    assert len(short) == 3
    assert len(timed_runs(lambda: time.sleep(0.21), min_runs=9, min_s=0.0, max_s=0.0)) == 1


def test_waiting_is_part_of_a_run() -> None:
    import time

    found = timed_runs(lambda: None, min_runs=3, min_s=0.0, sync=lambda: time.sleep(0.002))
    assert min(found) >= 0.002


def test_a_watch_says_what_else_ran() -> None:
    with Watch(_looks(0.0, 1.5)) as watch:
        pass
    assert watch.load.others_cpus == 1.5
    assert watch.load.contended


def test_a_quiet_machine_is_not_waited_for() -> None:
    said: list[str] = []
    load = wait_for_quiet(said.append, 10.0, snapshot=_looks(0.0, 0.0), sleep=lambda _: None)
    assert load.contended is False
    assert said == []


def test_waiting_ends_when_the_machine_falls_quiet() -> None:
    said: list[str] = []
    load = wait_for_quiet(said.append, 10.0, snapshot=_looks(0.0, 1.0, 2.0, 2.0), sleep=lambda _: None)
    assert load.contended is False
    assert said == ["other processes kept 1.0 of 2 processors busy (most: cc): waiting up to 10 s for quiet"]


def test_waiting_is_bounded_and_says_when_it_gives_up() -> None:
    said: list[str] = []
    load = wait_for_quiet(said.append, 3.0, snapshot=_looks(*map(float, range(9))), sleep=lambda _: None)
    assert load.contended is True
    assert len(said) == 2
    assert said[1].endswith("still so after 3 s, so the result is marked")


def test_no_patience_is_no_message() -> None:
    said: list[str] = []
    assert wait_for_quiet(said.append, 0.0, snapshot=_looks(0.0, 1.0), sleep=lambda _: None).contended
    assert said == []
