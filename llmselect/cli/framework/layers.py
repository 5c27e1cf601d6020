"""Layers of raw field values from flags, environment and files, which override each other."""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from llmselect.definition import Fault, Origin, faults_error, read_values
from llmselect.requirements import ENVIRONMENT, FIELDS, TYPED, Requirements, read, variable

MACHINE_FIELDS = ("gpu", "gpus", "vram", "ram", "bandwidth", "usable_memory_share", "gpu_hour_usd", "kwh_usd")
_NAMES_A_MACHINE = frozenset(("gpu", "hardware", "vram"))
_OF_A_MACHINE = frozenset(("gpu", "gpus", "vram", "ram", "bandwidth", "hardware"))


class Layer(NamedTuple):
    """Values by field, unread, and how they are named where they stand; `unnamed` is a file that nobody named."""

    values: Mapping[str, Any]
    origin: Origin
    path: str = ""
    unnamed: bool = False


def of_flags(given: Mapping[str, Any]) -> Layer:
    """The flags that were typed. `--needs tools,reasoning` means the same as the flag given twice."""
    found = {name: given[name] for name in FIELDS if name in given and not _absent(given[name])}
    return Layer({name: _split(value) if isinstance(value, list) else value for name, value in found.items()}, TYPED)


def _absent(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, (tuple, list, dict)) and not value)


def _split(values: list[Any]) -> list[Any]:
    return [part for value in values for part in (value.split(",") if isinstance(value, str) else [value])]


def of_environment(variables: Mapping[str, str]) -> Layer:
    """The fields set by environment variables."""
    found = {name: variables[variable(name)] for name in FIELDS if variable(name) in variables}
    return Layer(found, ENVIRONMENT)


def of_file(values: Mapping[str, Any], path: str, lines: Mapping[str, int]) -> Layer:
    """The fields set in a file, with their lines."""
    return Layer(values, Origin(place=lambda name: f"{path}:{lines[name]}: " if name in lines else f"{path}: "), path)


def combined_load(layers: Iterable[Layer], machine_file: Callable[[str], Layer]) -> Requirements:
    """One record of all layers, the lowest first; raises LlmselectError that tells every fault of every layer.

    A layer that names a machine replaces the one that lower layers describe. Where `hardware` names a file,
    `machine_file` reads it, and it stands below the other fields of its layer.
    """
    values: dict[str, Any] = {}
    found_in: dict[str, str] = {}
    faults: list[Fault] = []
    for layer in layers:
        found, wrong = _read(layer, machine_file)
        faults += wrong
        if found.keys() & _NAMES_A_MACHINE:
            values = {name: value for name, value in values.items() if name not in _OF_A_MACHINE}
        values |= found
        found_in |= dict.fromkeys(found, layer.path if layer.unnamed else "")
    if faults:
        raise faults_error(faults)
    return Requirements(**values, found_in={name: found_in[name] for name in values if found_in[name]})


def _read(layer: Layer, machine_file: Callable[[str], Layer]) -> tuple[dict[str, Any], list[Fault]]:
    found, faults = read(layer.values, layer.origin)
    name = found.get("hardware")
    if name is None or not _is_file(name):
        return found, faults
    machine = machine_file(name)
    described, wrong = read_values({field: FIELDS[field] for field in MACHINE_FIELDS}, machine.values, machine.origin)
    return described | {field: value for field, value in found.items() if field != "hardware"}, faults + wrong


def _is_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or os.sep in name or "/" in name or os.path.isfile(name)
