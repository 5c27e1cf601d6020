"""How well decode speeds at home are predicted for a machine that the fit has not seen, beside three rivals.

    python benchmarks/speed/measured.py measured.csv

docs/speed.md describes the file, which is no part of the project. Rows above what the memory bus allows are left
out. Each machine is left out in turn; a second column gives the prediction after three measurements of that machine,
drawn with a fixed seed, set one factor for it. Exit status 1 where a bar is missed.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import median

from model import HOME, left_out, predicted_by
from rows import RIVALS, Row, read_measured

SEED = 20_241
OWN = 3
DRAWS = 20
BAR, BAR_WITH_OWN = 0.17, 0.13


def relative(logs: Sequence[float]) -> list[float]:
    """|predicted / measured - 1| of speeds, in order, from the logarithms of that ratio."""
    return sorted(abs(math.expm1(log)) for log in logs)


def quantile(errors: Sequence[float], share: float) -> float:
    """The error that a share of rows stays within."""
    return errors[min(len(errors) - 1, math.ceil(share * len(errors)) - 1)]


def with_own(logs: Sequence[tuple[Row, float]]) -> list[float]:
    """The same after three of a machine's rows set its factor; machines with fewer than six rows stay out."""
    random, found = Random(SEED), []
    for group in sorted({row.group for row, _ in logs}):
        own = [log for row, log in logs if row.group == group]
        if len(own) < 2 * OWN:
            continue
        for _ in range(DRAWS):
            chosen = set(random.sample(range(len(own)), OWN))
            factor = median(own[place] for place in chosen)
            found += [log - factor for place, log in enumerate(own) if place not in chosen]
    return found


def line(name: str, rows: Sequence[Row], errors: Sequence[float]) -> str:
    """A row of the table."""
    return f"| {name} | {len(rows)} | {median(errors):.1%} | {quantile(errors, 0.9):.1%} |"


def report(rows: Sequence[Row]) -> bool:
    """Print the tables; whether every bar is met."""
    constants = left_out(HOME, rows)
    seconds = predicted_by(constants, rows).tpot_s
    logs = [(row, math.log(row.tpot_s / time)) for row, time in zip(rows, seconds, strict=True)]
    ours = relative([log for _, log in logs])
    print("| prediction | n | median error | 90th percentile |")
    print("|---|---:|---:|---:|")
    print(line("llmselect, machine left out", rows, ours))
    met = median(ours) <= BAR
    for place, name in enumerate(RIVALS):
        kin = [(row, log) for row, log in logs if row.rivals[place]]
        rival = relative([math.log((row.rivals[place] or 1) * row.tpot_s) for row, _ in kin])
        same = relative([log for _, log in kin])
        print(line(name.removesuffix("_tok_s"), [row for row, _ in kin], rival))
        met &= median(same) < median(rival) and quantile(same, 0.9) < quantile(rival, 0.9)
    own = relative(with_own(logs))
    print(
        f"\nWith {OWN} measurements of a machine: median {median(own):.1%}, 90th percentile {quantile(own, 0.9):.1%}\n"
    )
    print("| machine | n | median error | 90th percentile |")
    print("|---|---:|---:|---:|")
    for group in sorted(constants):
        kin = [(row, log) for row, log in logs if row.group == group]
        print(line(group, [row for row, _ in kin], relative([log for _, log in kin])))
    return met and median(own) <= BAR_WITH_OWN


def main() -> int:
    """Read the file named on the command line and print the tables."""
    parser = argparse.ArgumentParser(description="Predict decode speeds of machines that the fit has not seen.")
    parser.add_argument("file", type=Path, help="CSV of measurements")
    path = parser.parse_args().file
    try:
        rows = read_measured(path)
    except (OSError, KeyError, ValueError) as error:
        print(f"{path}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0 if report(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
