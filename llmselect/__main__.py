"""`python -m llmselect` and the command `llmselect`."""

import sys

from llmselect.cli.app import run


def main() -> None:
    """Runs the command line and leaves with its exit status."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
