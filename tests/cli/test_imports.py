"""Which heavy modules a command loads: they decide how quickly it answers."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from llmselect.cli.framework.commands import GROUPS, names

HEAVY = {"rich", "pydantic", "pydantic_core", "yaml", "numpy", "torch", "jsonschema", "packaging", "asyncio", "click"}
RUNNER = """
import sys
from llmselect.cli.app import run
status = run(sys.argv[1:])
sys.stdout.flush()
print(status, *sorted(sys.modules), file=sys.stderr)
"""


def _loaded(*arguments: str, environment: dict[str, str] | None = None) -> set[str]:
    return {name.partition(".")[0] for name in _modules(*arguments, environment=environment)} & HEAVY


def _modules(*arguments: str, environment: dict[str, str] | None = None) -> list[str]:
    program = [sys.executable, "-c", RUNNER, *arguments]
    without_width = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    given = {**without_width, **(environment or {})}
    ran = subprocess.run(program, capture_output=True, text=True, check=True, env=given)
    status, *modules = ran.stderr.splitlines()[-1].split()
    assert status == "0"
    return modules


@cache
def _of_typer() -> set[str]:
    """What typer itself loads to read a value, from one version on."""
    lines = ("import sys, typer", "def main(name: str = ''): print(*sys.modules)", "typer.run(main)")
    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(lines), "--name", "x"], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in ran.stdout.split()} & HEAVY


COMMANDS = [*names()]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_loads_nothing_heavy(command: str) -> None:
    assert _loaded(*command.split(), "--help") <= _of_typer()


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in GROUPS])
def test_a_command_does_not_load_the_others(command: str) -> None:
    modules = _modules(*command.split(), "--help")
    loaded = {name.removeprefix("llmselect.cli.").replace(".", " ") for name in modules}
    shared = {"catalog", "show"}  # a group, and flags that several have
    assert command in loaded
    assert loaded & set(COMMANDS) <= {command, *shared}


@pytest.mark.parametrize("form", ["table", "json", "markdown", "csv"])
def test_recommend_loads_nothing_heavy(form: str, small_catalog: Path) -> None:
    environment = {"LLMSELECT_CATALOG": str(small_catalog)}
    arguments = ("recommend", "--gpu", "Home 24GB", "--format", form)
    _loaded(*arguments, environment=environment)  # the first run compiles the YAML into the cache
    records = {"pydantic", "pydantic_core"} if form == "markdown" else set()  # a decision is kept with whole records
    assert _loaded(*arguments, environment=environment) <= _of_typer() | {"numpy"} | records
    assert "numpy.random" not in _modules(*arguments, environment=environment)


def test_completion_loads_nothing_heavy(small_catalog: Path) -> None:
    code = (
        "import sys; from llmselect.cli.framework.completion import model_ids; print(model_ids('acme')); "
        "print(*sys.modules)"
    )
    environment = {**os.environ, "LLMSELECT_CATALOG": str(small_catalog)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    first, modules = ran.stdout.splitlines()
    assert first == "['acme/small-7b', 'acme/small-7b-chat']"
    assert not {name.partition(".")[0] for name in modules.split()} & HEAVY


def test_the_package_itself_is_light() -> None:
    code = "import sys, llmselect; print(llmselect.__version__, *sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in ran.stdout.split()} & HEAVY
