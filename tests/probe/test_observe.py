"""Reading a machine's counters from /proc and /sys, here files written by hand."""

import os
import sys
from pathlib import Path

import pytest

from llmselect.probe.load import Process
from llmselect.probe.observe import linux_snapshot, parse_process, parse_stat, parse_throttled_s, snapshot

STAT = """cpu  5000 100 700 81375 475 10 190 536 40 0
cpu0 2500 50 350 46711 92 5 95 271 20 0
cpu1 2500 50 350 34664 383 5 95 265 20 0
intr 12345
ctxt 99
"""


def test_counts_of_processors() -> None:
    cpus, busy, stolen = parse_stat(STAT, 100.0)
    assert (cpus, busy, stolen) == (2, 60.0, 5.36)


@pytest.mark.parametrize("text", ["", "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n", "nonsense\n"])
def test_counts_of_a_sandbox_that_counts_nothing(text: str) -> None:
    assert parse_stat(text, 100.0)[1:] == (None, None)


def test_an_old_kernel_counts_no_stolen_time() -> None:
    assert parse_stat("cpu  100 0 100 800 0 0 0\n", 100.0) == (0, 2.0, None)


def test_a_process_whose_name_has_brackets_and_spaces() -> None:
    text = "42 (a (b) c) S 7 42 42 0 -1 4194304 100 0 0 0 150 50 30 20 20 0 1 0 71491 3133440 390"
    assert parse_process(text, 100.0) == Process("a (b) c", 7, 2.0, 0.5)


@pytest.mark.parametrize("text", ["", "42 (cut", "42 (short) S 7 1 2"])
def test_a_process_that_has_just_gone(text: str) -> None:
    assert parse_process(text, 100.0) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("usage_usec 5\nnr_periods 9\nnr_throttled 3\nthrottled_usec 2500000\n", 2.5),
        ("nr_periods 9\nnr_throttled 3\nthrottled_time 1500000000\n", 1.5),
        ("usage_usec 5\nuser_usec 4\n", None),
        ("", None),
    ],
)
def test_time_that_a_limit_held_back(text: str, seconds: float | None) -> None:
    assert parse_throttled_s(text) == seconds


def _write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_a_whole_linux_machine(tmp_path: Path) -> None:
    thermal = "sys/devices/system/cpu/cpu{}/thermal_throttle/core_throttle_count"
    root = _write(
        tmp_path,
        {
            "proc/stat": STAT,
            "proc/9/stat": "9 (python) R 1 9 9 0 -1 0 0 0 0 0 100 0 0 0 20 0 1 0 1 1 1",
            "proc/self/cgroup": "0::/box/inner\n",
            "sys/fs/cgroup/box/cpu.stat": "throttled_usec 4000000\n",
            "sys/fs/cgroup/box/inner/cpu.stat": "throttled_usec 1000000\n",
            thermal.format(0): "3\n",
            thermal.format(1): "4\n",
        },
    )
    seen = linux_snapshot(root, 9, 100.0)
    assert (seen.cpus, seen.own, seen.busy_s, seen.stolen_s) == (2, 9, 60.0, 5.36)
    assert (seen.throttled_s, seen.heat_events) == (4.0, 7)
    assert seen.processes == {9: Process("python", 1, 1.0)}


@pytest.mark.parametrize("path", ["sys/fs/cgroup/cpu/box/cpu.stat", "sys/fs/cgroup/cpu,cpuacct/box/cpu.stat"])
def test_limits_of_control_groups_of_version_1(tmp_path: Path, path: str) -> None:
    own = {"proc/self/cgroup": "4:memory:/other\n3:cpu,cpuacct:/box\n", path: "throttled_time 2000000000\n"}
    assert linux_snapshot(_write(tmp_path, own), 9, 100.0).throttled_s == 2.0


def test_a_machine_that_tells_nothing(tmp_path: Path) -> None:
    seen = linux_snapshot(tmp_path, 9, 100.0)
    assert (seen.busy_s, seen.stolen_s, seen.throttled_s, seen.heat_events, seen.processes) == (
        None,
        None,
        None,
        None,
        {},
    )
    assert seen.cpus >= 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_this_machine_knows_this_process() -> None:
    seen = snapshot()
    assert seen.processes[os.getpid()].cpu_s > 0


def test_other_systems_are_asked_through_psutil(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psutil")
    monkeypatch.setattr(sys, "platform", "darwin")
    seen = snapshot()
    assert seen.busy_s is not None
    assert seen.busy_s > 0
    assert seen.processes[os.getpid()].cpu_s > 0
    assert (seen.stolen_s, seen.throttled_s) == (None, None)


def test_without_psutil_only_the_time_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setitem(sys.modules, "psutil", None)
    seen = snapshot()
    assert seen.busy_s is None
    assert seen.processes == {}
