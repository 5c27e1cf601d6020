"""Where the catalogue is, and how it becomes a `Catalog` quickly.

A wheel carries it compiled twice: to JSON, and packed so that it is read without pydantic. A checkout holds YAML, which
is checked and compiled once and then kept in the user's cache folder. Paths are text here where an answer needs them:
pathlib takes time to load.
"""

import gc
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from llmselect.catalog.compiled import JSON, PACKED, in_form, validated
from llmselect.catalog.overlay import LAYERS, REFRESHED, layers
from llmselect.catalog.records import unpack
from llmselect.errors import Exit, LlmselectError

if TYPE_CHECKING:
    from mmap import mmap
    from pathlib import Path

    from llmselect.catalog.schema import Catalog

T = TypeVar("T")
ENVIRONMENT = "LLMSELECT_CATALOG"
_package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def load(directory: "Path | None" = None, *, own: bool = True) -> "Catalog":
    """The catalogue of a directory, or the one that `catalog_path` finds with the user's layers over it.

    Its records were checked when they were compiled and are read without pydantic. Without `own` the user's own
    records are left out. Raises LlmselectError with exit status 4: `no-catalog` where there is none,
    `invalid-catalog` with the first fault where it does not pass its checks.
    """
    return _quickly(lambda: _read(directory, own, PACKED, unpack))


def load_checked(directory: "Path | None" = None, *, own: bool = True) -> "Catalog":
    """The same as pydantic's records, which know their fields: for commands that show or rewrite whole records."""
    return _quickly(lambda: _read(directory, own, JSON, validated))


def catalog_digest(directory: "Path | None" = None) -> str:
    """The SHA-256 of the compiled catalogue, the user's layers included: it changes when any of its facts does."""
    from hashlib import sha256  # here, because an answer has no use for it, and it takes a hundredth of a second

    return sha256(_read(directory, True, JSON, bytes)).hexdigest()


def catalog_path(directory: "Path | None" = None) -> "Path":
    """Where the catalogue is read from: a directory of YAML files, or a wheel's compiled `_catalog.json`.

    In this order: the argument, the environment's LLMSELECT_CATALOG, the compiled file of an installed
    wheel, the `catalog` folder of a checkout. Raises LlmselectError `no-catalog` where none is found.
    """
    from pathlib import Path

    return Path(_place(directory))


def _place(directory: "Path | None") -> str:
    chosen = str(directory or os.environ.get(ENVIRONMENT) or "")
    if chosen:
        if _is_catalog(chosen):
            return chosen
        hint = "name a folder that holds models/, hosts/ and the tables such as tasks.yaml"
        raise LlmselectError("no-catalog", f"there is no catalogue in {chosen}", hint, Exit.INVALID_CATALOG)
    compiled, checkout = os.path.join(_package, "_catalog.json"), os.path.join(os.path.dirname(_package), "catalog")
    if os.path.isfile(compiled):
        return compiled
    if _is_catalog(checkout):
        return checkout
    hint = f"install llmselect again, or set {ENVIRONMENT} to a folder with a catalogue"
    raise LlmselectError("no-catalog", "llmselect was installed without its catalogue", hint, Exit.INVALID_CATALOG)


def _is_catalog(directory: str) -> bool:
    return any(os.path.exists(os.path.join(directory, name)) for name in ("models", "hosts", "tasks.yaml"))


def _read(directory: "Path | None", own: bool, form: str, parse: "Callable[[bytes | mmap], T]") -> T:
    """The catalogue in one of its compiled forms; ValueError while parsing a wheel's means that it is damaged."""
    place = _place(directory)
    folders = [] if directory else layers(LAYERS if own else (REFRESHED,))
    if folders or os.path.isdir(place):
        from pathlib import Path

        from llmselect.catalog.cached import through_cache

        return through_cache(Path(place), folders, form, parse)
    try:
        return parse(in_form(place, form))
    except (OSError, ValueError) as error:
        message = f"the compiled catalogue {place} cannot be read: {type(error).__name__}"
        raise LlmselectError("invalid-catalog", message, "install llmselect again", Exit.INVALID_CATALOG) from error


def _quickly(read: "Callable[[], Catalog]") -> "Catalog":
    """What `read` returns, without garbage collection, whose passes find nothing among new records."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        catalog = read()
        gc.freeze()  # nor will later passes, which would walk them all
        return catalog
    finally:
        if collecting:
            gc.enable()
