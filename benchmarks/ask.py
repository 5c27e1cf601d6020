"""Time between the questions of the questionnaire, for each scenario: `python benchmarks/ask.py`.

A scenario's person answers from a file and says "don't know" where it is silent. What is timed is all that
happens between an answer and the next question: which one changes the first three most, or that none does.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from llmselect.ask.questions import questions
from llmselect.ask.session import Session, with_answer
from llmselect.catalog.load import open_catalog
from llmselect.cli.interview import Rankings
from llmselect.engine.facts import Facts
from tests.ask.scenarios import SCENARIOS, answer_of, following, read

LIMIT_MS = 300.0


def main() -> int:
    """Prints the waits of every scenario; the status says whether each stayed under the limit."""
    facts, worst = Facts(open_catalog()), 0.0
    print(f"{'scenario':<28}{'questions':>10}{'longest ms':>12}   ms before each question")
    for path in SCENARIOS:
        rank, session, waits = Rankings(facts, None), Session(), []
        while True:
            start = time.process_time()
            question = following(session, questions(), rank)
            waits.append(1000 * (time.process_time() - start))
            if question is None:
                break
            session = with_answer(session, answer_of(question, read(path)))
        worst = max(worst, *waits)
        shown = " ".join(f"{wait:.0f}" for wait in waits)
        print(f"{path.stem:<28}{len(session.given):>10}{max(waits):>12.0f}   {shown}")
    print(f"longest wait {worst:.0f} ms, limit {LIMIT_MS:.0f} ms")
    return 0 if worst <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
