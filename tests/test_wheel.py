"""The package is built, installed into an environment of its own and run from another folder; no network."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from contextlib import closing
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PARTS = ("llmselect", "catalog", "hatch_build.py", "pyproject.toml", "README.md", "LICENSE")

pytestmark = pytest.mark.wheel


def _build(source: Path, into: Path, kind: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(into), str(source)]
    return subprocess.run(command, capture_output=True, text=True)


def _built(source: Path, into: Path, kind: str, pattern: str) -> Path:
    done = _build(source, into, kind)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = into.glob(pattern)
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _built(ROOT, tmp_path_factory.mktemp("wheel"), "wheel", "*.whl")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts' folder of an environment with the wheel; what it depends on is borrowed from this one."""
    home = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(home, with_pip=False)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    command = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", "--quiet"]
    subprocess.run([*command, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    site = sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)})
    Path(site, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return scripts


def _run(command: list[str], folder: Path) -> str:
    """The output of a command of the environment, where nothing points back to the checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _models() -> list[str]:
    folder = ROOT / "catalog" / "models"
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))


def test_the_wheel_carries_the_compiled_catalogue_and_no_yaml(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extract("llmselect/_catalog.sqlite", tmp_path)
    assert [name for name in names if name.endswith((".yaml", ".yml"))] == []
    folders = {"llmselect", wheel.name.rsplit("-", 3)[0] + ".dist-info"}
    assert {name.partition("/")[0] for name in names} == folders
    with closing(sqlite3.connect(tmp_path / "llmselect/_catalog.sqlite")) as connection:
        assert [name for (name,) in connection.execute("SELECT model FROM models ORDER BY model")] == _models()
    assert not (ROOT / "llmselect" / "_catalog.sqlite").exists()


_WHAT_A_BUILD_IMPORTS = """
import runpy, sys
from importlib.metadata import packages_distributions
from pathlib import Path
before = set(sys.modules)
runpy.run_path("hatch_build.py")["_compile"](Path(), Path(sys.argv[1]))
names = {name.partition(".")[0] for name in set(sys.modules) - before}
known = packages_distributions()
print(*{known[name][0] for name in names if name in known and name != "llmselect"})
"""


def test_a_build_of_its_own_has_what_the_hook_imports(tmp_path: Path) -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    allowed = {Requirement(one).name for one in needed}
    for name in list(allowed):
        allowed |= {Requirement(one).name for one in requires(name) or () if "extra ==" not in one}
    command = [sys.executable, "-c", _WHAT_A_BUILD_IMPORTS, str(tmp_path / "catalog.sqlite")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert {name.lower().replace("_", "-") for name in done.stdout.split()} <= allowed
    assert "numpy" in done.stdout


def test_the_installed_wheel_reads_its_own_catalogue(installed: Path, tmp_path: Path) -> None:
    code = (
        "import json, sys; from llmselect.catalog.load import catalog_path, load; models = sorted(load().models);"
        "print(json.dumps([str(catalog_path()), models, 'yaml' in sys.modules]))"
    )
    path, models, yaml_loaded = json.loads(_run([str(installed / "python"), "-c", code], tmp_path))
    assert Path(path).is_relative_to(installed.parent)
    assert models == _models()
    assert not yaml_loaded
    assert list(tmp_path.iterdir()) == []


def test_the_installed_command_runs_elsewhere(installed: Path, tmp_path: Path) -> None:
    listed = json.loads(_run([str(installed / "llmselect"), "list", "--json"], tmp_path))
    assert sorted(model["id"] for model in listed["data"]["models"]) == _models()


def test_the_source_distribution_has_what_a_wheel_needs(tmp_path: Path) -> None:
    archive = _built(ROOT, tmp_path, "sdist", "*.tar.gz")
    with tarfile.open(archive) as content:
        names = {name.partition("/")[2] for name in content.getnames()}
    assert {"hatch_build.py", "pyproject.toml", "README.md", "LICENSE", "catalog/tasks.yaml"} <= names
    assert {f"catalog/models/{model}.yaml" for model in _models()} <= names
    assert "llmselect/_catalog.sqlite" not in names


def test_a_catalogue_with_a_fault_is_not_built(tmp_path: Path, small_copy: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(small_copy if part == "catalog" else ROOT / part, project / part)
    tasks = project / "catalog" / "tasks.yaml"
    text = tasks.read_text()
    tasks.write_text(text.replace("insufficient: 15", "insufficient: 95"))
    line = text[: text.index("insufficient: 15")].count("\n") + 1
    done = _build(project, tmp_path / "dist", "wheel")
    assert done.returncode != 0
    assert f"tasks.yaml:{line}:29: anchor-order" in done.stdout + done.stderr
    assert not list((tmp_path / "dist").glob("*.whl"))
