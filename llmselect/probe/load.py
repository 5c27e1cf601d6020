"""What else a machine did while something was timed, from two looks at its counters."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

LEAST_OTHERS_CPUS = 0.2  # processors that others may keep busy on a small machine
OTHERS_SHARE = 0.02  # the same as a share of a large machine's processors
LEAST_OTHERS_S = 0.05  # below this the counters' steps of 10 ms say nothing
MOST_STOLEN_SHARE = 0.02
MOST_HELD_SHARE = 0.02
KERNEL_THREADS = 2  # the process that is the parent of all kernel threads on Linux


class Process(NamedTuple):
    """A process: its name, its parent, CPU seconds of its own and of children that it has waited for."""

    name: str
    parent: int
    cpu_s: float
    children_cpu_s: float = 0.0


class Snapshot(NamedTuple):
    """A machine's counters at one moment; None is what this system does not tell.

    `busy_s` are CPU seconds of all processes since the start, `stolen_s` those that the host of a virtual
    machine took, `held_s` seconds in which a control group's limit held this process back, `heat_events` how
    often a processor was slowed because it grew hot. `own` is this process's id.
    """

    at_s: float
    cpus: int
    own: int
    busy_s: float | None = None
    stolen_s: float | None = None
    held_s: float | None = None
    heat_events: int | None = None
    processes: Mapping[int, Process] = {}


class Load(NamedTuple):
    """What else happened in `seconds` on a machine of `cpus` processors; None is what was not told.

    `others_cpus` is how many processors other processes kept busy, `loudest` the busiest of them by name.
    `stolen_share` is a share of all processors' time, `held_share` one of the time.
    """

    seconds: float
    cpus: int
    others_cpus: float | None
    loudest: str
    stolen_share: float | None
    held_share: float | None
    heat_events: int | None

    @property
    def contended(self) -> bool | None:
        """Whether the machine did something else that spoils a timing; None where nothing can be told."""
        if self.others_cpus is None and self.stolen_share is None:
            return None
        return any(True for _ in _disturbances(self))

    def words(self) -> str:
        """The disturbances in words, for a sentence; empty where there were none."""
        if self.contended is None:
            return "this system does not say what else it does"
        return "; ".join(_disturbances(self))


def _disturbances(load: Load) -> Iterator[str]:
    if load.others_cpus is not None and _much(load.others_cpus, load):
        busiest = f" (most: {load.loudest})" if load.loudest else ""
        yield f"other processes kept {load.others_cpus:.1f} of {load.cpus} processors busy{busiest}"
    if load.stolen_share is not None and load.stolen_share > MOST_STOLEN_SHARE:
        yield f"the virtual machine's host took {load.stolen_share:.0%} of the processors' time"
    if load.held_share is not None and load.held_share > MOST_HELD_SHARE:
        yield f"a CPU limit held this process back {load.held_share:.0%} of the time"
    if load.heat_events:
        yield f"the processor was slowed by heat {load.heat_events} times"


def _much(others_cpus: float, load: Load) -> bool:
    return (
        others_cpus > max(LEAST_OTHERS_CPUS, OTHERS_SHARE * load.cpus) and others_cpus * load.seconds > LEAST_OTHERS_S
    )


def between(before: Snapshot, after: Snapshot) -> Load:
    """What happened between two looks."""
    seconds = max(after.at_s - before.at_s, 1e-9)
    stolen = _passed(before.stolen_s, after.stolen_s)
    held = _passed(before.held_s, after.held_s)
    heat = _passed(before.heat_events, after.heat_events)
    others = _others_s(before, after)
    return Load(
        seconds=seconds,
        cpus=after.cpus,
        others_cpus=None if others is None else others / seconds,
        loudest=_loudest(before, after),
        stolen_share=None if stolen is None else stolen / seconds / after.cpus,
        held_share=None if held is None else min(1.0, held / seconds),
        heat_events=None if heat is None else int(heat),
    )


def combined(loads: list[Load]) -> Load | None:
    """Several stretches as one: times added, shares averaged over time; None of none."""
    if not loads:
        return None
    seconds = sum(load.seconds for load in loads)

    def mean(name: str) -> float | None:
        told = [(getattr(load, name), load.seconds) for load in loads if getattr(load, name) is not None]
        return sum(value * time for value, time in told) / sum(time for _, time in told) if told else None

    heat = [load.heat_events for load in loads if load.heat_events is not None]
    worst = max(loads, key=lambda load: (load.others_cpus or 0.0) * load.seconds)
    return Load(
        seconds, worst.cpus, mean("others_cpus"), worst.loudest, mean("stolen_share"), mean("held_share"),
        sum(heat) if heat else None,
    )  # fmt: skip


def _passed(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else max(0.0, after - before)


def _others_s(before: Snapshot, after: Snapshot) -> float | None:
    """CPU seconds of processes that are neither ours nor threads of the kernel, which may work for us."""
    busy = _passed(before.busy_s, after.busy_s)
    if busy is None:
        return None
    own = max(0.0, own_cpu_s(after) - own_cpu_s(before))
    return max(0.0, busy - own - max(0.0, _kernel_s(after) - _kernel_s(before)))


def own_cpu_s(snapshot: Snapshot) -> float:
    """CPU seconds of this process and of all that it has started."""
    ours = family(snapshot)
    return sum(snapshot.processes[one].cpu_s + snapshot.processes[one].children_cpu_s for one in ours)


def family(snapshot: Snapshot) -> set[int]:
    """This process and its descendants that still run, by id."""
    children: dict[int, list[int]] = {}
    for one, process in snapshot.processes.items():
        children.setdefault(process.parent, []).append(one)
    found: set[int] = set()
    waiting = [snapshot.own]
    while waiting:
        one = waiting.pop()
        if one in snapshot.processes and one not in found:
            found.add(one)
            waiting += children.get(one, [])
    return found


def _kernel_s(snapshot: Snapshot) -> float:
    return sum(one.cpu_s for one in snapshot.processes.values() if one.parent == KERNEL_THREADS)


def _loudest(before: Snapshot, after: Snapshot) -> str:
    ours = family(after) | family(before)
    spent = {
        one: process.cpu_s - (before.processes[one].cpu_s if one in before.processes else 0.0)
        for one, process in after.processes.items()
        if one not in ours and process.parent != KERNEL_THREADS
    }
    busiest = max(spent, key=lambda one: spent[one], default=None)
    return after.processes[busiest].name if busiest is not None and spent[busiest] > 0 else ""
