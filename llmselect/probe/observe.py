"""Reads the machine's counters from Linux's /proc and /sys, elsewhere from psutil if it is installed.

Functions named `parse_*` take text and read nothing.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from llmselect.probe.load import Process, Snapshot

NANOSECONDS, MICROSECONDS = 1e-9, 1e-6
_FIELDS = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")  # of /proc/stat, proc_stat(5)
_BUSY = ("user", "nice", "system", "irq", "softirq")


def snapshot() -> Snapshot:
    """The machine's counters at this moment."""
    if sys.platform.startswith("linux"):
        return linux_snapshot(Path("/"), os.getpid(), os.sysconf("SC_CLK_TCK"))
    return _psutil_snapshot()


# Linux


def linux_snapshot(root: Path, own: int, ticks_per_s: float) -> Snapshot:
    """The counters from the /proc and /sys below `root`; `own` is this process's id."""
    cpus, busy, stolen = parse_stat(_text(root / "proc/stat"), ticks_per_s)
    return Snapshot(
        at_s=time.monotonic(),
        cpus=cpus or os.cpu_count() or 1,
        own=own,
        busy_s=busy,
        stolen_s=stolen,
        throttled_s=_throttled_s(root),
        heat_events=_heat_events(root),
        processes=dict(_processes(root / "proc", ticks_per_s)),
    )


def parse_stat(text: str, ticks_per_s: float) -> tuple[int, float | None, float | None]:
    """Processors, busy and stolen CPU seconds in /proc/stat; None if all counters are zero, as in some sandboxes."""
    lines = [line.split() for line in text.splitlines() if line.startswith("cpu")]
    total = next((line[1:] for line in lines if line[0] == "cpu"), [])
    counts = dict(zip(_FIELDS, (int(word) for word in total if word.isdigit()), strict=False))
    cpus = sum(line[0] != "cpu" for line in lines)
    if not any(counts.values()):
        return cpus, None, None
    stolen = counts.get("steal")
    busy = sum(counts.get(name, 0) for name in _BUSY) / ticks_per_s
    return cpus, busy, None if stolen is None else stolen / ticks_per_s


def _processes(proc: Path, ticks_per_s: float) -> Iterator[tuple[int, Process]]:
    try:
        names = os.listdir(proc)
    except OSError:
        return
    for name in names:
        if name.isdigit() and (process := parse_process(_text(proc / name / "stat"), ticks_per_s)):
            yield int(name), process


def parse_process(text: str, ticks_per_s: float) -> Process | None:
    """A process from /proc/<id>/stat (proc_pid_stat(5)), whose name may contain spaces and brackets; else None."""
    head, bracket, rest = text.rpartition(")")
    words = rest.split()
    if not bracket or len(words) < 15:
        return None
    own, system, children, children_system = (int(word) / ticks_per_s for word in words[11:15])
    return Process(head.partition("(")[2], int(words[1]), own + system, children + children_system)


def parse_throttled_s(text: str) -> float | None:
    """Seconds in which a control group was throttled, from its cpu.stat of version 2 or 1."""
    fields = dict(line.split()[:2] for line in text.splitlines() if len(line.split()) >= 2)
    for name, unit in (("throttled_usec", MICROSECONDS), ("throttled_time", NANOSECONDS)):
        if fields.get(name, "").isdigit():
            return int(fields[name]) * unit
    return None


def _throttled_s(root: Path) -> float | None:
    """The longest time in which this process's control group or one of its ancestors was throttled."""
    groups = _groups(root / "sys/fs/cgroup", _text(root / "proc/self/cgroup"))
    times_s = (parse_throttled_s(_text(folder / "cpu.stat")) for folder in groups)
    return max((seconds for seconds in times_s if seconds is not None), default=None)


def _groups(base: Path, own_groups: str) -> Iterator[Path]:
    """Folders of the control groups that may limit this process's CPU: version 2, then version 1."""
    for line in own_groups.splitlines():
        controllers, _, path = line.partition(":")[2].partition(":")
        names = controllers.split(",")
        if controllers and "cpu" not in names:
            continue
        for top in (base,) if not controllers else (base / "cpu", base / controllers):
            parts = [part for part in path.split("/") if part]
            parts = [] if ".." in parts else parts  # a group outside this container's view
            yield from (top.joinpath(*parts[:depth]) for depth in range(len(parts) + 1))


def _heat_events(root: Path) -> int | None:
    """How often processors were throttled for heat since boot, if the kernel counts it (Intel)."""
    counts = []
    for folder in (root / "sys/devices/system/cpu").glob("cpu[0-9]*/thermal_throttle"):
        words = (_text(folder / name).strip() for name in ("core_throttle_count", "package_throttle_count"))
        counts += [int(word) for word in words if word.isdigit()]
    return sum(counts) if counts else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


# Elsewhere


def _psutil_snapshot() -> Snapshot:
    """Counters from psutil; without it only the time and the number of processors."""
    try:
        import psutil
    except ImportError:
        return Snapshot(time.monotonic(), os.cpu_count() or 1, os.getpid())
    times = psutil.cpu_times()
    names = ("user", "nice", "system", "interrupt", "dpc")
    processes = {}
    for one in psutil.process_iter(["name", "ppid", "cpu_times"]):
        spent = one.info["cpu_times"]
        if spent is not None:  # None if access to another user's process is denied
            children = getattr(spent, "children_user", 0.0) + getattr(spent, "children_system", 0.0)
            parent = one.info["ppid"] or 0
            processes[one.pid] = Process(one.info["name"] or "", parent, spent.user + spent.system, children)
    busy = sum(getattr(times, name, 0.0) for name in names)
    return Snapshot(time.monotonic(), os.cpu_count() or 1, os.getpid(), busy, processes=processes)
