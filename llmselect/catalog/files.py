"""Lists the files in a catalogue's folder."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def list_files(directory: "Path") -> list[str]:
    """The catalogue's files as sorted paths from its folder, hidden ones left out.

    A folder whose name ends in `.yaml` is listed too: it is a mistake that the checks report.
    """
    return sorted(_walk(directory))


def _walk(directory: "Path") -> Iterator[str]:
    for folder, subfolders, names in os.walk(directory):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        mistaken = [name for name in subfolders if name.endswith(".yaml")]
        for name in names + mistaken:
            if not name.startswith("."):
                yield os.path.relpath(os.path.join(folder, name), directory).replace(os.sep, "/")
