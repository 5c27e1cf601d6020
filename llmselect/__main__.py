"""`python -m llmselect` and the command `llmselect`."""

import contextlib
import gc
import os
import sys


def main() -> None:
    """Runs the command line and leaves with its exit status.

    A command is short: collecting cycles while modules load, and tearing every record down at the end, would
    each cost a tenth of its time.
    """
    gc.disable()
    from llmselect.cli.app import run

    status = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
