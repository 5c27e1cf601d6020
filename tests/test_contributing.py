"""The recipes of CONTRIBUTING.md work: applied to a copy of the program and of the small catalogue, step by step."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
_STEP = re.compile(r"^`([^`\n]+)`, ([^\n]+):\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REQUEST = ("recommend", "--task", "conversation", "--as-of", "2026-11-25")
GIANT, SMALL = "globex/giant-1", "acme/small-7b-chat"  # released 1,352 and 1,155 days before


class Step(NamedTuple):
    """What a recipe puts into a file: the text, and where, as the page says it."""

    path: str
    where: str
    text: str


def recipe(title: str) -> list[Step]:
    """The steps below a heading."""
    section = PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    return [Step(*found) for found in _STEP.findall(section)]


def added(step: Step, before: str) -> str:
    """A file's text after a step."""
    words, _, name = step.where.rstrip("`").partition(" `")
    lines = before.splitlines(keepends=True)
    if words == "at its end" and step.path.endswith(".py"):
        return f"{before.rstrip()}\n\n\n{step.text}"
    if words in ("at its end", "at the end of"):
        end = _place(name, before).end if name else len(before.rstrip())
        return f"{before[: end - 1].rstrip().rstrip(',')},\n{step.text.rstrip().rstrip(',')}\n{before[end - 1 :]}"
    if words == "under":
        at = lines.index(f"{name}:\n") + 1
        return "".join([*lines[:at], step.text, *lines[at:]])
    place = _place(name, before)
    if words == "behind":
        return "".join([*lines[: place.last], indent(step.text, " " * 4), *lines[place.last :]])
    assert words == "before", step.where
    return "".join([*lines[: place.first - 1], step.text, "\n\n", *lines[place.first - 1 :]])


class Place(NamedTuple):
    """Where a value stands: its first and last line, counted from 1, and the place behind its last character."""

    first: int
    last: int
    end: int


def _place(name: str, text: str) -> Place:
    """Where a variable, a field or the value of a key of a dict stands, by its name."""
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        for first, value in _named(name, node):
            last = value.end_lineno or first
            ahead = len("".join(lines[: last - 1])) + len(lines[last - 1].encode()[: value.end_col_offset].decode())
            return Place(first, last, ahead)
    raise AssertionError(f"nothing is called {name}")


def _named(name: str, node: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """The first line and the value of each of these that a node is."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            yield node.lineno, node.value
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == name:
                yield key.lineno, value


class Copy(NamedTuple):
    """A copy of the program and of the small catalogue, to be changed."""

    folder: Path

    def follow(self, title: str) -> None:
        """Apply every step of a recipe."""
        steps = recipe(title)
        assert steps, title
        for step in steps:
            path = self.folder / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            before = "" if step.where == "a new file" else path.read_text(encoding="utf-8")
            path.write_text(step.text if not before else added(step, before), encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What the changed program prints."""
        own = {"PYTHONPATH": str(self.folder), "LLMSELECT_CATALOG": str(self.folder / "catalog")}
        environment = {**os.environ, **own, "XDG_CACHE_HOME": str(self.folder / "cache"), "COLUMNS": "100"}
        command = [sys.executable, "-m", "llmselect", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=self.folder)

    def answer(self, *flags: str) -> Any:
        """What it answers to the same request with some flags more."""
        ran = self.run(*REQUEST, "--json", *flags)
        assert ran.returncode in (0, 3), ran.stderr
        return json.loads(ran.stdout)["data"]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy to which the recipes have been applied."""
    folder = tmp_path_factory.mktemp("changed")
    shutil.copytree(ROOT / "llmselect", folder / "llmselect", ignore=shutil.ignore_patterns("_catalog*", "__pycache__"))
    shutil.copytree(ROOT / "tests" / "small_catalog", folder / "catalog")
    languages = folder / "llmselect" / "languages"
    shutil.copytree(languages / "en", languages / "de")  # as the recipe of a language begins
    copy = Copy(folder)
    for title in (
        *("A model", "A host", "A benchmark", "A device"),
        *("A constraint", "A criterion", "A command", "A language"),
    ):
        copy.follow(title)
    return copy


@pytest.fixture(scope="module")
def plain(changed: Copy) -> Any:
    """What the changed program answers where nothing new is asked of it."""
    return changed.answer()


def _models(answer: Any) -> set[str]:
    return {row["model"] for row in answer["recommendations"]}


def _row(answer: Any, model: str) -> Any:
    return next(row for row in answer["recommendations"] if row["model"] == model)


def test_code_that_no_step_adds_is_the_programs_own() -> None:
    added = {text for _, _, text in _STEP.findall(PAGE)}
    shown = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    quoted = [text for text in shown if text not in added]
    program = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "llmselect").rglob("*.py"))
    assert quoted
    assert [text for text in quoted if text not in program] == []


def test_the_changed_catalogue_has_no_fault(changed: Copy) -> None:
    ran = changed.run("catalog", "check")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout


def test_a_constraint_excludes_and_says_why(changed: Copy, plain: Any) -> None:
    answer = changed.answer("--max-age-days", "1200")
    assert {GIANT, SMALL} <= _models(plain)
    assert {GIANT, SMALL} & _models(answer) == {SMALL}
    [excluded] = [row for row in answer["excluded"] if row["model"] == GIANT]
    [reason] = excluded["reasons"]
    assert {name: reason[name] for name in ("rule", "needed", "had", "unknown")} == {
        "rule": "age",
        "needed": "released within 1200 days",
        "had": "released 2023-03-14",
        "unknown": False,
    }
    assert [source["title"] for source in reason["source"]] == ["Technical report of Giant 1"]


def test_a_constraint_is_relaxed_where_nothing_qualifies(changed: Copy) -> None:
    answer = changed.answer("--max-age-days", "30")
    assert answer["recommendations"] == []
    assert ["max_age_days"] in [[change["field"] for change in one["changes"]] for one in answer["relaxations"]]


def test_a_constraint_has_its_flag_its_key_and_its_name(changed: Copy) -> None:
    assert "--max-age-days N" in changed.run("recommend", "--help").stdout
    profile = changed.folder / "mine.yaml"
    profile.write_text("max_age_days: 1200\n", encoding="utf-8")
    assert "推出時間" in changed.run(*REQUEST, "--profile", str(profile), "--lang", "zh-TW", "--explain").stdout


def test_a_criterion_scores(changed: Copy, plain: Any) -> None:
    weighed = changed.answer("--weight", "newness=1")  # those of the task add up to 1
    for answer, weight in ((plain, 0.0), (weighed, 0.5)):
        giant, small = (_row(answer, model)["criteria"]["newness"] for model in (GIANT, SMALL))
        for value in (giant, small):
            assert (value["unit"], value["weight"]) == ("months", pytest.approx(weight))
            assert value["contribution"] == pytest.approx(weight * value["utility"])
        assert giant["interval"][1] == pytest.approx(1352 / 365.25 * 12)
        assert giant["utility"] == 0  # past the scale's 36 months
        assert small["utility"] == 0
        assert [source["title"] for source in giant["sources"]] == ["Technical report of Giant 1"]


def test_a_criterion_puts_another_model_first(changed: Copy) -> None:
    answer = changed.answer("--weight", "newness=1", "--as-of", "2024-12-01")
    giant, small = (_row(answer, model)["criteria"]["newness"]["utility"] for model in (GIANT, SMALL))
    assert 0 < giant < small < 1


def test_a_command_runs_and_counts_what_the_recipe_of_a_host_has_added(changed: Copy) -> None:
    assert changed.run("hosts").stdout == "cloudy: 1\nglobex: 1\nrenta: 1\n"
    assert "Lists the hosts of the catalogue" in changed.run("--help").stdout


def test_a_device_can_be_named(changed: Copy) -> None:
    assert "Chip 32GB" in changed.run("estimate", "tiny-1b", "--gpu", "Chips 32").stdout


def test_a_benchmark_is_explained(changed: Copy) -> None:
    assert "Long Quotes" in changed.run("explain", "long-quotes").stdout


def test_a_language_can_be_asked_for(changed: Copy) -> None:
    assert changed.run(*REQUEST, "--lang", "de").returncode == 0
    assert "en|zh-TW|de" in changed.run("recommend", "--help").stdout
