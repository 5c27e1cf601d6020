"""Shell completion of model ids; reads only names, so that it is fast."""

import os
from pathlib import Path

from llmselect.catalog.compiled import FILE, opened

_PACKAGE = Path(__file__).resolve().parent.parent.parent


def model_ids(incomplete: str) -> list[str]:
    """The model ids, with or without the developer, that begin with `incomplete`."""
    ids = _ids()
    short = [name.partition("/")[2] for name in ids]
    return [name for name in (*ids, *short) if name.startswith(incomplete)]


def _ids() -> list[str]:
    chosen = os.environ.get("LLMSELECT_CATALOG")
    compiled = Path(chosen) if chosen else _PACKAGE / FILE
    if compiled.is_file():
        return [name for (name,) in opened(compiled).execute("SELECT model FROM models ORDER BY model")]
    folder = Path(chosen) if chosen else _PACKAGE.parent / "catalog"
    files = (folder / "models").glob("*/*.yaml")
    return sorted(f"{file.parent.name}/{file.stem}" for file in files)
