"""How long a log of a million requests takes, and whether the bill of every option is exact.

    python benchmarks/usage.py [REQUESTS] [--bytes N]

writes a log with random requests, half of them around a long-context tier, bills it for every option of the catalogue
that has a price per token, and bills some of them request by request for comparison. Prints seconds of CPU and of the
clock, the largest memory and the largest relative difference.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from llmselect.catalog.load import open_catalog
from llmselect.engine.facts import Facts
from llmselect.engine.figures import answer_tokens, host_bills
from llmselect.engine.machine.machines import machine_of
from llmselect.engine.machine.own import own_table
from llmselect.engine.options import Table, make_table
from llmselect.engine.request import make_request
from llmselect.requirements import parse
from llmselect.usage.workload import read_usage, with_usage

CHECKED = 12  # options that are billed request by request

Rates = tuple[float, float, float]  # of prompts, answers and cached tokens, in USD per million


def main() -> None:
    """Runs it and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requests", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--bytes", type=int, default=0, help="pad each row to so many bytes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "usage.jsonl"
        requests = _write(path, given.requests, given.bytes)
        print(f"{given.requests:,} requests, {path.stat().st_size / 1e6:,.0f} MB")
        _measure(path, requests)


def _write(path: Path, count: int, size: int) -> list[tuple[int, int, int]]:
    """A log; gives (prompt, cached, output) of every request."""
    chance, requests = random.Random(1), []
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            prompt = chance.randint(150_000, 300_000) if chance.random() < 0.5 else chance.randint(1, 20_000)
            cached, output = chance.randint(0, prompt), chance.randint(1, 3_000)
            requests.append((prompt, cached, output))
            usage = {
                "prompt_tokens": prompt,
                "completion_tokens": output,
                "total_tokens": prompt + output,
                "prompt_tokens_details": {"cached_tokens": cached},
            }
            row = json.dumps({"model": "logged", "created": 1_760_000_000 + 2 * number, "usage": usage})
            pad = max(0, size - len(row) - 14)
            file.write((row[:-1] + f', "text": "{"x" * pad}"}}' if pad else row) + "\n")
    return requests


def _measure(path: Path, requests: list[tuple[int, int, int]]) -> None:
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu, clock = time.process_time(), time.perf_counter()
    facts = Facts(open_catalog())
    needs = parse({"as_of": "2026-11-23", "requests_per_month": len(requests)})
    logged = read_usage(path, needs, facts.catalog, lambda share: None)
    needs = with_usage(logged, needs)
    read_s = time.perf_counter() - clock
    request = make_request(needs, facts.records_of(needs.task), machine_of(needs, facts.hardware), logged.traffic)
    table = make_table(request, facts, own_table(facts.on_machines, facts.models.model, request))
    tokens = answer_tokens(table)
    usd = host_bills(table, tokens).usd_per_request[1]
    options = np.flatnonzero(~np.isnan(usd) & ~table.options.expected)
    print(f"{len(options):,} options billed; {logged.report.used:,} requests used, {logged.report.left_out} left out")
    print(f"clock {time.perf_counter() - clock:.1f} s (log {read_s:.1f} s), CPU {time.process_time() - cpu:.1f} s")
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"largest memory {peak_kib / 2**20:.2f} GiB ({before_kib / 2**20:.2f} GiB of it the benchmark's own rows)")
    lists = {row: _tiers(table, int(row)) for row in options}
    tiered = [row for row, tiers in lists.items() if len(tiers) > 1]
    chosen = tiered[:: max(1, len(tiered) // CHECKED)][:CHECKED]
    worst = 0.0
    for row in chosen:
        more = float(tokens.thinking[1, row])
        total = sum(_usd(lists[row], prompt, cached, output + more) for prompt, cached, output in requests)
        worst = max(worst, abs(float(usd[row]) * len(requests) - total) / total)
    print(f"{len(chosen)} options with tiers billed request by request: largest relative difference {worst:.1e}")


def _tiers(table: Table, row: int) -> dict[int, Rates]:
    """An option's prices of the day by the length that prompts must exceed."""
    facts, day, offering = table.facts, table.request.as_of_day, int(table.options.offering_no[row])
    prices, found = facts.prices, {}
    for at in np.flatnonzero(facts.offering_of_price == offering):
        if prices.kind[at] == "standard" and prices.from_day[at] <= day and not prices.to_day[at] < day:
            names = ("input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok")
            read, written, cached = (0.0 if prices.free[at] else float(getattr(prices, name)[at]) for name in names)
            found[int(prices.above_input_tokens[at])] = (read, written, read if np.isnan(cached) else cached)
    return found


def _usd(tiers: dict[int, Rates], prompt: int, cached: int, output: float) -> float:
    """The bill of one request."""
    read, written, cached_usd = tiers[max(above for above in tiers if above < prompt)]
    return ((prompt - cached) * read + cached * cached_usd + output * written) / 1e6


if __name__ == "__main__":
    main()
