"""Catalogues of YAML, compiled once and then kept in the user's cache folder.

An entry's name is made of the content of all that it was made from, so that a change is never missed.
"""

import contextlib
import os
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from llmselect.catalog.compiled import JSON, content, forms
from llmselect.catalog.files import list_files
from llmselect.catalog.overlay import DISABLED
from llmselect.errors import Exit, LlmselectError
from llmselect.folders import cache_place

if TYPE_CHECKING:
    from mmap import mmap

    from llmselect.catalog.check_files import Fault

T = TypeVar("T")
_CHECK_HINT = "run `llmselect catalog check` to see every fault"
_PACKAGE = Path(__file__).resolve().parent.parent


def through_cache(base: Path, folders: Sequence[Path], form: str, parse: "Callable[[bytes | mmap], T]") -> T:
    """The base (a folder of YAML or a compiled file) with the user's layers over it, in one of its compiled forms."""
    entry = _entry(base, folders)
    if entry is not None:
        with contextlib.suppress(OSError, ValueError):
            return parse(content(str(entry.with_suffix(form))))
    text = compile_json(base) if base.is_dir() else base.read_text(encoding="utf-8")
    if folders:
        text = _layered(text, folders)
    made = forms(text)
    if entry is not None:
        with contextlib.suppress(OSError):
            _store(entry, made)
    return parse(made[form])


def compile_json(directory: Path) -> str:
    """Check a directory and return its catalogue as JSON; raises LlmselectError `invalid-catalog`."""
    from llmselect.catalog.check import check_files, compiled

    files, faults = check_files(directory)
    if faults:
        raise _invalid(faults)
    return compiled(files)


def _layered(text: str, folders: Sequence[Path]) -> str:
    from llmselect.catalog.layered import compile_layers

    text, faults = compile_layers(text, folders)
    if faults:
        raise _invalid(faults, f"mend or remove the file, or set {DISABLED}=1 to do without your own layers")
    return text


def _entry(base: Path, folders: Sequence[Path]) -> Path | None:
    """The cache file for what the present code reads from these places, or None without a home folder."""
    digest = sha256()
    read = [_listing(place) for place in (base, *folders)]
    for root, names in (*read, (_PACKAGE, _code_files())):
        for name in names:
            found = _bytes_or_empty(root / name)
            digest.update(f"{name}\0{len(found)}\0".encode(errors="surrogateescape"))
            digest.update(found)
    place = sha256(b"\0".join(os.fsencode(path.resolve()) for path in (base, *folders))).hexdigest()[:12]
    try:
        return Path(cache_place()) / f"catalog-{place}-{digest.hexdigest()}{JSON}"
    except RuntimeError:  # no home folder
        return None


def _listing(place: Path) -> tuple[Path, list[str]]:
    return (place, list_files(place)) if place.is_dir() else (place.parent, [place.name])


def _code_files() -> list[str]:
    """The code that decides what a catalogue's text means."""
    paths = (_PACKAGE / "catalog").rglob("*.py")
    return ["errors.py", *sorted(path.relative_to(_PACKAGE).as_posix() for path in paths)]


def _bytes_or_empty(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _store(entry: Path, made: dict[str, bytes]) -> None:
    """Write the cache's files, each in one step, and remove the older ones of the same directory."""
    entry.parent.mkdir(parents=True, exist_ok=True)
    for form, found in made.items():
        _write(entry.with_suffix(form), found)
    place = entry.name[: len("catalog-") + 12]
    for old in entry.parent.glob(f"{place}-*"):
        if old.stem != entry.stem:
            with contextlib.suppress(OSError):
                old.unlink()


def _write(path: Path, found: bytes) -> None:
    import tempfile

    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".catalog-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(found)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _invalid(faults: "list[Fault]", hint: str = _CHECK_HINT) -> LlmselectError:
    first, others = faults[0], len(faults) - 1
    rest = f" (and {others} more fault{'s' if others > 1 else ''})" if others else ""
    message = f"{first.file}:{first.line}:{first.column}: {first.message}{rest}"
    return LlmselectError("invalid-catalog", message, hint, Exit.INVALID_CATALOG)
