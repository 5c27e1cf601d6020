"""A command that reads the line of `recommend`, makes the requirements and reads the catalogue's columns: no engine.

    python benchmarks/skeleton.py recommend --task qa --gpu "RTX 3090"

What it takes is what `recommend` takes before it decides anything; `benchmarks/startup.py` prints both.
"""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command does

from llmselect.catalog.load import open_catalog
from llmselect.cli.framework.inputs import requirements
from llmselect.cli.framework.program import read
from llmselect.engine.facts import Facts


def main() -> None:
    """Prints how many models and offerings were read."""
    call = read(sys.argv[1:])
    if call is None:  # help, or the version
        return
    needs, facts = requirements(call.given), Facts(open_catalog())
    columns = (
        facts.models,
        facts.licenses,
        facts.offerings,
        facts.prices,
        facts.efforts(needs.task),
        facts.hardware,
        facts.on_machines,
    )
    print(f"{len(columns)} tables, {len(facts.models.model)} models, {len(facts.offerings.offering)} offerings")


if __name__ == "__main__":
    main()
