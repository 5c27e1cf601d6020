"""Reads `Requirements` from flags, environment and files."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.layers import Layer, combined_load, of_environment, of_file, of_flags
from llmselect.cli.framework.streams import complain
from llmselect.errors import LlmselectError
from llmselect.files import STDIN, read_json, read_text
from llmselect.folders import config_place
from llmselect.quantities import count, shown
from llmselect.requirements import Requirements, parse

if TYPE_CHECKING:
    from pathlib import Path

    from llmselect.engine.machine.machines import Detected

MAX_COUNTED = 1_000_000  # rows, threads
CONFIG_FILE = "llmselect.yaml"


def requirements(given: Mapping[str, Any], profile: str | None = None) -> Requirements:
    """The requirements; flags override the environment, then the profile, `llmselect.yaml` and defaults.

    Raises LlmselectError that lists every bad value and its place.
    """
    layers = [of_flags(given), of_environment(os.environ)]
    if profile:
        layers.append(read_layer(profile, "--profile"))
    path = None if given.get("no_config") else config_file()
    if path is not None:
        layers.append(read_layer(path, CONFIG_FILE)._replace(unnamed=True))
    return combined_load(reversed(layers), lambda name: read_layer(name, "--hardware"))


def config_file() -> str | None:
    """The path of `llmselect.yaml` in the working folder, else in the user's config folder; None if there is none."""
    try:
        paths = [CONFIG_FILE, os.path.join(config_place(), CONFIG_FILE)]
    except RuntimeError:  # a user without a home folder
        paths = [CONFIG_FILE]
    return next((path for path in paths if os.path.isfile(path)), None)


def detected(needs: Requirements) -> "Detected | None":
    """This machine's hardware and own speeds where `--hardware auto` asks for it; else own speeds of hosts, if any."""
    from llmselect.engine.machine.machines import Detected
    from llmselect.this_machine import at_hand

    here = at_hand(needs.hardware, complain)
    return Detected(*here) if here is not None else None


def whole_number(name: str, value: str | None, default: int, most: int = MAX_COUNTED) -> int:
    """A positive count from a flag; raises LlmselectError for anything else."""
    if value is None:
        return default
    try:
        number = count(value)
    except ValueError:
        number = 0
    if not 1 <= number <= most:
        message = f"{name}: {shown(value)} is no whole number from 1 to {most:,}"
        raise LlmselectError("bad-value", message, f"Write it like {name} {default}.")
    return number


def read_answers(name: str) -> dict[str, Any]:
    """The fields in an answer file, validated like a profile's; `-` reads stdin."""
    layer = read_layer(name, "--answers", stdin=True)
    parse(layer.values, layer.origin)
    return dict(layer.values)


def read_layer(path: str, flag: str, *, stdin: bool = False) -> Layer:
    """The unparsed fields of a YAML file; with `stdin`, `-` reads standard input.

    Raises LlmselectError with the position of invalid YAML.
    """
    from llmselect.catalog.reader import read

    parsed = read(read_text(path, flag, "Name a YAML file.", stdin=stdin))
    name = "stdin" if stdin and path == STDIN else path
    if parsed.faults:
        first = parsed.faults[0]
        raise LlmselectError("bad-file", f"{name}:{first.line}:{first.column}: {first.message}", first.hint)
    if not isinstance(parsed.data, dict):
        raise LlmselectError("bad-file", f"{name}: not a mapping of fields", "Write lines such as `task: qa`.")
    return of_file(parsed.data, name, {key: parsed.at((key,), key=True)[0] for key in parsed.data})


def read_config(path: "Path") -> dict[str, Any]:
    """A model's config.json; raises LlmselectError if the file is not one."""
    hint = "Name a model's config.json."
    data = read_json(path, "--config", hint)
    if not isinstance(data, dict):
        raise LlmselectError("bad-config", f"--config: {path} is no JSON mapping", hint)
    return data
