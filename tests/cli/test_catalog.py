"""`catalog`: where it is, and whether it is sound."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from llmselect.catalog import load as load_module
from llmselect.catalog.compiled import FILE, write_file
from tests.cli.conftest import Cli


def test_a_sound_catalogue(cli: Cli, small_catalog: Path) -> None:
    ran = cli("catalog", "check")
    assert (ran.status, ran.out) == (0, f"{small_catalog}: no faults\n")
    assert cli("catalog", "check", "--json").json["data"]["faults"] == []


def test_faults_have_their_place(cli: Cli, small_copy: Path) -> None:
    file = small_copy / "models" / "globex" / "giant-1.yaml"
    file.write_text(file.read_text().replace("name: Giant 1\n", "name: Giant 1\nname: Giant 2\n"))
    ran = cli("catalog", "check", str(small_copy))
    assert ran.status == 4
    assert ran.out.splitlines()[0].startswith(f"{file}:3:1: duplicate-key: ")
    assert ran.out.splitlines()[1].startswith("  hint: ")
    assert ran.out.splitlines()[-1] == f"{small_copy}: 1 fault"
    data = cli("catalog", "check", str(small_copy), "--json")
    assert data.status == 4
    assert data.json["status"] == "error"
    fault = data.json["data"]["faults"][0]
    assert (fault["line"], fault["column"], fault["code"]) == (3, 1, "duplicate-key")


def test_a_compiled_catalogue_was_checked(
    cli: Cli, small_catalog: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "llmselect").mkdir()
    write_file(tmp_path / "llmselect" / FILE, partial(load_module.compile_folder, small_catalog))
    monkeypatch.delenv("LLMSELECT_CATALOG")
    monkeypatch.setattr(load_module, "_package", tmp_path / "llmselect")
    ran = cli("catalog", "check")
    assert ran.status == 0
    assert "validated when it was built; 3 models" in ran.out
    assert cli("catalog", "check", "--json").json["data"]["compiled"] is True


def test_path(cli: Cli, small_catalog: Path) -> None:
    file, made_from = cli("catalog", "path").out.splitlines()
    assert made_from == str(small_catalog)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM models").fetchone() == (3,)
    assert cli("catalog", "path", "--json").json["data"] == {"path": file, "made_from": [str(small_catalog)]}
