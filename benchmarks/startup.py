"""CPU time of the commands that people wait for, beside llmfit and a skeleton, through a pipe.

    python benchmarks/startup.py [--python PYTHON] [--llmfit LLMFIT] [--rounds 15] [--all]

PYTHON is an interpreter that has llmselect, such as that of an environment with the wheel; else this one. A round runs
each command once, one after the other, so that all meet the same state of the machine; "/ llmfit" and "/ skeleton" are
medians over the rounds of what a command took over what `llmfit --json recommend` and `benchmarks/skeleton.py` took in
the same round. Bytecode is cached, as it is for an installed package. `--all` adds what takes seconds.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

SKELETON = Path(__file__).with_name("skeleton.py")
ASKED = ["recommend", "--task", "conversation", "--gpu", "RTX 3090"]
CASES: dict[str, list[str]] = {
    "--help": ["--help"],
    "recommend": ASKED,
    "recommend --json": [*ASKED, "--json"],
    "recommend, no GPU": ["recommend", "--task", "qa", "--requests-per-month", "600k", "--license", "commercial"],
    "recommend, nothing qualifies": ["recommend", "--modality-out", "video"],
    "recommend, small budget": ["recommend", "--deployment", "api", "--requests-per-month", "10M", "--budget", "1"],
    "replace": ["replace", "gpt-4-0613"],
    "compare": ["compare", "gpt-4o-mini", "qwen3-8b", "--gpu", "RTX 3090"],
    "cost": ["cost", "gpt-4o-mini", "qwen3-8b", "--requests-per-month", "600k"],
    "estimate": ["estimate", "llama-3.1-8b-instruct", "--gpu", "RTX 3090"],
}  # fmt: skip
SLOW: dict[str, list[str]] = {"tree --all": ["tree", "--all"]}
NAME = "{:<32}{:>10}{:>8}{:>10}{:>12}"


def environment() -> dict[str, str]:
    """That of an installed command: bytecode is written, and no path leads to another copy of the package."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}


def cpu_ms(command: Sequence[str], folder: str) -> float:
    """User and system time of one run and its children, in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    finished = subprocess.run(command, capture_output=True, check=False, env=environment(), cwd=folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if finished.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)} ended with {finished.returncode}: {finished.stderr.decode()}")
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def measured(commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each command in each round, in an empty folder, after one run that fills the caches."""
    with tempfile.TemporaryDirectory() as folder:
        for command in commands.values():
            cpu_ms(command, folder)
        taken = [{name: cpu_ms(command, folder) for name, command in commands.items()} for _ in range(rounds)]
    return {name: [row[name] for row in taken] for name in commands}


def ratio(times: list[float], others: list[float] | None) -> str:
    """The median of one over the other, round by round."""
    if others is None:
        return ""
    return f"{statistics.median(one / other for one, other in zip(times, others, strict=True)):.2f}"


def main() -> None:
    """Prints the median and the least of each command, and its ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--llmfit", default=shutil.which("llmfit"))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--all", action="store_true")
    given = parser.parse_args()
    cases = {**CASES, **(SLOW if given.all else {})}
    commands = {name: [given.python, "-m", "llmselect", *words] for name, words in cases.items()}
    commands["skeleton"] = [given.python, str(SKELETON), *ASKED]
    if given.llmfit:
        commands["llmfit"] = [given.llmfit, "--json", "recommend"]
    times = measured(commands, given.rounds)
    print(NAME.format("command", "median ms", "least", "/ llmfit", "/ skeleton"))
    for name, own in times.items():
        beside = [ratio(own, times.get(other)) for other in ("llmfit", "skeleton")]
        print(NAME.format(name, f"{statistics.median(own):.0f}", f"{min(own):.0f}", *beside))


if __name__ == "__main__":
    main()
