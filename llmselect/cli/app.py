"""The one boundary that turns every error into two lines and an exit status."""

import os
import sys
from collections.abc import Sequence
from itertools import pairwise, takewhile

from llmselect.cli.commands import PROGRAM, named
from llmselect.cli.output import ReaderGoneError, error_text
from llmselect.cli.program import read
from llmselect.errors import Exit, LlmselectError


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit status; prints errors, never a traceback without `--debug`."""
    flags = [*takewhile(lambda word: word != "--", arguments)]
    debug = "--debug" in flags
    try:
        call = read(arguments)
        status = call.body(**call.given) if call is not None else Exit.DONE
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        if debug:
            raise
        print("interrupted", file=sys.stderr)
        return Exit.INTERRUPTED
    except (ReaderGoneError, BrokenPipeError):
        return _pipe_closed()
    except Exception as error:
        if debug:
            raise
        return _report(error, flags)


def _pipe_closed() -> int:
    """The reader has gone: end quietly, and keep Python from complaining when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.DONE


def _report(error: Exception, arguments: Sequence[str]) -> int:
    known = _as_ours(error, arguments)
    if _wants_json(arguments):
        print(error_text(named(arguments) or PROGRAM, known))
    print(f"error: {known.message}", file=sys.stderr)
    if known.hint:
        print(f"hint: {known.hint}", file=sys.stderr)
    return known.exit


def _as_ours(error: Exception, arguments: Sequence[str]) -> LlmselectError:
    if isinstance(error, LlmselectError):
        return error
    again = f"Run it again with --debug and report what it prints: {PROGRAM} --debug {' '.join(arguments)}"
    return LlmselectError("bug", f"a fault of {PROGRAM} itself: {type(error).__name__}: {error}", again, Exit.BUG)


def _wants_json(arguments: Sequence[str]) -> bool:
    return "--json" in arguments or "--format=json" in arguments or ("--format", "json") in pairwise(arguments)
