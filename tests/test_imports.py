"""Imports point one way, as the syntax trees say."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "llmselect"

# What a part may import of ours, besides itself. A longer name admits that module alone.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "languages": set(),
    "folders": set(),
    "network": set(),
    "files": {"errors"},
    "redact": set(),
    "quantities": {"errors"},
    "hardware": {"errors", "quantities"},
    "estimate": {"errors"},
    "catalog": {
        *("errors", "quantities", "estimate", "files", "folders", "network", "languages"),
        *("results.citations", "results.explanation"),
    },
    "fields": {"errors", "quantities"},
    "definition": {"errors", "fields"},
    "requirements": {
        "errors",
        "quantities",
        "fields",
        "definition",
        "catalog.words",
        "catalog.names.values",
        "catalog.names.codes",
        "catalog.names.quantizations",
    },
    "results": {"estimate.interval", "render.frame", "render.notebook"},  # a result shows itself, in functions
    "engine": {
        *("errors", "requirements", "estimate", "results", "catalog.words", "catalog.sql", "catalog.lookup"),
        *("catalog.names", "catalog.schema", "catalog.compiled", "named"),
    },
    "named": {"errors", "requirements", "catalog.names"},
    "compare": {
        *("errors", "requirements", "engine", "estimate", "results", "catalog.schema", "catalog.lookup"),
        *("catalog.names", "catalog.abilities", "catalog.citations"),
        "render.words",
    },
    "scan": {"errors", "catalog", "results"},
    "usage": {"errors", "files", "quantities", "estimate", "engine", "requirements", "results", "catalog"},
    "render": {"errors", "files", "languages", "estimate.interval", "results", "catalog.words"},
    "ask": {
        "errors",
        "files",
        "redact",
        "languages",
        "quantities",
        "requirements",
        "catalog.schema",
        "render.format.wrap",
        "render.format.escape",
    },
    "probe": {"errors", "files", "redact", "estimate", "hardware", "network", "results.base", "catalog.schema"},
    "cli": {
        "this_machine",
        *("errors", "quantities", "requirements", "ask", "render", "engine", "probe", "hardware", "catalog", "scan"),
        *("definition", "files", "folders", "redact", "results"),
        *("estimate", "languages", "compare", "usage", "__version__"),
    },
    "__main__": {"errors", "cli"},
    "this_machine": {"folders", "estimate", "hardware", "probe.store", "catalog.overlay"},
    "python_words": {"errors"},
    "api": {
        *("errors", "requirements", "results", "engine", "compare", "scan", "usage", "catalog.load"),
        "catalog.names",
        *("this_machine", "python_words"),
    },
    "__init__": {"errors", "requirements", "api"},
}
TORCH_ONLY_IN = "probe"


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _name(path: Path) -> str:
    """`catalog.load` for llmselect/catalog/load.py."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def _imports(path: Path) -> Iterator[str]:
    """Full names of what a file imports, wherever in it."""
    package = ("llmselect", *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


def _ours(path: Path) -> Iterator[str]:
    return (name.removeprefix("llmselect.") for name in _imports(path) if name.startswith("llmselect."))


def parts_imported() -> set[tuple[str, str]]:
    """Each part, a folder or a file of the package, with each other part that it imports."""
    pairs = {(_name(path).partition(".")[0], name.partition(".")[0]) for path in _modules() for name in _ours(path)}
    return {(part, other) for part, other in pairs if part != other}


def _allows(rule: str, name: str) -> bool:
    return name == rule or name.startswith(f"{rule}.")


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_imports_point_one_way(path: Path) -> None:
    part = _name(path).partition(".")[0]
    assert part in ALLOWED, f"{part} is new: say in ALLOWED what it may import"
    rules = ALLOWED[part] | {part}
    assert [name for name in _ours(path) if not any(_allows(rule, name) for rule in rules)] == []


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_only_the_probe_imports_torch(path: Path) -> None:
    if _name(path).partition(".")[0] != TORCH_ONLY_IN:
        assert [name for name in _imports(path) if name.partition(".")[0] == "torch"] == []


def test_nothing_but_main_may_import_the_command_line() -> None:
    assert [part for part, rules in ALLOWED.items() if "cli" in rules] == ["__main__"]
