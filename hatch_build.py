"""Build hook: a wheel carries the catalogue checked and compiled to one SQLite file, and no YAML.

An editable install does not: there the catalogue's files are read as they are.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPILED = "llmselect/_catalog.sqlite"


class CatalogHook(BuildHookInterface[Any]):
    """Compiles `catalog/` into the wheel; a catalogue with faults fails the build and lists them."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the compiled catalogue to a wheel's files."""
        if version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory(prefix="llmselect-build-")
        compiled = Path(self._folder.name) / "_catalog.sqlite"
        _compile(Path(self.root), compiled)
        build_data["force_include"][str(compiled)] = COMPILED

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what `initialize` left."""
        if version != "editable":
            self._folder.cleanup()


def _compile(root: Path, file: Path) -> None:
    sys.path.insert(0, str(root))
    try:
        from llmselect.catalog.checks.run import catalog_of, check_files
        from llmselect.catalog.compiled import write_file
        from llmselect.catalog.sql.write import write
    finally:
        sys.path.remove(str(root))
    files, faults = check_files(root / "catalog")
    for fault in faults:
        print(f"{fault.file}:{fault.line}:{fault.column}: {fault.code}: {fault.message}", file=sys.stderr)
    if faults:
        raise SystemExit(f"the catalogue has {len(faults)} faults: no wheel is built")
    write_file(file, lambda connection: write(connection, catalog_of(files)))
