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

from llmselect.catalog.load import load
from llmselect.engine.costs import cost_of
from llmselect.engine.places import expand
from llmselect.engine.prices import tariff_of
from llmselect.engine.situation import situate
from llmselect.engine.tokens import thinking_tokens
from llmselect.estimate.cost import Tokens, tier_for, tokens_usd
from llmselect.requirements import parse
from llmselect.usage.workload import read_usage, with_measured

CHECKED = 12  # options that are billed request by request


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
    catalog = load()
    needs = parse({"as_of": "2026-11-23", "requests_per_month": len(requests)})
    logged = read_usage(path, needs, catalog, lambda share: None)
    needs = with_measured(logged, needs)
    read_s = time.perf_counter() - clock
    situation = situate(needs, catalog, traffic=logged.traffic)
    options = [option for model in catalog.models.values() for option in expand(model, situation) if option.offering]
    bills = {option: figures for option in options if (figures := cost_of(option, situation)) is not None}
    print(f"{len(bills):,} options billed; {logged.report.used:,} requests used, {logged.report.left_out} left out")
    print(f"clock {time.perf_counter() - clock:.1f} s (log {read_s:.1f} s), CPU {time.process_time() - cpu:.1f} s")
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"largest memory {peak_kib / 2**20:.2f} GiB ({before_kib / 2**20:.2f} GiB of it the benchmark's own rows)")
    tiered = [option for option in bills if len(tariff_of(option, situation).standard) > 1]  # type: ignore[union-attr]
    chosen = tiered[:: max(1, len(tiered) // CHECKED)][:CHECKED]
    worst = 0.0
    for option in chosen:
        tariff, more = tariff_of(option, situation), thinking_tokens(option, situation).value
        assert tariff is not None
        total = sum(
            tokens_usd(Tokens(1, prompt, cached, 0, output + more), tier_for(tariff.standard, prompt - 1).rates)
            for prompt, cached, output in requests
        )
        month = bills[option].usd_per_month
        assert month is not None
        worst = max(worst, abs(month.value - total) / total)
    print(f"{len(chosen)} options with tiers billed request by request: largest relative difference {worst:.1e}")


if __name__ == "__main__":
    main()
