"""Requirements whose names are the catalogue's: of the machine, the hosts, the tests, the model not to fall below."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from llmselect.catalog.names.devices import CPU, NamedDevice, find_machine
from llmselect.catalog.names.hosts import find_hosts
from llmselect.errors import LlmselectError, fold, unknown_name
from llmselect.requirements import Requirements

SAME_MEMORY = 0.01  # memory in a name and a flag that differ by less are one


@dataclass(frozen=True, slots=True)
class Known:
    """What the names of requirements may mean.

    `benchmarks` are ids by all their spellings; `model` finds a model's id by its name on a day.
    """

    devices: Mapping[str, NamedDevice]
    hosts: Collection[str]
    benchmarks: Mapping[str, str]
    model: Callable[[str, date], str]


def named(needs: Requirements, known: Known) -> Requirements:
    """The same with ids for names, and with the number of GPUs and the memory that a machine's name says.

    Raises LlmselectError for names that the catalogue does not know, and where a name and a flag disagree.
    """
    needs = with_machine(needs, known.devices)
    changes: dict[str, Any] = {}
    hosts = tuple(dict.fromkeys(host for name in needs.host for host in find_hosts(name, known.hosts)))
    scores = {_benchmark(name, known.benchmarks): floor for name, floor in needs.min_score.items()}
    if hosts != needs.host:
        changes["host"] = hosts
    if scores != needs.min_score:
        changes["min_score"] = scores
    if needs.at_least is not None:
        changes["at_least"] = known.model(needs.at_least, needs.as_of)
    return needs.model_copy(update=changes) if changes else needs


def with_machine(needs: Requirements, devices: Mapping[str, NamedDevice]) -> Requirements:
    """The same with what the machine's name says: its device, how many, how much memory."""
    changes = dict(_machine(needs, devices))
    return needs.model_copy(update=changes) if changes else needs


def _machine(needs: Requirements, devices: Mapping[str, NamedDevice]) -> Iterator[tuple[str, Any]]:
    field = "gpu" if needs.gpu is not None else "hardware"
    name = getattr(needs, field)
    if name is None or name in (CPU, "auto") or (needs.gpu is not None and needs.hardware is not None):
        return
    try:
        found = find_machine(name, devices)
    except LlmselectError:
        if needs.vram is None or needs.bandwidth is None:
            raise
        return  # described by flags; the name is only a name
    if found.device == CPU:
        yield from (("gpu", None), ("hardware", CPU))
    if found.count is not None:
        yield from _agreed(needs, "gpus", found.count, f"--{field} {name!r} names {found.count} GPUs")
    if found.memory_gib is not None:
        yield from _agreed(needs, "ram", found.memory_gib, f"--{field} {name!r} has {found.memory_gib:g} GiB")
    if found.count is not None or found.memory_gib is not None:
        yield field, found.device


def _agreed(needs: Requirements, field: str, value: float, said: str) -> Iterator[tuple[str, Any]]:
    """A field that a name says; raises LlmselectError where the flag of the field says something else."""
    given = getattr(needs, field)
    if field in needs.model_fields_set and given is not None and abs(given - value) > SAME_MEMORY * value:
        raise LlmselectError("bad-value", f"{said}, --{field} says {given:g}", "Say it once.")
    yield field, value


def _benchmark(name: str, spellings: Mapping[str, str]) -> str:
    """The id of a benchmark; raises LlmselectError with close matches."""
    for spelling, key in spellings.items():
        if fold(name) in (fold(spelling), fold(spelling.partition(",")[0])):
            return key
    known = sorted(set(spellings.values()))
    raise unknown_name("benchmark", name, known, listed=True)
