"""How long the scan for model ids takes on a generated tree of text files.

    python benchmarks/scan.py [--files 50000] [--megabytes 300] [--folder FOLDER] [--catalog FOLDER]

The tree is made of lines of the standard library's own sources, in files whose sizes follow a long-tailed
distribution, one in fifty of them with an id as a value. It is removed afterwards unless a folder is named.
"""

import argparse
import random
import shutil
import sysconfig
import tempfile
import time
from pathlib import Path

from llmselect.catalog.load import load
from llmselect.scan.find import scan
from llmselect.scan.names import known_names

SUFFIXES = ("py", "py", "ts", "js", "java", "go", "json", "yaml", "md", "txt", "html", "css", "c", "h", "toml")
PLANTED_EVERY = 50


def main() -> None:
    """Make the tree, scan it three times, print seconds."""
    options = _options()
    folder = Path(options.folder or tempfile.mkdtemp(prefix="llmselect-scan-"))
    names = known_names(load(Path(options.catalog) if options.catalog else None))
    try:
        if not any(folder.glob("*")):
            print(f"{make_tree(folder, options.files, options.megabytes, sorted(names)) / 1e6:.0f} MB written")
        for processes in (None, None, 1):
            start = time.perf_counter()
            found = scan([folder], names, processes)
            seconds = time.perf_counter() - start
            shown = "one process" if processes else "processes by CPUs"
            print(f"{len(names)} names, {found.files} files, {len(found.hits)} hits: {seconds:.1f} s ({shown})")
    finally:
        if not options.folder:
            shutil.rmtree(folder)


def make_tree(folder: Path, files: int, megabytes: float, names: list[str]) -> int:
    """Write the files and return how many bytes they have."""
    chance = random.Random(1)
    lines = _lines()
    mean = megabytes * 1e6 / files
    written = 0
    for number in range(files):
        place = folder / f"{number // 500:03}" / f"{number:05}.{SUFFIXES[number % len(SUFFIXES)]}"
        place.parent.mkdir(parents=True, exist_ok=True)
        wanted = min(chance.lognormvariate(0, 1.2) * mean / 2.05, 1e6)
        size, chosen = 0.0, []
        start = chance.randrange(len(lines))
        while size < wanted:
            chosen.append(lines[start % len(lines)])
            size += len(chosen[-1])
            start += 1
        if number % PLANTED_EVERY == 0:
            chosen.append(f'model = "{chance.choice(names)}"\n'.encode())
        text = b"".join(chosen)
        place.write_bytes(text)
        written += len(text)
    return written


def _lines() -> list[bytes]:
    library = Path(sysconfig.get_path("stdlib"))
    sources = sorted(path for path in library.glob("*.py"))
    return [line for path in sources for line in path.read_bytes().splitlines(keepends=True)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--megabytes", type=float, default=300)
    parser.add_argument("--folder", help="where the tree is made and kept; used as it is when it holds something")
    parser.add_argument("--catalog", help="a catalogue's folder (the one that is found, unless given)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
