"""Where the catalogue is, and how it becomes a `Catalog` quickly.

A wheel carries it compiled twice: to JSON, and packed so that it is read without pydantic. A checkout holds YAML, which
is checked and compiled once and then kept in the user's cache folder under a key made of its content, so that a change
is never missed.
"""

import contextlib
import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from llmselect.catalog.files import list_files
from llmselect.catalog.overlay import DISABLED, LAYERS, REFRESHED, layers
from llmselect.catalog.records import unpack
from llmselect.errors import Exit, LlmselectError

if TYPE_CHECKING:
    from mmap import mmap

    from llmselect.catalog.check_files import Fault
    from llmselect.catalog.schema import Catalog

T = TypeVar("T")
ENVIRONMENT = "LLMSELECT_CATALOG"
JSON, PACKED = ".json", ".pickle"
_CHECK_HINT = "run `llmselect catalog check` to see every fault"
_package = Path(__file__).resolve().parent.parent


def load(directory: Path | None = None, *, own: bool = True) -> "Catalog":
    """The catalogue of a directory, or the one that `catalog_path` finds with the user's layers over it.

    Its records were checked when they were compiled and are read without pydantic. Without `own` the user's own
    records are left out. Raises LlmselectError with exit status 4: `no-catalog` where there is none,
    `invalid-catalog` with the first fault where it does not pass its checks.
    """
    return _quickly(lambda: _read(directory, own, PACKED, unpack))


def load_checked(directory: Path | None = None, *, own: bool = True) -> "Catalog":
    """The same as pydantic's records, which know their fields: for commands that show or rewrite whole records."""
    return _quickly(lambda: _read(directory, own, JSON, _validated))


def catalog_digest(directory: Path | None = None) -> str:
    """The SHA-256 of the compiled catalogue, the user's layers included: it changes when any of its facts does."""
    from hashlib import sha256  # here and below: an answer has no use for it, and it takes a hundredth of a second

    return sha256(_read(directory, True, JSON, bytes)).hexdigest()


def catalog_path(directory: Path | None = None) -> Path:
    """Where the catalogue is read from: a directory of YAML files, or a wheel's compiled `_catalog.json`.

    In this order: the argument, the environment's LLMSELECT_CATALOG, the compiled file of an installed
    wheel, the `catalog` folder of a checkout. Raises LlmselectError `no-catalog` where none is found.
    """
    chosen = directory or _from_environment()
    if chosen is not None:
        if _is_catalog(chosen):
            return chosen
        hint = "name a folder that holds models/, hosts/ and the tables such as tasks.yaml"
        raise LlmselectError("no-catalog", f"there is no catalogue in {chosen}", hint, Exit.INVALID_CATALOG)
    compiled, checkout = _package / "_catalog.json", _package.parent / "catalog"
    if compiled.is_file():
        return compiled
    if _is_catalog(checkout):
        return checkout
    hint = f"install llmselect again, or set {ENVIRONMENT} to a folder with a catalogue"
    raise LlmselectError("no-catalog", "llmselect was installed without its catalogue", hint, Exit.INVALID_CATALOG)


def compile_json(directory: Path) -> str:
    """Check a directory and return its catalogue as JSON; raises LlmselectError `invalid-catalog`."""
    from llmselect.catalog.check import check_files, compiled

    files, faults = check_files(directory)
    if faults:
        raise _invalid(faults)
    return compiled(files)


def cache_folder() -> Path:
    """The folder of this user's cache for llmselect; it need not exist."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        return Path(base) / "llmselect" / "cache"
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "llmselect"


def _from_environment() -> Path | None:
    value = os.environ.get(ENVIRONMENT)
    return Path(value) if value else None


def _is_catalog(directory: Path) -> bool:
    return any((directory / name).exists() for name in ("models", "hosts", "tasks.yaml"))


def _read(directory: Path | None, own: bool, form: str, parse: "Callable[[bytes | mmap], T]") -> T:
    """The catalogue in one of its compiled forms; ValueError while parsing a wheel's means that it is damaged."""
    path = catalog_path(directory)
    folders = [] if directory else layers(LAYERS if own else (REFRESHED,))
    if path.is_dir() or folders:
        return _from_directories(path, folders, form, parse)
    try:
        return parse(_in_form(path, form))
    except (OSError, ValueError) as error:
        message = f"the compiled catalogue {path} cannot be read: {type(error).__name__}"
        raise LlmselectError("invalid-catalog", message, "install llmselect again", Exit.INVALID_CATALOG) from error


def _in_form(path: Path, form: str) -> "bytes | mmap":
    """A compiled catalogue's bytes in a form: from the file that lies beside its JSON, else made from that."""
    ready = path.with_suffix(form)
    return _content(ready) if ready.is_file() else forms(path.read_text(encoding="utf-8"))[form]


def _content(path: Path) -> "bytes | mmap":
    """A file's bytes, a packed one's mapped, so that only what is used of it is read."""
    if path.suffix == PACKED and sys.platform != "win32":  # where a mapped file cannot be replaced
        with contextlib.suppress(OSError, ValueError):  # such as an empty file
            return _mapped(path)
    return path.read_bytes()


def _mapped(path: Path) -> "mmap":
    from mmap import ACCESS_READ, mmap

    handle = os.open(path, os.O_RDONLY)
    try:
        return mmap(handle, 0, access=ACCESS_READ)
    finally:
        os.close(handle)


def forms(text: str) -> dict[str, bytes]:
    """A compiled catalogue in both forms."""
    from llmselect.catalog.pack import pack

    return {JSON: text.encode(), PACKED: pack(_validated(text.encode()))}


def _from_directories(base: Path, folders: Sequence[Path], form: str, parse: "Callable[[bytes | mmap], T]") -> T:
    """The base (a folder of YAML or a compiled file) with the user's layers over it, through the cache."""
    entry = _cache_entry(base, folders)
    if entry is not None:
        with contextlib.suppress(OSError, ValueError):
            return parse(_content(entry.with_suffix(form)))
    text = compile_json(base) if base.is_dir() else base.read_text(encoding="utf-8")
    if folders:
        text = _layered(text, folders)
    made = forms(text)
    if entry is not None:
        with contextlib.suppress(OSError):
            _store(entry, made)
    return parse(made[form])


def _layered(text: str, folders: Sequence[Path]) -> str:
    from llmselect.catalog.layered import compile_layers

    text, faults = compile_layers(text, folders)
    if faults:
        raise _invalid(faults, f"mend or remove the file, or set {DISABLED}=1 to do without your own layers")
    return text


def _validated(text: "bytes | mmap") -> "Catalog":
    from llmselect.catalog.schema import Catalog

    return Catalog.model_validate_json(bytes(text))


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


def _cache_entry(base: Path, folders: Sequence[Path]) -> Path | None:
    """The cache file for what the present code reads from these places, or None without a home folder."""
    from hashlib import sha256

    digest = sha256()
    read = [_listing(place) for place in (base, *folders)]
    for root, names in (*read, (_package, _code_files())):
        for name in names:
            content = _bytes_or_empty(root / name)
            digest.update(f"{name}\0{len(content)}\0".encode(errors="surrogateescape"))
            digest.update(content)
    place = sha256(b"\0".join(os.fsencode(path.resolve()) for path in (base, *folders))).hexdigest()[:12]
    try:
        return cache_folder() / f"catalog-{place}-{digest.hexdigest()}{JSON}"
    except RuntimeError:  # no home directory
        return None


def _listing(place: Path) -> tuple[Path, list[str]]:
    return (place, list_files(place)) if place.is_dir() else (place.parent, [place.name])


def _code_files() -> list[str]:
    """The code that decides what a catalogue's text means."""
    paths = (_package / "catalog").rglob("*.py")
    return ["errors.py", *sorted(path.relative_to(_package).as_posix() for path in paths)]


def _bytes_or_empty(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _store(entry: Path, forms: dict[str, bytes]) -> None:
    """Write the cache's files, each in one step, and remove the older ones of the same directory."""
    entry.parent.mkdir(parents=True, exist_ok=True)
    for form, content in forms.items():
        _write(entry.with_suffix(form), content)
    place = entry.name[: len("catalog-") + 12]
    for old in entry.parent.glob(f"{place}-*"):
        if old.stem != entry.stem:
            with contextlib.suppress(OSError):
                old.unlink()


def _write(path: Path, content: bytes) -> None:
    import tempfile

    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".catalog-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
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
