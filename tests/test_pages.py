"""The pages for people who change the program name files, functions and a way through them that exist."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest

from llmselect.cli.app import run
from tests.test_imports import PACKAGE, parts_imported

ROOT = PACKAGE.parent
ARCHITECTURE, CONTRIBUTING = ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md"
PAGES = (ARCHITECTURE, CONTRIBUTING)
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_FUNCTION = re.compile(r"\[`(\w+)`\]\(([\w./-]+\.py)\)")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[\w-]+)?\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"[\w.<>-]*(/[\w.<>-]*)+")
_MADE = re.compile(r"^`(.+)`, a new file:$", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_]\w*(\.\w+)?")
_SEVERAL = re.compile(r"<\w+>")


def _prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def _paths() -> Iterator[tuple[str, str]]:
    """What a page names by its path from the root, but for what its examples make."""
    for page in PAGES:
        text = _prose(page)
        named = {code for code in _CODE.findall(text) if _PATH.fullmatch(code)} - {*_MADE.findall(text)}
        yield from ((page.name, path) for path in sorted(named))


@pytest.mark.parametrize(("page", "path"), list(_paths()))
def test_files_that_are_named_exist(page: str, path: str) -> None:
    small = path.replace("catalog/", "tests/small_catalog/", 1)
    assert any(list(ROOT.glob(_SEVERAL.sub("*", one).rstrip("/"))) for one in (path, small, f"llmselect/{path}"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = _LINK.findall(_prose(page))
    assert targets
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_names_beside_a_file_stand_in_that_file() -> None:
    rows = [
        row
        for page in PAGES
        for row in re.findall(r"^\| `([\w/]+\.(?:py|yaml))` \| (.*) \|$", _prose(page), re.MULTILINE)
    ]
    told = [(path, code) for path, text in rows for code in _CODE.findall(text) if _NAME.fullmatch(code)]
    assert told
    for path, code in told:
        words = set(re.findall(r"\w+", (ROOT / path).read_text(encoding="utf-8")))
        assert {*code.split(".")} <= words, f"{path} has no {code}"


class _Step(NamedTuple):
    function: str
    file: Path


def _walk() -> list[_Step]:
    found = _FUNCTION.findall(_prose(ARCHITECTURE))
    return [_Step(name, (ARCHITECTURE.parent / target).resolve()) for name, target in found]


@pytest.mark.parametrize("step", _walk(), ids=lambda step: f"{step.file.stem}.{step.function}")
def test_functions_that_are_linked_are_defined_there(step: _Step) -> None:
    tree = ast.parse(step.file.read_text(encoding="utf-8"))
    assert step.function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_names_in_the_text_are_those_of_the_program(page: Path) -> None:
    files = [*PACKAGE.rglob("*.py"), *(ROOT / "catalog").glob("*.yaml")]
    known = set(re.findall(r"\w+", " ".join(path.read_text(encoding="utf-8") for path in files)))
    examples = set(re.findall(r"\w+", " ".join(_FENCE.findall(page.read_text(encoding="utf-8")))))
    named = {code for code in _CODE.findall(_prose(page)) if _NAME.fullmatch(code)}
    assert {name for name in named if not {*name.split(".")} <= known | examples} == set()


def test_a_call_walks_through_the_functions_in_the_order_of_the_page(
    monkeypatch: pytest.MonkeyPatch, small_catalog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_catalog))
    steps, seen = _walk(), dict[_Step, None]()
    files = {str(step.file): step.file for step in steps}

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename in files:
            seen.setdefault(_Step(frame.f_code.co_name, files[frame.f_code.co_filename]))

    sys.setprofile(note)
    try:
        status = run(["recommend", "--task", "qa", "--gpu", "Home 24GB", "--as-of", "2026-11-25"])
    finally:
        sys.setprofile(None)
    assert status == 0, capsys.readouterr().err
    assert len(steps) > 20
    assert [step for step in seen if step in steps] == steps


def test_every_folder_of_the_package_is_told_of() -> None:
    folders = {path.parent.relative_to(ROOT).as_posix() for path in PACKAGE.glob("*/__init__.py")}
    rows = re.findall(r"^\| `([\w/]+)/` \|", ARCHITECTURE.read_text(encoding="utf-8"), re.MULTILINE)
    assert folders <= {*rows}


def _arrows() -> set[tuple[str, str]]:
    """From each folder in the drawing to what it imports."""
    found = set()
    for line in ARCHITECTURE.read_text(encoding="utf-8").partition("```mermaid")[2].partition("```")[0].splitlines():
        for arrow in ("<-->", "-->"):
            start, is_there, ends = line.partition(f" {arrow} ")
            if is_there:
                found |= {(start.strip(), end.strip()) for end in ends.split("&")}
                found |= {(ends.strip(), start.strip())} if arrow == "<-->" else set()
                break
    return found


def test_the_drawing_shows_imports_and_all_of_them_follow_its_arrows() -> None:
    arrows, imported = _arrows(), parts_imported()
    drawn = {name for arrow in arrows for name in arrow}
    assert arrows <= imported
    reached = arrows
    for _ in drawn:
        reached = reached | {(start, end) for start, middle in reached for other, end in arrows if other == middle}
    among = {(start, end) for start, end in imported if start in drawn and end in drawn and start != end}
    assert among - reached == set()
