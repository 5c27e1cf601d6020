"""CPU time of the commands that people wait for, through a pipe: `python benchmarks/startup.py [COMMAND ...]`.

The command is the `llmselect` on PATH unless another is given, such as `python -m llmselect`. Bytecode is cached, as
it is for an installed package. Between its runs a fixed computation runs in Python: where that takes longer than at
other times, the machine is slow for another reason, and so is everything; "/ fixed" is a case's median over that of it.
"""

import os
import resource
import statistics
import subprocess
import sys

RUNS = 10
FIXED = [sys.executable, "-I", "-S", "-c", "sum([place * place for place in range(1_000_000)])"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
CASES: dict[str, tuple[list[str], int]] = {
    "--help": (["--help"], 100),
    "recommend --help": (["recommend", "--help"], 100),
    "recommend, an answer": (["recommend", "--task", "conversation", "--gpu", "RTX 3090"], 250),
    "recommend --json": (["recommend", "--task", "conversation", "--gpu", "RTX 3090", "--json"], 250),
    "recommend, nothing qualifies": (["recommend", "--modality-out", "video"], 250),
}


def cpu_ms(command: list[str]) -> float:
    """User and system time of one run and its children, in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    finished = subprocess.run(command, capture_output=True, check=False, env=ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if finished.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)} ended with {finished.returncode}: {finished.stderr.decode()}")
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def main() -> None:
    """Prints the median of each case beside its budget."""
    program = sys.argv[1:] or ["llmselect"]
    print(f"{'case':<32}{'median ms':>10}{'least':>8}{'budget':>8}{'fixed ms':>10}{'/ fixed':>9}")
    for name, (arguments, budget_ms) in CASES.items():
        cpu_ms([*program, *arguments])  # fills the caches of Python and of the catalogue
        both = [(cpu_ms([*program, *arguments]), cpu_ms(FIXED)) for _ in range(RUNS)]
        times, fixed = zip(*both, strict=True)
        median, beside = statistics.median(times), statistics.median(fixed)
        print(f"{name:<32}{median:>10.0f}{min(times):>8.0f}{budget_ms:>8}{beside:>10.0f}{median / beside:>9.2f}")


if __name__ == "__main__":
    main()
