"""How well decode speeds are estimated: error and coverage against a CSV of measured speeds.

    python benchmarks/speed_check.py measured.csv

The file is not part of this project. It has one row per measurement, with these columns: `hardware`, `cpu_only`
(True or False), `bandwidth_gbps` (GB/s), `memory_gb`, `model`, `params_b` (10**9 weights), `active_params_b` (empty
for dense models), `is_moe`, `quantization`, `active_gb` (10**9 bytes that one token reads) and `decode_tok_s`.

Rows that a memory bus cannot reach are left out (they hide speculative decoding or several requests at once), and
so are models that do not fit in the device's memory. The result is printed as a Markdown table; exit status 2 for
a file that cannot be used.
"""

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from llmselect.estimate.interval import Interval
from llmselect.estimate.rough import Engine, step_s

USABLE_SHARE = 0.92
UNIFIED = ("apple", "gb10", "graphics")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured decode speed, with the device and the bytes that a token reads."""

    hardware: str
    kind: str
    model: str
    quantization: str
    moe: bool
    bandwidth_gb_s: float
    memory_gb: float
    size_gb: float
    active_gb: float
    tok_s: float

    @property
    def bound_tok_s(self) -> float:
        """The speed that the memory's full bandwidth would give."""
        return self.bandwidth_gb_s / self.active_gb

    @property
    def fits(self) -> bool:
        """Whether the weights fit in the device's memory."""
        return self.size_gb <= self.memory_gb * USABLE_SHARE

    @property
    def estimate(self) -> Interval:
        """The estimated speed in tokens per second."""
        return step_s(self.active_gb * 1e9, Engine(self.kind, self.bandwidth_gb_s, self.moe), 0, None).inverse()


def read(path: Path) -> list[Measurement]:
    """The rows of a file; raises KeyError or ValueError for a column that is missing or no number."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_measurement(row) for row in csv.DictReader(file)]


def _measurement(row: dict[str, str]) -> Measurement:
    active_gb = float(row["active_gb"])
    weights = float(row["params_b"])
    active = float(row["active_params_b"] or weights)
    name = row["hardware"]
    unified = "soc" if any(word in name.lower() for word in UNIFIED) else "gpu"
    moe = row["is_moe"] == "True"
    return Measurement(
        hardware=name,
        kind="cpu" if row["cpu_only"] == "True" else unified,
        model=row["model"],
        quantization=row["quantization"],
        moe=moe,
        bandwidth_gb_s=float(row["bandwidth_gbps"]),
        memory_gb=float(row["memory_gb"] or "inf"),
        size_gb=active_gb / active * weights if moe else active_gb,
        active_gb=active_gb,
        tok_s=float(row["decode_tok_s"]),
    )


@dataclass(frozen=True, slots=True)
class Fit:
    """How a group of measurements compares with its estimates; `ratio` is measured over estimated."""

    rows: int
    ratio: float
    error: float
    covered: float
    below: float
    above: float


def fit(rows: Iterable[Measurement]) -> Fit:
    """Medians of the ratio and of the relative error, and where measurements lie about the 90 % interval."""
    pairs = [(row.tok_s, row.estimate) for row in rows]
    below = sum(speed < estimate.low for speed, estimate in pairs) / len(pairs)
    above = sum(speed > estimate.high for speed, estimate in pairs) / len(pairs)
    return Fit(
        rows=len(pairs),
        ratio=median(speed / estimate.value for speed, estimate in pairs),
        error=median(abs(estimate.value / speed - 1) for speed, estimate in pairs),
        covered=1 - below - above,
        below=below,
        above=above,
    )


def configurations(rows: Iterable[Measurement]) -> list[Measurement]:
    """One row for each device, model and quantisation: the one of median speed, so that repetition adds no weight."""
    groups: dict[tuple[str, str, str], list[Measurement]] = defaultdict(list)
    for row in rows:
        groups[row.hardware, row.model, row.quantization].append(row)
    return [sorted(group, key=lambda row: row.tok_s)[len(group) // 2] for group in groups.values()]


def groups(rows: list[Measurement]) -> Iterator[tuple[str, list[Measurement]]]:
    """The groups that are reported, each with its name; empty ones are left out."""
    names = {"gpu": "GPU", "soc": "unified memory", "cpu": "CPU"}
    yield "all", rows
    for kind, name in names.items():
        for moe, word in ((False, "dense"), (True, "mixture of experts")):
            group = [row for row in rows if row.kind == kind and row.moe == moe]
            if group:
                yield f"{name}, {word}", group


def report(title: str, rows: list[Measurement]) -> str:
    """A Markdown table of the fits of all groups."""
    head = f"| {title} | n | measured / estimated | median error | in the interval | below | above |"
    lines = [head, "|---|---:|---:|---:|---:|---:|---:|"]
    for name, group in groups(rows):
        found = fit(group)
        shares = " | ".join(f"{share:.0%}" for share in (found.error, found.covered, found.below, found.above))
        lines.append(f"| {name} | {found.rows} | {found.ratio:.2f} | {shares} |")
    return "\n".join(lines)


def main() -> int:
    """Read the file named on the command line and print the tables."""
    parser = argparse.ArgumentParser(description="Compare estimated decode speeds with measured ones.")
    parser.add_argument("file", type=Path, help="CSV of measurements; the columns are at the top of this script")
    path = parser.parse_args().file
    try:
        rows = read(path)
    except (OSError, KeyError, ValueError) as error:
        print(f"{path}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    possible = [row for row in rows if row.tok_s <= row.bound_tok_s]
    usable = [row for row in possible if row.fits]
    if not usable:
        print(f"{path}: no row can be used", file=sys.stderr)
        return 2
    faster, larger = len(rows) - len(possible), len(possible) - len(usable)
    print(f"{len(rows)} rows; left out: {faster} faster than the memory bus allows, {larger} larger than the memory\n")
    print(report("measurements", usable), end="\n\n")
    print(report("configurations", configurations(usable)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
