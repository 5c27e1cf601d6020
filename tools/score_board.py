"""What a score board is to compile_scores.py, and reading its CSV files."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, str]
Readings = dict[str, dict[str, float]]  # subject -> benchmark id -> value


@dataclass(frozen=True)
class Board:
    """One board: its harness, the day of its numbers, how to read its files, and the sources to name."""

    harness: str
    date: str
    files: tuple[str, ...]
    read: Callable[[list[Path]], Readings]
    sources: tuple[str, ...]
    shots: dict[str, str]
    other_shots: str

    def shots_of(self, benchmark: str) -> str:
        """The number of shots of a benchmark, as a word."""
        return self.shots.get(benchmark, self.other_shots)


def rows_of(path: Path, encoding: str = "utf-8") -> Iterator[Row]:
    """The rows of a CSV file."""
    with path.open(encoding=encoding, newline="") as handle:
        yield from csv.DictReader(handle)
