"""Functions and files stay short, and what is public says what it does."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 400
LONGER_FILES = {"llmselect/catalog/schema.py": 600}  # one list of types, read from top to bottom

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [*_files("llmselect", "tests", "tools"), ROOT / "hatch_build.py"], ids=_shown)
def test_sizes(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGER_FILES.get(_shown(path), MAX_FILE_LINES)
    long = [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(_tree(path))
        if isinstance(node, Function) and node.end_lineno and node.end_lineno - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert long == []


def _undocumented(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
    for child in node.body:
        if not isinstance(child, Function | ast.ClassDef) or child.name.startswith("_"):
            continue
        stub = isinstance(child, Function) and isinstance(child.body[-1], ast.Expr) and len(child.body) == 1
        protocol_member = stub and isinstance(node, ast.ClassDef)
        if ast.get_docstring(child) is None and not protocol_member:
            yield f"{prefix}{child.name}"
        if isinstance(child, ast.ClassDef):
            yield from _undocumented(child, f"{child.name}.")


@pytest.mark.parametrize("path", _files("llmselect"), ids=_shown)
def test_what_is_public_is_documented(path: Path) -> None:
    tree = _tree(path)
    assert not tree.body or ast.get_docstring(tree), "the module says nothing about itself"
    assert list(_undocumented(tree, "")) == []
