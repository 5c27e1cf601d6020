"""`python -m llmselect` and the command `llmselect`."""

import os
import sys

from llmselect.cli.app import run


def main() -> None:
    """Runs the command line and leaves with its exit status."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # idle threads of numpy cost more than its import
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
