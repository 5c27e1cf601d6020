"""`python -m llmselect` and the command `llmselect`."""

import gc
import sys


def main() -> None:
    """Runs the command line and leaves with its exit status."""
    gc.disable()  # a command is short and leaves no cycles; collecting while modules load costs a tenth of its time
    from llmselect.cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
