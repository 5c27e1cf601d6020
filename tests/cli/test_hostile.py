"""Whatever is handed to a command: no traceback, no status 1, no raw control, no secret, an end within seconds."""

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from llmselect.cli.framework.commands import GROUPS, names
from llmselect.requirements import ENVIRONMENT_PREFIX, FIELDS
from tests.hostile import (
    DAYS,
    ENVIRONMENT,
    FILES,
    NAMES,
    NUMBERS,
    SECRET,
    command_lines,
    faults_of,
    good_files,
    odd_places,
    ran,
    write_files,
)

LINES_OF_A_COMMAND = 10
COMMANDS = [name for name in names() if name not in GROUPS]
HOSTILE_NAME = r"\e[31mred\u202E|<script>alert(1)</script>`*_=\a"
# Every way to show a model, a host or a machine.
SHOWN = (
    ["show", "acme/small-7b-chat"], ["list"], ["recommend", "--all-options", "--explain"],
    ["compare", "small-7b-chat", "giant-1"], ["replace", "giant-1"], ["cost", "giant-1"], ["catalog", "status"],
    ["estimate", "small-7b-chat", "--vram", "24GB", "--bandwidth", "900"],
)  # fmt: skip


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_catalog: Path) -> Path:
    """A folder of its own for all that a command may write, a copy of the small catalogue in it, and a secret."""
    catalog = tmp_path / "catalog"
    shutil.copytree(small_catalog, catalog)
    for name, value in {**ENVIRONMENT, "LLMSELECT_CATALOG": str(catalog), "COLUMNS": "100"}.items():
        monkeypatch.setenv(name, value)
    for name in ("files", "good", "work"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def _fits_environment(value: str) -> bool:
    return bool(value) and "\0" not in value and "\ud83d" not in value and len(value) < 1000


@pytest.mark.parametrize("name", COMMANDS)
def test_hostile_values(place: Path, name: str) -> None:
    files, good = write_files(place / "files"), good_files(place / "good")
    lines = [line for line in command_lines(files, good) if line[: len(name.split())] == name.split()]
    chosen = random.Random(name).sample(lines, min(LINES_OF_A_COMMAND, len(lines)))
    assert {tuple(line): faults for line in chosen if (faults := faults_of(line))} == {}


def test_every_flag_is_among_the_lines(place: Path) -> None:
    files = odd_places(place / "files")
    lines = list(command_lines(files, dict.fromkeys(("record", "answers", "log", "results", "prices", "code"), "x")))
    assert len(lines) > 20_000
    for name in COMMANDS:
        assert any(line[: len(name.split())] == name.split() for line in lines)


@pytest.mark.parametrize("seed", range(3))
def test_hostile_environment(place: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    draw = random.Random(seed)
    values = [*filter(_fits_environment, (*NAMES, *NUMBERS, *DAYS))]
    for field in draw.sample(sorted(FIELDS), 12):
        with monkeypatch.context() as patch:
            patch.setenv(ENVIRONMENT_PREFIX + field.upper(), draw.choice(values))
            assert faults_of(["recommend", "--json"]) == []


def test_odd_places_of_a_catalogue(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = [*odd_places(place / "files").values(), *NAMES]
    for value in filter(_fits_environment, odd):
        monkeypatch.setenv("LLMSELECT_CATALOG", value)
        for line in (["list", "--json"], ["catalog", "path"], ["catalog", "check"]):
            assert faults_of(line) == [], value


@pytest.mark.parametrize("form", ["table", "markdown", "json", "csv", "html"])
def test_names_of_a_catalogue_do_no_harm(place: Path, form: str) -> None:
    for file in (*(place / "catalog" / "models").rglob("*.yaml"), *(place / "catalog" / "hosts").glob("*.yaml")):
        lines = [
            f'name: "{HOSTILE_NAME}"' if line.startswith("name:") else line for line in file.read_text().splitlines()
        ]
        file.write_text("\n".join(lines) + "\n")
    for line in SHOWN:
        assert faults_of([*line, "--format", form]) == [], line


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("line", [["list"], ["recommend", "--json"], ["catalog", "check"], ["catalog", "status"]])
def test_a_pipe_in_a_catalogue_is_not_waited_for(place: Path, line: list[str]) -> None:
    os.mkfifo(place / "catalog" / "models" / "acme" / "pipe.yaml")
    assert faults_of(line) == []
    assert ran(line)[0] == 4


ODD_FILES = (
    "\x1b[31m.py",
    "a\nb.py",
    "=1+1.py",
    "::error::.py",
    "##[error].py",
    "\u202egnp.py",
    f"{SECRET}.py",
    "-.py",
    "é|`.py",
)


@pytest.mark.parametrize("form", ["table", "json", "csv", "github"])
def test_names_of_files_do_no_harm(place: Path, form: str) -> None:
    for name in ODD_FILES:
        Path(name).write_text('MODEL = "giant-1"\n')
    line = ["check", ".", "--all", "--as-of", "2026-11-23", "--format", form]
    assert faults_of(line) == []
    out = ran(line)[1].decode()
    assert out.count("giant-1") >= len(ODD_FILES)
    if form == "table":
        assert not any(row.startswith(("::", "##[")) for row in out.splitlines())
    if form == "github":
        commands = [row for row in out.splitlines() if row.startswith("::")]
        assert len(commands) == len(ODD_FILES)
        assert all(re.fullmatch(r"::notice file=[^:,]+,line=1,col=10,title=[^:]+::.+", row) for row in commands)


@pytest.mark.parametrize("form", ["table", "json"])
def test_odd_names_in_a_catalogue(place: Path, form: str) -> None:
    for name in ODD_FILES:
        (place / "catalog" / "models" / name).write_text("a: 1\n")
    assert faults_of(["catalog", "check", str(place / "catalog"), "--format", form]) == []


@pytest.mark.parametrize("name", ["\x1b[31m.yaml", "a\nb.yaml", "=1+1.yaml", "::error::.yaml", "é 語.yaml", "-"])
def test_odd_names_of_profiles(place: Path, name: str) -> None:
    Path(name).write_text("task: qa\ntsak: qa\n")
    assert faults_of(["recommend", "--profile", name]) == []
    Path(name).write_text("task: qa\n")
    status, _, err, _ = ran(["recommend", "--profile", f"./{name}", "--json"])
    assert (status, err) == (0, b"")


@pytest.mark.parametrize("line", [["ask", "--answers", "-"], ["recheck", "-"], ["compare", "--from-recommend", "-"]])
def test_hostile_standard_input(place: Path, line: list[str]) -> None:
    assert {name: faults for name, content in FILES.items() if (faults := faults_of([*line, "--json"], content))} == {}


def test_a_hostile_file_that_is_read_by_itself(place: Path) -> None:
    for name, content in FILES.items():
        Path("llmselect.yaml").write_bytes(content)
        assert faults_of(["recommend", "--json"]) == [], name


@pytest.mark.parametrize("value", ["a\0b", "\ud83d", "/dev/full", "/nowhere/x", "."])
@pytest.mark.parametrize("flag", ["--save", "--output"])
def test_files_that_cannot_be_written(place: Path, flag: str, value: str) -> None:
    line = ["ask", "--answers", good_files(place / "good")["answers"], f"{flag}={value}", "--json"]
    assert faults_of(line) == []
    assert ran(line)[0] == 2


STREAMS = [
    ("recommend >/dev/full", 2, "stdout cannot be written: no space left on device"),
    ("recommend --json >/dev/full", 2, "stdout cannot be written: no space left on device"),
    ("--help >/dev/full", 5, "no space left on device"),
    ("recommend >&-", 2, "stdout cannot be written: bad file descriptor"),
    ("show nothing 2>/dev/full", 2, ""),
    ("show nothing 2>&-", 2, ""),
    ("show nothing --json >&- 2>&-", 2, ""),
    ("list -o pipe", 2, "pipe cannot be written: nobody reads this pipe"),
    ("list -o /dev/full", 2, "/dev/full cannot be written: No space left on device"),
    ("recommend <&-", 0, ""),
    ("ask --answers - <&-", 2, "stdin"),
    ("show nothing --json | true", 0, ""),
    ("recommend --json | head -c 1 >/dev/null", 0, ""),
]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(("line", "status", "words"), STREAMS, ids=[line for line, _, _ in STREAMS])
def test_closed_and_full_streams(place: Path, line: str, status: int, words: str) -> None:
    os.mkfifo("pipe")
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m llmselect {line}"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
    assert "Exception ignored" not in done.stderr
    assert words in done.stderr


@pytest.mark.parametrize(
    "setting", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}, {"LC_ALL": "POSIX"}]
)
@pytest.mark.parametrize("line", [["recommend", "--lang", "zh-TW"], ["list", "--json"], ["show", "\udce9語"]])
def test_other_encodings(place: Path, setting: dict[str, str], line: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "llmselect", *line],
        capture_output=True,
        env={**os.environ, **setting},
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, 2), done.stderr
    assert b"Traceback" not in done.stderr
    if "PYTHONIOENCODING" in setting:
        assert (done.stdout + done.stderr).isascii()
