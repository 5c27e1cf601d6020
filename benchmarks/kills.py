"""Whether anything that was written is lost: processes killed at random moments, two writers, a full disk, no rights.

    python benchmarks/kills.py [--kills 200] [--rounds 50] [--seed 1]

kills processes while they store a probe, import results, add a model, add a price and refresh prices, and looks after
each kill: what a command had reported as done is there, every file is whole, the catalogue loads. Then two processes
write at once; two first runs start at once; a home may not be written; and the disk is full. It works on the small
catalogue of the tests and in a folder of its own, needs `fork`, and ends with status 1 where something is lost.
"""

import argparse
import contextlib
import io
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from llmselect.catalog.load import load
from llmselect.catalog.overlay import OWN, REFRESHED, layer_folder
from llmselect.catalog.reader import read
from llmselect.cli.app import run
from llmselect.cli.speed.own import store
from llmselect.estimate.own_speeds import DeviceRates, ProbedRates
from llmselect.hardware.detect import detect
from llmselect.probe.store.rows import Run
from llmselect.probe.store.speeds import StoredSpeeds, add, own_speeds

SMALL = Path(__file__).parent.parent / "tests" / "small_catalog"
MODELS = 400  # to be priced
FIRST_DAY = date(2024, 3, 1)
NOBODY = 65534
SMALL_DISK_BYTES = 64 * 1024
CONFIG = {
    "model_type": "llama", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "torch_dtype": "bfloat16",
}  # fmt: skip
RATES = DeviceRates(0.001, 1e-5, 40.0, 30.0, 1e-9, 0.5, 0.4, 1.1, 1.2, "measured")


class Write(NamedTuple):
    """A way to write: `do` writes what has a number, `kept` are the numbers that are there."""

    name: str
    do: Callable[[int], None]
    kept: Callable[[], set[int]]


class LostError(Exception):
    """Something that was written is not there, or not whole."""


def main() -> int:
    """Runs all and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        work.chmod(0o755)
        _prepare(work)
        try:
            for write in _writes(work):
                print(_killed(write, given.kills // 5, draw))
                print(_two_writers(write, given.rounds // 5))
            print(_first_runs(work))
            print(_read_only(work))
            print(_full_disk(work))
        except LostError as error:
            print(f"LOST: {error}")
            return 1
    return 0


def _prepare(work: Path) -> None:
    """A catalogue, a home, and what is imported and read."""
    catalog = Path(shutil.copytree(SMALL, work / "catalog"))
    host = catalog / "hosts" / "globex.yaml"
    host.write_text(
        host.read_text()
        .replace("    deployment: api\n", "    deployment: api\n    litellm_key: globex/giant-1\n")
        .replace("checked: 2026-11-22", "checked: 2024-02-01")
        .replace("last_seen: {value: 2026-11-22", "last_seen: {value: 2024-02-01")
    )
    model = (catalog / "models/acme/small-7b-chat.yaml").read_text()
    for number in range(MODELS):
        own = model.replace("acme/small-7b-chat\nname", f"acme/p{number}\nname").replace(
            '[small-7b-chat, "Small Chat"]', f"[p{number}]"
        )
        own = own.replace("name: Small 7B Chat", f"name: P {number}").replace("acme/small-7b-chat,", f"acme/p{number},")
        (catalog / f"models/acme/p{number}.yaml").write_text(own)
    os.environ.update(LLMSELECT_CATALOG=str(catalog), XDG_CACHE_HOME=str(work / "cache"))
    _move_to(work / "data")
    (work / "config.json").write_text(json.dumps(CONFIG))
    load()


def _move_to(data: Path) -> None:
    data.mkdir(exist_ok=True)
    os.environ["XDG_DATA_HOME"] = str(data)


def _silent(words: str) -> None:
    raise LostError(words)


def _command(*words: str) -> int:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return int(run(words))


def _done(*words: str) -> None:
    if status := _command(*words):
        raise LostError(f"{' '.join(words)} ended with status {status}")


# What is written


def _writes(work: Path) -> Iterator[Write]:
    machine = detect()

    def probe(number: int) -> None:
        rates = ProbedRates("cpu", "llama.cpp", "b1", f"p{number}", RATES, "2026-11-01")
        add(
            store(),
            StoredSpeeds(machine, (rates,), (), (Run("probe", "llama.cpp", "b1", {}, "", 1.0, "2026-11-01"),)),
            print,
        )

    def probed() -> set[int]:
        return {int(row.precision[1:]) for row in own_speeds(store(), machine, _silent).rates}

    def results(number: int) -> None:
        row = {"model_id": "acme/small-7b-chat", "completed": 10, "total_input_tokens": 10 * (number + 1)}
        row |= {"median_ttft_ms": 100.0, "median_tpot_ms": 20.0, "max_concurrency": 1}
        file = work / f"results-{number}.json"
        file.write_text(json.dumps(row))
        _done("probe", "--import", str(file), "--quantization", "none")

    def imported() -> set[int]:
        return {(row.prompt_tokens or 0) - 1 for row in own_speeds(store(), machine, _silent).measurements}

    def model(number: int) -> None:
        config = str(work / "config.json")
        _done("catalog", "add", "--config", config, "--id", f"me/m{number}", "--license", "apache-2.0")

    def models() -> set[int]:
        return {int(name[4:]) for name in load().models if name.startswith("me/m")}

    def price(number: int) -> None:
        amounts = ("--input-usd-per-mtok", "1", "--output-usd-per-mtok", "2")
        _done("catalog", "add", "--price", "--host", "globex", "--model", f"acme/p{number}", *amounts)

    def priced() -> set[int]:
        return {int(row.model[6:]) for row in load().hosts["globex"].offerings if row.model.startswith("acme/p")}

    def refresh(number: int) -> None:
        row = {"input_cost_per_token": (30 + number % 7) / 1e6, "output_cost_per_token": 60 / 1e6}
        file = work / f"prices-{number}.json"
        file.write_text(json.dumps({"globex/giant-1": row}))
        _done("catalog", "refresh", "--from", str(file), "--seen", str(FIRST_DAY + timedelta(days=number)))

    def refreshed() -> set[int]:
        """A later refresh speaks for those before it."""
        offering = next(row for row in load().hosts["globex"].offerings if row.model == "globex/giant-1")
        newest = max(price.checked for price in offering.prices)
        return set(range((newest - FIRST_DAY).days + 1))

    yield Write("store a probe", probe, probed)
    yield Write("import results", results, imported)
    yield Write("add a model", model, models)
    yield Write("add a price", price, priced)
    yield Write("refresh prices", refresh, refreshed)


# Kills and writers


def _killed(write: Write, kills: int, draw: random.Random) -> str:
    began = time.perf_counter()
    write.do(0)
    usual_s = time.perf_counter() - began
    done, number = {0}, 1
    for _ in range(kills):
        acknowledged = _killed_child(write, number, draw.uniform(0.0, 2.5 * usual_s))
        done |= set(range(number, number + acknowledged))
        kept = _demand_whole(write, done)
        number = max(kept | done) + 1
    return (
        f"{write.name}: {kills} kills, {len(done)} writes that were reported as done, all there ({usual_s:.2f} s each)"
    )


def _killed_child(write: Write, number: int, after_s: float) -> int:
    """Let a process write from a number on, kill it, and return how many it reported as done."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.write(writing, b"!")
        for one in range(number, MODELS):
            write.do(one)
            os.write(writing, b".")
        os._exit(0)
    os.close(writing)
    os.read(reading, 1)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with open(reading, "rb") as reported:
        return len(reported.read())


def _two_writers(write: Write, rounds: int) -> str:
    start = max(write.kept()) + 1
    for number in range(start, start + 2 * rounds, 2):
        children = [_forked(lambda one=one: write.do(one)) for one in (number, number + 1)]
        statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        if statuses != [0, 0]:
            raise LostError(f"{write.name}: two writers ended with {statuses}")
        _demand_whole(write, {number, number + 1})
    return f"{write.name}: {rounds} rounds of two writers, all there"


def _forked(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        try:
            status = work()
            os._exit(status if isinstance(status, int) else 0)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(70)
    return child


def _demand_whole(write: Write, done: set[int]) -> set[int]:
    """Raise LostError unless all that is done is there and every file is whole; returns what is there."""
    kept = write.kept()
    if missing := done - kept:
        raise LostError(f"{write.name}: {sorted(missing)} of {len(done)}")
    for layer in (OWN, REFRESHED):
        for path in layer_folder(layer).rglob("[!.]*.yaml"):
            if read(path.read_text(encoding="utf-8")).faults:
                raise LostError(f"{path} is not whole")
    if store().exists():
        with contextlib.closing(sqlite3.connect(store())) as connection:
            (words,) = connection.execute("PRAGMA integrity_check").fetchone()
        if words != "ok":
            raise LostError(f"{store()}: {words}")
    return kept


# Other misfortunes


def _first_runs(work: Path, rounds: int = 5) -> str:
    """Two processes that start with nothing there answer the same."""
    words = [sys.executable, "-m", "llmselect", "list", "--json"]
    for number in range(rounds):
        fresh = {**os.environ, "XDG_CACHE_HOME": str(work / f"c{number}"), "XDG_DATA_HOME": str(work / f"d{number}")}
        both = [subprocess.Popen(words, env=fresh, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
        answers = [one.communicate() for one in both]
        if answers[0] != answers[1] or any(one.returncode for one in both):
            raise LostError(f"two first runs: {[one.returncode for one in both]}, {answers[0][1]!r}, {answers[1][1]!r}")
    return f"{rounds} rounds of two first runs: the same answers"


def _writing_commands(work: Path) -> list[tuple[str, ...]]:
    amounts = ("--input-usd-per-mtok", "1", "--output-usd-per-mtok", "2")
    return [
        ("probe", "--import", str(work / "results-0.json"), "--quantization", "q4"),
        ("catalog", "add", "--config", str(work / "config.json"), "--id", "me/last", "--license", "apache-2.0"),
        ("catalog", "add", "--price", "--host", "globex", "--model", f"acme/p{MODELS - 1}", *amounts),
        ("catalog", "refresh", "--from", str(work / "prices-1.json"), "--seen", "2026-11-30"),
    ]


READING = (("list",), ("probe", "--list"), ("recommend", "--hardware", "auto"), ("show", "small-7b-chat"))


def _read_only(work: Path) -> str:
    """Commands that read answer as before, those that write end with status 5 and leave everything as it was."""
    before = _contents(work / "data")
    places = [work / "data", *(work / "data").rglob("*"), work / "cache", *(work / "cache").rglob("*")]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)

    def status(words: tuple[str, ...]) -> int:
        def work() -> int:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            return _command(*words)

        return os.waitstatus_to_exitcode(os.waitpid(_forked(work), 0)[1])

    found = Counter(status(words) for words in READING)
    refused = Counter(status(words) for words in _writing_commands(work))
    for place in places:
        place.chmod(0o755 if place.is_dir() else 0o644)
    if set(found) != {0} or set(refused) != {5} or _contents(work / "data") != before:
        raise LostError(f"a home that may not be written: reading {dict(found)}, writing {dict(refused)}")
    return f"a home that may not be written: {len(READING)} commands read it, {sum(refused.values())} end with status 5"


def _full_disk(work: Path) -> str:
    """Commands that write end with status 5 on a full disk, and leave everything as it was."""
    results = []
    for name, limit in (("no file may grow", _no_growth), ("a full tmpfs", _full_tmpfs)):
        with limit(work) as data:
            if data is None:
                results.append(f"{name}: cannot be tried here")
                continue
            _move_to(data)
            before = _contents(data, "*.yaml")
            speeds = own_speeds(store(), detect(), _silent)
            statuses = []
            for words in _writing_commands(work):
                child = _forked(lambda words=words, limit=limit: _limited(words, limit is _no_growth))
                statuses.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            after = _contents(data, "*.yaml")
            if set(statuses) != {5} or after != before or own_speeds(store(), detect(), _silent) != speeds:
                raise LostError(f"{name}: {statuses}")
            results.append(f"{name}: {len(statuses)} commands end with status 5, nothing is changed")
    return "; ".join(results)


def _limited(words: tuple[str, ...], growth: bool) -> int:
    if growth:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
    return _command(*words)


@contextlib.contextmanager
def _no_growth(work: Path) -> Iterator[Path | None]:
    yield work / "data"


@contextlib.contextmanager
def _full_tmpfs(work: Path) -> Iterator[Path | None]:
    place = work / "full"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_BYTES}", "tmpfs", str(place)], check=False
    )
    if mounted.returncode:
        yield None
        return
    try:
        with contextlib.suppress(OSError), (place / "filler").open("wb") as filler:
            while True:
                filler.write(bytes(4096))
                filler.flush()
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=False)


def _contents(folder: Path, pattern: str = "*") -> dict[str, bytes]:
    """Every file's content, but locks', by its path."""
    files = (path for path in folder.rglob(pattern) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


if __name__ == "__main__":
    sys.exit(main())
