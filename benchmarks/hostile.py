"""Every hostile value in every argument and flag of every command, its formats in turn, and what went wrong.

    PYTHONPATH=. python benchmarks/hostile.py [--every N [--start K]] [--only COMMAND]

Runs in one process, on a copy of the tests' small catalogue and in folders of its own; asks no network. Some fifty
thousand command lines, about half an hour of CPU.
"""

import argparse
import collections
import os
import shutil
import tempfile
import time
from pathlib import Path

from tests.hostile import ENVIRONMENT, command_lines, faults_of, good_files, write_files

TESTS = Path(__file__).resolve().parent.parent / "tests"


def main() -> int:
    """Runs the lines and prints the figures; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="runs every Nth line alone")
    parser.add_argument("--start", type=int, default=0, help="with --every, the first of them")
    parser.add_argument("--only", default="", help="runs one command's lines alone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        lines = list(command_lines(write_files(_made(folder / "files")), good_files(_made(folder / "good"))))
        chosen = [line for line in lines if " ".join(line).startswith(given.only)][given.start :: given.every]
        return _report(chosen)


def prepare(folder: Path) -> None:
    """A catalogue and folders of one's own, and the environment that names them."""
    shutil.copytree(TESTS / "small_catalog", folder / "catalog")
    os.environ.update(ENVIRONMENT, LLMSELECT_CATALOG=str(folder / "catalog"), COLUMNS="100")
    for variable in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME"):
        os.environ[variable] = str(_made(folder / variable.lower()))
    os.chdir(_made(folder / "work"))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _report(lines: list[list[str]]) -> int:
    start, wrong, statuses = time.monotonic(), 0, collections.Counter[str]()
    for line in lines:
        faults = faults_of(line)
        statuses[line[0]] += 1
        if faults:
            wrong += 1
            print(f"{[word if len(word) < 120 else word[:120] + '…' for word in line]!r}")
            for fault in faults:
                print(f"    {fault!r}", flush=True)
    print(", ".join(f"{command} {count:,}" for command, count in statuses.items()))
    print(f"{len(lines):,} command lines, {wrong:,} with a fault, {time.monotonic() - start:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
