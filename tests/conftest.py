"""What all tests share: a small catalogue, and a home of their own for caches and settings."""

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SMALL_CATALOG = Path(__file__).parent / "small_catalog"


def pytest_configure() -> None:
    """Seldom looks for garbage among the many records of a catalogue; the command itself never does."""
    gc.set_threshold(100_000, 10, 10)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that share a wheel come first: at the end another worker would steal some, and build a second one."""
    items.sort(key=lambda item: item.get_closest_marker("wheel") is None)


@pytest.fixture(scope="session")
def small_catalog() -> Path:
    """A small valid catalogue, to be read only: three models, two hosts, every table."""
    return SMALL_CATALOG


@pytest.fixture
def small_copy(tmp_path: Path) -> Path:
    """A copy of the small catalogue that a test may change."""
    return Path(shutil.copytree(SMALL_CATALOG, tmp_path / "catalog"))


@pytest.fixture(scope="session")
def test_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for the whole run."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def test_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache folder for the whole run and all of its workers, so that a catalogue is compiled once."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "cache"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_bytecode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where no bytecode may be kept beside the code, that of subprocesses is kept for the run: they start in half."""
    with pytest.MonkeyPatch.context() as patch:
        if sys.dont_write_bytecode:
            patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
            patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("bytecode")))
        yield


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, test_home: Path, test_cache: Path) -> None:
    """No test reads the user's settings or writes into the user's cache; subprocesses inherit that."""
    for name in [name for name in os.environ if name.startswith("LLMSELECT_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LC_MESSAGES", "C")  # labels in English, whatever the encoding of LANG
    monkeypatch.setenv("XDG_CACHE_HOME", str(test_cache))
    monkeypatch.setenv("XDG_DATA_HOME", str(test_home / "data"))
    monkeypatch.setenv("APPDATA", str(test_home / "data"))
    monkeypatch.setenv("LOCALAPPDATA", str(test_cache))
