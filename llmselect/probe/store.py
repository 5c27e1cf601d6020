"""What is known of the user's own speeds: one JSON file for each machine, and one for hosts, in the data folder.

Reading is cheap: no catalogue, no pydantic. A file that cannot be read is renamed, never overwritten.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from llmselect.errors import Exit, LlmselectError
from llmselect.estimate.rates import Measurement, OwnSpeeds, ProbedRates
from llmselect.hardware.detect import Detected
from llmselect.probe.rows import as_row, measurement, probed_rates, run_of

FORMAT = 1
FOLDER = "speeds"
HOSTS = "hosts"
MOST_RUNS = 50
Say = Callable[[str], None]
Keep = Callable[[ProbedRates | Measurement], bool]


class Run(NamedTuple):
    """How something stored came about: command, runtime, build, package versions, what disturbed it, the day."""

    command: str
    runtime: str
    build: str
    versions: dict[str, str]
    disturbances: str
    seconds: float
    on: str


class Stored(NamedTuple):
    """A file's content. `hardware` is None in the file of hosts, whose speeds are no machine's."""

    hardware: Detected | None
    rates: tuple[ProbedRates, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    runs: tuple[Run, ...] = ()


class NewerFormatError(Exception):
    """A file of a format that this version does not know."""


def fingerprint(found: Detected) -> str:
    """A name for a machine: the same for the same processor, usable processors, memory (in GiB) and GPUs."""
    told = [found.cpu, found.cores, round(found.ram_gib), [[name, round(gib)] for name, gib in found.gpus]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def path_of(folder: Path, found: Detected | None) -> Path:
    """The file of a machine, or that of hosts."""
    return folder / f"{HOSTS if found is None else fingerprint(found)}.json"


def own_speeds(folder: Path, found: Detected | None, say: Say) -> OwnSpeeds:
    """All that is stored of a machine and of hosts; of hosts alone where no machine is named."""
    files = [read(path_of(folder, one), say) for one in ((None, found) if found else (None,))]
    rates = tuple(row for file in files for row in file.rates)
    return OwnSpeeds(rates, tuple(row for file in files for row in file.measurements))


def read(path: Path, say: Say) -> Stored:
    """A file's content, nothing where there is none.

    A damaged file is renamed and `say` tells where it is now; one of a newer version is left alone.
    """
    try:
        return _parsed(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Stored(None)
    except NewerFormatError:
        say(f"{path} is from a newer llmselect and is not read; update llmselect to use it")
    except OSError as error:
        say(f"{path} cannot be read: {(error.strerror or str(error)).lower()}; the speeds in it are not used")
    except (ValueError, TypeError, KeyError, RecursionError):
        say(_set_aside(path))
    return Stored(None)


def every(folder: Path, say: Say) -> list[tuple[Path, Stored]]:
    """All files with their contents, by name; damaged ones are set aside."""
    return [(path, read(path, say)) for path in sorted(folder.glob("*.json"))] if folder.is_dir() else []


def add(folder: Path, new: Stored, say: Say) -> Path:
    """Put rates and measurements beside what is stored, in place of older ones of the same thing, newest last.

    Returns the file's path. Raises LlmselectError (exit 5) where it cannot be written or is of a newer version.
    """

    def change(old: Stored) -> Stored:
        return Stored(
            new.hardware,
            _newest((*old.rates, *new.rates), _same_rates),
            _newest((*old.measurements, *new.measurements), _same_measurement),
            (*old.runs, *new.runs)[-MOST_RUNS:],
        )

    path = path_of(folder, new.hardware)
    _rewrite(path, change, say)
    return path


def forget(path: Path, keep: Keep, say: Say) -> int:
    """Remove from a file what `keep` denies, and the file where nothing is left; returns how many rows went."""
    gone = 0

    def change(old: Stored) -> Stored:
        nonlocal gone
        rates, measurements = tuple(filter(keep, old.rates)), tuple(filter(keep, old.measurements))
        gone = len(old.rates) + len(old.measurements) - len(rates) - len(measurements)
        return old._replace(rates=rates, measurements=measurements)

    _rewrite(path, change, say)
    return gone


def _same_rates(row: ProbedRates) -> tuple[Any, ...]:
    return row.device, row.runtime, row.build, row.precision


def _same_measurement(row: Measurement) -> tuple[Any, ...]:
    return row.model, row.host, row.runtime, row.quantization, row.prompt_tokens, row.depth_tokens, row.concurrency


def _newest(rows: Iterable[Any], key: Callable[[Any], tuple[Any, ...]]) -> tuple[Any, ...]:
    """The last row of each key, in the order of their coming."""
    found: dict[tuple[Any, ...], Any] = {}
    for row in rows:
        found.pop(key(row), None)
        found[key(row)] = row
    return tuple(found.values())


# Files


def _parsed(text: str) -> Stored:
    """Raises ValueError, TypeError or KeyError for what is no such file."""
    data = json.loads(text)
    if data["format"] > FORMAT:
        raise NewerFormatError
    hardware = data["hardware"]
    found = hardware and Detected(
        float(hardware["ram_gib"]),
        str(hardware["cpu"]),
        int(hardware["cores"]),
        tuple((str(name), float(gib)) for name, gib in hardware["gpus"]),
    )
    return Stored(
        found,
        tuple(map(probed_rates, data["rates"])),
        tuple(map(measurement, data["measurements"])),
        tuple(Run(**run_of(row, Run._fields)) for row in data["runs"]),
    )


def _text(stored: Stored) -> str:
    found = stored.hardware
    hardware = found and {"cpu": found.cpu, "cores": found.cores, "ram_gib": found.ram_gib, "gpus": found.gpus}
    rows = {name: [as_row(row) for row in getattr(stored, name)] for name in ("rates", "measurements", "runs")}
    return json.dumps({"format": FORMAT, "hardware": hardware, **rows}, indent=1, allow_nan=False) + "\n"


def _rewrite(path: Path, change: Callable[[Stored], Stored], say: Say) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.parent):
            if path.exists() and _is_newer(path):
                hint = "Update llmselect, or move the file away."
                raise LlmselectError("newer-file", f"{path} is from a newer llmselect", hint, Exit.MISSING)
            _replace(path, change(read(path, say)))
    except OSError as error:
        message = f"{error.filename or path} cannot be written: {(error.strerror or str(error)).lower()}"
        raise LlmselectError("unwritable-folder", message, "Nothing was stored.", Exit.MISSING) from error


def _is_newer(path: Path) -> bool:
    with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
        return bool(json.loads(path.read_text(encoding="utf-8"))["format"] > FORMAT)
    return False


def _replace(path: Path, stored: Stored) -> None:
    """Put a new content in a file's place, whole or not at all; nothing left is no file."""
    if not stored.rates and not stored.measurements:
        path.unlink(missing_ok=True)
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(_text(stored))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from changing the folder meanwhile, where the system has locks of files."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _set_aside(path: Path) -> str:
    """Rename a damaged file; returns what to tell the user."""
    number = 1
    while (place := path.with_name(f"{path.stem}.damaged-{number}")).exists():
        number += 1
    try:
        os.replace(path, place)
    except OSError:
        return f"{path} is damaged; the speeds in it are not used"
    return f"{path} is damaged; it is now {place.name} beside it, and the speeds in it are not used"


def today() -> str:
    """The day that is written beside what is measured."""
    return date.today().isoformat()
