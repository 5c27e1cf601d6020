"""From flags, environment and files to one `Requirements`."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from llmselect.cli.flags import FIELDS
from llmselect.errors import LlmselectError, close_matches
from llmselect.files import STDIN, read_json, read_text
from llmselect.requirements import ENVIRONMENT_PREFIX, Requirements, merge, parse

if TYPE_CHECKING:
    from pathlib import Path

    from llmselect.engine.machine import Detected

HARDWARE_FIELDS = ("gpu", "gpus", "vram", "ram", "bandwidth", "usable_memory_share", "gpu_hour_usd", "kwh_usd")
_NAMES = tuple(flag.name for flag in FIELDS)
_LISTS = frozenset(flag.name for flag in FIELDS if flag.kind == "list")


def requirements(given: Mapping[str, Any], profile: str | None = None) -> Requirements:
    """Flags over environment over profile over defaults; raises LlmselectError that says where a bad value stands.

    A file that `hardware` names stands in for that field where it was named, below the other fields there.
    """
    from_file = _profile(profile) if profile else {}
    environment = _environment()
    flags = {name: _split(name, given[name]) for name in _NAMES if name in given}
    below = {**_hardware(from_file), **_hardware(environment)}
    above = _hardware({name: value for name, value in flags.items() if value not in (None, (), [], False)})
    if above.keys() & {"gpu", "hardware", "vram"}:  # hardware named by flags replaces what was named elsewhere
        below = {name: value for name, value in below.items() if name not in (*HARDWARE_FIELDS[:5], "hardware")}
    return merge(above, {}, below)


def detected(needs: Requirements) -> "Detected | None":
    """This machine's hardware and own speeds where `--hardware auto` asks for it; else own speeds of hosts, if any."""
    from llmselect.cli.own import hosts_speeds, own_speeds
    from llmselect.engine.machine import Detected

    if needs.hardware != "auto":
        hosts = hosts_speeds()
        return Detected(0.0, "", (), hosts) if hosts is not None else None
    from llmselect.hardware.detect import detect

    found = detect()
    return Detected(found.ram_gib, found.cpu, found.gpus, own_speeds(found))


def whole_number(name: str, value: str | None, default: int) -> int:
    """A positive count from a flag; raises LlmselectError for anything else."""
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise LlmselectError(
            "bad-value", f"{name}: {value!r} is no positive whole number", f"Write it like {name} {default}."
        )
    return int(value)


def _split(name: str, value: Any) -> Any:
    """`--needs tools,reasoning` means the same as the flag given twice."""
    if name in _LISTS and isinstance(value, list):
        return [part for item in value for part in item.split(",")]
    return value


def _environment() -> dict[str, Any]:
    found = {name: os.environ[key] for name in _NAMES if (key := ENVIRONMENT_PREFIX + name.upper()) in os.environ}
    for name, value in found.items():
        parse({name: value}, f"environment {ENVIRONMENT_PREFIX}{name.upper()}")
    return found


def _profile(name: str) -> dict[str, Any]:
    values = read_mapping(name, "--profile")
    parse(values, name)
    return values


def _hardware(layer: dict[str, Any]) -> dict[str, Any]:
    """The layer with a hardware file's values in place of its name."""
    name = layer.get("hardware")
    if not isinstance(name, str) or not _is_file(name):
        return layer
    values = read_mapping(name, "--hardware")
    for key in values:
        if key not in HARDWARE_FIELDS:
            matches = close_matches(key, HARDWARE_FIELDS)
            hint = f"Did you mean {' or '.join(matches)}?" if matches else f"It may hold {', '.join(HARDWARE_FIELDS)}."
            raise LlmselectError("bad-value", f"{name}: unknown field {key!r}", hint)
    parse(values, name)
    return values | {key: value for key, value in layer.items() if key != "hardware"}


def _is_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or os.sep in name or "/" in name or os.path.isfile(name)


def read_answers(name: str) -> dict[str, Any]:
    """The fields in a file of answers, checked like a profile's; `-` reads stdin."""
    values = read_mapping(name, "--answers", stdin=True)
    parse(values, "stdin" if name == STDIN else name)
    return values


def read_mapping(path: str, flag: str, *, stdin: bool = False) -> dict[str, Any]:
    """A YAML file's mapping, or with `stdin` that of standard input for `-`.

    Raises LlmselectError with the place of what is wrong.
    """
    from llmselect.catalog.reader import read

    parsed = read(read_text(path, flag, "Name a YAML file.", stdin=stdin))
    name = "stdin" if stdin and path == STDIN else path
    if parsed.faults:
        first = parsed.faults[0]
        raise LlmselectError("bad-file", f"{name}:{first.line}:{first.column}: {first.message}", first.hint)
    if not isinstance(parsed.data, dict):
        raise LlmselectError("bad-file", f"{name}: not a mapping of fields", "Write lines such as `task: qa`.")
    return parsed.data


def read_config(path: "Path") -> dict[str, Any]:
    """A model's config.json; raises LlmselectError for what is none."""
    hint = "Name a model's config.json."
    data = read_json(path, "--config", hint)
    if not isinstance(data, dict):
        raise LlmselectError("bad-config", f"--config: {path} is no JSON mapping", hint)
    return data
