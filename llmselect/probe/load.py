"""What other work a machine did while something was timed, from two snapshots of its counters."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

MIN_OTHERS_CPUS = 0.2  # processors that other processes may keep busy on a small machine
OTHERS_SHARE = 0.02  # the same as a share of a large machine's processors
MIN_OTHERS_S = 0.05  # the counters tick every 10 ms, so less than this means nothing
MAX_STOLEN_SHARE = 0.02
MAX_THROTTLED_SHARE = 0.02
KERNEL_THREADS = 2  # the process that is the parent of all kernel threads on Linux


class Process(NamedTuple):
    """A process: name, parent's id, its own CPU seconds and those of children that it has waited for."""

    name: str
    parent: int
    cpu_s: float
    children_cpu_s: float = 0.0


class Snapshot(NamedTuple):
    """A machine's counters at one moment; None is what this system does not report.

    `busy_s` are CPU seconds of all processes since boot, `stolen_s` those taken by the host of a virtual machine,
    `throttled_s` seconds in which a control group's limit throttled this process, `heat_events` how often a
    processor was throttled for heat. `own` is this process's id.
    """

    at_s: float
    cpus: int
    own: int
    busy_s: float | None = None
    stolen_s: float | None = None
    throttled_s: float | None = None
    heat_events: int | None = None
    processes: Mapping[int, Process] = {}


class Load(NamedTuple):
    """Other work in `seconds` on a machine of `cpus` processors; None is unknown.

    `others_cpus` is how many processors other processes kept busy, `busiest` the name of the busiest of them.
    `stolen_share` is a share of all processors' time, `throttled_share` a share of the elapsed time.
    """

    seconds: float
    cpus: int
    others_cpus: float | None
    busiest: str
    stolen_share: float | None
    throttled_share: float | None
    heat_events: int | None

    @property
    def contended(self) -> bool | None:
        """Whether other work spoils a timing; None if it is unknown."""
        if self.others_cpus is None and self.stolen_share is None:
            return None
        return any(True for _ in _disturbances(self))

    def description(self) -> str:
        """The disturbances as a phrase; empty if there were none."""
        if self.contended is None:
            return "this system does not say what else it does"
        return "; ".join(_disturbances(self))


def _disturbances(load: Load) -> Iterator[str]:
    if load.others_cpus is not None and _many(load.others_cpus, load):
        busiest = f" (most: {load.busiest})" if load.busiest else ""
        yield f"other processes kept {load.others_cpus:.1f} of {load.cpus} processors busy{busiest}"
    if load.stolen_share is not None and load.stolen_share > MAX_STOLEN_SHARE:
        yield f"the virtual machine's host took {load.stolen_share:.0%} of the processors' time"
    if load.throttled_share is not None and load.throttled_share > MAX_THROTTLED_SHARE:
        yield f"a CPU limit held this process back {load.throttled_share:.0%} of the time"
    if load.heat_events:
        yield f"the processor was slowed by heat {load.heat_events} times"


def _many(others_cpus: float, load: Load) -> bool:
    return others_cpus > max(MIN_OTHERS_CPUS, OTHERS_SHARE * load.cpus) and others_cpus * load.seconds > MIN_OTHERS_S


def load_between(before: Snapshot, after: Snapshot) -> Load:
    """The load between two snapshots."""
    seconds = max(after.at_s - before.at_s, 1e-9)
    stolen = _difference(before.stolen_s, after.stolen_s)
    held = _difference(before.throttled_s, after.throttled_s)
    heat = _difference(before.heat_events, after.heat_events)
    others = _others_s(before, after)
    return Load(
        seconds=seconds,
        cpus=after.cpus,
        others_cpus=None if others is None else others / seconds,
        busiest=_busiest(before, after),
        stolen_share=None if stolen is None else stolen / seconds / after.cpus,
        throttled_share=None if held is None else min(1.0, held / seconds),
        heat_events=None if heat is None else int(heat),
    )


def combined_load(loads: list[Load]) -> Load | None:
    """Several periods as one: times added, shares averaged over time; None if there are none."""
    if not loads:
        return None
    seconds = sum(load.seconds for load in loads)

    def mean(name: str) -> float | None:
        known = [(getattr(load, name), load.seconds) for load in loads if getattr(load, name) is not None]
        return sum(value * time for value, time in known) / sum(time for _, time in known) if known else None

    heat = [load.heat_events for load in loads if load.heat_events is not None]
    worst = max(loads, key=lambda load: (load.others_cpus or 0.0) * load.seconds)
    return Load(
        seconds, worst.cpus, mean("others_cpus"), worst.busiest, mean("stolen_share"), mean("throttled_share"),
        sum(heat) if heat else None,
    )  # fmt: skip


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else max(0.0, after - before)


def _others_s(before: Snapshot, after: Snapshot) -> float | None:
    """CPU seconds of processes other than this one's tree and kernel threads, which may be working for it."""
    busy = _difference(before.busy_s, after.busy_s)
    if busy is None:
        return None
    own = max(0.0, own_cpu_s(after) - own_cpu_s(before))
    return max(0.0, busy - own - max(0.0, _kernel_s(after) - _kernel_s(before)))


def own_cpu_s(snapshot: Snapshot) -> float:
    """CPU seconds of this process and its descendants."""
    processes = (snapshot.processes[pid] for pid in process_tree(snapshot))
    return sum(process.cpu_s + process.children_cpu_s for process in processes)


def process_tree(snapshot: Snapshot) -> set[int]:
    """The ids of this process and its running descendants."""
    children: dict[int, list[int]] = {}
    for pid, process in snapshot.processes.items():
        children.setdefault(process.parent, []).append(pid)
    tree: set[int] = set()
    waiting = [snapshot.own]
    while waiting:
        pid = waiting.pop()
        if pid in snapshot.processes and pid not in tree:
            tree.add(pid)
            waiting += children.get(pid, [])
    return tree


def _kernel_s(snapshot: Snapshot) -> float:
    return sum(process.cpu_s for process in snapshot.processes.values() if process.parent == KERNEL_THREADS)


def _busiest(before: Snapshot, after: Snapshot) -> str:
    ours = process_tree(after) | process_tree(before)
    spent = {
        pid: process.cpu_s - (before.processes[pid].cpu_s if pid in before.processes else 0.0)
        for pid, process in after.processes.items()
        if pid not in ours and process.parent != KERNEL_THREADS
    }
    busiest = max(spent, key=lambda pid: spent[pid], default=None)
    return after.processes[busiest].name if busiest is not None and spent[busiest] > 0 else ""
