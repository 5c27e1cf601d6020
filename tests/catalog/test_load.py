"""The catalogue is found, cached and refused as load.py says."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from mmap import mmap
from pathlib import Path

import pytest

from llmselect.catalog import load as loading
from llmselect.catalog.cached import compile_json
from llmselect.catalog.compiled import content as content_of
from llmselect.catalog.load import catalog_path, load, load_checked
from llmselect.catalog.schema import Catalog
from llmselect.errors import Exit, LlmselectError
from llmselect.folders import cache_place


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


def test_the_second_load_reads_the_cache_and_no_yaml(small_catalog: Path) -> None:
    first = load(small_catalog)
    assert [entry.suffix for entry in _entries()] == [".json", ".pickle"]
    code = (
        "import sys, pathlib; from llmselect.catalog.load import load;"
        f"load(pathlib.Path({str(small_catalog)!r})); print('yaml' in sys.modules, 'packaging' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
    assert load(small_catalog) == first


def test_a_change_is_seen_and_the_old_entry_goes(small_copy: Path) -> None:
    load(small_copy)
    before = _entries()
    path = small_copy / "models/acme/small-7b.yaml"
    path.write_text(path.read_text().replace("name: Small 7B", "name: Tiny 7B"))
    assert load(small_copy).models["acme/small-7b"].name == "Tiny 7B"
    assert len(_entries()) == 2
    assert set(_entries()).isdisjoint(before)


def test_a_renamed_file_is_a_change(small_copy: Path) -> None:
    load(small_copy)
    (small_copy / "hosts/renta.yaml").rename(small_copy / "hosts/renta-2.yaml")
    with pytest.raises(LlmselectError, match="renta"):
        load(small_copy)


def test_two_directories_keep_one_entry_each(small_catalog: Path, small_copy: Path) -> None:
    load(small_catalog)
    load(small_copy)
    assert len(_entries()) == 4  # each as JSON and packed


@pytest.mark.parametrize("left", [0, 100, -1])
@pytest.mark.parametrize("read", [load, load_checked])
def test_a_damaged_entry_is_compiled_again(small_copy: Path, read: Callable[[Path], Catalog], left: int) -> None:
    read(small_copy)
    for entry in _entries():
        entry.write_bytes(entry.read_bytes()[:left])
    assert len(read(small_copy).models) == 3
    text = next(entry for entry in _entries() if entry.suffix == ".json").read_text()
    assert json.loads(text)["date"] == "2026-11-22"


def test_a_packed_file_is_mapped_where_it_can_still_be_replaced(
    small_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(small_copy)
    entry = next(entry for entry in _entries() if entry.suffix == ".pickle")
    content = entry.read_bytes()
    if sys.platform != "win32":
        with closing(content_of(str(entry))) as mapped:  # type: ignore[type-var]
            assert (type(mapped), mapped[:]) == (mmap, content)
    monkeypatch.setattr(sys, "platform", "win32")
    assert content_of(str(entry)) == content
    catalog = load(small_copy)
    assert catalog.models["acme/small-7b"].sources
    entry.write_bytes(b"")
    assert content_of(str(entry)) == b""


def test_an_unwritable_cache_is_no_error(small_copy: Path, own_cache: Path) -> None:
    own_cache.write_text("a file where the folder would be")
    assert len(load(small_copy).models) == 3


def test_a_catalogue_with_faults_is_refused_with_the_first(small_copy: Path) -> None:
    path = small_copy / "tasks.yaml"
    path.write_text(path.read_text().replace("insufficient: 15", "insufficient: no").replace("ample: 80", "ample: 1e2"))
    with pytest.raises(LlmselectError) as caught:
        load(small_copy)
    assert caught.value.exit is Exit.INVALID_CATALOG
    assert caught.value.code == "invalid-catalog"
    assert f"{small_copy.as_posix()}/tasks.yaml:18:" in caught.value.message
    assert "2 more faults" in caught.value.message
    assert "llmselect catalog check" in caught.value.hint
    assert not _entries()


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir(), lambda path: path.write_text("x")])
def test_a_folder_without_a_catalogue(tmp_path: Path, make: object) -> None:
    make(tmp_path / "empty")  # type: ignore[operator]
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
    compiled = package / "_catalog.json"
    compiled.write_text(compile_json(small_copy))
    assert catalog_path() == compiled
    assert len(load().models) == 3
    assert not _entries()
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_copy))
    assert catalog_path() == small_copy
    assert catalog_path(checkout) == checkout
    monkeypatch.setenv("LLMSELECT_CATALOG", "")
    assert catalog_path() == compiled


def test_a_damaged_compiled_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (_package(tmp_path, monkeypatch) / "_catalog.json").write_text("{}")
    with pytest.raises(LlmselectError) as caught:
        load()
    assert caught.value.exit is Exit.INVALID_CATALOG


def test_the_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if sys.platform == "win32":
        assert Path(cache_place()) == tmp_path / "cache" / "llmselect" / "cache"
        return
    assert Path(cache_place()) == tmp_path / "cache" / "llmselect"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # the standard says to ignore it
    assert Path(cache_place()) == Path.home() / ".cache" / "llmselect"


def test_compiling_is_stable(small_catalog: Path, small_copy: Path) -> None:
    assert compile_json(small_catalog) == compile_json(small_copy)
