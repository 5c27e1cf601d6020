"""Checks a file for the user's own layer before it is written."""

import shutil
import tempfile
from pathlib import Path

from llmselect.catalog.layered import layered
from llmselect.catalog.load import open_catalog
from llmselect.catalog.overlay import OWN
from llmselect.errors import LlmselectError


def demand_sound(layer: Path, name: str, content: str) -> None:
    """Raises LlmselectError `bad-record` if the catalogue would be invalid with this file in the user's own layer."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / OWN
        if layer.is_dir():
            shutil.copytree(layer, copy, ignore=shutil.ignore_patterns(".*"))
        file = copy / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8", newline="\n")
        base = open_catalog(own=False)
        try:
            _, _, faults = layered(base, [copy])
        finally:
            base.close()
    if faults:
        first = faults[0]
        where = Path(first.file).relative_to(copy) if Path(first.file).is_relative_to(copy) else Path(first.file)
        message = f"the record would have a fault: {where}:{first.line}:{first.column}: {first.message}"
        raise LlmselectError("bad-record", message, "Nothing was changed.")
