"""How well TPOT and TTFT of servers are predicted for a model that the fit has not seen.

    python benchmarks/speed/silicon.py silicon.csv

docs/speed.md describes the file, which is no part of the project. Each of its models is left out in turn; constants
come from the others. Intervals are as wide as the errors of the other models were. Beside them stand a prediction
from the bandwidth alone, and for TTFT the prompt's arithmetic at the peak rate times one constant, each with its
interval of equal coverage. Exit status 1 where a bar is missed.
"""

import argparse
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from model import SERVER, left_out, predicted_by, spread
from rows import Row, read_silicon

from llmselect.estimate.work import kv_bytes

Pair = tuple[Row, float]  # a row, and the logarithm of predicted over measured
BARS = {"dense": 0.20, "mixture": 0.22}
WITHIN_TWO = 0.90
COVERED = (0.85, 0.95)
WIDEST = 2.5


class Result(NamedTuple):
    """What a prediction did on some rows."""

    rows: int
    error: float
    within_two: float
    covered: float
    ratio: float


def bandwidth_alone(row: Row) -> float:
    """Seconds that the active weights and the cache take at the full bandwidth, and nothing else."""
    depth = row.cached_tokens + row.prompt_tokens + row.output_tokens / 2
    read = row.work.dense_bytes + row.work.expert_bytes + row.batch * kv_bytes(row.work, depth)
    return float(read) / (row.bandwidth_gb_s * 1e9 * row.devices)


def arithmetic_alone(row: Row) -> float:
    """Seconds of a prompt's FLOPs at the full rate."""
    flops = row.prompt_tokens * (row.work.dense_flops + row.work.expert_flops)
    return flops / (row.tflops * 1e12 * row.devices)


def centred(pairs: Sequence[Pair]) -> list[Pair]:
    """The same times one constant, the median of the groups that a row is not in."""
    shifts = {
        group: median(error for row, error in pairs if row.group != group) for group in {row.group for row, _ in pairs}
    }
    return [(row, error - shifts[row.group]) for row, error in pairs]


def result(pairs: Sequence[Pair], others: Sequence[Pair]) -> Result:
    """Errors, and the interval that the other groups' errors give."""
    spreads = {
        group: spread([error for row, error in others if row.group != group])
        for group in {row.group for row, _ in pairs}
    }
    return Result(
        rows=len(pairs),
        error=median(abs(math.expm1(error)) for _, error in pairs),
        within_two=sum(abs(error) <= math.log(2) for _, error in pairs) / len(pairs),
        covered=sum(abs(error) <= math.log(spreads[row.group]) for row, error in pairs) / len(pairs),
        ratio=median(spreads[row.group] ** 2 for row, _ in pairs),
    )


def at_coverage(pairs: Sequence[Pair], covered: float) -> float:
    """The ratio of high to low of one interval that covers a share of the rows."""
    sizes = sorted(abs(error) for _, error in pairs)
    return math.exp(2 * sizes[min(len(sizes) - 1, math.ceil(covered * len(sizes)) - 1)])


def line(name: str, found: Result) -> str:
    """A row of the table."""
    shares = " | ".join(f"{share:.0%}" for share in (found.error, found.within_two, found.covered))
    return f"| {name} | {found.rows} | {shares} | {found.ratio:.2f} |"


def kinds(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Dense models and mixtures apart."""
    return {
        "dense": [pair for pair in pairs if not pair[0].mixture],
        "mixture": [pair for pair in pairs if pair[0].mixture],
    }


def report(rows: Sequence[Row]) -> bool:
    """Print the tables; whether every bar is met."""
    constants = left_out(SERVER, rows)
    found = predicted_by(constants, rows)
    steps_s, firsts_s = [row.tpot_s for row in rows], [row.ttft_s or math.nan for row in rows]

    def errors(times: Iterable[float], measured: Sequence[float]) -> list[Pair]:
        return [(row, math.log(time / own)) for row, time, own in zip(rows, times, measured, strict=True)]

    steps = errors(found.tpot_s, steps_s)
    naive = centred(errors(map(bandwidth_alone, rows), steps_s))
    firsts = errors(found.ttft_s, firsts_s)
    constant = centred(errors(map(arithmetic_alone, rows), firsts_s))
    print("| time per output token | n | median error | within 2x | in the 90 % interval | high / low |")
    print("|---|---:|---:|---:|---:|---:|")
    met = True
    for name, pairs in kinds(steps).items():
        own, rival = result(pairs, steps), result(kinds(naive)[name], naive)
        print(line(name, own))
        print(line(f"{name}, bandwidth alone", rival))
        met &= own.error <= BARS[name] and own.within_two >= WITHIN_TWO and own.error < rival.error
    whole, first, rival = result(steps, steps), result(firsts, firsts), result(constant, constant)
    print(line("all", whole))
    for group in sorted(constants):
        print(line(group, result([pair for pair in steps if pair[0].group == group], steps)))
    print("\n| time to the first token | n | median error | within 2x | in the 90 % interval | high / low |")
    print("|---|---:|---:|---:|---:|---:|")
    print(line("all", first))
    print(line("arithmetic times a constant", rival))
    ratio, other = at_coverage(firsts, 0.9), at_coverage(constant, 0.9)
    print(f"\nOne interval that covers 90 % of the first tokens: high / low {ratio:.1f}; of a constant {other:.1f}.")
    for one in (whole, first):
        met &= COVERED[0] <= one.covered <= COVERED[1]
    return met and whole.ratio <= WIDEST and ratio < other


def main() -> int:
    """Read the file named on the command line and print the tables."""
    parser = argparse.ArgumentParser(description="Predict server speeds of models that the fit has not seen.")
    parser.add_argument("file", type=Path, help="CSV of server measurements")
    path = parser.parse_args().file
    try:
        rows = read_silicon(path)
    except (OSError, KeyError, ValueError, StopIteration) as error:
        print(f"{path}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0 if report(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
