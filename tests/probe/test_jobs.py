"""Jobs whose clock and neighbours are made up."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from llmselect.probe import jobs, pace
from llmselect.probe.jobs import Deadline, Job, JobRunner
from llmselect.probe.load import Load
from llmselect.probe.outcome import Progress

QUIET = Load(1.0, 2, 0.0, "", 0.0, 0.0, 0)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "wait_for_quiet", lambda *_: QUIET)


def _busy(*others_cpus: float) -> Callable[[], Any]:
    """Watches that see other processes keep so many processors busy, one after the other."""
    seen = iter(others_cpus)

    class Watching:
        def __enter__(self) -> "Watching":
            return self

        def __exit__(self, *_: object) -> None:
            self.load = QUIET._replace(others_cpus=next(seen, 0.0))

    return Watching


def _counted(name: str, needed: bool = True) -> Job[str]:
    runs: Iterator[int] = iter(range(1, 99))
    return Job(name, 1.0, needed, lambda max_s: f"{name}{next(runs)}")


def _done(jobs: list[Job[str]], deadline: Deadline, patience_s: float = 60.0, **made_up: Any) -> list[str]:
    return [one.result for one in JobRunner[str](deadline, patience_s, lambda _: None, **made_up).run_all(jobs)]


def test_a_deadline_never_has_less_than_no_time_left() -> None:
    moments = iter([10.0, 12.0, 19.0])
    deadline = Deadline(5.0, lambda: next(moments))
    assert deadline.left_s == 3.0
    assert deadline.left_s == 0.0


def test_undisturbed_jobs_run_once_in_order() -> None:
    said: list[Progress] = []
    runner = JobRunner[str](Deadline(60.0), 60.0, said.append, watch=_busy())
    assert [one.result for one in runner.run_all([_counted("a"), _counted("b")])] == ["a1", "b1"]
    assert [(step.share, step.doing) for step in said] == [(0.0, "a"), (0.5, "b")]
    assert runner.left_out == []


def test_what_others_disturbed_is_timed_again_until_it_is_not() -> None:
    assert _done([_counted("a")], Deadline(60.0), watch=_busy(1.5, 0.7)) == ["a3"]


def test_the_least_disturbed_is_kept_when_patience_ends() -> None:
    busy = _busy(1.5, 0.7, 1.2, *[1.5] * 99)
    moments = iter([0.0, *[1.0] * 20, *[100.0] * 99])
    deadline = Deadline(50.0, lambda: next(moments))
    assert _done([_counted("a")], deadline, watch=busy) == ["a2"]


def test_without_patience_nothing_is_repeated() -> None:
    assert _done([_counted("a")], Deadline(60.0), patience_s=0.0, watch=_busy(1.5)) == ["a1"]


def test_out_of_time_what_is_needed_runs_and_the_rest_is_named() -> None:
    runner = JobRunner[str](Deadline(0.0), 60.0, lambda _: None, watch=_busy(1.5, 1.5))
    jobs = [_counted("a"), _counted("b"), _counted("c", needed=False)]
    assert [one.result for one in runner.run_all(jobs)] == ["a1", "b1"]
    assert runner.left_out == ["c"]


def test_each_job_gets_its_share_of_the_time_that_is_left() -> None:
    given: list[float] = []
    jobs = [Job(name, cost, True, given.append) for name, cost in (("a", 1.0), ("b", 3.0))]
    JobRunner[None](Deadline(8.0, lambda: 0.0), 0.0, lambda _: None, watch=_busy()).run_all(jobs)
    assert given == [2.0, 8.0]


def test_the_pace_is_a_time_of_real_work() -> None:
    pytest.importorskip("numpy")
    assert 0 < pace.pace_s() < 5


def test_nothing_spins_on_behind_a_look_at_the_pace() -> None:
    """In a process of its own, where nothing else has loaded numpy or has threads."""
    pytest.importorskip("numpy")
    code = (
        "import time; from llmselect.probe.pace import pace_s; pace_s(); start = time.process_time(); "
        "time.sleep(0.1); print(time.process_time() - start)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.05


class _Clocks:
    """A process that keeps so many processors busy until `busy_s`; a sleep moves both of its clocks."""

    def __init__(self, busy_s: float, cpus: float = 1.0) -> None:
        self.now_s, self.used_s, self.busy_s, self.cpus = 0.0, 0.0, busy_s, cpus

    def perf_counter(self) -> float:
        return self.now_s

    def process_time(self) -> float:
        return self.used_s

    def sleep(self, seconds: float) -> None:
        self.used_s += self.cpus * max(0.0, min(seconds, self.busy_s - self.now_s))
        self.now_s += seconds


@pytest.mark.parametrize(
    ("busy_s", "cpus", "rests_s"),
    [
        (0.0, 1.0, pace.POLL_S),
        (0.1, 1.0, 0.1 + pace.POLL_S),
        (0.1, 4.0, 0.1 + pace.POLL_S),
        (60.0, 0.5 * pace.IDLE_CPU_SHARE, pace.POLL_S),  # a progress bar's thread
        (60.0, 1.0, pace.MAX_REST_S),
    ],
)
def test_the_rest_lasts_until_no_thread_is_busy(
    busy_s: float, cpus: float, rests_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = _Clocks(busy_s, cpus)
    monkeypatch.setattr(pace, "time", clocks)
    pace.wait_until_idle()
    assert clocks.now_s == pytest.approx(rests_s, abs=pace.POLL_S)
