"""Finds and opens the catalogue.

A wheel carries it as one SQLite file. A checkout holds YAML, which is checked and compiled once and then kept in the
user's cache folder, and so is a catalogue with the user's own layers over it. A cached file's name is made of the
contents of all that it was made from, so that a change is never missed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from llmselect.catalog.compiled import FILE, connection_file, copy, damaged, opened, through_cache
from llmselect.catalog.files import list_files
from llmselect.catalog.overlay import DISABLED, LAYERS, REFRESHED, layers
from llmselect.errors import Exit, LlmselectError
from llmselect.files import FileError, read_bytes
from llmselect.folders import cache_place

if TYPE_CHECKING:
    from llmselect.catalog.checks.files import Fault
    from llmselect.catalog.schema import Catalog

ENVIRONMENT = "LLMSELECT_CATALOG"
CODE = ("catalog", "estimate")  # the parts of the package that decide what a catalogue's text means
_CHECK_HINT = "run `llmselect catalog check` to see every fault"
_package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def open_catalog(directory: Path | None = None, *, own: bool = True) -> sqlite3.Connection:
    """A read-only connection to the catalogue of a directory, or to the one that `catalog_path` finds with the
    user's layers over it.

    Without `own` the user's own records are left out. Raises LlmselectError with exit status 4: `no-catalog` where
    there is none, `invalid-catalog` with the first fault where it does not pass its checks.
    """
    place = catalog_path(directory)
    base = _of_folder(place) if place.is_dir() else _of_file(place)
    folders = [] if directory else layers(LAYERS if own else (REFRESHED,))
    return _with_layers(base, place, folders) if folders else base


def load(directory: Path | None = None, *, own: bool = True) -> Catalog:
    """The catalogue as whole records; raises LlmselectError also if its SQLite file is damaged."""
    from llmselect.catalog.schema import Catalog
    from llmselect.catalog.sql.records import catalog_json

    connection = open_catalog(directory, own=own)
    try:
        return Catalog.model_validate_json(catalog_json(connection))
    except (sqlite3.Error, ValueError, LookupError) as error:
        raise damaged(connection_file(connection), error) from error
    finally:
        connection.close()


def catalog_digest(directory: Path | None = None) -> str:
    """The SHA-256 of all facts, including the user's layers."""
    connection = open_catalog(directory)
    digest: str = connection.execute("SELECT value FROM meta WHERE key = 'digest'").fetchone()[0]
    connection.close()
    return digest


def catalog_path(directory: Path | None = None) -> Path:
    """Where the catalogue comes from: a folder of YAML files, or a compiled SQLite file.

    In this order: the argument, the environment's LLMSELECT_CATALOG, the compiled file of an installed
    wheel, the `catalog` folder of a checkout. Raises LlmselectError `no-catalog` where none is found.
    """
    chosen = str(directory or os.environ.get(ENVIRONMENT) or "")
    if chosen:
        if _is_catalog(chosen):
            return Path(chosen)
        hint = "name a folder that holds models/, hosts/ and the tables such as tasks.yaml"
        raise LlmselectError("no-catalog", f"there is no catalogue in {chosen}", hint, Exit.INVALID_CATALOG)
    compiled, checkout = os.path.join(_package, FILE), os.path.join(os.path.dirname(_package), "catalog")
    if os.path.isfile(compiled) or _zipped():
        return Path(compiled)
    if _is_catalog(checkout):
        return Path(checkout)
    hint = f"install llmselect again, or set {ENVIRONMENT} to a folder with a catalogue"
    raise LlmselectError("no-catalog", "llmselect was installed without its catalogue", hint, Exit.INVALID_CATALOG)


def catalog_file() -> Path | None:
    """The SQLite file that is read; None where it is kept in memory, since no folder for it can be written."""
    connection = open_catalog()
    file = connection_file(connection)
    connection.close()
    return Path(file) if file else None


def compile_folder(folder: Path, connection: sqlite3.Connection) -> None:
    """Checks a folder of YAML files and writes its catalogue; raises LlmselectError `invalid-catalog`."""
    from llmselect.catalog.checks.run import catalog_of, check_files
    from llmselect.catalog.sql.write import write

    files, faults = check_files(folder)
    if faults:
        raise _invalid(faults)
    write(connection, catalog_of(files))


def _is_catalog(directory: str) -> bool:
    return any(os.path.exists(os.path.join(directory, name)) for name in ("models", "hosts", "tasks.yaml"))


def _of_file(file: Path) -> sqlite3.Connection:
    """The installed SQLite file, or its copy in the cache if the package is imported from an archive."""
    content = None if file.exists() else _zipped()
    try:
        return opened(file) if content is None else through_cache(_entry((file,), (content,)), partial(copy, content))
    except sqlite3.Error as error:
        raise damaged(str(file), error) from error


def _zipped() -> bytes | None:
    """The compiled file's bytes if the package is imported from an archive; None if from a folder."""
    if os.path.isdir(_package):
        return None
    from pkgutil import get_data

    try:
        return get_data("llmselect", FILE)
    except OSError:
        return None


def _of_folder(folder: Path) -> sqlite3.Connection:
    """A folder of YAML files, compiled through the cache."""

    return through_cache(_entry((folder,), _contents((folder,))), partial(compile_folder, folder))


def _with_layers(base: sqlite3.Connection, place: Path, folders: Sequence[Path]) -> sqlite3.Connection:
    """A copy of a compiled catalogue with the rows replaced that the user's layers change."""
    (digest,) = base.execute("SELECT value FROM meta WHERE key = 'digest'").fetchone()

    def fill(connection: sqlite3.Connection) -> None:
        from llmselect.catalog.layered import layered
        from llmselect.catalog.sql.write import rewrite

        catalog, changed, faults = layered(base, folders)
        if faults:
            raise _invalid(faults, f"mend or remove the file, or set {DISABLED}=1 to do without your own layers")
        base.backup(connection)
        rewrite(connection, catalog, changed)

    return through_cache(_entry((place, *folders), (*_contents(folders), digest.encode())), fill)


def _entry(places: Iterable[Path], contents: Iterable[bytes]) -> Path | None:
    """The cache's file for what is read from some places, or None without a home folder."""
    from hashlib import sha256  # here, because an installed catalogue is read without it

    place = sha256(b"\0".join(os.fsencode(path.resolve()) for path in places)).hexdigest()[:12]
    digest = sha256()
    for content in contents:
        digest.update(b"%d\0" % len(content))
        digest.update(content)
    try:
        return Path(cache_place()) / f"catalog-{place}-{digest.hexdigest()}.sqlite"
    except RuntimeError:  # no home folder
        return None


def _contents(folders: Iterable[Path]) -> Iterable[bytes]:
    """The names and contents of a catalogue's files and of the code that decides what they mean."""
    code = [*(Path(_package, part) for part in CODE)]
    files = [(folder, name) for folder in folders for name in list_files(folder)]
    files += [(folder, name) for folder in code for name in list_files(folder) if name.endswith(".py")]
    for folder, name in (*files, (Path(_package), "errors.py")):
        yield name.encode(errors="surrogateescape")
        try:
            yield read_bytes(folder / name)
        except FileError:
            yield b""


def _invalid(faults: list[Fault], hint: str = _CHECK_HINT) -> LlmselectError:
    first, others = faults[0], len(faults) - 1
    rest = f" (and {others} more fault{'s' if others > 1 else ''})" if others else ""
    message = f"{first.file}:{first.line}:{first.column}: {first.message}{rest}"
    return LlmselectError("invalid-catalog", message, hint, Exit.INVALID_CATALOG)
