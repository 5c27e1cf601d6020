"""Whether drawn requests get the answers that they are promised: by promise, how many hold, and the first that do not.

    python benchmarks/answers.py [--seed NAME] [--count 200] [--show 5] [--only WORD]

`benchmarks/promises.py` has the promises. Exits with 1 where one is broken; each fault comes with a command line.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.drawn import answerable_fields
from benchmarks.promises import PROMISES, Asked, judged
from llmselect.catalog.load import open_catalog
from llmselect.cli.reproduce import recommend_command
from llmselect.engine.facts import Facts

SEED = "answers 1"


def main() -> int:
    """Prints the figures; 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", default=SEED, help="the name of the draws")
    parser.add_argument("--count", type=int, default=200, help="how many requests are drawn")
    parser.add_argument("--show", type=int, default=5, help="how many faults of each promise are shown")
    parser.add_argument("--only", default="", help="judges only promises with this word")
    given = parser.parse_args()
    facts, names = Facts(open_catalog(own=False)), [name for name in PROMISES if given.only in name]
    kept = dict.fromkeys(names, 0)
    broken: dict[str, list[str]] = {name: [] for name in names}
    answered = refused = 0
    for number in range(given.count):
        asked = Asked(answerable_fields(number, given.seed), facts)
        found = judged(asked, names)
        if found is None:
            refused += 1
            continue
        answered += bool(asked.rows)
        for name, seen in found.items():
            kept[name] += sum(holds for holds, _ in seen)
            wrong = [words for holds, words in seen if not holds]
            broken[name] += [f"{recommend_command(asked.fields)}\n        {words}" for words in wrong]
    print(f"{given.count} requests, {answered} with an answer, {refused} refused (seed {given.seed})")
    return _report(kept, broken, given.show)


def _report(kept: dict[str, int], broken: dict[str, list[str]], show: int) -> int:
    for name, held in kept.items():
        print(f"{held:>6} of {held + len(broken[name]):<6}{name}")
        for fault in broken[name][:show]:
            print(f"      {fault}")
    return 1 if any(broken.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
