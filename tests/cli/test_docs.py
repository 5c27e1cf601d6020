"""Every `llmselect` command in README and docs does what the text says."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Ran

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
_BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"[|&;<>$`*?~#()\\]")  # what a shell does not take as it stands
_STATUS = re.compile(r"\*\*(\d+)\*\*[^\n]*\n\s*$")
_FILE = re.compile(r"^`([\w-]+\.yaml)`:\n\n```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)  # a file that commands read
_NOT_RUN = (
    *("pip install", "pytest", "case $?", "catalog refresh", "catalog add"),
    *("measure --base-url", "measure --log", "probe --quick", "probe --thorough", "probe --import", "--usage"),
)


def _commands() -> Iterator[tuple[str, str, int]]:
    """Page, command line and the status that the text before its block names in bold, 0 unless it names one."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in _BLOCK.finditer(text):
            named = _STATUS.search(text[: block.start()])
            lines = [line.removeprefix("$ ") for line in block[1].splitlines()]
            for line in lines:
                if re.match(r"([A-Z_]+=\S+ )*llmselect ", line) and not any(word in block[1] for word in _NOT_RUN):
                    yield page.name, line, int(named[1]) if named else 0


@pytest.fixture(scope="module")
def program_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an `llmselect` that runs the code at hand."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "llmselect"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m llmselect "$@"\n')
    program.chmod(0o755)
    return folder


@pytest.fixture
def shell(program_folder: Path, real_cli: Cli) -> Callable[[str], Ran]:
    """Runs a line as a shell would: in a shell where it is more than one command of ours, else in this process."""

    def run(line: str) -> Ran:
        if line.startswith("llmselect ") and not _SHELL.search(line):
            return real_cli(*shlex.split(line)[1:])
        path = f"{program_folder}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
        ran = subprocess.run(line, shell=True, capture_output=True, text=True, check=False, env=environment)
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    return run


@pytest.mark.skipif(os.name == "nt", reason="the commands are written for a POSIX shell")
@pytest.mark.parametrize(("page", "line", "status"), list(_commands()))
def test_commands_in_the_docs_run(
    page: str, line: str, status: int, shell: Callable[[str], Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in _FILE.findall(next(each for each in PAGES if each.name == page).read_text(encoding="utf-8")):
        Path(name).write_text(content, encoding="utf-8")
    ran = shell(line)
    assert ran.status == status, f"{page}: {line}\n{ran.err}"
    assert "Traceback" not in ran.err


def _samples() -> list[tuple[str, str]]:
    """Commands of README behind a `$`, each with the output that stands below it: all of it, or its beginning."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = (block[1].removeprefix("$ ").partition("\n") for block in _BLOCK.finditer(text) if block[1][:2] == "$ ")
    return [(command, output) for command, _, output in blocks]


@pytest.mark.parametrize(("command", "output"), _samples())
def test_what_readme_shows_is_what_is_printed(command: str, output: str, real_cli: Cli) -> None:
    ran = real_cli(*shlex.split(command)[1:])
    assert ran.status == 0
    assert len(output.splitlines()) > 10
    assert ran.out.startswith(output.rstrip())


def test_the_docs_show_commands() -> None:
    shown = {word for _, line, _ in _commands() for word in re.findall(r"\bllmselect (\S+)", line)}
    assert {
        "recommend",
        "ask",
        "compare",
        "recheck",
        "replace",
        "cost",
        "show",
        "list",
        "tree",
        "check",
        "catalog",
        "hardware",
        "probe",
    } <= shown


def test_the_page_of_commands_is_what_help_prints() -> None:
    program = [sys.executable, str(ROOT / "tools" / "help_page.py"), "--check"]
    ran = subprocess.run(
        program, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert ran.returncode == 0, ran.stderr
