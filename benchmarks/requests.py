"""CPU time of many different requests in one process, and of one request by the number of options.

    python benchmarks/requests.py [--requests 1000] [--doublings 3]

Requests are drawn over all fields; why models are excluded is not put into words, since nobody reads it of a thousand.
The larger catalogues hold each model of the shipped one two, four, eight times, under other names, with its offerings,
prices, scores and shapes. "growth" is by how much a request's CPU grew over by how much the options did: 1 is linear.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path
from sqlite3 import Connection, connect

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.drawn import drawn_fields
from llmselect.catalog.load import open_catalog
from llmselect.engine.facts import Facts
from llmselect.engine.recommend import recommend
from llmselect.errors import LlmselectError
from llmselect.requirements import Requirements, parse
from llmselect.results.recommendation import Recommendation

TOP = 5
GROWING = {"task": "conversation", "gpu": "RTX 3090", "requests_per_month": "600k", "as_of": "2026-11-25"}
REPEATS = 7
KEYS = ("model", "offering")  # columns that name what is copied
OF_MODELS = ("models", "shapes", "at_task", "offerings", "prices", "scores")


def answered(needs: Requirements, facts: Facts) -> Recommendation:
    """One request of a batch."""
    return recommend(needs, facts, None, TOP, excluded=False)


def timed(needs: Requirements, facts: Facts) -> tuple[float, Recommendation] | None:
    """CPU time of one request in milliseconds, with its answer; None where it is refused."""
    start = time.process_time()
    try:
        answer = answered(needs, facts)
    except LlmselectError:
        return None
    return 1000 * (time.process_time() - start), answer


def drawn(count: int) -> list[Requirements]:
    """Different requests."""
    found: dict[str, Requirements] = {}
    number = 0
    while len(found) < count:
        needs = parse(drawn_fields(number))
        found.setdefault(repr(needs), needs)
        number += 1
    return list(found.values())


def copied(catalog: Connection, times: int) -> Connection:
    """A catalogue in memory with each model some times over."""
    larger = connect(":memory:")
    catalog.backup(larger)
    for table in OF_MODELS:
        columns = larger.execute(f"PRAGMA table_info({table})").fetchall()
        names = [name for _, name, _, _, _, number in columns if not number]  # rows are numbered anew
        (most,) = larger.execute(f"SELECT max(rowid) FROM {table}").fetchone()
        for copy in range(2, times + 1):
            values = ", ".join(f"{name} || '~{copy}'" if name in KEYS else name for name in names)
            rows = f"SELECT {values} FROM {table} WHERE rowid <= {most}"
            larger.execute(f"INSERT INTO {table} ({', '.join(names)}) {rows}")
    rows = "SELECT kind, id || '~' || ?, json, file FROM records WHERE kind = 'model' AND id NOT LIKE '%~%'"
    for copy in range(2, times + 1):
        larger.execute(f"INSERT INTO records (kind, id, json, file) {rows}", (copy,))
    return larger


def print_batch(count: int) -> None:
    """Mean, median and 90th percentile over different requests, and apart over those that nothing answers."""
    facts, requests = Facts(open_catalog(own=False)), drawn(count)
    answered(requests[0], facts)  # reads the columns
    found = [one for needs in requests if (one := timed(needs, facts)) is not None]
    print(f"{'CPU ms each':<26}{'requests':>9}{'mean':>8}{'median':>8}{'P90':>8}{'most':>8}")
    for name, times in (
        ("all", [taken for taken, _ in found]),
        ("with an answer", [taken for taken, answer in found if answer.recommendations]),
        ("without, ways to relax it", [taken for taken, answer in found if not answer.recommendations]),
    ):
        if times:
            middle, most = statistics.median(times), sorted(times)[int(0.9 * len(times))]
            figures = (statistics.fmean(times), middle, most, max(times))
            print(f"{name:<26}{len(times):>9}" + "".join(f"{one:>8.1f}" for one in figures))


def print_growth(doublings: int) -> None:
    """CPU of one request against the number of options, doubled again and again."""
    needs, before = parse(GROWING), None
    print(f"{'models':>8}{'options':>9}{'ms':>8}{'growth':>8}")
    for step in range(doublings + 1):
        facts = Facts(copied(open_catalog(own=False), 2**step))
        options = answered(needs, facts).catalog.options
        taken = statistics.median(one[0] for _ in range(REPEATS) if (one := timed(needs, facts)) is not None)
        growth = f"{(taken / before[1]) / (options / before[0]):.2f}" if before else ""
        print(f"{len(facts.models.model):>8}{options:>9}{taken:>8.1f}{growth:>8}")
        before = options, taken


def main() -> None:
    """Prints both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--doublings", type=int, default=3)
    given = parser.parse_args()
    print_batch(given.requests)
    print_growth(given.doublings)


if __name__ == "__main__":
    main()
