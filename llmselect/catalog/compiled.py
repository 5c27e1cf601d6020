"""A catalogue's compiled forms: JSON, and packed so that it is read without pydantic."""

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmap import mmap

    from llmselect.catalog.schema import Catalog

JSON, PACKED = ".json", ".pickle"


def forms(text: str) -> dict[str, bytes]:
    """A compiled catalogue in both forms."""
    from llmselect.catalog.pack import pack

    return {JSON: text.encode(), PACKED: pack(validated(text.encode()))}


def in_form(path: str, form: str) -> "bytes | mmap":
    """A compiled catalogue's bytes in a form: from the file that lies beside its JSON, else made from that."""
    ready = path.removesuffix(JSON) + form
    if os.path.isfile(ready):
        return content(ready)
    with open(path, encoding="utf-8") as file:
        return forms(file.read())[form]


def content(path: str) -> "bytes | mmap":
    """A file's bytes, a packed one's mapped, so that only what is used of it is read."""
    if path.endswith(PACKED) and sys.platform != "win32":  # where a mapped file cannot be replaced
        with contextlib.suppress(OSError, ValueError):  # such as an empty file
            return _mapped(path)
    with open(path, "rb") as file:
        return file.read()


def _mapped(path: str) -> "mmap":
    from mmap import ACCESS_READ, mmap

    handle = os.open(path, os.O_RDONLY)
    try:
        return mmap(handle, 0, access=ACCESS_READ)
    finally:
        os.close(handle)


def validated(text: "bytes | mmap") -> "Catalog":
    """The catalogue of a JSON form as pydantic's records."""
    from llmselect.catalog.schema import Catalog

    return Catalog.model_validate_json(bytes(text))
