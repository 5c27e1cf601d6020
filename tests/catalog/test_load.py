"""The catalogue is found, compiled, cached and refused as load.py says."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from llmselect.catalog import load as loading
from llmselect.catalog.compiled import FILE, connection_file, opened, write_file
from llmselect.catalog.load import (
    catalog_digest,
    catalog_file,
    catalog_path,
    compile_folder,
    load,
    open_catalog,
)
from llmselect.catalog.sql.read import Texts, read
from llmselect.errors import Exit, LlmselectError
from llmselect.folders import cache_place


@dataclass(slots=True)
class _Records:
    kind: Texts
    id: Texts


PACKAGE = Path(loading.__file__).parents[1]


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _entries() -> list[Path]:
    return sorted(Path(cache_place()).glob("*"))


def test_a_directory_loads(small_catalog: Path) -> None:
    catalog = load(small_catalog)
    assert sorted(catalog.models) == ["acme/small-7b", "acme/small-7b-chat", "globex/giant-1"]
    assert sorted(catalog.hosts) == ["globex", "renta"]
    assert catalog.date == date(2026, 11, 22)
    assert catalog.models["globex/giant-1"].parameters is not None
    assert catalog.models["globex/giant-1"].parameters.value is None


def test_the_second_opening_reads_the_cache_and_neither_yaml_nor_pydantic(small_catalog: Path) -> None:
    first = load(small_catalog)
    assert [entry.suffix for entry in _entries()] == [".sqlite"]
    code = (
        "import sys, pathlib; from llmselect.catalog.load import open_catalog;"
        f"open_catalog(pathlib.Path({str(small_catalog)!r})); print('yaml' in sys.modules, 'pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
    assert load(small_catalog) == first


def test_nobody_writes_into_it(small_catalog: Path) -> None:
    with closing(open_catalog(small_catalog)) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM models")


def test_a_change_is_seen_and_the_old_entry_goes(small_copy: Path) -> None:
    load(small_copy)
    before = _entries()
    path = small_copy / "models/acme/small-7b.yaml"
    path.write_text(path.read_text().replace("name: Small 7B", "name: Tiny 7B"))
    assert load(small_copy).models["acme/small-7b"].name == "Tiny 7B"
    assert len(_entries()) == 1
    assert set(_entries()).isdisjoint(before)


def test_what_a_killed_process_left_is_removed(small_copy: Path) -> None:
    folder = Path(cache_place())
    folder.mkdir(parents=True)
    for name, age_s in (("left", 4000), ("being-written", 10)):
        (folder / f".catalog-{name}.tmp").write_text("half")
        os.utime(folder / f".catalog-{name}.tmp", (time.time() - age_s,) * 2)
    load(small_copy)
    assert [path.name for path in _entries() if path.suffix == ".tmp"] == [".catalog-being-written.tmp"]


def test_a_renamed_file_is_a_change(small_copy: Path) -> None:
    load(small_copy)
    (small_copy / "hosts/renta.yaml").rename(small_copy / "hosts/renta-2.yaml")
    with pytest.raises(LlmselectError, match="renta"):
        load(small_copy)


def test_two_directories_keep_one_entry_each(small_catalog: Path, small_copy: Path) -> None:
    load(small_catalog)
    load(small_copy)
    assert len(_entries()) == 2


def test_the_digest_is_of_the_facts_alone(small_catalog: Path, small_copy: Path) -> None:
    assert catalog_digest(small_catalog) == catalog_digest(small_copy)
    path = small_copy / "models/acme/small-7b.yaml"
    path.write_text("# a comment\n" + path.read_text())
    assert catalog_digest(small_catalog) == catalog_digest(small_copy)
    path.write_text(path.read_text().replace("name: Small 7B", "name: Tiny 7B"))
    assert catalog_digest(small_catalog) != catalog_digest(small_copy)


@pytest.mark.parametrize("left", [0, 10, 100, 5000, -1, -5000])
def test_a_damaged_entry_is_compiled_again(small_copy: Path, left: int) -> None:
    first = load(small_copy)
    [entry] = _entries()
    whole = entry.read_bytes()
    entry.write_bytes(whole[:left])
    assert load(small_copy) == first
    assert len(entry.read_bytes()) == len(whole)


def test_a_file_that_is_damaged_within_is_named_with_a_way_out(small_copy: Path) -> None:
    load(small_copy)
    [entry] = _entries()
    with closing(sqlite3.connect(entry)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'records'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    whole, start = entry.read_bytes(), (page - 1) * size
    entry.write_bytes(whole[:start] + b"\xff" * size + whole[start + size :])
    with pytest.raises(LlmselectError, match=str(entry)) as caught:
        load(small_copy)
    assert (caught.value.hint, caught.value.exit) == ("remove it: it is made again", Exit.INVALID_CATALOG)
    with closing(open_catalog(small_copy)) as connection, pytest.raises(LlmselectError, match=str(entry)):
        read(connection, _Records, "records")


def test_another_program_s_file_is_replaced(small_copy: Path) -> None:
    load(small_copy)
    [entry] = _entries()
    entry.unlink()
    with closing(sqlite3.connect(entry)) as connection:
        connection.execute("CREATE TABLE models (model TEXT)")
    assert len(load(small_copy).models) == 3


def test_an_unwritable_cache_is_no_error(small_copy: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_cache.write_text("a file where the folder would be")
    assert len(load(small_copy).models) == 3
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_copy))
    assert catalog_file() is None


def test_a_full_disk_is_no_error(small_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path, connection: sqlite3.Connection) -> None:
        if connection_file(connection):
            raise sqlite3.OperationalError("database or disk is full")
        compile_folder(folder, connection)

    monkeypatch.setattr(loading, "compile_folder", full)
    assert len(load(small_copy).models) == 3
    assert not _entries()


def test_first_runs_at_once(small_catalog: Path) -> None:
    code = (
        "import pathlib; from llmselect.catalog.load import load;"
        f"print(len(load(pathlib.Path({str(small_catalog)!r})).models))"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(run.communicate()[0], run.returncode) for run in runs] == [("3\n", 0)] * 3
    assert len(_entries()) == 1


@pytest.mark.parametrize("name", ["with space", "%41?x=1#y", "模型"])
def test_a_folder_of_any_name(small_catalog: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name / "cache"))
    shutil.copytree(small_catalog, tmp_path / name / "catalog")
    for _ in range(2):
        assert len(load(tmp_path / name / "catalog").models) == 3


def test_a_catalogue_with_faults_is_refused_with_the_first(small_copy: Path) -> None:
    path = small_copy / "tasks.yaml"
    text = path.read_text()
    line = 1 + text[: text.index("insufficient: 15")].count("\n")
    path.write_text(text.replace("insufficient: 15", "insufficient: no").replace("ample: 80", "ample: 1e2"))
    with pytest.raises(LlmselectError) as caught:
        load(small_copy)
    assert caught.value.exit is Exit.INVALID_CATALOG
    assert caught.value.code == "invalid-catalog"
    assert f"{small_copy.as_posix()}/tasks.yaml:{line}:" in caught.value.message
    assert "2 more faults" in caught.value.message
    assert "llmselect catalog check" in caught.value.hint
    assert not _entries()


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir(), lambda path: path.write_text("x")])
def test_a_folder_without_a_catalogue(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "empty")
    with pytest.raises(LlmselectError) as caught:
        load(tmp_path / "empty")
    assert (caught.value.code, caught.value.exit) == ("no-catalog", Exit.INVALID_CATALOG)
    assert "empty" in caught.value.message


def _package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "checkout" / "llmselect"
    package.mkdir(parents=True)
    monkeypatch.setattr(loading, "_package", str(package))
    return package


def test_where_it_is_looked_for(small_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = _package(tmp_path, monkeypatch)
    with pytest.raises(LlmselectError, match="without its catalogue"):
        catalog_path()
    checkout = package.parent / "catalog"
    (checkout / "models").mkdir(parents=True)
    assert catalog_path() == checkout
    compiled = package / FILE
    write_file(compiled, partial(compile_folder, small_copy))
    assert catalog_path() == compiled
    assert len(load().models) == 3
    assert not _entries()
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_copy))
    assert catalog_path() == small_copy
    assert catalog_path(checkout) == checkout
    monkeypatch.setenv("LLMSELECT_CATALOG", "")
    assert catalog_path() == compiled


@pytest.mark.parametrize("content", [b"", b"{}", b"SQLite format 3\0" + b"\0" * 500])
def test_a_damaged_compiled_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    (_package(tmp_path, monkeypatch) / FILE).write_bytes(content)
    with pytest.raises(LlmselectError, match="cannot be read") as caught:
        load()
    assert caught.value.exit is Exit.INVALID_CATALOG
    assert caught.value.hint == "install llmselect again"


def test_a_package_in_an_archive(small_catalog: Path, tmp_path: Path) -> None:
    archive = tmp_path / "llmselect.zip"
    write_file(tmp_path / FILE, partial(compile_folder, small_catalog))
    with zipfile.ZipFile(archive, "w") as content:
        for file in PACKAGE.rglob("*.py"):
            content.write(file, Path("llmselect", file.relative_to(PACKAGE)))
        content.write(tmp_path / FILE, f"llmselect/{FILE}")
    code = (
        "import llmselect; from llmselect.catalog.load import catalog_file, load;"
        "print(llmselect.__file__, catalog_file(), *load().models, sep='\\n')"
    )
    environment = {**os.environ, "PYTHONPATH": str(archive)}
    for writable in (True, False):
        if not writable:
            shutil.rmtree(cache_place())
            Path(cache_place()).write_text("no folder")
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=True)
        package, file, *models = done.stdout.splitlines()
        assert package.startswith(str(archive))
        assert models == ["acme/small-7b-chat", "acme/small-7b", "globex/giant-1"]
        assert (file != "None") is writable


def test_the_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if sys.platform == "win32":
        assert Path(cache_place()) == tmp_path / "cache" / "llmselect" / "cache"
        return
    assert Path(cache_place()) == tmp_path / "cache" / "llmselect"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # the standard says to ignore it
    assert Path(cache_place()) == Path.home() / ".cache" / "llmselect"


def test_compiling_is_stable(small_catalog: Path, small_copy: Path, tmp_path: Path) -> None:
    for place, folder in (("one", small_catalog), ("other", small_copy)):
        write_file(tmp_path / place, partial(compile_folder, folder))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    opened(tmp_path / "one").close()
