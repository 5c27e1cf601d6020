"""Completion in the shell."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from llmselect.catalog.compiled import FILE, write_file
from llmselect.catalog.load import compile_folder
from llmselect.cli.framework.completion import model_ids


def test_ids_come_from_files(monkeypatch: pytest.MonkeyPatch, small_catalog: Path) -> None:
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_catalog))
    assert model_ids("") == [
        "acme/small-7b",
        "acme/small-7b-chat",
        "globex/giant-1",
        "small-7b",
        "small-7b-chat",
        "giant-1",
    ]
    assert model_ids("small") == ["small-7b", "small-7b-chat"]


def test_ids_come_from_a_compiled_catalogue(
    monkeypatch: pytest.MonkeyPatch, small_catalog: Path, tmp_path: Path
) -> None:
    compiled = tmp_path / FILE
    write_file(compiled, partial(compile_folder, small_catalog))
    monkeypatch.setenv("LLMSELECT_CATALOG", str(compiled))
    assert model_ids("globex") == ["globex/giant-1"]


def test_no_catalogue_completes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LLMSELECT_CATALOG", str(tmp_path))
    assert model_ids("") == []


@pytest.mark.parametrize(
    ("words", "place", "expected"),
    [
        ("llmselect show globex/", "2", ["globex/giant-1"]),
        ("llmselect recom", "1", ["recommend"]),
        ("llmselect recommend --resp", "2", ["--response-time"]),
    ],
)
def test_bash(words: str, place: str, expected: list[str], small_catalog: Path) -> None:
    environment = {
        **os.environ,
        "LLMSELECT_CATALOG": str(small_catalog),
        "_LLMSELECT_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": place,
    }
    program = [sys.executable, "-m", "llmselect"]
    ran = subprocess.run(program, capture_output=True, text=True, check=True, env=environment)
    assert ran.stdout.split() == expected
